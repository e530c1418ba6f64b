#include "core/refusal.hpp"
#include "geometry/resample.hpp"
#include <gtest/gtest.h>
#include <numeric>
#include <random>

namespace beamwright {
namespace {

Grid grid_of(std::array<int, 3> size, Vec3<double> spacing, Vec3<double> origin = {-30, 12, 5}) {
    Grid grid;
    grid.size = size;
    grid.spacing_mm = spacing;
    grid.origin_mm = origin;
    return grid;
}

Volume<double> noise(Grid const& grid, unsigned seed) {
    Volume<double> volume(grid);
    std::mt19937 random(seed);
    for (auto& value : volume.values) {
        value = std::uniform_real_distribution<double>(0.0, 3.0)(random);
    }
    return volume;
}

double linear_field(Vec3<double> p) { return 3.0 + 0.2 * p.x - 0.7 * p.y + 0.05 * p.z; }

Volume<double> linear_on(Grid const& grid) {
    Volume<double> volume(grid);
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                volume.at(i, j, k) = linear_field(grid.to_patient({double(i), double(j), double(k)}));
            }
        }
    }
    return volume;
}

double integral(Volume<double> const& volume) {
    return std::accumulate(volume.values.begin(), volume.values.end(), 0.0) * volume.grid.voxel_cm3();
}

/// Axes turned by a small angle about z; index directions otherwise kept.
Mat3<double> turned_axes(double angle) {
    double const c = std::cos(angle), s = std::sin(angle);
    return {{c, -s, 0}, {s, c, 0}, {0, 0, 1}};
}

TEST(IsotropicGrid, covers_the_same_box_with_the_same_center) {
    auto const ct = grid_of({100, 90, 33}, {0.7, 0.9, 3.0});
    auto const grid = isotropic_grid(ct, 2.0);
    EXPECT_EQ(grid.size, (std::array<int, 3>{35, 41, 50})); // 70, 81, 99 mm
    auto const center = [](Grid const& g) {
        return g.to_patient({0.5 * (g.size[0] - 1), 0.5 * (g.size[1] - 1), 0.5 * (g.size[2] - 1)});
    };
    EXPECT_NEAR(norm(center(grid) - center(ct)), 0.0, 1e-10);
    EXPECT_EQ(isotropic_grid(grid_of({10, 10, 10}, {0.3, 0.3, 0.3}), 0.1).size,
              (std::array<int, 3>{30, 30, 30}));
    EXPECT_THROW(isotropic_grid(ct, 0.0), Refusal);
    EXPECT_THROW(isotropic_grid(ct, 1e-4), Refusal);
}

TEST(RefinedGrid, has_the_same_faces) {
    auto const grid = grid_of({4, 3, 2}, {2, 3, 5});
    auto const fine = refined_grid(grid, {2, 3, 5});
    EXPECT_EQ(fine.size, (std::array<int, 3>{8, 9, 10}));
    EXPECT_NEAR(norm(fine.to_patient({-0.5, -0.5, -0.5}) - grid.to_patient({-0.5, -0.5, -0.5})), 0.0, 1e-12);
    EXPECT_NEAR(norm(fine.to_patient({7.5, 8.5, 9.5}) - grid.to_patient({3.5, 2.5, 1.5})), 0.0, 1e-12);
}

TEST(ResampleLinear, keeps_a_linear_field_on_any_grid) {
    auto const source = linear_on(grid_of({30, 28, 26}, {2, 2.5, 3}));
    auto target = grid_of({20, 20, 20}, {1.1, 1.3, 1.7}, {-20, 25, 15});
    target.axes = turned_axes(0.3);
    auto const result = resample_linear(source, target, -1.0);
    for (int k = 0; k < 20; ++k) {
        for (int j = 0; j < 20; ++j) {
            for (int i = 0; i < 20; ++i) {
                auto const place = target.to_patient({double(i), double(j), double(k)});
                // rounding of ~20 operations on values < 1e2
                EXPECT_NEAR(result.at(i, j, k), linear_field(place), 1e-10);
            }
        }
    }
}

TEST(ResampleLinear, marks_what_is_outside_and_is_exact_on_the_same_grid) {
    auto const source = noise(grid_of({7, 6, 5}, {2, 2, 2}), 3);
    EXPECT_EQ(resample_linear(source, source.grid, -1.0).values, source.values);
    auto shifted = source.grid;
    shifted.origin_mm.x += 100;
    auto const outside = resample_linear(source, shifted, -1.0);
    EXPECT_TRUE(
        std::all_of(outside.values.begin(), outside.values.end(), [](double v) { return v == -1.0; }));
}

TEST(ResampleConservative, keeps_the_integral_on_coarser_and_odd_grids) {
    auto const source = noise(grid_of({24, 20, 18}, {1.0, 1.5, 2.0}), 1);
    for (double const voxel : {0.8, 2.0, 3.7, 11.0}) {
        auto const result = resample_conservative(source, isotropic_grid(source.grid, voxel), 0.0);
        // 1e4 additions of doubles
        EXPECT_NEAR(integral(result), integral(source), 1e-11 * integral(source)) << voxel;
    }
}

TEST(ResampleConservative, follows_flipped_and_exchanged_axes) {
    auto const source = linear_on(grid_of({12, 16, 8}, {2, 2, 2}));
    auto target = grid_of({4, 6, 8}, {4, 4, 4}, source.grid.to_patient({0.5, 0.5, 0.5}));
    // Index 0 runs along +z, index 1 along -x, index 2 along +y of the source
    target.axes = {{0, -1, 0}, {0, 0, 1}, {1, 0, 0}};
    target.origin_mm = source.grid.to_patient({10.5, 0.5, 0.5});
    auto const result = resample_conservative(source, target, 0.0);
    for (int k = 0; k < 8; ++k) {
        for (int j = 0; j < 6; ++j) {
            for (int i = 0; i < 4; ++i) {
                // The mean of a linear field over a box is its value at the center
                EXPECT_NEAR(result.at(i, j, k),
                            linear_field(target.to_patient({double(i), double(j), double(k)})), 1e-10);
            }
        }
    }
}

TEST(ResampleConservative, fills_what_the_source_does_not_cover_and_refuses_rotated_grids) {
    Volume<float> const source(grid_of({4, 4, 4}, {1, 1, 1}), 2.0F);
    auto target = source.grid;
    target.origin_mm.x += 3.5; // first cells half covered
    auto const result = resample_conservative(source, target, 0.001F);
    EXPECT_FLOAT_EQ(result.at(0, 0, 0), 0.5F * 2.0F + 0.5F * 0.001F);
    EXPECT_FLOAT_EQ(result.at(1, 1, 1), 0.001F);
    target.axes = turned_axes(0.01);
    EXPECT_THROW(resample_conservative(source, target, 0.0F), Refusal);
}

} // namespace
} // namespace beamwright
