#include "patient/masks.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <numbers>

namespace beamwright {
namespace {

constexpr double pi = std::numbers::pi;

Contour circle(double x, double y, double z, double radius, int n = 180) {
    Contour contour;
    for (int i = 0; i < n; ++i) {
        double const phi = 2.0 * pi * (i + 0.3) / n;
        contour.points_mm.push_back({x + radius * std::cos(phi), y + radius * std::sin(phi), z});
    }
    return contour;
}

Contour box(double x0, double y0, double x1, double y1, double z) {
    return {{{x0, y0, z}, {x1, y0, z}, {x1, y1, z}, {x0, y1, z}}};
}

/// Planes at z = first, first + step, ...; contours(z) gives those of one plane.
template <class Contours> Structure stacked(double first, double last, double step, Contours contours) {
    Structure structure;
    structure.name = "test";
    for (int n = 0; first + n * step <= last + 1e-9; ++n) {
        for (auto const& contour : contours(first + n * step)) {
            structure.contours.push_back(contour);
        }
    }
    return structure;
}

Structure sphere(double radius, double step, double x = 3.3, double y = -7.1) {
    return stacked(-radius + 0.5 * step, radius, step, [&](double z) -> std::vector<Contour> {
        double const r = std::sqrt(std::max(0.0, radius * radius - z * z));
        return r > 0.0 ? std::vector{circle(x, y, z, r)} : std::vector<Contour>{};
    });
}

/// A torus around the z axis: in every plane a ring (a contour with a hole).
Structure torus(double big, double small, double step) {
    return stacked(-small + 0.5 * step, small, step, [&](double z) -> std::vector<Contour> {
        double const half = std::sqrt(small * small - z * z);
        return {circle(1.7, 2.3, z, big + half), circle(1.7, 2.3, z, big - half)};
    });
}

Grid grid_of(Vec3<double> spacing, double half_extent = 60.0) {
    Grid grid;
    grid.spacing_mm = spacing;
    grid.size = {int(2 * half_extent / spacing.x), int(2 * half_extent / spacing.y),
                 int(2 * half_extent / spacing.z)};
    grid.origin_mm = {-half_extent + 0.37, -half_extent - 0.61, -half_extent + 0.13};
    return grid;
}

double volume_on(Structure const& structure, Grid const& grid, EndCap end_cap = EndCap::full_slice) {
    Warnings warnings;
    return mask_volume_cm3(make_mask(structure, grid, {end_cap, 0}, warnings), grid);
}

// Weights are floats (6e-8) and corners are rounded to 1e-5 mm: 1e-5 relative is ample for bodies of
// centimeters
constexpr double exact = 1e-5;

TEST(ContourVolume, end_planes_count_by_the_named_rule) {
    // A cube of 100 mm drawn on 21 planes 5 mm apart, end planes on its faces
    auto const cube = stacked(-50, 50, 5, [](double z) { return std::vector{box(-50, -50, 50, 50, z)}; });
    EXPECT_NEAR(contour_volume_cm3(cube, EndCap::full_slice), 1050.0, 1e-6);
    EXPECT_NEAR(contour_volume_cm3(cube, EndCap::half_slice), 1000.0, 1e-6);
    EXPECT_NEAR(contour_volume_cm3(cube, EndCap::none), 1000.0, 1e-6);
    auto const plane = stacked(0, 0, 1, [](double z) { return std::vector{box(0, 0, 10, 10, z)}; });
    EXPECT_NEAR(contour_volume_cm3(plane, EndCap::full_slice, 3.0), 0.3, 1e-9);
    EXPECT_NEAR(contour_volume_cm3(plane, EndCap::half_slice, 3.0), 0.3, 1e-9);
    EXPECT_EQ(contour_volume_cm3(plane, EndCap::none, 3.0), 0.0);
    EXPECT_EQ(contour_volume_cm3(plane), 0.0);
    EXPECT_EQ(contour_volume_cm3(Structure{}), 0.0);
    EXPECT_EQ(end_cap_named("half_slice"), EndCap::half_slice);
    EXPECT_THROW(end_cap_named("half"), Refusal);
}

TEST(ContourVolume, follows_uneven_planes_and_gaps) {
    Structure uneven;
    for (double const z : {0.0, 2.0, 5.0, 7.0}) {
        uneven.contours.push_back(box(0, 0, 10, 10, z));
    }
    EXPECT_NEAR(contour_volume_cm3(uneven, EndCap::half_slice), 0.7, 1e-9);
    EXPECT_NEAR(contour_volume_cm3(uneven, EndCap::full_slice), 0.9, 1e-9); // 1 mm more at either end
    // Two blocks 40 mm apart: nothing between them, and a warning
    auto blocks = stacked(0, 8, 2, [](double z) { return std::vector{box(0, 0, 10, 10, z)}; });
    auto const second = stacked(48, 52, 2, [](double z) { return std::vector{box(0, 0, 10, 10, z)}; });
    blocks.contours.insert(blocks.contours.end(), second.contours.begin(), second.contours.end());
    Warnings warnings;
    EXPECT_NEAR(stack_contours(blocks, {}, warnings).volume_cm3(), 0.1 * (10 + 6), 1e-9);
    EXPECT_EQ(warnings.all().size(), 1U);
}

TEST(ContourVolume, of_fine_stacks_nears_the_solids) {
    // 180-corner circles lack 2e-4 of the disc; the midpoint sum over 0.5 mm planes adds less than 1e-3
    EXPECT_NEAR(contour_volume_cm3(sphere(20, 0.5)) / (4.0 / 3.0 * pi * 8.0), 1.0, 2e-3);
    EXPECT_NEAR(contour_volume_cm3(torus(30, 10, 0.5)) / (2.0 * pi * pi * 3.0), 1.0, 2e-3);
}

TEST(Masks, keep_the_stacked_volume_on_coarse_and_fine_grids) {
    auto const cylinder =
        stacked(-20, 20, 2.5, [](double z) { return std::vector{circle(0.4, 0.9, z, 15.2)}; });
    auto const hollow = stacked(-20, 20, 2.5, [](double z) {
        return std::vector{box(-20, -20, 20, 20, z), circle(3, 4, z, 6.5), box(-15.3, -15.1, -11.2, -8.4, z)};
    });
    for (auto const& structure : {sphere(18, 3.0), sphere(2.5, 1.0), torus(30, 10, 2.0), cylinder, hollow}) {
        for (auto const spacing : {Vec3<double>{1, 1, 1}, Vec3<double>{2.5, 2.5, 2.5},
                                   Vec3<double>{0.9, 1.3, 3}, Vec3<double>{7, 6, 5}}) {
            for (auto const end_cap : {EndCap::full_slice, EndCap::half_slice}) {
                double const analytic = contour_volume_cm3(structure, end_cap);
                EXPECT_NEAR(volume_on(structure, grid_of(spacing), end_cap), analytic, exact * analytic);
            }
        }
    }
}

TEST(Masks, weights_are_the_exact_shares_of_a_box) {
    auto const block = stacked(0.5, 9.5, 1, [](double z) { return std::vector{box(1.25, 2, 5, 6.5, z)}; });
    Grid grid;
    grid.size = {8, 8, 12};
    grid.origin_mm = {0.5, 0.5, 0.25}; // faces at whole mm in x and y, at -0.25 mm in z
    Warnings warnings;
    auto const mask = make_mask(block, grid, {}, warnings);
    EXPECT_EQ(mask.first, (std::array<int, 3>{1, 2, 0}));
    EXPECT_EQ(mask.size, (std::array<int, 3>{4, 5, 11}));
    EXPECT_FLOAT_EQ(mask.at(2, 3, 5), 1.0F);
    EXPECT_FLOAT_EQ(mask.at(1, 3, 5), 0.75F);
    EXPECT_FLOAT_EQ(mask.at(1, 6, 5), 0.375F);
    EXPECT_FLOAT_EQ(mask.at(1, 6, 0), 0.375F * 0.75F);
    EXPECT_FLOAT_EQ(mask.at(2, 3, 10), 0.25F);
    EXPECT_EQ(mask.at(0, 0, 0), 0.0F);
    EXPECT_EQ(mask.outside_share, 0.0);
}

TEST(Masks, of_what_is_smaller_than_a_voxel_keep_its_volume) {
    auto const marker =
        stacked(0.1, 1.6, 1.5, [](double z) { return std::vector{circle(0.2, 0.3, z, 0.46, 8)}; });
    double const analytic = contour_volume_cm3(marker);
    EXPECT_NEAR(analytic, 0.0018, 0.0002);
    // 1e-5 mm rounding of corners
    EXPECT_NEAR(volume_on(marker, grid_of({2.5, 2.5, 3})), analytic, 1e-4 * analytic);
}

TEST(Masks, sagittal_coronal_and_mirrored_grids_agree) {
    auto const solid = torus(30, 10, 2.0);
    double const analytic = contour_volume_cm3(solid);
    std::vector<Mat3<double>> const axes{{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}},
                                         {{1, 0, 0}, {0, 0, 1}, {0, -1, 0}},
                                         {{-1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    for (auto const& orientation : axes) {
        auto grid = grid_of({1.7, 2.2, 2.9});
        auto const center = grid.to_patient({0.5 * grid.size[0], 0.5 * grid.size[1], 0.5 * grid.size[2]});
        grid.axes = orientation;
        grid.origin_mm = grid.origin_mm + center -
                         grid.to_patient({0.5 * grid.size[0], 0.5 * grid.size[1], 0.5 * grid.size[2]});
        EXPECT_NEAR(volume_on(solid, grid), analytic, exact * analytic);
    }
    // Contours drawn on sagittal planes
    auto turned = solid;
    for (auto& contour : turned.contours) {
        for (auto& point : contour.points_mm) {
            point = {point.z, point.x, point.y};
        }
    }
    EXPECT_NEAR(volume_on(turned, grid_of({1.7, 2.2, 2.9})), analytic, exact * analytic);
}

TEST(Masks, follow_oblique_grids_and_oblique_contours) {
    double const c = std::cos(0.35), s = std::sin(0.35);
    auto const solid = torus(30, 10, 2.0);
    double const analytic = contour_volume_cm3(solid);
    auto grid = grid_of({2, 2, 2});
    grid.axes = {{c, 0, s}, {0, 1, 0}, {-s, 0, c}};
    grid.origin_mm = grid.axes * grid.origin_mm;
    // 64 samples of an exact mask per voxel; about 4000 border voxels: 0.5 % is more than five times their
    // noise
    EXPECT_NEAR(volume_on(solid, grid), analytic, 5e-3 * analytic);
    auto turned = solid;
    for (auto& contour : turned.contours) {
        for (auto& point : contour.points_mm) {
            point = grid.axes * point;
        }
    }
    EXPECT_NEAR(contour_volume_cm3(turned), analytic, 1e-6 * analytic);
    // The grid has the axes of the contours now: exact again
    EXPECT_NEAR(volume_on(turned, grid), analytic, exact * analytic);
}

TEST(Masks, in_plane_rotation_is_exact) {
    double const c = std::cos(0.2), s = std::sin(0.2);
    auto grid = grid_of({2, 3, 2.5});
    grid.axes = {{c, -s, 0}, {s, c, 0}, {0, 0, 1}};
    grid.origin_mm = grid.axes * grid.origin_mm;
    auto const solid = sphere(18, 3.0);
    EXPECT_NEAR(volume_on(solid, grid), contour_volume_cm3(solid), exact * contour_volume_cm3(solid));
}

TEST(Masks, say_how_much_lies_outside) {
    auto const block = stacked(-9.5, 9.5, 1, [](double z) { return std::vector{box(-10, -10, 10, 10, z)}; });
    Grid grid;
    grid.size = {40, 40, 40};
    grid.origin_mm = {-5, -20, -20}; // from x = -5.5 on: 4.5 of 20 mm are beyond
    Warnings warnings;
    auto const mask = make_mask(block, grid, {}, warnings);
    EXPECT_NEAR(mask.outside_share, 4.5 / 20, 1e-6);
    grid.origin_mm = {500, 0, 0};
    auto const none = make_mask(block, grid, {}, warnings);
    EXPECT_TRUE(none.empty());
    EXPECT_NEAR(none.outside_share, 1.0, 1e-12);
}

TEST(Masks, refuse_contours_that_are_not_parallel) {
    auto structure = sphere(10, 2);
    structure.contours.push_back({{{0, 0, 0}, {30, 0, 5}, {0, 30, 9}}});
    Warnings warnings;
    EXPECT_THROW(stack_contours(structure, {}, warnings), Refusal);
}

TEST(Masks, warn_of_contours_that_cancel) {
    auto structure = sphere(10, 2);
    structure.contours.push_back(structure.contours.front());
    Warnings warnings;
    stack_contours(structure, {}, warnings);
    ASSERT_EQ(warnings.all().size(), 1U);
}

} // namespace
} // namespace beamwright
