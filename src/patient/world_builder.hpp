/// From a CT to the voxel world: tissue per voxel, overrides, and the grid of the dose.
#pragma once
#include "core/refusal.hpp"
#include "patient/calibration.hpp"
#include "patient/voxel_world.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// What a structure is made of instead of what the CT says. Voxels count as inside from a share of one half.
struct WorldOverride {
    std::string name;                      ///< of the structure, for messages
    Volume<float> const* inside = nullptr; ///< share of each CT voxel, on the CT's grid
    std::optional<double> hu;              ///< either HU (through the calibration) ...
    std::optional<Material> material;      ///< ... or a material, with its own density unless one is given
    std::optional<double> density_g_per_cm3;
};

/// Tissue of every voxel of `grid`. Where `grid` is not the CT's own, mass is conserved: density is the mean
/// over the voxel, and the material that holds most of its mass stands for it
/// (docs/methods/ct_calibration.md). What the CT does not cover is air. Later overrides win. \throws Refusal
/// for HU that the calibration does not hold (count, first place), NaN, grids turned against each other
VoxelWorld make_voxel_world(Volume<std::int16_t> const& hu, Calibration const& calibration,
                            std::vector<WorldOverride> const& overrides, Grid const& grid,
                            Warnings& warnings);
VoxelWorld make_voxel_world(Volume<float> const& hu, Calibration const& calibration,
                            std::vector<WorldOverride> const& overrides, Grid const& grid,
                            Warnings& warnings);

/// A world of named materials at their nominal densities (phantoms). \throws Refusal for an index beyond the
/// list
VoxelWorld make_material_world(Volume<MaterialId> const& index, std::vector<Material> materials);

} // namespace beamwright
