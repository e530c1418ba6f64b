#include "evaluate/gamma/gamma.hpp"
#include "geometry/interpolate.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace beamwright {
namespace {

Grid cube(int n, double spacing, double origin = 0.0) {
    Grid grid;
    grid.size = {n, n, n};
    grid.spacing_mm = {spacing, spacing, spacing};
    grid.origin_mm = {origin, origin, origin};
    return grid;
}

template <class Dose> Volume<float> filled(Grid const& grid, Dose dose) {
    Volume<float> volume(grid);
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                volume.at(i, j, k) =
                    static_cast<float>(dose(grid.to_patient({double(i), double(j), double(k)})));
            }
        }
    }
    return volume;
}

GammaResult compare(Volume<float> const& a, Volume<float> const& b, GammaOptions const& options = {}) {
    Warnings warnings;
    return gamma_of(a, b, options, warnings);
}

TEST(Gamma, of_equal_doses_is_zero) {
    auto const dose = filled(cube(12, 2), [](Vec3<double> p) { return 1.0 + 0.1 * p.x; });
    auto const result = compare(dose, dose);
    EXPECT_EQ(result.pass_percent, 100.0);
    EXPECT_EQ(result.largest_gamma, 0.0);
    EXPECT_EQ(result.judged, 12U * 12U * 12U);
}

TEST(Gamma, of_an_offset_in_a_flat_dose_is_offset_over_criterion) {
    auto const flat = filled(cube(8, 2), [](Vec3<double>) { return 2.0; });
    for (double const percent : {1.0, 1.9, 3.0}) {
        auto const higher = filled(cube(8, 2), [&](Vec3<double>) { return 2.0 * (1.0 + percent / 100.0); });
        auto const result = compare(flat, higher);
        // floats: 1e-7 of 2 Gy against a criterion of 0.04 Gy
        EXPECT_NEAR(result.mean_gamma, percent / 2.0, 1e-5);
        EXPECT_EQ(result.pass_percent, percent > 2.0 ? 0.0 : 100.0);
    }
    auto const far = compare(flat, filled(cube(8, 2), [](Vec3<double>) { return 4.0; }));
    EXPECT_EQ(far.largest_gamma, 2.0) << "the search ends at most_gamma";
}

TEST(Gamma, of_a_shifted_gradient_is_the_analytic_one) {
    // Along a gradient g (in criteria: G = g * distance / dose), a shift s gives gamma = (s / distance) G / sqrt(1 + G^2),
    // the distance from a point to a line (Low et al. 1998). Judged well inside, where the shift finds its partner
    double const shift_mm = 1.3;
    for (double const g : {0.02, 0.1, 0.8}) { // Gy / mm
        auto const dose = [&](Vec3<double> p) { return 30.0 + g * (0.6 * p.x + 0.64 * p.y + 0.48 * p.z); };
        auto const reference = filled(cube(24, 1.5), dose);
        auto const evaluated = filled(cube(24, 1.5), [&](Vec3<double> p) { return dose(p) + g * shift_mm; });
        GammaOptions options;
        options.norm_dose_Gy = 30.0;
        auto const result = compare(reference, evaluated, options);
        double const slope = g * 2.0 / (0.02 * 30.0);
        double const expected = shift_mm / 2.0 * slope / std::sqrt(1.0 + slope * slope);
        for (int i = 6; i < 18; ++i) {
            // floats of 1e-6 Gy against 0.6 Gy, stop at 1e-4
            EXPECT_NEAR(result.gamma.at(i, 12, 11), expected, 2e-4) << g;
        }
    }
}

TEST(Gamma, local_differs_from_global) {
    auto const low = filled(cube(8, 2), [](Vec3<double> p) { return p.x < 8 ? 1.0 : 0.5; });
    auto const scaled = filled(cube(8, 2), [](Vec3<double> p) { return (p.x < 8 ? 1.0 : 0.5) * 1.015; });
    GammaOptions local;
    local.norm = GammaNorm::local;
    EXPECT_NEAR(compare(low, scaled, local).gamma.at(7, 4, 4), 0.75, 1e-5);
    EXPECT_NEAR(compare(low, scaled).gamma.at(7, 4, 4), 0.375, 1e-5);
}

