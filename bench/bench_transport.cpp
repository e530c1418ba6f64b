// Throughput of the proton engine: pencil of sigma 3 mm in a water box, all physics, dose per voxel, one thread.
#include "dose_throughput.hpp"
#include "transport/schedule/spot.hpp"
#include "water_pencil.hpp"

namespace {

using namespace beamwright;

void proton_pencil(benchmark::State& state) {
    auto const world = bench::water_box(static_cast<double>(state.range(1)));
    auto const beam = bench::pencil(static_cast<double>(state.range(0)));
    DoseRequest request;
    request.world = &world;
    request.beams = {beam};
    request.options.stop.histories = 100'000;
    request.options.target = state.range(2) != 0 ? LaneTarget::avx2 : LaneTarget::scalar;
    bench::dose_throughput(state, request);
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
