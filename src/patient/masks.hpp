/// Structures on a grid: the exact share of every voxel that lies inside. docs/methods/structure_masks.md
#pragma once
#include "geometry/grid.hpp"
#include "patient/masks_stack.hpp"
#include <array>
#include <functional>
#include <span>
#include <vector>

namespace beamwright {

/// Weights in [0, 1] of the block of voxels `first` .. `first + size - 1` of a grid, x fastest; 0 elsewhere.
struct StructureMask {
    std::array<int, 3> first{0, 0, 0}, size{0, 0, 0};
    std::vector<float> weight;
    double outside_share = 0; ///< of the structure's volume, beyond the grid

    bool empty() const { return weight.empty(); }
    /// Of a voxel of the grid, in or out of the block.
    float at(int i, int j, int k) const;
};

/// Part of a mask handed over while it is made: same layout as StructureMask.
struct MaskBlock {
    std::array<int, 3> first, size;
    std::span<double const> weight;
};

/// Calls visit(block) for blocks (slices across the contour normal) that together hold the whole mask, in a
/// fixed order. Where the contour planes are parallel to grid planes, weights are exact; else see
/// `make_mask`.
void visit_mask(ContourStack const& stack, Grid const& grid,
                std::function<void(MaskBlock const&)> const& visit);

/// Exact partial-volume weights where the contour planes are parallel to planes of the grid (1e-5 rad), at
/// any offset and distance. On oblique grids each voxel is sampled at 4 x 4 x 4 places of an exact mask twice
/// as fine (volume within 1 % for structures of 3 voxels radius and more). A structure in a single plane
/// stands for one voxel across it where options.lone_plane_mm is 0.
StructureMask make_mask(Structure const& structure, Grid const& grid, StackOptions const& options,
                        Warnings& warnings);
StructureMask make_mask(ContourStack const& stack, Grid const& grid);

/// Volume of the mask's part on the grid.
double mask_volume_cm3(StructureMask const& mask, Grid const& grid);

/// Options with lone_plane_mm filled in: the grid's spacing along the axis nearest to the contours' normal.
StackOptions with_lone_plane(StackOptions options, Grid const& grid, Structure const& structure);

} // namespace beamwright
