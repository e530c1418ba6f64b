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

/// The spread of end points that both engines must have (the double one is held to a quadrature in range_test.cpp).
TEST_F(LaneRange, end_points_spread_as_in_double_precision) {
    auto const run = [](LaneTarget target, std::uint32_t seed) {
        auto request = narrow(120, 5000);
        request.target = target;
        request.seed = seed;
        request.depth_step_mm = 0.25;
        request.on = {.nuclear = false, .straggling = true, .scattering = false};
        auto const curve = spot(request).integrated_depth_dose;
        double mean = 0, square = 0, cube = 0;
        for (std::size_t k = 0; k + 1 < curve.size(); ++k) {
            mean += (curve[k].primaries - curve[k + 1].primaries) * curve[k].depth_mm;
        }
        for (std::size_t k = 0; k + 1 < curve.size(); ++k) {
            double const from_mean = curve[k].depth_mm - mean;
            double const ended = curve[k].primaries - curve[k + 1].primaries;
            square += ended * from_mean * from_mean;
            cube += ended * from_mean * from_mean * from_mean;
        }
        double const sigma = std::sqrt(square - 0.25 * 0.25 / 12);
        return test::Numbers{{"mean", mean}, {"sigma", sigma}, {"skewness", 3 + cube / (sigma * square)}};
    };
    // 80,000 end points each: sigma has 0.35 %, the mean 0.006 mm
    test::expect_same_means(run, {{"mean", 3e-4}, {"sigma", 0.015}});
}

} // namespace
} // namespace beamwright
