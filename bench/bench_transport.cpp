// Throughput of the proton engine: pencil of sigma 3 mm in a water box, all physics, dose per voxel, one thread.
#include "tables/material_library.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/calculate_dose.hpp"
#include "transport/schedule/spot.hpp"
#include <benchmark/benchmark.h>

namespace {

using namespace beamwright;

VoxelWorld water_box(double edge_mm) {
    VoxelWorld world;
    int const across = static_cast<int>(120 / edge_mm), deep = static_cast<int>(330 / edge_mm);
    world.grid.size = {across, across, deep};
    world.grid.spacing_mm = {edge_mm, edge_mm, edge_mm};
    world.grid.origin_mm = {-0.5 * (across - 1) * edge_mm, -0.5 * (across - 1) * edge_mm, 0.5 * edge_mm};
    world.materials = {MaterialLibrary::shipped().named("water")};
    world.material.assign(world.grid.voxels(), 0);
    world.density_g_per_cm3.assign(world.grid.voxels(), 1.0f);
    return world;
}

void proton_pencil(benchmark::State& state) {
    auto const world = water_box(static_cast<double>(state.range(1)));
    BeamSource beam;
    beam.gantry_to_patient.rotation = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    beam.air_before_patient = false;
    EnergyOptics optics;
    optics.mean_energy_MeV = static_cast<double>(state.range(0));
    optics.gaussians.push_back({1.0, {.sigma_mm = 3}, {.sigma_mm = 3}});
    beam.optics.push_back(optics);
    beam.elements.push_back({.protons = 1});
    DoseRequest request;
    request.world = &world;
    request.beams = {beam};
    request.options.threads = 1;
    request.options.stop.histories = 100'000;
    request.options.target = state.range(2) != 0 ? LaneTarget::avx2 : LaneTarget::scalar;
    if (!runs_here(request.options.target)) {
        state.SkipWithError("this processor or build has no AVX2 lanes");
        return;
    }
    request.tables = std::make_shared<TransportTables>(materials_of(request), WaterStopping::icru90);
    Warnings warnings;
    double histories = 0, cpu_s = 0, steps = 0;
    for (auto _ : state) {
        auto const result = calculate_dose(request, warnings);
        histories += static_cast<double>(result.histories);
        cpu_s += result.cpu_s;
        steps = result.steps_per_history;
        ++request.options.seed;
    }
    state.counters["primaries_per_cpu_s"] = histories / cpu_s;
    state.counters["steps_per_history"] = steps;
    state.counters["bytes_per_voxel"] = 24;
}

/// `beamwright spot`: rings and profiles per depth.
void spot_pencil(benchmark::State& state) {
    SpotRequest request;
    request.energy_MeV = static_cast<double>(state.range(0));
    request.voxel_mm = static_cast<double>(state.range(1));
    request.histories = 100'000;
    request.threads = 1;
    request.target = state.range(2) != 0 ? LaneTarget::avx2 : LaneTarget::scalar;
    if (!runs_here(request.target)) {
        state.SkipWithError("this processor or build has no AVX2 lanes");
        return;
    }
    Warnings warnings;
    double histories = 0, cpu_s = 0, steps = 0;
    for (auto _ : state) {
        auto const result = calculate_spot(request, warnings);
        histories += static_cast<double>(result.histories);
        cpu_s += result.cpu_s;
        steps = result.steps_per_history;
        ++request.seed;
    }
    state.counters["primaries_per_cpu_s"] = histories / cpu_s;
    state.counters["steps_per_history"] = steps;
}

} // namespace

BENCHMARK(spot_pencil)
    ->ArgNames({"MeV", "mm", "lanes"})
    ->ArgsProduct({{100, 150, 200}, {1, 2}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2);

BENCHMARK(proton_pencil)
    ->ArgNames({"MeV", "mm", "lanes"})
    ->ArgsProduct({{100, 150, 200}, {1, 2}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2);

BENCHMARK_MAIN();
