/// The patient as transport sees it: a material and a density in every voxel.
#pragma once
#include "geometry/grid.hpp"
#include "tables/material.hpp"
#include <vector>

namespace beamwright {

struct VoxelWorld {
    Grid grid;
    std::vector<MaterialId> material;     ///< index into `materials`, x fastest
    std::vector<float> density_g_per_cm3; ///< > 0
    std::vector<Material> materials;
};

} // namespace beamwright
