/// Which materials of a run use nuclear data by rule: for run.json and the report, so that it is never silent.
#pragma once
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "machine/beam_source.hpp"
#include "patient/voxel_world.hpp"
#include "tables/material.hpp"
#include <vector>

namespace beamwright {

/// [{material, element, mass_fraction, cross_section, events_of, sigma_percent}] of elements above 1 % by mass; a warning
/// for materials that consist of such elements by more than a tenth.
Json nuclear_rule_note(std::vector<Material> const& materials, Warnings& warnings);

/// Materials that protons can meet: those of voxels, plates and blocks.
std::vector<Material> used_materials(VoxelWorld const& world, std::vector<BeamSource> const& beams);

} // namespace beamwright
