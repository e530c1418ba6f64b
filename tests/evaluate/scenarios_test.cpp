// Scenarios: relations that hold exactly, and the size of the drawn errors.
#include "capture_testing.hpp"
#include "evaluate/capture/scenarios.hpp"
#include "refusal_of.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using test::CaptureCase;

struct ScenarioCase : CaptureCase {
    CaptureMap made = map();
    std::vector<StructureVoxels> structures{structure_voxels("brain", grid, brain),
                                            structure_voxels("GTV", grid, tumor)};
    Irradiation run{30, 20, {{{20, 0.02}, {10, 0.002}}}};
    std::vector<std::vector<ScenarioOutcome>> of(std::vector<CaptureScenario> const& scenarios) const {
        return scenario_outcomes(made, run, structures, scenarios);
    }
};

TEST(Scenarios, the_nominal_one_is_the_plan) {
    ScenarioCase const c;
    auto const outcome = c.of({{.name = "nominal"}})[0][1];
    auto const ready = ready_tissues(c.made.tissues(), c.run);
    auto const dose = structure_doses(c.made, c.structures[1], DoseKind::isoeffective, ready);
    EXPECT_NEAR(outcome.isoeffective.mean_Gy, mean_dose_Gy(dose, c.structures[1]),
                1e-6 * outcome.isoeffective.mean_Gy);
    EXPECT_NEAR(outcome.isoeffective.most_Gy, most_dose_Gy(dose), 1e-6 * outcome.isoeffective.most_Gy);
    EXPECT_TRUE(outcome.weighted.D2cc_Gy);
}

TEST(Scenarios, a_boron_error_is_a_new_blood_level) {
    ScenarioCase const c;
    auto const low = c.of({{.name = "low", .boron_factor = 0.8}})[0][0];
    auto other = c.run;
    for (auto& term : other.blood.terms) {
        term.ppm *= 0.8;
    }
    auto const again = scenario_outcomes(c.made, other, c.structures, {{.name = "nominal"}})[0][0];
    EXPECT_NEAR(low.weighted.mean_Gy, again.weighted.mean_Gy, 2e-6 * low.weighted.mean_Gy);
    EXPECT_NEAR(low.isoeffective.mean_Gy, again.isoeffective.mean_Gy, 3e-6 * low.isoeffective.mean_Gy);
}

TEST(Scenarios, a_ratio_error_stays_in_its_tissue) {
    ScenarioCase const c;
    auto const outcome = c.of({{.name = "nominal"}, {.name = "GTV ratio", .ratio_factor = {1, 1, 2}}});
    EXPECT_GT(outcome[1][1].weighted.mean_Gy, 1.3 * outcome[0][1].weighted.mean_Gy);
    EXPECT_EQ(outcome[1][1].weighted.least_Gy > outcome[0][1].weighted.least_Gy, true);
    EXPECT_EQ(outcome[1][0].weighted.least_Gy, outcome[0][0].weighted.least_Gy); // brain outside the tumor
}

TEST(Scenarios, a_shift_by_one_voxel_moves_the_dose_by_one_voxel) {
    ScenarioCase c;
    // All of one tissue, so that only the dose moves
    std::fill(c.index.begin(), c.index.end(), std::uint8_t{1});
    c.ratio = Volume<float>(c.grid, 1.0F);
    auto const map = c.map();
    StructureMask const box{{6, 6, 6}, {3, 3, 3}, std::vector<float>(27, 1.0F), 0},
        next{{7, 5, 6}, {3, 3, 3}, box.weight, 0};
    auto const moved = scenario_outcomes(map, c.run, {structure_voxels("box", c.grid, box)},
                                         {{.name = "shift", .shift_mm = {5, -5, 0}}})[0][0];
    auto const there =
        scenario_outcomes(map, c.run, {structure_voxels("next", c.grid, next)}, {{.name = "nominal"}})[0][0];
    EXPECT_NEAR(moved.weighted.mean_Gy, there.weighted.mean_Gy, 1e-6 * there.weighted.mean_Gy);
    EXPECT_NEAR(moved.isoeffective.most_Gy, there.isoeffective.most_Gy, 1e-6 * there.isoeffective.most_Gy);
}

