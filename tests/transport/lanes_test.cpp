// Acceptance 12: the lane engine against the double-precision one, and its own bits over threads, chunks and widths.
#include "core/refusal.hpp"
#include "transport/engine/lane_tables.hpp"
#include "transport/engine/run_histories.hpp"
#include "transport/schedule/spot.hpp"
#include "two_engines.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using LaneEngine = test::LanesHere;
using test::expect_same_means;
using test::Numbers;

/// Water, half of it lung and a plate of bone between.
VoxelWorld mixed_world() {
    auto world = test::box_of("water", {21, 19, 30}, {3, 3, 3});
    world.materials.push_back(MaterialLibrary::shipped().named("Lung"));
    world.materials.push_back(MaterialLibrary::shipped().named("Bone_Cortical"));
    for (int k = 8; k < 16; ++k) {
        for (int j = 0; j < 19; ++j) {
            for (int i = 0; i < 21; ++i) {
                bool const bone = k >= 14;
                if (bone || j < 10) {
                    world.material[world.grid.index(i, j, k)] = bone ? 2 : 1;
                    world.density_g_per_cm3[world.grid.index(i, j, k)] = bone ? 1.92f : 0.3f;
                }
            }
        }
    }
    return world;
}

DoseRequest mixed_request(VoxelWorld const& world) {
    auto request = test::request_for(world, test::pencil(110, 6), 6000, 1500);
    auto second = test::pencil(90, 5);
    second.number = 2;
    second.air_before_patient = true;
    second.slabs.push_back({9, 4, MaterialLibrary::shipped().named("PMMA"), 1.19, "plate"});
    second.elements = {{.x_mm = 5, .y_mm = -4, .protons = 4e8}, {.x_mm = -8, .y_mm = 6, .protons = 1e8}};
    request.beams.push_back(second);
    request.options.dose_to_water = true;
    request.options.target = LaneTarget::avx2;
    return request;
}

void expect_same(DoseResult const& a, DoseResult const& b) {
    EXPECT_EQ(a.total.to_medium_Gy.values, b.total.to_medium_Gy.values);
    EXPECT_EQ(a.total.to_medium_sigma_Gy.values, b.total.to_medium_sigma_Gy.values);
    EXPECT_EQ(a.total.to_water_Gy.values, b.total.to_water_Gy.values);
    EXPECT_EQ(a.energy.deposited, b.energy.deposited);
    EXPECT_EQ(a.energy.escaped_charged, b.energy.escaped_charged);
    EXPECT_EQ(a.steps_per_history, b.steps_per_history);
}

TEST_F(LaneEngine, bits_do_not_depend_on_threads_chunks_or_width) {
    auto const world = mixed_world();
    auto request = mixed_request(world);
    request.options.threads = 1;
    auto const one = test::calculate(request);
    EXPECT_EQ(one.target, "lanes");
    EXPECT_GT(one.energy.deposited, 0);
    for (int const width : {1, 16}) {
        request.options.lane_width = width;
        expect_same(one, test::calculate(request));
    }
    request.options.lane_width = 8;
    for (int const threads : {2, 7}) {
        for (std::size_t const chunk : {std::size_t{1}, std::size_t{37}, std::size_t{5000}}) {
            request.options.threads = threads;
            request.options.chunk_histories = chunk;
            expect_same(one, test::calculate(request));
        }
    }
}

// Any processor's build, whose fused multiply-add is a call: what "lanes" gives does not depend on the machine
TEST_F(LaneEngine, bits_do_not_depend_on_the_instructions) {
    auto const world = mixed_world();
    auto request = mixed_request(world);
    auto const wide = test::calculate(request);
    request.options.target = LaneTarget::portable;
    expect_same(wide, test::calculate(request));
}

TEST_F(LaneEngine, energy_balances_to_the_rounding_of_the_tally) {
    auto const world = mixed_world();
    auto const result = test::calculate(mixed_request(world));
    EXPECT_LT(std::fabs(result.energy.imbalance()), 1e-9);
    EXPECT_EQ(result.rare.stuck + result.rare.not_a_number + result.rare.stack_full, 0);
}

TEST_F(LaneEngine, tables_are_those_of_double_precision) {
    TransportTables const tables({MaterialLibrary::shipped().named("water")}, WaterStopping::icru90, false);
    auto const view = tables.view(1.0);
    LaneTables const lanes(view);
    double worst_energy = 0, worst_spread = 0, worst_soft = 0;
    for (double range = 1e-3; range < 40; range *= 1.0137) {
        int exponent = 0;
        double const fraction = 2 * std::frexp(range, &exponent);
        int const octave = exponent - 1 - lane_range_lowest, cells = 1 << lane_range_bits;
        auto const part = static_cast<int>((fraction - 1) * cells);
        double const t = (fraction - 1) * cells - part;
        auto const at = static_cast<std::size_t>(octave * cells + part);
        auto const cubic_of = [&](float const* c) { return c[0] + t * (c[1] + t * (c[2] + t * c[3])); };
        auto const& cell = lanes.view().cells[at];
        double const energy = water_energy_MeV(view.materials, range);
        double const spread = water_at(view.materials, energy).spread_g2_per_cm4;
        double const soft = soft_variance_beyond(view.scattering, range);
        worst_energy = std::max(worst_energy, std::fabs(cubic_of(cell.energy_MeV) / energy - 1));
        worst_spread = std::max(worst_spread, std::fabs(cubic_of(cell.spread_g2_per_cm4) / spread - 1));
        worst_soft =
            std::max(worst_soft, std::fabs(cubic_of(lanes.view().step_cells[at].soft_variance) / soft - 1));
    }
    // Single precision is 6e-8; the cubics of a sixteenth of an octave add a few 1e-7
    EXPECT_LT(worst_energy, 1e-6);
    EXPECT_LT(worst_spread, 3e-6);
    EXPECT_LT(worst_soft, 3e-6);
}

