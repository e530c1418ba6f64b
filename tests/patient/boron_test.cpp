// Boron: blood curves fitted to samples, ratios per structure, PET to ppm.
#include "lanes/random.hpp"
#include "patient/boron.hpp"
#include "patient/boron_uptake.hpp"
#include "refusal_of.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

BloodLevel const truth{{{20, 0.03}, {14, 0.0025}}};

std::vector<BloodSample> samples_of(BloodLevel const& level, double noise, std::uint32_t seed = 1) {
    std::vector<BloodSample> samples;
    RandomStream random({seed, 0, 0, 0});
    for (double const min : {5., 15., 30., 45., 60., 90., 120., 180., 240.}) {
        samples.push_back(
            {min, level.ppm_at(min) * (1 + noise * random.gaussian_pair().first), noise > 0 ? noise : 0.05});
    }
    return samples;
}

TEST(BloodLevel, integral_is_the_closed_form) {
    double const exact =
        20 / 0.03 * (std::exp(-0.3) - std::exp(-2.1)) + 14 / 0.0025 * (std::exp(-0.025) - std::exp(-0.175));
    EXPECT_NEAR(truth.integral_ppm_min(10, 70), exact, 1e-10 * exact);
    EXPECT_NEAR(BloodLevel::constant(12).integral_ppm_min(-5, 20), 300, 1e-12);
}

TEST(BloodFit, finds_the_curve_that_made_the_samples) {
    Warnings warnings;
    auto const fit = fit_blood_level(samples_of(truth, 0), BloodCurve::biexponential, warnings);
    ASSERT_EQ(fit.level.terms.size(), 2U);
    // The search ends at 1e-8 of the decays; the valley of two exponentials is shallow: 1e-4 of the
    // parameters
    EXPECT_NEAR(fit.level.terms[0].decay_per_min, 0.03, 1e-5);
    EXPECT_NEAR(fit.level.terms[1].decay_per_min, 0.0025, 1e-6);
    EXPECT_NEAR(fit.level.terms[0].ppm, 20, 1e-2);
    EXPECT_NEAR(fit.level.integral_ppm_min(60, 120), truth.integral_ppm_min(60, 120), 1e-4 * 600);
    EXPECT_TRUE(warnings.empty());
}

TEST(BloodFit, clock_may_start_anywhere) {
    Warnings warnings;
    auto samples = samples_of(truth, 0);
    for (auto& sample : samples) {
        sample.min += 500;
    }
    auto const fit = fit_blood_level(samples, BloodCurve::biexponential, warnings);
    EXPECT_NEAR(fit.level.ppm_at(600), truth.ppm_at(100), 1e-4 * truth.ppm_at(100));
}

TEST(BloodFit, stated_error_is_that_of_repeated_fits) {
    // 150 fits give a standard deviation to 1/sqrt(2 x 150) = 5.8 %; bound 4 sigma = 23 %, false alarm 6e-5;
    // the curvature of the model over 3 % errors stays well inside
    Warnings warnings;
    double sum = 0, squares = 0, stated = 0;
    constexpr int fits = 150;
    for (std::uint32_t seed = 1; seed <= fits; ++seed) {
        auto const fit = fit_blood_level(samples_of(truth, 0.03, seed), BloodCurve::biexponential, warnings);
        double const mean = fit.level.integral_ppm_min(60, 120) / 60;
        sum += mean;
        squares += mean * mean;
        stated += fit.sigma_of_mean_ppm(60, 120) / fits;
    }
    double const seen = std::sqrt(squares / fits - sum / fits * (sum / fits));
    EXPECT_NEAR(stated, seen, 0.23 * seen);
    double const exact = truth.integral_ppm_min(60, 120) / 60;
    EXPECT_NEAR(sum / fits, exact, 4 * seen / std::sqrt(fits) + 0.002 * exact);
}

TEST(BloodFit, one_constant_is_the_weighted_mean) {
    Warnings warnings;
    auto const fit = fit_blood_level({{0, 10, 0.1}, {30, 20, 0.1}}, BloodCurve::constant, warnings);
    double const wa = 1 / (1.0 * 1.0), wb = 1 / (2.0 * 2.0);
    EXPECT_NEAR(fit.level.ppm_at(77), (10 * wa + 20 * wb) / (wa + wb), 1e-12);
    EXPECT_NEAR(fit.sigma_ppm_at(0), 1 / std::sqrt(wa + wb), 1e-12);
    EXPECT_FALSE(warnings.empty()); // 10 and 20 ppm with 10 % errors are not one level
}

TEST(BloodFit, refuses_what_cannot_be_fitted) {
    Warnings warnings;
    auto const few = test::refusal_of([&] {
        fit_blood_level({{0, 20}, {9, 15}, {20, 12}}, BloodCurve::biexponential, warnings);
    });
    EXPECT_NE(few.problem.find("3 blood samples"), std::string::npos);
    EXPECT_NE(test::refusal_of([&] {
                  fit_blood_level({{0, 20}, {0, 15}}, BloodCurve::exponential, warnings);
              }).problem.find("two blood samples"),
              std::string::npos);
    EXPECT_NE(test::refusal_of([&] {
                  fit_blood_level({{0, 20}, {5, -1}}, BloodCurve::exponential, warnings);
              }).problem.find("-1 ppm"),
              std::string::npos);
}

