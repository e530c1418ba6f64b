// Acceptance 2 and 4 in lanes: ranges, voxel sizes and straggling, each against what range_test.cpp holds the double engine to.
#include "physics/proton/straggling.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/spot.hpp"
#include "two_engines.hpp"

namespace beamwright {
namespace {

using LaneRange = test::LanesHere;

SpotRequest narrow(double energy_MeV, std::int64_t histories) {
    SpotRequest request;
    request.energy_MeV = energy_MeV;
    request.histories = histories;
    request.lateral_mm = 200;
    request.voxel_mm = 5;
    request.depth_step_mm = 0.1;
    request.seed = 5;
    request.target = LaneTarget::avx2;
    return request;
}

SpotResult spot(SpotRequest const& request) {
    Warnings warnings;
    return calculate_spot(request, warnings);
}

TEST_F(LaneRange, r80_on_a_fine_scorer_is_the_range_of_icru_90) {
    // ICRU Report 90 (2016), Table A.9: CSDA range in water and its detour factor
    std::map<double, double> const range_g_per_cm2{{100, 7.759}, {150, 15.86}, {200, 26.09}};
    for (auto const& [energy_MeV, range] : range_g_per_cm2) {
        double const expected = 10 * range * 0.9987;
        // Of 20,000 protons with a range sigma of 1.1 % the mean has 0.02 mm at 200 MeV: far within the bar
        double const r80 = spot(narrow(energy_MeV, 20'000)).r80_mm;
        EXPECT_NEAR(r80, expected, 0.15 + 1e-3 * expected) << energy_MeV << " MeV";
        RecordProperty("r80_" + std::to_string(static_cast<int>(energy_MeV)), std::to_string(r80 - expected));
    }
}

TEST_F(LaneRange, does_not_depend_on_step_settings) {
    auto request = narrow(150, 60'000); // two R80 of 0.02 mm each
    double const usual = spot(request).r80_mm;
    request.limits.straggling_share = request.limits.scattering_share = 0.05;
    request.limits.most_g_per_cm2 = 0.2;
    EXPECT_NEAR(spot(request).r80_mm, usual, 0.1);
    request.limits.straggling_share = request.limits.scattering_share = 0.25; // half of the range in lanes
    request.limits.most_g_per_cm2 = 4;
    EXPECT_NEAR(spot(request).r80_mm, usual, 0.1);
}

TEST_F(LaneRange, coarse_voxels_agree_with_the_fine_curve_rebinned) {
    // 60,000 protons: a coarse bin has less than 0.2 % of the maximum as noise; 0.5 % + 4 sigma
    auto request = narrow(100, 60'000);
    auto const fine = spot(request).integrated_depth_dose;
    for (double const edge_mm : {0.5, 1.0, 2.0, 3.0}) {
        request.voxel_mm = edge_mm;
        request.depth_step_mm = 0;
        request.seed += 1;
        auto const coarse = spot(request).integrated_depth_dose;
        double most = 0;
        for (auto const& point : coarse) {
            most = std::max(most, point.MeV_per_mm);
        }
        auto const ratio = static_cast<std::size_t>(std::lround(edge_mm / 0.1));
        for (std::size_t k = 0; (k + 1) * ratio <= fine.size() && k < coarse.size(); ++k) {
            double mean = 0, variance = 0;
            for (std::size_t i = k * ratio; i < (k + 1) * ratio; ++i) {
                mean += fine[i].MeV_per_mm / static_cast<double>(ratio);
                variance += std::pow(fine[i].sigma_MeV_per_mm / static_cast<double>(ratio), 2);
            }
            double const noise = std::hypot(coarse[k].sigma_MeV_per_mm, std::sqrt(variance));
            EXPECT_NEAR(coarse[k].MeV_per_mm, mean, 0.005 * most + 4 * noise)
                << edge_mm << " mm voxels, bin " << k;
        }
    }
}

/// Moments of the depths where protons end, from the number that comes to each plane.
test::Numbers end_points(std::vector<double> const& coming, double step_mm) {
    double all = 0, mean = 0, square = 0, cube = 0;
    auto const over = [&](auto const& add) {
        for (std::size_t k = 0; k + 1 < coming.size(); ++k) {
            add(coming[k] - coming[k + 1], static_cast<double>(k) * step_mm);
        }
    };
    over([&](double ended, double) { all += ended; });
    over([&](double ended, double at_mm) { mean += ended * at_mm / all; });
    over([&](double ended, double at_mm) {
        square += ended * (at_mm - mean) * (at_mm - mean) / all;
        cube += ended * (at_mm - mean) * (at_mm - mean) * (at_mm - mean) / all;
    });
    double const sigma = std::sqrt(square - step_mm * step_mm / 12);
    return {{"mean", mean}, {"sigma", sigma}, {"skewness", 3 + cube / (sigma * square)}};
}

test::Numbers end_points(SpotRequest const& request) {
    std::vector<double> coming;
    for (auto const& point : spot(request).integrated_depth_dose) {
        coming.push_back(point.primaries);
    }
    return end_points(coming, request.depth_step_mm);
}

/// The spread of end points that both engines must have (the double one is held to a quadrature in range_test.cpp).
TEST_F(LaneRange, end_points_spread_as_in_double_precision) {
    auto const run = [](LaneTarget target, std::uint32_t seed) {
        auto request = narrow(120, 5000);
        request.target = target;
        request.seed = seed;
        request.depth_step_mm = 0.25;
        request.on = {.nuclear = false, .straggling = true, .scattering = false};
        return end_points(request);
    };
    // 80,000 end points each: sigma has 0.35 %, the mean 0.006 mm
    test::expect_same_means(run, {{"mean", 3e-4}, {"sigma", 0.015}});
}

/// In thin layers no step ends where it was foreseen: one planned in lead (a seventh of the range per scattering) meets
/// its hinge late, one planned in water early. Each deviation must reach as far as it was drawn for.
TEST_F(LaneRange, end_points_spread_in_thin_layers_as_in_double_precision) {
    auto const run = [](LaneTarget target, std::uint32_t seed) {
        auto request = narrow(120, 5000);
        request.target = target;
        request.seed = seed;
        request.depth_step_mm = 0.25;
        auto const& library = MaterialLibrary::shipped();
        for (int pair = 0; pair < 60; ++pair) {
            request.slabs.push_back({library.named("water"), 0, 0.75});
            request.slabs.push_back({library.named("lead"), 0, 0.25});
        }
        request.on = {.nuclear = false, .straggling = true, .scattering = false};
        auto numbers = end_points(request);
        // The energy node of lead's stopping ratio is that of the way foreseen: 0.09 % of the range here, another matter
        numbers.erase("mean");
        return numbers;
    };
    // 80,000 end points each. Where a plan went on for 1.3 times its length, sigma was 4 % greater
    test::expect_same_means(run, {{"sigma", 0.015}});
}

/// 3 mm of water before the grid are half of a stretch at 70 MeV: its deviation must go on behind them.
TEST_F(LaneRange, straggling_of_a_plate_goes_on_in_the_grid) {
    double const edge_mm = 0.2;
    auto const world = test::box_of("water", {1, 1, 220}, {100, 100, edge_mm});
    auto const run = [&](LaneTarget target, std::uint32_t seed) {
        auto beam = test::pencil(70, 3);
        beam.slabs.push_back({8, 3, MaterialLibrary::shipped().named("water"), 1.0, "plate"});
        auto request = test::request_for(world, beam, 8000);
        request.options.target = target;
        request.options.seed = seed;
        request.options.species = true;
        request.options.on = {.nuclear = false, .straggling = true, .scattering = false};
        auto const result = test::calculate(request);
        auto const& fluence = result.species[0].fluence_per_cm2.values;
        return end_points({fluence.begin(), fluence.end()}, edge_mm);
    };
    // 128,000 end points each: sigma has 0.28 %. Without that it was 2 % smaller
    test::expect_same_means(run, {{"mean", 3e-4}, {"sigma", 0.013}});
}

} // namespace
} // namespace beamwright