TEST_F(LaneEngine, unknown_targets_are_refused) { EXPECT_THROW(lane_target_named("sse9"), Refusal); }

Numbers numbers_of(SpotResult const& result) {
    Numbers numbers{{"r80_mm", result.r80_mm},
                    {"r50_mm", result.r50_mm},
                    {"falloff_mm", result.falloff_80_20_mm},
                    {"neutrons", result.energy.neutrons},
                    {"gammas", result.energy.gammas},
                    {"Q", result.energy.Q},
                    {"nonelastic", result.nonelastic_per_history}};
    auto const& curve = result.integrated_depth_dose;
    for (std::size_t k = 0; k < curve.size(); ++k) { // five equal parts of the box
        numbers["part_" + std::to_string(5 * k / curve.size())] += curve[k].MeV_per_mm;
    }
    for (std::size_t i = 0; i < result.rings.size(); ++i) {
        numbers["sigma_" + std::to_string(i)] = result.sigma_mm[i].sigma_mm;
        for (std::size_t ring = 0; ring < 3; ++ring) {
            numbers["ring_" + std::to_string(i) + std::to_string(ring)] = result.rings[i].fractions[ring];
        }
    }
    return numbers;
}

SpotRequest spot_of(double energy_MeV, LaneTarget target, std::uint32_t seed) {
    SpotRequest request;
    request.energy_MeV = energy_MeV;
    request.histories = 5000;
    request.seed = seed;
    request.target = target;
    return request;
}

TEST_F(LaneEngine, agrees_with_double_precision_without_nuclear_events) {
    auto const run = [](LaneTarget target, std::uint32_t seed) {
        Warnings warnings;
        auto request = spot_of(120, target, seed);
        request.on.nuclear = false;
        return numbers_of(calculate_spot(request, warnings));
    };
    // 80,000 histories each: sigma of the dose in a fifth of the box is 0.01 %, of R80 0.007 mm
    expect_same_means(run, {{"part_0", 1e-3}, {"part_1", 1e-3}, {"part_2", 1e-3}, {"r80_mm", 1e-3}});
}

TEST_F(LaneEngine, agrees_with_double_precision_with_all_physics) {
    auto const run = [](LaneTarget target, std::uint32_t seed) {
        Warnings warnings;
        return numbers_of(calculate_spot(spot_of(180, target, seed), warnings));
    };
    expect_same_means(run, {{"r80_mm", 1e-3}});
}

TEST_F(LaneEngine, agrees_with_double_precision_in_the_fast_mode) {
    auto const run = [](LaneTarget target, std::uint32_t seed) {
        Warnings warnings;
        auto request = spot_of(80, target, seed);
        request.mode = PhysicsMode::fast;
        return numbers_of(calculate_spot(request, warnings));
    };
    expect_same_means(run, {{"part_1", 8e-3}, {"r80_mm", 1e-3}});
}

TEST_F(LaneEngine, agrees_with_double_precision_in_slabs) {
    auto const run = [](LaneTarget target, std::uint32_t seed) {
        Warnings warnings;
        auto request = spot_of(150, target, seed);
        request.on.nuclear = false;
        auto const& library = MaterialLibrary::shipped();
        request.slabs = {{library.named("water"), 0, 30},
                         {library.named("Bone_Cortical"), 0, 15},
                         {library.named("Lung"), 0.3, 60},
                         {library.named("aluminium"), 0, 10},
                         {library.named("Adipose_Tissue"), 0, 80}};
        request.ring_depths_mm = request.sigma_depths_mm = {40, 90, 130};
        return numbers_of(calculate_spot(request, warnings));
    };
    expect_same_means(run, {{"part_0", 1e-3}, {"part_1", 1e-3}, {"part_2", 2e-3}, {"r80_mm", 1e-3}});
}

TEST_F(LaneEngine, agrees_with_double_precision_in_voxels_behind_a_plate) {
    auto const world = mixed_world();
    auto const run = [&](LaneTarget target, std::uint32_t seed) {
        auto request = mixed_request(world);
        request.options.target = target;
        request.options.seed = seed;
        request.options.stop.histories = 3000;
        auto const result = test::calculate(request);
        auto const& water = result.total.to_water_Gy.values;
        auto const& medium = result.total.to_medium_Gy.values;
        Numbers numbers{{"outside", result.energy.outside_grid}, {"escaped", result.energy.escaped_charged}};
        auto const plane = static_cast<std::size_t>(21 * 19);
        for (std::size_t k = 0; k < 30;
             k += 3) { // side by side: a voxel of lung, one of water, and the plane
            double sum = 0, to_water = 0, half = 0;
            for (std::size_t i = 0; i < 3 * plane; ++i) {
                sum += medium[k * plane + i];
                to_water += water[k * plane + i];
                half += (i / 21) % 19 < 10 ? medium[k * plane + i] : 0;
            }
            numbers["plane_" + std::to_string(k)] = sum;
            numbers["water_" + std::to_string(k)] = to_water;
            numbers["half_" + std::to_string(k)] = half;
        }
        return numbers;
    };
    expect_same_means(run, {});
}

} // namespace
} // namespace beamwright