TEST(Gamma, works_between_grids_of_other_spacing_place_and_axes) {
    auto const dose = [](Vec3<double> p) { return 20.0 + 0.2 * p.x - 0.1 * p.y + 0.05 * p.z; };
    auto const reference = filled(cube(10, 3.0, 4.0), dose);
    auto other = cube(40, 1.3, -5.0);
    double const c = std::cos(0.2), s = std::sin(0.2);
    other.axes = {{c, -s, 0}, {s, c, 0}, {0, 0, 1}};
    auto const result = compare(reference, filled(other, dose));
    EXPECT_LT(result.largest_gamma, 1e-4);
    EXPECT_GT(result.judged, 500U);
    // Beyond the evaluated grid nothing is judged, and it is said
    Warnings warnings;
    auto const part = gamma_of(reference, filled(cube(10, 1.0, 4.0), dose), {}, warnings);
    EXPECT_EQ(part.outside, 1000U - 4U * 4U * 4U); // centers at 4, 7, 10, 13 mm lie within
    EXPECT_EQ(warnings.all().size(), 1U);
}

TEST(Gamma, finds_what_a_fine_raster_finds_in_noise) {
    // Rough doses are the hard case: many minima. The raster has steps of a tenth of the distance criterion
    std::mt19937 random(4);
    std::normal_distribution<double> noise(0.0, 0.6);
    auto const reference =
        filled(cube(9, 2.0), [&](Vec3<double> p) { return 30.0 + 0.5 * p.x + noise(random); });
    auto const evaluated =
        filled(cube(9, 2.0), [&](Vec3<double> p) { return 30.3 + 0.5 * p.x + noise(random); });
    GammaOptions options;
    options.norm_dose_Gy = 30.0;
    auto const result = compare(reference, evaluated, options);
    for (int n = 3; n < 6; ++n) {
        double least = 4.0;
        for (int z = -20; z <= 20; ++z) {
            for (int y = -20; y <= 20; ++y) {
                for (int x = -20; x <= 20; ++x) {
                    double const d = interpolated(evaluated, {n + 0.1 * x, 4 + 0.1 * y, n + 0.1 * z});
                    double const off = (d - static_cast<double>(reference.at(n, 4, n))) / 0.6;
                    least = std::min(least, 0.01 * (x * x + y * y + z * z) + off * off);
                }
            }
        }
        EXPECT_LE(result.gamma.at(n, 4, n), std::sqrt(least) + 1e-3) << "the raster found a better place";
        EXPECT_GE(result.gamma.at(n, 4, n), std::sqrt(least) - 0.15)
            << "half a raster step in three directions";
    }
}

TEST(Gamma, in_a_plane_of_one_voxel_and_with_a_cutoff) {
    auto grid = cube(10, 2.0);
    grid.size[2] = 1;
    auto const dose = filled(grid, [](Vec3<double> p) { return p.x; });
    auto const result = compare(dose, dose, {.cutoff_percent = 50.0});
    EXPECT_EQ(result.judged, 50U); // 10 .. 18 mm of at most 18 Gy
    EXPECT_EQ(result.largest_gamma, 0.0);
    EXPECT_EQ(result.gamma.at(0, 0, 0), -1.0F);
}

TEST(Gamma, does_not_depend_on_threads_and_refuses_nonsense) {
    std::mt19937 random(9);
    auto const noisy = [&](Vec3<double>) {
        return 10.0 + std::normal_distribution<double>(0.0, 0.5)(random);
    };
    auto const a = filled(cube(12, 2), noisy), b = filled(cube(12, 2), noisy);
    EXPECT_EQ(compare(a, b).gamma.values, compare(a, b).gamma.values);
    EXPECT_THROW(compare(a, b, {.dose_percent = 0.0}), Refusal);
    EXPECT_THROW(compare(a, b, {.distance_mm = -1.0}), Refusal);
    EXPECT_THROW(compare(a, b, {.cutoff_percent = 100.0}), Refusal);
    auto broken = b;
    broken.values[5] = std::numeric_limits<float>::infinity();
    EXPECT_THROW(compare(a, broken), Refusal);
    EXPECT_THROW(compare(filled(cube(3, 1), [](Vec3<double>) { return 0.0; }), b), Refusal);
}

} // namespace
} // namespace beamwright
