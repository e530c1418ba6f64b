#include "core/refusal.hpp"
#include "geometry/coverage.hpp"
#include "geometry/polygon.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>

namespace beamwright {
namespace {

Polygon2 rectangle(double x0, double y0, double x1, double y1) {
    return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

Polygon2 regular(double x, double y, double radius, int n) {
    Polygon2 polygon;
    for (int i = 0; i < n; ++i) {
        double const phi = 2.0 * std::numbers::pi * i / n;
        polygon.push_back({x + radius * std::cos(phi), y + radius * std::sin(phi)});
    }
    return polygon;
}

double sum(Coverage const& coverage) {
    return std::accumulate(coverage.share.begin(), coverage.share.end(), 0.0);
}

/// Independent even-odd area: crossings of every polygon with horizontal lines, alternate spans counted.
double area_by_lines(std::vector<Polygon2> const& polygons, double low, double high, int lines) {
    double area = 0.0;
    for (int n = 0; n < lines; ++n) {
        double const y = low + (n + 0.5) * (high - low) / lines;
        std::vector<double> crossings;
        for (auto const& polygon : polygons) {
            for (std::size_t i = 0; i < polygon.size(); ++i) {
                auto const a = polygon[i], b = polygon[(i + 1) % polygon.size()];
                if ((a.y > y) != (b.y > y)) {
                    crossings.push_back(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
                }
            }
        }
        std::sort(crossings.begin(), crossings.end());
        for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
            area += (crossings[i + 1] - crossings[i]) * (high - low) / lines;
        }
    }
    return area;
}

TEST(Polygon, area_is_positive_counter_clockwise) {
    EXPECT_DOUBLE_EQ(signed_area_mm2(rectangle(1, 2, 4, 6)), 12.0);
    auto turned = rectangle(1, 2, 4, 6);
    std::reverse(turned.begin(), turned.end());
    EXPECT_DOUBLE_EQ(signed_area_mm2(turned), -12.0);
    EXPECT_EQ(signed_area_mm2(Polygon2{{0, 0}, {1, 1}}), 0.0);
}

TEST(EvenOdd, a_hole_is_cut_out_whatever_its_direction) {
    auto hole = rectangle(2, 2, 4, 5);
    EXPECT_NEAR(signed_area_mm2(even_odd({rectangle(0, 0, 10, 10), hole})), 94.0, 1e-9);
    std::reverse(hole.begin(), hole.end());
    EXPECT_NEAR(signed_area_mm2(even_odd({rectangle(0, 0, 10, 10), hole})), 94.0, 1e-9);
    EXPECT_NEAR(signed_area_mm2(even_odd({rectangle(0, 0, 10, 10), hole, rectangle(3, 3, 3.5, 3.5)})), 94.25,
                1e-9);
}

TEST(EvenOdd, a_keyhole_equals_a_hole) {
    // One outline that runs in along a channel of no width, around the hole and back
    Polygon2 const keyhole{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 3}, {2, 3},
                           {2, 5}, {4, 5},  {4, 2},   {2, 2},  {2, 3}, {0, 3}};
    EXPECT_NEAR(signed_area_mm2(even_odd({keyhole})), 94.0, 1e-9);
}

TEST(EvenOdd, overlaps_cancel_and_a_figure_eight_counts_both_lobes) {
    EXPECT_NEAR(signed_area_mm2(even_odd({rectangle(0, 0, 4, 4), rectangle(2, 0, 6, 4)})), 16.0, 1e-9);
    EXPECT_NEAR(signed_area_mm2(even_odd({Polygon2{{0, 0}, {4, 4}, {4, 0}, {0, 4}}})), 8.0, 1e-9);
    EXPECT_TRUE(even_odd({rectangle(0, 0, 4, 4), rectangle(0, 0, 4, 4)}).empty());
    EXPECT_TRUE(even_odd({Polygon2{{0, 0}, {1, 0}}}).empty());
}

TEST(EvenOdd, refuses_points_that_are_no_numbers) {
    EXPECT_THROW(even_odd({Polygon2{{0, 0}, {1, std::numeric_limits<double>::quiet_NaN()}, {2, 2}}}),
                 Refusal);
    EXPECT_THROW(even_odd({Polygon2{{0, 0}, {1e9, 0}, {2, 2}}}), Refusal);
}

TEST(EvenOdd, random_stars_have_the_area_that_horizontal_lines_measure) {
    std::mt19937 random(5);
    std::uniform_real_distribution<double> place(-20.0, 20.0);
    for (int trial = 0; trial < 20; ++trial) {
        std::vector<Polygon2> polygons(2);
        for (auto& polygon : polygons) {
            for (int i = 0; i < 9; ++i) {
                polygon.push_back({place(random), place(random)});
            }
        }
        // 20000 lines over 40 mm: each of ~20 corners spoils at most one line of up to 40 mm, so 1.6 mm2 at
        // the very most; typically the midpoint rule errs by 1e-3 mm2
        EXPECT_NEAR(signed_area_mm2(even_odd(polygons)), area_by_lines(polygons, -20, 20, 20000), 0.02)
            << trial;
    }
}

TEST(PixelCoverage, of_a_rectangle_is_exact) {
    auto const coverage = pixel_coverage({rectangle(1.25, 2.5, 3.5, 4.0)}, 10, 10);
    EXPECT_EQ(coverage.first_x, 1);
    EXPECT_EQ(coverage.first_y, 2);
    ASSERT_EQ(coverage.width, 3);
    ASSERT_EQ(coverage.height, 2);
    EXPECT_NEAR(coverage.at(0, 0), 0.75 * 0.5, 1e-14);
    EXPECT_NEAR(coverage.at(1, 0), 0.5, 1e-14);
    EXPECT_NEAR(coverage.at(2, 0), 0.25, 1e-14);
    EXPECT_EQ(coverage.at(1, 1), 1.0);
}

TEST(PixelCoverage, of_a_triangle_is_exact_pixel_by_pixel) {
    auto const coverage = pixel_coverage({Polygon2{{0, 0}, {4, 0}, {0, 4}}}, 8, 8);
    ASSERT_EQ(coverage.width, 4);
    for (int j = 0; j < 4; ++j) {
        for (int i = 0; i < 4; ++i) {
            EXPECT_NEAR(coverage.at(i, j), i + j < 3 ? 1.0 : i + j == 3 ? 0.5 : 0.0, 1e-12) << i << ' ' << j;
        }
    }
}

TEST(PixelCoverage, keeps_area_of_rings_and_of_what_is_smaller_than_a_pixel) {
    auto const ring = even_odd({regular(20.3, 18.7, 12.9, 360), regular(19.1, 20.2, 5.77, 91)});
    EXPECT_NEAR(sum(pixel_coverage(ring, 40, 40)), signed_area_mm2(ring), 1e-6);
    auto const speck = even_odd({regular(7.99, 3.02, 0.03, 12)});
    EXPECT_NEAR(sum(pixel_coverage(speck, 40, 40)), signed_area_mm2(speck), 1e-8);
}

TEST(PixelCoverage, clips_at_the_borders) {
    auto const big = pixel_coverage({rectangle(-5, -7, 50, 60)}, 12, 9);
    EXPECT_EQ(big.width, 12);
    EXPECT_EQ(big.height, 9);
    EXPECT_TRUE(std::all_of(big.share.begin(), big.share.end(), [](double s) { return s == 1.0; }));
    EXPECT_TRUE(pixel_coverage({rectangle(-5, 1, -1, 3)}, 12, 9).empty());
    EXPECT_TRUE(pixel_coverage({rectangle(13, 1, 15, 3)}, 12, 9).empty());
    // A disc around the corner: a quarter of it is inside, by symmetry
    auto const disc = even_odd({regular(0, 0, 5.5, 400)});
    EXPECT_NEAR(sum(pixel_coverage(disc, 12, 9)), signed_area_mm2(disc) / 4, 1e-4);
    auto const far_corner = even_odd({regular(12, 9, 5.5, 400)});
    EXPECT_NEAR(sum(pixel_coverage(far_corner, 12, 9)), signed_area_mm2(far_corner) / 4, 1e-4);
}

} // namespace
} // namespace beamwright
