#include "transport/schedule/world_check.hpp"
#include "core/contracts.hpp"
#include "core/refusal.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

void check_world(VoxelWorld const& world) {
    auto const voxels = world.grid.voxels();
    BW_EXPECT(voxels > 0 && world.material.size() == voxels && world.density_g_per_cm3.size() == voxels);
    for (std::size_t i = 0; i < voxels; ++i) {
        float const density = world.density_g_per_cm3[i];
        if (!(density > 0) || !std::isfinite(density)) {
            refuse(fmt::format("voxel {} of the patient has density {:g} g/cm3", i, density),
                   "every voxel needs a density above 0", "check calibration and density overrides");
        }
        if (world.material[i] >= world.materials.size()) {
            refuse(fmt::format("voxel {} of the patient has material number {}", i, world.material[i]),
                   fmt::format("there are {} materials", world.materials.size()),
                   "check the material overrides");
        }
    }
}

} // namespace beamwright
