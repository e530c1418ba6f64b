// Capture evaluation on 256^3 voxels: both doses for a new blood level (bar 100 ms), and 100 scenarios (bar 5
// s).
#include "evaluate/capture/scenarios.hpp"
#include <benchmark/benchmark.h>
#include <cmath>

namespace {

using namespace beamwright;

/// A ball of 90 mm radius: brain, with a tumor of 25 mm; rates fall with depth.
struct Head {
    Grid grid;
    StructureMask brain, tumor;
    std::vector<StructureVoxels> structures;

    explicit Head(int n) {
        grid.size = {n, n, n};
        double const mm = 256.0 / n;
        grid.spacing_mm = {mm, mm, mm};
        brain = ball({128, 128, 128}, 75);
        tumor = ball({128, 128, 90}, 25);
        structures = {structure_voxels("brain", grid, brain), structure_voxels("GTV", grid, tumor)};
    }
    StructureMask ball(Vec3<double> center, double radius) const {
        StructureMask mask{{0, 0, 0}, grid.size, std::vector<float>(grid.voxels()), 0};
        for (int k = 0; k < grid.size[2]; ++k) {
            for (int j = 0; j < grid.size[1]; ++j) {
                for (int i = 0; i < grid.size[0]; ++i) {
                    auto const away = grid.to_patient({double(i), double(j), double(k)}) - center;
                    mask.weight[grid.index(i, j, k)] = norm(away) < radius ? 1.0F : 0.0F;
                }
            }
        }
        return mask;
    }
    CaptureMap map() const {
        CaptureRates rates{grid, {}, {}, {}, {}, {}};
        for (std::size_t v = 0; v < grid.voxels(); ++v) {
            auto const depth = static_cast<float>(v) / static_cast<float>(grid.voxels());
            rates.boron_Gy_per_min_per_ppm.push_back(0.004F * std::exp(-3 * depth));
            rates.nitrogen_Gy_per_min.push_back(0.01F * std::exp(-3 * depth));
            rates.fast_Gy_per_min.push_back(0.02F * std::exp(-6 * depth));
            rates.photon_Gy_per_min.push_back(0.07F * std::exp(-2 * depth));
        }
        auto const weights = find_capture_weights("bpa_common");
        auto const parameters = find_isoeffective_set("transcribed_2026");
        std::vector<CaptureTissue> const tissues{
            {"elsewhere", weights_of(weights, "skin"), parameters_of(parameters, "mucosa")},
            {"brain", weights_of(weights, "brain"), parameters_of(parameters, "brain")},
            {"GTV", weights_of(weights, "tumor"), parameters_of(parameters, "glioblastoma_U87")}};
        auto const index = tissue_indices(grid, {{1, &brain}, {2, &tumor}});
        Volume<float> ratio(grid, 1.0F);
        for (std::size_t v = 0; v < index.size(); ++v) {
            ratio.values[v] = index[v] == 2 ? 3.5F : 1.0F;
        }
        return {std::move(rates), ratio, tissues, index};
    }
};

Irradiation irradiation(double factor) { return {40, 60, {{{20 * factor, 0.02}, {10 * factor, 0.002}}}}; }

void new_blood_level_weighted(benchmark::State& state) {
    auto const map = Head(256).map();
    double factor = 1;
    Volume<float> dose;
    for (auto _ : state) {
        dose = map.weighted_dose_Gy(irradiation(factor += 0.01), std::move(dose));
        benchmark::DoNotOptimize(dose.values.data());
    }
}
void new_blood_level_both(benchmark::State& state) {
    auto const map = Head(256).map();
    double factor = 1;
    CaptureDoses doses;
    for (auto _ : state) {
        doses = map.doses(irradiation(factor += 0.01), std::move(doses));
        benchmark::DoNotOptimize(doses.weighted_Gy.values.data());
    }
}
void hundred_scenarios(benchmark::State& state) {
    Head const head(256);
    auto const map = head.map();
    auto const scenarios = drawn_scenarios({0.2, {0.1, 0.1, 0.3}, 3}, 100, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(scenario_outcomes(map, irradiation(1), head.structures, scenarios).data());
    }
    state.counters["structure_voxels"] =
        static_cast<double>(head.structures[0].weight.size() + head.structures[1].weight.size());
}

} // namespace

BENCHMARK(new_blood_level_weighted)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(new_blood_level_both)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(hundred_scenarios)->Unit(benchmark::kMillisecond)->Iterations(2)->UseRealTime();

BENCHMARK_MAIN();
