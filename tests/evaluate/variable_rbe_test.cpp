// Variable RBE: the published parameters, the equal effect behind them, and worked values.
#include "core/refusal.hpp"
#include "evaluate/biology/weighted_dose.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

/// The form in which the papers print it: RBE(D) from RBEmax and RBEmin.
double printed_form(double dose, double ratio, double most, double least) {
    return (std::sqrt(ratio * ratio + 4 * dose * ratio * most + 4 * dose * dose * least * least) - ratio) /
           (2 * dose);
}

TEST(VariableRbe, has_the_published_parameters) {
    // Table 1 of a review of these models, Br J Radiol 93 (2020) 20190334 (PMC7066955), which lists p0 to p3 of
    // all three: 0.99064 0.35605 1.1012 -0.0039; 1 0.434; 0.843 0.413644 1.09 0.01612
    double const let = 5, ratio = 3;
    auto const mcnamara = rbe_limits(RbeModel::mcnamara, let, ratio);
    EXPECT_NEAR(mcnamara.at_low_dose, 0.99064 + 0.35605 * let / ratio, 1e-12);
    EXPECT_NEAR(mcnamara.at_high_dose, 1.1012 - 0.0039 * std::sqrt(ratio) * let,
                3e-5 * std::sqrt(ratio) * let + 1e-9);
    auto const wedenberg = rbe_limits(RbeModel::wedenberg, let, ratio);
    EXPECT_NEAR(wedenberg.at_low_dose, 1 + 0.434 * let / ratio, 1e-12);
    EXPECT_EQ(wedenberg.at_high_dose, 1);
    auto const carabe = rbe_limits(RbeModel::carabe, let, ratio);
    EXPECT_NEAR(carabe.at_low_dose, 0.843 + 0.413644 * let / ratio, 1e-12);
    EXPECT_NEAR(carabe.at_high_dose, 1.09 + 0.01612 * let / ratio, 5e-6 * let / ratio);
}

TEST(VariableRbe, is_the_printed_formula) {
    for (auto const model : {RbeModel::mcnamara, RbeModel::wedenberg, RbeModel::carabe}) {
        for (double const ratio : {1.0, 2.0, 10.0}) {
            for (double const dose : {0.1, 1.8, 2.0, 8.0, 25.0}) {
                for (double const let : {1.0, 2.5, 12.0}) {
                    auto const limits = rbe_limits(model, let, ratio);
                    double const printed = printed_form(dose, ratio, limits.at_low_dose, limits.at_high_dose);
                    EXPECT_NEAR(proton_rbe(model, dose, let, ratio), printed, 1e-12 * printed);
                }
            }
        }
    }
}

TEST(VariableRbe, tends_to_its_limits) {
    for (auto const model : {RbeModel::mcnamara, RbeModel::wedenberg, RbeModel::carabe}) {
        auto const limits = rbe_limits(model, 4, 2);
        EXPECT_NEAR(proton_rbe(model, 1e-9, 4, 2), limits.at_low_dose, 1e-8);
        EXPECT_NEAR(proton_rbe(model, 0, 4, 2), limits.at_low_dose, 1e-15);
        EXPECT_NEAR(proton_rbe(model, 1e6, 4, 2), limits.at_high_dose, 1e-5);
    }
    EXPECT_EQ(proton_rbe(RbeModel::constant, 2, 9, 3), 1.1);
}

TEST(WeightedDose, takes_the_dose_per_fraction_and_the_tissue_of_each_voxel) {
    Grid grid;
    grid.size = {2, 2, 1};
    Volume<float> dose(grid, 60), let(grid, 3);
    dose.values[3] = 0;
    WeightingRequest request{
        .model = RbeModel::wedenberg, .fractions = 30, .alpha_beta_Gy = 10, .tissues = {}};
    request.tissues.push_back({"Brainstem", 2, {0, 1, 0.4F, 1}});
    auto const weighted = weighted_dose_Gy(dose, let, request);
    EXPECT_NEAR(weighted.values[0], 60 * printed_form(2, 10, 1 + 0.434 * 3 / 10, 1), 1e-4);
    EXPECT_NEAR(weighted.values[1], 60 * printed_form(2, 2, 1 + 0.434 * 3 / 2, 1), 1e-4);
    EXPECT_EQ(weighted.values[2], weighted.values[0]); // less than half of the voxel
    EXPECT_EQ(weighted.values[3], 0);
    EXPECT_EQ(name_of(request),
              "RBE-weighted dose, Wedenberg 2013, alpha/beta 10 Gy, Brainstem 2 Gy, 30 fractions");
}

TEST(WeightedDose, refuses_what_it_cannot_weigh) {
    Grid grid;
    grid.size = {2, 1, 1};
    Volume<float> const dose(grid, 1), let(grid, 3);
    WeightingRequest good{.model = RbeModel::mcnamara, .fractions = 1, .alpha_beta_Gy = 3, .tissues = {}};
    EXPECT_NO_THROW(weighted_dose_Gy(dose, let, good));
    auto bad = good;
    bad.alpha_beta_Gy = 0;
    EXPECT_THROW(weighted_dose_Gy(dose, let, bad), Refusal);
    bad = good;
    bad.fractions = 0;
    EXPECT_THROW(weighted_dose_Gy(dose, let, bad), Refusal);
    bad = good;
    bad.tissues.push_back({"Lens", 40, {1, 1}});
    EXPECT_THROW(weighted_dose_Gy(dose, let, bad), Refusal);
    grid.spacing_mm.x = 2;
    EXPECT_THROW(weighted_dose_Gy(dose, Volume<float>(grid, 3), good), Refusal);
    EXPECT_THROW(rbe_model_named("linear"), Refusal);
}

} // namespace
} // namespace beamwright
