// Self-shielding by boron: the estimate in water, and rates between two levels.
#include "capture_testing.hpp"
#include "evaluate/capture/self_shielding.hpp"
#include "refusal_of.hpp"
#include "tables/neutron_materials.hpp"
#include <gtest/gtest.h>
#include <vector>

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

/// Thermal flux in the middle of a ball that absorbs more, over that far away, by finite differences of the diffusion
/// equation with an even source: (1/r2) d/dr (r2 D dphi/dr) - S phi + Q = 0.
double flux_in_ball(double D_cm, double S_per_cm, double more_per_cm, double radius_cm) {
    constexpr int n = 4000;
    double const h = 40.0 / n; // to 40 cm, ten diffusion lengths
    std::vector<double> c(n), d(n);
    for (int i = 0; i < n; ++i) { // shells of width h; faces at i h and (i + 1) h; Thomas algorithm
        double const in = i * h, out = in + h;
        double const volume = (out * out * out - in * in * in) / 3;
        double const a = -D_cm * in * in / h, b = i + 1 < n ? -D_cm * out * out / h : 0.0;
        double const S = S_per_cm + (out <= radius_cm + 1e-9 ? more_per_cm : 0.0);
        double const middle = S * volume - a - b;
        double const under = middle - (i > 0 ? a * c[static_cast<std::size_t>(i - 1)] : 0.0);
        c[static_cast<std::size_t>(i)] = b / under;
        d[static_cast<std::size_t>(i)] =
            (volume - (i > 0 ? a * d[static_cast<std::size_t>(i - 1)] : 0.0)) / under;
    }
    double phi = d[n - 1];
    double const far = phi;
    for (int i = n - 2; i >= 0; --i) {
        phi = d[static_cast<std::size_t>(i)] - c[static_cast<std::size_t>(i)] * phi;
    }
    return phi / far;
}

TEST(SelfShielding, a_tumor_with_more_boron_takes_what_diffusion_theory_says) {
    // 22 ppm more in a ball of 33.5 cm3 (radius 2 cm) within tissue of 20 ppm; an independent solution of the
    // diffusion equation. The estimate is exact for a small change and for a very large ball; between them 5 % are
    // allowed (the change is 3.6 %, second order is a tenth of that at the most)
    BoronAbsorption const tissue{0.0224, 2.31e-4};
    double const around = tissue.tissue_cm2_per_g + 20 * tissue.per_ppm_cm2_per_g;
    double const volume = 4.0 / 3 * 3.14159265 * 8;
    double const expected = flux_in_ball(35700.0 / 220000.0, around, 22 * tissue.per_ppm_cm2_per_g, 2.0) - 1;
    double const change = flux_change(tissue, {20, 20, 20, 42, volume});
    EXPECT_NEAR(change, expected, 0.05 * std::abs(expected));
    EXPECT_LT(change, -0.02);
    // The same boron before and after, or none: nothing; a very large ball: infinite tissue
    EXPECT_EQ(flux_change(tissue, {20, 20, 70, 70, volume}), 0);
    double const infinite = around / (around + 22 * tissue.per_ppm_cm2_per_g) - 1;
    EXPECT_NEAR(flux_change(tissue, {20, 20, 20, 42, 1e9}), infinite, 1e-9);
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
