#include "physics/proton/energy_loss.hpp"
#include "tables/proton_materials.hpp"
#include "test_materials.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

class EnergyLossTest : public ::testing::Test {
protected:
    std::vector<Material> materials = test::materials();
    ProtonMaterialTables tables{materials};
    EnergyLoss<> loss{tables.view()};

    /// Range by Simpson's rule over the functor's own stopping power, in cm.
    double integrated_cm(std::uint32_t material, double density, double from_MeV, double to_MeV) const {
        int const n = 2000;
        double const step = std::log(from_MeV / to_MeV) / n;
        double sum = 0;
        for (int i = 0; i <= n; ++i) {
            double const energy_MeV = to_MeV * std::exp(i * step);
            double const weight = i == 0 || i == n ? 1 : i % 2 ? 4 : 2;
            sum += weight * energy_MeV / loss.stopping_MeV_per_cm(material, density, energy_MeV);
        }
        return sum * step / 3;
    }

    /// Path in steps until the energy falls below `to_MeV`, the last piece by the path function.
    double stepped_cm(std::uint32_t material, double density, double from_MeV, double to_MeV,
                      double step_cm) const {
        double path_cm = 0, energy_MeV = from_MeV;
        for (;;) {
            double const next_MeV = loss.mean_energy_after_MeV(material, density, step_cm, energy_MeV);
            if (next_MeV < to_MeV) {
                return path_cm + loss.path_cm(material, density, energy_MeV, to_MeV);
            }
            energy_MeV = next_MeV;
            path_cm += step_cm;
        }
    }
};

// The bar of the specification: total range within 0.02 % for steps up to 2 mm of water, whatever their length
TEST_F(EnergyLossTest, range_does_not_depend_on_the_step) {
    for (std::uint32_t material = 0; material < test::all; ++material) {
        double const density = materials[material].density_g_per_cm3;
        double const water_cm = stopping_ratio(loss.tables, material, 100.0) * density; // cm of water per cm
        for (double energy_MeV : {70.0, 150.0, 230.0}) {
            double const truth = integrated_cm(material, density, energy_MeV, 0.5);
            for (double step_cm : {0.002, 0.02, 0.1, 0.2}) {
                // lead: 0.03 mm of water, at the end of the range with 2 mm steps, where the ratio changes fastest
                double const bar = material == test::lead ? 8e-4 : 2e-4;
                EXPECT_NEAR(stepped_cm(material, density, energy_MeV, 0.5, step_cm / water_cm) / truth, 1,
                            bar)
                    << materials[material].name << " " << energy_MeV << " MeV, steps of " << step_cm
                    << " cm water";
            }
        }
    }
}

TEST_F(EnergyLossTest, path_and_energy_are_inverse) {
    for (std::uint32_t material = 0; material < test::all; ++material) {
        double const path_cm = loss.path_cm(material, 2.0, 150.0, 149.0);
        // 1 MeV of 150: both are second order in the change of the ratio, which is 1e-4
        EXPECT_NEAR(loss.mean_energy_after_MeV(material, 2.0, path_cm, 150.0), 149.0, 1e-5);
        EXPECT_NEAR(loss.path_cm(material, 2.0, 150.0, 2.0) / integrated_cm(material, 2.0, 150.0, 2.0), 1,
                    material == test::lead ? 5e-4 : 1e-4);
        EXPECT_NEAR(loss.rough_range_cm(material, 2.0, 150.0) / loss.range_cm(material, 2.0, 150.0), 1, 0.05);
    }
}

TEST_F(EnergyLossTest, a_path_beyond_the_range_leaves_no_energy) {
    for (std::uint32_t material = 0; material < test::all; ++material) {
        double const range_cm = loss.range_cm(material, 1.0, 60.0);
        EXPECT_EQ(loss.mean_energy_after_MeV(material, 1.0, 1.02 * range_cm, 60.0), 0.0);
        EXPECT_EQ(loss.mean_energy_after_MeV(material, 1.0, 1e6, 60.0), 0.0);
        EXPECT_GT(loss.mean_energy_after_MeV(material, 1.0, 0.98 * range_cm, 60.0), 0.0);
    }
}

TEST_F(EnergyLossTest, no_path_no_loss) {
    // energy to range and back: 5e-9 of the energy (tests/tables)
    EXPECT_NEAR(loss.mean_energy_after_MeV(test::bone, 1.9, 0.0, 123.4), 123.4, 1e-6);
    EXPECT_NEAR(loss.mean_energy_after_MeV(test::water, 1.0, 0.0, 0.7), 0.7, 1e-8);
}

TEST_F(EnergyLossTest, density_times_path_is_what_counts) {
    EXPECT_DOUBLE_EQ(loss.mean_energy_after_MeV(test::bone, 2.0, 0.5, 100.0),
                     loss.mean_energy_after_MeV(test::bone, 1.0, 1.0, 100.0));
}

TEST_F(EnergyLossTest, heavy_hydrogen_loses_energy_like_a_proton_of_equal_velocity) {
    double const deuteron_MeV = 50.0 * deuteron_mass_ratio;
    EXPECT_DOUBLE_EQ(loss.stopping_MeV_per_cm(test::water, 1.0, deuteron_MeV, deuteron_mass_ratio),
                     loss.stopping_MeV_per_cm(test::water, 1.0, 50.0));
    EXPECT_NEAR(loss.range_cm(test::bone, 1.0, deuteron_MeV, deuteron_mass_ratio),
                deuteron_mass_ratio * loss.range_cm(test::bone, 1.0, 50.0), 1e-12);
    // a thin step: loss = S dx, second order 1e-5
    double const after =
        loss.mean_energy_after_MeV(test::water, 1.0, 0.001, deuteron_MeV, deuteron_mass_ratio);
    EXPECT_NEAR((deuteron_MeV - after) / (0.001 * loss.stopping_MeV_per_cm(test::water, 1.0, 50.0)), 1, 2e-4);
}

// Acceptance test 16: dose to water over dose to medium is the ratio of stopping powers (0.3 %); the numbers from PSTAR
TEST_F(EnergyLossTest, stopping_ratios_are_those_of_the_tables) {
    ProtonMaterialTables const pstar(materials, WaterStopping::pstar);
    // PSTAR at 100 MeV, electronic: aluminum 5.676, lead 3.551, water 7.286 MeV cm2/g
    EXPECT_NEAR(stopping_ratio(pstar.view(), test::aluminum, 100.0) / (5.676 / 7.286), 1, 5e-4);
    EXPECT_NEAR(stopping_ratio(pstar.view(), test::lead, 100.0) / (3.551 / 7.286), 1, 5e-4);
}

} // namespace
} // namespace beamwright
