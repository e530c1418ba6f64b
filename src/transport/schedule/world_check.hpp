/// What both engines ask of a voxel world.
#pragma once
#include "patient/voxel_world.hpp"

namespace beamwright {

/// \throws Refusal for a voxel without density or with a material that is not there.
void check_world(VoxelWorld const& world);

} // namespace beamwright
