/// Grids made from grids, and values carried from one to another. docs/methods/resampling.md
#pragma once
#include "geometry/grid.hpp"
#include "geometry/interpolate.hpp"
#include <optional>
#include <vector>

namespace beamwright {

/// Cubic voxels of `voxel_mm` along the same axes and over the same box as `cover`: equal centers, the least
/// number of voxels that reach both outer faces. \throws Refusal if voxel_mm is not > 0 or the grid would
/// exceed 2e9 voxels.
Grid isotropic_grid(Grid const& cover, double voxel_mm);

/// `grid` with every voxel cut into nx * ny * nz equal ones; same outer box.
Grid refined_grid(Grid const& grid, std::array<int, 3> parts);

/// The block of whole voxels of `grid` that begins at index `first`.
Grid cropped_grid(Grid const& grid, std::array<int, 3> first, std::array<int, 3> size);

/// Index of `source` that runs along each index of `target`, and whether forwards (+1) or backwards (-1).
/// Empty if some axes are neither parallel nor antiparallel (within 1e-5 rad).
struct AxisMatch {
    std::array<int, 3> source_axis;
    std::array<int, 3> direction;
};
std::optional<AxisMatch> matching_axes(Grid const& source, Grid const& target);

/// One axis of a box overlap: target cell t takes source cells first[t] .. first[t] + length - 1, each with
/// the share of the *target* cell's extent that it fills. Shares sum to 1 where the source covers the target
/// cell whole.
struct AxisOverlap {
    std::vector<int> first;                  ///< of each target cell
    std::vector<std::vector<double>> shares; ///< of each target cell
};
/// Along index `axis` of `target`. \pre matching_axes(source, target) exists.
AxisOverlap axis_overlap(Grid const& source, Grid const& target, int axis);

/// Trilinear values of `source` at the voxel centers of `target` (any orientation). Centers outside the outer
/// faces of `source` get `outside`; between its outermost centers and its faces the outermost value holds.
template <class Value>
Volume<Value> resample_linear(Volume<Value> const& source, Grid const& target, Value outside);

/// Mean of `source` over each voxel of `target` by box overlap: integral over the common region is kept to
/// rounding. What `source` does not cover counts as `outside`. \throws Refusal if the axes are not parallel
/// (rotated grids).
template <class Value>
Volume<Value> resample_conservative(Volume<Value> const& source, Grid const& target, Value outside);

extern template Volume<float> resample_linear(Volume<float> const&, Grid const&, float);
extern template Volume<double> resample_linear(Volume<double> const&, Grid const&, double);
extern template Volume<std::int16_t> resample_linear(Volume<std::int16_t> const&, Grid const&, std::int16_t);
extern template Volume<float> resample_conservative(Volume<float> const&, Grid const&, float);
extern template Volume<double> resample_conservative(Volume<double> const&, Grid const&, double);
extern template Volume<std::int16_t> resample_conservative(Volume<std::int16_t> const&, Grid const&,
                                                           std::int16_t);

} // namespace beamwright
