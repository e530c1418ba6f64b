// Throughput on a case like a CT: head of ellipsoids in voxels of 2 mm, every voxel of a density of its own, three fields of
// 24 energies each, dose per voxel and field, one thread.
#include "dose_throughput.hpp"
#include "tables/material_library.hpp"
#include <cmath>

namespace {

using namespace beamwright;

/// Air, skin and fat, skull, brain with a cavity; densities spread by 2 % as the noise of a CT does.
VoxelWorld head() {
    VoxelWorld world;
    world.grid.size = {100, 120, 100};
    world.grid.spacing_mm = {2, 2, 2};
    world.grid.origin_mm = {-99, -119, -99};
    for (char const* const name : {"air", "Adipose_Tissue", "Bone_Cortical", "Brain", "Muscle_Skeletal"}) {
        world.materials.push_back(MaterialLibrary::shipped().named(name));
    }
    RandomStream noise({1, 2, 3, 4});
    for (int k = 0; k < 100; ++k) {
        for (int j = 0; j < 120; ++j) {
            for (int i = 0; i < 100; ++i) {
                double const x = world.grid.origin_mm.x + 2 * i, y = world.grid.origin_mm.y + 2 * j;
                double const z = world.grid.origin_mm.z + 2 * k;
                double const r = std::sqrt(x * x / (80 * 80) + y * y / (100 * 100) + z * z / (90 * 90));
                bool const cavity = std::hypot(x, y + 60, z + 20) < 12;
                MaterialId const id = cavity || r > 1 ? 0 : r > 0.94 ? 1 : r > 0.87 ? 2 : r > 0.8 ? 4 : 3;
                auto const density = world.materials[id].density_g_per_cm3;
                world.material.push_back(id);
                world.density_g_per_cm3.push_back(
                    static_cast<float>(density * (1 + 0.02 * (2 * noise.uniform() - 1))));
            }
        }
    }
    return world;
}

/// Towards -y, +x or -x of the patient: 24 energies, 13 spots each.
BeamSource field(int number) {
    BeamSource beam;
    beam.number = number;
    Mat3<double> const from_front{{1, 0, 0}, {0, 0, 1}, {0, -1, 0}};
    Mat3<double> const from_left{{0, 0, 1}, {0, 1, 0}, {-1, 0, 0}};
    Mat3<double> const from_right{{0, 0, -1}, {0, 1, 0}, {1, 0, 0}};
    beam.gantry_to_patient.rotation = number == 1 ? from_front : number == 2 ? from_left : from_right;
    beam.source_plane_z_mm = 400;
    beam.virtual_source_x_mm = beam.virtual_source_y_mm = 2000;
    for (int layer = 0; layer < 24; ++layer) {
        EnergyOptics optics;
        optics.nominal_energy_MeV = optics.mean_energy_MeV = 90 + 2 * layer;
        optics.energy_sigma_MeV = 0.7;
        optics.gaussians.push_back({1.0, {.sigma_mm = 4.5}, {.sigma_mm = 4.5}});
        beam.optics.push_back(optics);
        for (int spot = 0; spot < 13; ++spot) {
            int const row = spot / 4, column = spot % 4;
            beam.elements.push_back(
                {.optics = layer, .x_mm = 5.0 * (column - 2), .y_mm = 5.0 * (row - 2), .protons = 1e7});
        }
    }
    return beam;
}

void head_plan(benchmark::State& state) {
    auto const world = head();
    DoseRequest request;
    request.world = &world;
    request.beams = {field(1), field(2), field(3)};
    request.options.stop.histories = 200'000;
    request.options.target = state.range(0) != 0 ? LaneTarget::avx2 : LaneTarget::scalar;
    bench::dose_throughput(state, request);
}

} // namespace

BENCHMARK(head_plan)->ArgNames({"lanes"})->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->Iterations(2);

BENCHMARK_MAIN();