TEST(Scenarios, between_voxels_rates_are_trilinear_and_beyond_the_grid_they_hold) {
    ScenarioCase c;
    for (std::size_t v = 0; v < c.grid.voxels(); ++v) {
        auto const x = static_cast<float>(v % 24), y = static_cast<float>(v / 24 % 20),
                   z = static_cast<float>(v / 480);
        c.rates.photon_Gy_per_min[v] = 1 + 0.1F * x + 0.02F * y + 0.01F * z;
        c.rates.boron_Gy_per_min_per_ppm[v] = c.rates.nitrogen_Gy_per_min[v] = c.rates.fast_Gy_per_min[v] = 0;
    }
    StructureMask const point{{10, 9, 8}, {1, 1, 1}, {1.0F}, 0};
    auto const voxel = structure_voxels("point", c.grid, point);
    auto const outcome =
        scenario_outcomes(c.map(), c.run, {voxel},
                          {{.name = "a", .shift_mm = {1, 2, -3}}, {.name = "b", .shift_mm = {1e4, 0, 0}}});
    double const inside = 1 + 0.1 * 10.2 + 0.02 * 9.4 + 0.01 * 7.4, edge = 1 + 0.1 * 23 + 0.02 * 9 + 0.01 * 8;
    EXPECT_NEAR(outcome[0][0].weighted.mean_Gy, 30 * inside, 1e-5 * 30 * inside);
    EXPECT_NEAR(outcome[1][0].weighted.mean_Gy, 30 * edge, 1e-5 * 30 * edge);
}

TEST(Scenarios, drawn_errors_have_the_stated_size) {
    // 4000 draws: a standard deviation is known to 1.1 %, bound 4.5 sigma = 5 % (false alarm 7e-6 each; the
    // log-normal's heavier tail adds a tenth for 20 %)
    auto const drawn = drawn_scenarios({0.2, {0.0, 0.3}, 3}, 4001, 9);
    auto const again = drawn_scenarios({0.2, {0.0, 0.3}, 3}, 10, 9);
    EXPECT_EQ(drawn[7].boron_factor, again[7].boron_factor);
    EXPECT_EQ(drawn[0].boron_factor, 1);
    double sum = 0, squares = 0, logs = 0, shifts = 0;
    for (std::size_t i = 1; i < drawn.size(); ++i) {
        sum += drawn[i].boron_factor;
        squares += drawn[i].boron_factor * drawn[i].boron_factor;
        logs += std::log(drawn[i].ratio_factor[1]);
        shifts += dot(drawn[i].shift_mm, drawn[i].shift_mm);
        EXPECT_EQ(drawn[i].ratio_factor[0], 1);
    }
    double const n = 4000, mean = sum / n, sigma = std::sqrt(squares / n - mean * mean);
    EXPECT_NEAR(sigma / mean, 0.2, 0.06 * 0.2);
    EXPECT_NEAR(logs / n, 0, 4.5 * 0.3 / std::sqrt(n)); // median 1
    EXPECT_NEAR(std::sqrt(shifts / (3 * n)), 3, 0.03 * 3);
    EXPECT_NE(test::refusal_of([] {
                  drawn_scenarios({-0.1, {}, 0}, 10, 1);
              }).problem.find("negative"),
              std::string::npos);
}

TEST(Scenarios, single_errors_are_listed_up_and_down) {
    ScenarioCase const c;
    auto const listed = single_scenarios({0.1, {0, 0, 0.2}, 2}, c.tissues);
    ASSERT_EQ(listed.size(), 1 + 2 * (1 + 1 + 3U));
    EXPECT_EQ(listed[1].name, "boron +10 %");
    EXPECT_EQ(listed[2].name, "ratio of GTV +20 %");
    EXPECT_NEAR(listed[2].ratio_factor[2], 1.2, 1e-12);
    EXPECT_EQ(listed.back().shift_mm.z, -2);
}

TEST(Scenarios, spread_is_by_order) {
    std::vector<double> values;
    for (int i = 20; i >= 0; --i) {
        values.push_back(i);
    }
    auto const spread = spread_of(values);
    EXPECT_EQ(spread.nominal, 20);
    EXPECT_EQ(spread.least, 0);
    EXPECT_EQ(spread.median, 10);
    EXPECT_NEAR(spread.p5, 1, 1e-12);
    EXPECT_NEAR(spread.p95, 19, 1e-12);
}

} // namespace
} // namespace beamwright
