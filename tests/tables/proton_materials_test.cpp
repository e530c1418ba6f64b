#include "core/refusal.hpp"
#include "stopping_reference.hpp"
#include "support.hpp"
#include "tables/proton_materials.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

Material water() { return {"water", 1.0, {{1, 0.111894}, {8, 0.888106}}, 0}; }

TEST(ProtonMaterialTables, energy_of_range_is_the_inverse_of_range_of_energy) {
    ProtonMaterialTables const tables({water()});
    auto const view = tables.view();
    for (double energy_MeV = 0.3; energy_MeV < 500; energy_MeV *= 1.0013) {
        double const range = water_range_g_per_cm2(view, energy_MeV);
        // Two cubic tables, 32 cells per octave: (1/32)^4/384 of a fourth derivative of order 1 is 2.5e-9
        ASSERT_NEAR(water_energy_MeV(view, range) / energy_MeV, 1, 5e-9) << energy_MeV;
    }
}

// Acceptance test 1, second half: the range table is the integral of the stopping table (0.05 %), here to 1e-5
TEST(ProtonMaterialTables, range_is_the_integral_of_the_stopping_power) {
    for (auto const choice : {WaterStopping::icru90, WaterStopping::pstar}) {
        ProtonMaterialTables const tables({water()}, choice);
        auto const& source = choice == WaterStopping::icru90 ? element_stopping().water_icru90()
                                                             : element_stopping().water_pstar();
        auto const view = tables.view();
        double range = water_range_g_per_cm2(view, 1.0), energy_MeV = 1;
        while (energy_MeV < 250) {
            double const next_MeV = energy_MeV * 1.001; // Simpson: error of order (0.001)^5
            range += (next_MeV - energy_MeV) / 6 *
                     (1 / source.total_MeV_cm2_per_g(energy_MeV) +
                      4 / source.total_MeV_cm2_per_g(0.5 * (energy_MeV + next_MeV)) +
                      1 / source.total_MeV_cm2_per_g(next_MeV));
            energy_MeV = next_MeV;
            ASSERT_NEAR(water_range_g_per_cm2(view, energy_MeV) / range, 1, 1e-5) << energy_MeV;
            ASSERT_NEAR(water_mass_stopping_MeV_cm2_per_g(view, energy_MeV) /
                            source.total_MeV_cm2_per_g(energy_MeV),
                        1, 1e-5);
        }
    }
}

// Acceptance test 1, first half: 0.1 % of the CSDA ranges of ICRU Report 90, 5 to 250 MeV. The numbers of its table A.9:
TEST(ProtonMaterialTables, water_ranges_are_those_of_icru_90) {
    std::vector<std::pair<double, double>> const icru90 = {{100, 7.759}, {150, 15.86}, {200, 26.09}};
    auto const tables = ProtonMaterialTables({water()});
    for (auto const& [energy_MeV, range] : icru90) {
        EXPECT_NEAR(water_range_g_per_cm2(tables.view(), energy_MeV) / range, 1, 1e-3) << energy_MeV;
    }
}

TEST(ProtonMaterialTables, water_ranges_agree_with_the_whole_reference_tables) {
    BW_NEEDS_SHARED(shared);
    ProtonMaterialTables const icru90({water()}), pstar({water()}, WaterStopping::pstar);
    double worst = 0;
    for (auto const& row :
         test::csv_rows(shared / "reference/proton/validation/range_water_csda_1MeV_steps.csv")) {
        double const energy_MeV = std::stod(row[0]);
        // Between its nodes that file interpolates linearly (stated there); nodes carry the tabulated values
        if (energy_MeV <= 250 && row[3] == "1") {
            double const off = water_range_g_per_cm2(icru90.view(), energy_MeV) / std::stod(row[2]) - 1;
            worst = std::max(worst, std::abs(off));
            EXPECT_NEAR(off, 0, 1e-3) << energy_MeV << " MeV, ICRU 90";
            EXPECT_NEAR(water_range_g_per_cm2(pstar.view(), energy_MeV) / std::stod(row[1]), 1, 1e-3)
                << energy_MeV;
        }
    }
    std::printf("largest difference to ICRU 90 CSDA ranges: %.3f %%\n", 100 * worst);
}

TEST(ProtonMaterialTables, water_has_ratio_exactly_one) {
    ProtonMaterialTables const tables({water()});
    for (double energy_MeV = 0.001; energy_MeV < 300; energy_MeV *= 1.03) {
        ASSERT_EQ(stopping_ratio(tables.view(), 0, energy_MeV), 1.0);
    }
    EXPECT_EQ(tables.view().materials[0].electron_ratio, 1.0);
    EXPECT_EQ(relative_stopping_power(water(), 1.0, 100), 1.0);
    EXPECT_EQ(relative_stopping_power(water(), 1.02, 100), 1.02);
}

TEST(ProtonMaterialTables, only_water_shifts_with_the_choice_of_its_table) {
    Material const aluminum{"aluminum", 2.699, {{13, 1.0}}, 0};
    ProtonMaterialTables const icru90({aluminum}), pstar({aluminum}, WaterStopping::pstar);
    for (double energy_MeV : {5.0, 30.0, 100.0, 200.0}) {
        double const first = mass_stopping_MeV_cm2_per_g(icru90.view(), 0, energy_MeV);
        // electronic ratios times total water: nuclear stopping differs by 5e-5 of it; ratio nodes linear, 3e-5
        EXPECT_NEAR(mass_stopping_MeV_cm2_per_g(pstar.view(), 0, energy_MeV) / first, 1, 2e-4);
    }
    // PSTAR aluminum, electronic
    EXPECT_NEAR(mass_stopping_MeV_cm2_per_g(icru90.view(), 0, 100) / 5.676, 1, 1e-3);
}

TEST(ProtonMaterialTables, scattering_length_of_water_is_that_of_gottschalk) {
    ProtonMaterialTables const tables({water(), {"lead", 11.35, {{82, 1.0}}, 0}});
    // Gottschalk 2010, table I: X_S of water 46.88 cm (rounded there)
    EXPECT_NEAR(1 / tables.view().materials[0].inverse_scattering_length_cm2_per_g, 46.88, 0.02);
}

TEST(ProtonMaterialTables, bad_compositions_are_refused) {
    EXPECT_THROW(ProtonMaterialTables({{"empty", 1.0, {}, 0}}), Refusal);
    EXPECT_THROW(ProtonMaterialTables({{"half", 1.0, {{1, 0.5}}, 0}}), Refusal);
    EXPECT_THROW(ProtonMaterialTables({{"negative", 1.0, {{1, -0.5}, {8, 1.5}}, 0}}), Refusal);
    EXPECT_THROW(ProtonMaterialTables({{"plutonium", 19.8, {{94, 1.0}}, 0}}), Refusal);
    EXPECT_THROW(ProtonMaterialTables({{"not a number", 1.0, {{8, std::nan("")}}, 0}}), Refusal);
}

} // namespace
} // namespace beamwright