Grid grid_of(int n, double mm) {
    Grid grid;
    grid.size = {n, n, n};
    grid.spacing_mm = {mm, mm, mm};
    grid.origin_mm = {0.5 * mm, 0.5 * mm, 0.5 * mm};
    return grid;
}

TEST(BoronMap, later_structures_win_from_one_half) {
    auto const grid = grid_of(4, 5);
    StructureMask const brain{{0, 0, 0}, {4, 4, 4}, std::vector<float>(64, 1.0F), 0};
    StructureMask const tumor{{1, 1, 1}, {2, 1, 1}, {0.5F, 0.49F}, 0};
    auto const map = boron_ratio_map(grid, 0.2, {{"brain", 1.0, {}, &brain}, {"GTV", 3.5, {}, &tumor}});
    EXPECT_EQ(map.at(0, 0, 0), 1.0F);
    EXPECT_EQ(map.at(1, 1, 1), 3.5F);
    EXPECT_EQ(map.at(2, 1, 1), 1.0F);
    auto const wrong = test::refusal_of([&] { boron_ratio_map(grid, 0.2, {{"GTV", -1, {}, &tumor}}); });
    EXPECT_NE(wrong.problem.find("'GTV' is -1"), std::string::npos);
}

TEST(BoronMap, pet_becomes_ppm_and_keeps_its_boron) {
    Volume<float> suv(grid_of(12, 2), 0.0F);
    for (int k = 3; k < 9; ++k) {
        suv.at(5, 6, k) = static_cast<float>(k);
    }
    Warnings warnings;
    double const factor = ppm_per_SUV_of_blood(24, 1.6); // 15 ppm per SUV
    auto const coarse = pet_boron_ppm(suv, {factor, 0}, grid_of(4, 6), warnings);
    double fine_sum = 0, coarse_sum = 0;
    for (float const value : suv.values) {
        fine_sum += 15.0 * value * 8;
    }
    for (float const value : coarse.values) {
        coarse_sum += value * 216.0;
    }
    EXPECT_NEAR(coarse_sum, fine_sum, 1e-5 * fine_sum);
    EXPECT_TRUE(warnings.empty());
    auto const wide = pet_boron_ppm(suv, {factor, 0}, grid_of(16, 2), warnings);
    EXPECT_EQ(warnings.all().size(), 1U); // the grid is larger than the PET
    EXPECT_EQ(wide.at(15, 15, 15), 0.0F);
    EXPECT_NEAR(wide.at(5, 6, 4), 60, 1e-4);
    EXPECT_NE(test::refusal_of([&] {
                  pet_boron_ppm(suv, {0, 0}, suv.grid, warnings);
              }).problem.find("0 ppm per SUV"),
              std::string::npos);
}

TEST(BoronMap, ppm_and_ratio_are_two_words_for_one_map) {
    Volume<float> ratio(grid_of(2, 5), 3.5F);
    auto const ppm = boron_ppm(ratio, 20);
    EXPECT_NEAR(ppm[3], 70, 1e-5);
    Volume<float> map = ratio;
    map.values = ppm;
    EXPECT_NEAR(boron_ratio_of_ppm(map, 20).values[3], 3.5, 1e-6);
    EXPECT_THROW(boron_ratio_of_ppm(map, 0), Refusal);
}

TEST(BoronUptake, published_figures_carry_their_range_and_source) {
    auto const uptake = find_boron_uptake("bpa_published");
    auto const& tumor = uptake_of(uptake, "tumor");
    EXPECT_EQ(tumor.value, 3.75); // Kobayashi 2025, as transcribed
    EXPECT_EQ(*tumor.low, 1.58);
    EXPECT_NE(tumor.source.find("Kobayashi"), std::string::npos);
    EXPECT_FALSE(uptake_of(uptake, "skin").low); // a convention, not a measurement
    EXPECT_EQ(uptake.blood_ppm.size(), 2U);
    EXPECT_NE(test::refusal_of([&] { uptake_of(uptake, "liver"); }).why.find("glioblastoma"),
              std::string::npos);
    auto const text =
        R"({"format": "beamwright boron uptake 1", "name": "x", "compound": "BPA", "description": "", "trust": "",
        "sources": [], "blood_ppm": [],
        "tissue_to_blood": [{"tissue": "t", "value": 3, "low": 4, "high": 5, "source": "s"}]})";
    auto const wrong =
        test::refusal_of([&] { boron_uptake_from_json(JsonReader::from_text(text, "mine.json")); });
    EXPECT_NE(wrong.problem.find("mine.json"), std::string::npos);
}

} // namespace
} // namespace beamwright
