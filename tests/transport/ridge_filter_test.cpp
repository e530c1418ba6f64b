// A ridge filter spreads out the peak: the depth dose is the sum of the pulled-back peaks, each with its share of the period.
#include "machine/treatment/beam_sources.hpp"
#include "worlds.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

std::vector<double> depth_dose(BeamSource const& beam, std::int64_t histories) {
    auto const world = test::box_of("water", {1, 1, 110}, {800, 800, 1});
    auto const result = test::calculate(test::request_for(world, beam, histories));
    return {result.total.to_medium_Gy.values.begin(), result.total.to_medium_Gy.values.end()};
}

/// A parallel beam whose width (sigma 10 mm) hides the period of 4 mm: evenness within exp(-2 pi^2 100 / 16).
BeamSource wide_beam() { return test::pencil(120, 10, 200); }

TEST(RidgeFilter, makes_the_weighted_sum_of_pulled_back_peaks) {
    RidgeFilterSetting const comb{.id = "RF",
                                  .material = "PMMA",
                                  .isocenter_to_downstream_mm = 50,
                                  .along_x = true,
                                  .period_mm = 4,
                                  .half_width_mm = 150,
                                  .steps = {{4, 2}, {2.4, 14}}};
    constexpr std::int64_t histories = 20'000;
    auto ridges = wide_beam();
    ridges.slabs = ridge_filter_slabs(comb, "beam");
    auto const spread = depth_dose(ridges, histories);
    std::vector<double> expected(spread.size());
    for (auto const& [thickness_mm, share] : {std::pair{2.0, 0.4}, {14.0, 0.6}}) {
        auto plate = wide_beam();
        auto slab = ridges.slabs.back();
        slab.openings.clear();
        slab.downstream_z_mm = 50;
        slab.upstream_z_mm = 50 + thickness_mm;
        plate.slabs = {slab};
        auto const one = depth_dose(plate, histories);
        for (std::size_t k = 0; k < one.size(); ++k) {
            expected[k] += share * one[k];
        }
    }
    // Two peaks, 14 mm of water apart. Protons that scatter out of a ridge's side lose less than they would have: 1.5 % of
    // the maximum; 20,000 protons show 1 % per bin at the ends of range (6 standard deviations)
    double const most = *std::max_element(expected.begin(), expected.end());
    auto const peak = [&](std::vector<double> const& curve, std::size_t from, std::size_t to) {
        return static_cast<std::size_t>(std::max_element(curve.begin() + static_cast<std::ptrdiff_t>(from),
                                                         curve.begin() + static_cast<std::ptrdiff_t>(to)) -
                                        curve.begin());
    };
    EXPECT_NEAR(static_cast<double>(peak(spread, 75, 98)), static_cast<double>(peak(expected, 75, 98)), 1);
    EXPECT_NEAR(static_cast<double>(peak(spread, 98, 110)), static_cast<double>(peak(expected, 98, 110)), 1);
    EXPECT_GT(peak(expected, 98, 110), peak(expected, 75, 98) + 11);
    for (std::size_t k = 0; k < spread.size(); ++k) {
        EXPECT_NEAR(spread[k], expected[k], 0.05 * most) << k;
    }
    double off = 0;
    for (std::size_t k = 0; k < 95; ++k) {
        off += (spread[k] - expected[k]) / most / 95;
    }
    EXPECT_NEAR(off, 0, 0.01);
}

} // namespace
} // namespace beamwright
