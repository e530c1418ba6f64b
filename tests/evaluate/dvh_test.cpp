#include "evaluate/dvh/collector.hpp"
#include "evaluate/dvh/dvh.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <numbers>
#include <random>

namespace beamwright {
namespace {

Structure box(double x0, double x1, double y0, double y1, double first_z, double last_z, double step) {
    Structure structure;
    structure.name = "box";
    structure.number = 3;
    for (int n = 0; first_z + n * step <= last_z + 1e-9; ++n) {
        double const z = first_z + n * step;
        structure.contours.push_back({{{x0, y0, z}, {x1, y0, z}, {x1, y1, z}, {x0, y1, z}}});
    }
    return structure;
}

Structure sphere(double radius, double step) {
    Structure structure;
    structure.name = "sphere";
    for (double z = -radius + 0.5 * step; z < radius; z += step) {
        double const r = std::sqrt(radius * radius - z * z);
        Contour contour;
        for (int i = 0; i < 180; ++i) {
            double const phi = 2.0 * std::numbers::pi * i / 180;
            contour.points_mm.push_back({r * std::cos(phi), r * std::sin(phi), z});
        }
        structure.contours.push_back(contour);
    }
    return structure;
}

/// Dose = 20 Gy + 0.1 Gy/mm * x on 2 mm voxels with faces at whole multiples of 2 mm.
Volume<float> slope(double spacing = 2.0) {
    Grid grid;
    grid.spacing_mm = {spacing, spacing, spacing};
    int const n = static_cast<int>(120.0 / spacing);
    grid.size = {n, n, n};
    grid.origin_mm = {-60 + spacing / 2, -60 + spacing / 2, -60 + spacing / 2};
    Volume<float> dose(grid);
    for (int k = 0; k < n; ++k) {
        for (int j = 0; j < n; ++j) {
            for (int i = 0; i < n; ++i) {
                dose.at(i, j, k) =
                    static_cast<float>(20.0 + 0.1 * grid.to_patient({double(i), double(j), double(k)}).x);
            }
        }
    }
    return dose;
}

StructureDvh one(Volume<float> const& dose, Structure const& structure, double part_mm = 0) {
    Warnings warnings;
    return dvhs(dose, {structure}, {{}, part_mm}, warnings).front();
}

TEST(Dvh, answers_from_known_steps) {
    Dvh const dvh({{3, 1}, {1, 2}, {2, 5}, {4, 2}, {9, 0}});
    EXPECT_DOUBLE_EQ(dvh.volume_cm3(), 10);
    EXPECT_DOUBLE_EQ(dvh.mean_Gy(), 2.3);
    EXPECT_EQ(dvh.min_Gy(), 1);
    EXPECT_EQ(dvh.max_Gy(), 4);
    EXPECT_EQ(dvh.dose_at_percent(0), 4);
    EXPECT_EQ(dvh.dose_at_percent(20), 4);
    EXPECT_EQ(dvh.dose_at_percent(21), 3);
    EXPECT_EQ(dvh.dose_at_percent(30), 3);
    EXPECT_EQ(dvh.dose_at_percent(50), 2);
    EXPECT_EQ(dvh.dose_at_percent(80), 2);
    EXPECT_EQ(dvh.dose_at_percent(95), 1);
    EXPECT_EQ(dvh.dose_at_percent(100), 1);
    EXPECT_EQ(*dvh.dose_at_cm3(2.5), 3);
    EXPECT_FALSE(dvh.dose_at_cm3(10.5).has_value());
    EXPECT_DOUBLE_EQ(dvh.volume_cm3_at(2), 8);
    EXPECT_DOUBLE_EQ(dvh.volume_cm3_at(2.01), 3);
    EXPECT_DOUBLE_EQ(dvh.volume_percent_at(0), 100);
    EXPECT_EQ(dvh.volume_cm3_at(4.01), 0);
    auto const bins = dvh.differential(1.0);
    ASSERT_EQ(bins.size(), 5U);
    EXPECT_DOUBLE_EQ(bins[2].second, 5);
    EXPECT_DOUBLE_EQ(dvh.cumulative(1.0).back().second, 0);
    EXPECT_EQ(Dvh{}.dose_at_percent(50), 0);
}

TEST(Dvh, of_a_slope_is_the_analytic_one) {
    // A box from x = -25 to 15 mm: doses 17.5 to 21.5 Gy, evenly. With 2 mm voxels a dose is off by at most half a
    // voxel (0.1 Gy); cut into 0.5 mm parts by at most 0.025 Gy (the field is linear, so part centers are exact)
    auto const structure = box(-25, 15, -20, 20, -19, 19, 2);
    for (double const part_mm : {0.0, 0.5}) {
        double const tolerance = part_mm > 0.0 ? 0.0251 : 0.101;
        auto const result = one(slope(), structure, part_mm);
        EXPECT_NEAR(result.dvh.volume_cm3(), 64.0, 1e-4);
        // Partial voxels at both faces count with their center's dose: 1 mm of -25..-24 at -25, 15..14 at 15 (2 mm voxels)
        EXPECT_NEAR(result.dvh.mean_Gy(), 19.5, 1e-5);
        for (double const percent : {2.0, 5.0, 50.0, 95.0, 98.0}) {
            EXPECT_NEAR(result.dvh.dose_at_percent(percent), 21.5 - 0.04 * percent, tolerance) << percent;
        }
        EXPECT_NEAR(result.dvh.volume_percent_at(20.5), 25.0, 100 * tolerance / 4.0);
        EXPECT_EQ(result.outside_share, 0.0);
    }
}

TEST(Dvh, of_a_sphere_in_a_slope_is_symmetric_around_its_center) {
    auto const result = one(slope(2.5), sphere(18, 1.0), 1.0);
    EXPECT_NEAR(result.dvh.volume_cm3(), result.contour_volume_cm3, 1e-5 * result.contour_volume_cm3);
    EXPECT_NEAR(result.dvh.mean_Gy(), 20.0, 1e-4);
    EXPECT_NEAR(result.dvh.median_Gy(), 20.0, 0.06); // half a part of 0.83 mm and 0.1 Gy/mm, and a little
    // A cap of a sphere: the fraction beyond u = (x / r) is (2 - 3u + u^3) / 4
    double const u = 0.5;
    EXPECT_NEAR(result.dvh.volume_percent_at(20.0 + 0.1 * 18 * u), 100 * (2 - 3 * u + u * u * u) / 4, 1.5);
}

TEST(Dvh, fine_bins_agree_with_exact_sorting) {
    std::mt19937 random(2);
    std::uniform_real_distribution<double> dose(0.0, 70.0), volume(0.001, 0.002);
    std::vector<DoseVolume> pairs;
    DvhCollector collector(0.0, 70.0);
    for (int n = 0; n < 300'000; ++n) {
        pairs.push_back({dose(random), volume(random)});
        collector.add(pairs.back().dose_Gy, pairs.back().volume_cm3);
    }
    Dvh const exact(pairs), binned = collector.finished();
    EXPECT_LT(binned.steps().size(), exact.steps().size());
    EXPECT_NEAR(binned.volume_cm3(), exact.volume_cm3(), 1e-9 * exact.volume_cm3());
    EXPECT_NEAR(binned.mean_Gy(), exact.mean_Gy(), 1e-9 * exact.mean_Gy());
    EXPECT_EQ(binned.min_Gy(), exact.min_Gy());
    EXPECT_EQ(binned.max_Gy(), exact.max_Gy());
    for (double const percent : {1.0, 2.0, 37.7, 50.0, 95.0, 98.0}) {
        // one bin
        EXPECT_NEAR(binned.dose_at_percent(percent), exact.dose_at_percent(percent), 70.0 / (1 << 17));
    }
}

TEST(Dvh, says_what_lies_outside_and_what_is_empty) {
    Warnings warnings;
    Structure empty;
    empty.name = "nothing";
    auto const results =
        dvhs(slope(), {box(40, 80, -20, 20, -19, 19, 2), empty, box(200, 210, 0, 10, 1, 9, 2)}, {}, warnings);
    EXPECT_NEAR(results[0].outside_share, 0.5, 1e-5);
    EXPECT_NEAR(results[0].dvh.volume_cm3(), 32.0, 1e-4);
    EXPECT_TRUE(results[1].dvh.empty());
    EXPECT_NEAR(results[2].outside_share, 1.0, 1e-12);
    EXPECT_EQ(warnings.all().size(), 3U);
}

TEST(Dvh, a_structure_smaller_than_a_voxel_has_its_volume_and_dose) {
    auto const result = one(slope(), box(0.3, 1.2, 0.3, 1.2, 0.2, 1.7, 1.5));
    EXPECT_NEAR(result.dvh.volume_cm3(), 0.9 * 0.9 * 3.0e-3, 1e-7);
    EXPECT_NEAR(result.dvh.mean_Gy(), 20.1, 1e-5);
}

TEST(Dvh, uncertainty_of_the_mean_falls_with_the_number_of_voxels) {
    auto const dose = slope();
    Volume<float> const sigma(dose.grid, 0.3F);
    Warnings warnings;
    auto const result = dvhs(dose, {box(-20, 20, -20, 20, -19, 19, 2)}, {}, warnings, &sigma).front();
    EXPECT_NEAR(*result.mean_uncertainty_Gy, 0.3 / std::sqrt(8000.0), 1e-6); // 20^3 whole voxels
}

TEST(Dvh, refuses_doses_that_are_no_numbers) {
    auto dose = slope();
    dose.values[77] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(one(dose, sphere(10, 1)), Refusal);
}

} // namespace
} // namespace beamwright
