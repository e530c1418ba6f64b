// Self-shielding by boron: the estimate in water, and rates between two levels.
#include "capture_testing.hpp"
#include "evaluate/capture/self_shielding.hpp"
#include "refusal_of.hpp"
#include "tables/neutron_materials.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

TEST(SelfShielding, takes_the_share_of_absorptions_that_openmc_counts) {
    // 10 ppm B-10 in infinite water: OpenMC 0.15.3 on ENDF/B-VIII.1 counts 9.42 % of all absorptions in B-10;
    // so the thermal flux is 9.42 % lower than without. Sources above 1 eV: 1/v holds to 1e-3, the printed
    // share to 5e-5
    NeutronLibrary const library;
    NeutronMaterials const materials(
        library, {{{"water", 1.0, {{1, 0.111898}, {8, 0.888102}}, 0}, HydrogenLaw::water}}, 293.6);
    auto const up = self_shielding(materials.view(), 0, 0, 10);
    EXPECT_NEAR(up.relative_change, -0.0942, 2e-4);
    EXPECT_TRUE(up.new_run_advised);
    auto const little = self_shielding(materials.view(), 0, 15, 16);
    EXPECT_LT(little.relative_change, 0);
    EXPECT_FALSE(little.new_run_advised);
    EXPECT_EQ(self_shielding(materials.view(), 0, 20, 20).relative_change, 0);
    EXPECT_NE(test::refusal_of([&] { self_shielding(materials.view(), 0, -1, 20); }).problem.find("-1"),
              std::string::npos);
}

TEST(SelfShielding, between_two_levels_rates_fall_exponentially) {
    test::CaptureCase const c;
    auto high = c.rates;
    for (auto& rate : high.boron_Gy_per_min_per_ppm) {
        rate *= std::exp(-0.3F);
    }
    high.covariance.assign(c.grid.voxels(), {});
    auto low = c.rates;
    ComponentCovariance<float> one;
    one.upper[0] = 4e-12F;
    low.covariance.assign(c.grid.voxels(), one);
    auto const middle = rates_at_level({&low, 0}, {&high, 30}, 10);
    double const expected = c.rates.boron_Gy_per_min_per_ppm[77] * std::exp(-0.1);
    EXPECT_NEAR(middle.boron_Gy_per_min_per_ppm[77], expected, 1e-6 * expected);
    EXPECT_NEAR(middle.photon_Gy_per_min[77], c.rates.photon_Gy_per_min[77], 1e-7);
    double const slope = 2 / 3.0 * std::exp(-0.1);
    EXPECT_NEAR(middle.covariance[77].upper[0], slope * slope * 4e-12, 1e-17);
    EXPECT_NE(test::refusal_of([&] {
                  rates_at_level({&low, 0}, {&high, 30}, 40);
              }).why.find("never beyond"),
              std::string::npos);
}

} // namespace
} // namespace beamwright
