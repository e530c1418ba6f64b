// Curves: values, areas, bins and differences against hand calculations.
#include "evaluate/curves/curve.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

Curve line(double slope, std::size_t points, double step = 1) {
    Curve curve;
    for (std::size_t i = 0; i < points; ++i) {
        curve.x.push_back(step * static_cast<double>(i));
        curve.y.push_back(1 + slope * curve.x.back());
    }
    return curve;
}

TEST(Curves, are_straight_between_points_and_end_with_them) {
    auto const curve = line(2, 5);
    EXPECT_DOUBLE_EQ(value_at(curve, 1.25), 3.5);
    EXPECT_DOUBLE_EQ(value_at(curve, -1), 1);
    EXPECT_DOUBLE_EQ(value_at(curve, 9), 9);
    // 1 + 2 x from 0.5 to 2.5: 2 + (6.25 - 0.25)
    EXPECT_DOUBLE_EQ(area_between(curve, 0.5, 2.5), 8);
    EXPECT_DOUBLE_EQ(area_between(curve, -5, 0), 0);
}

TEST(Curves, rebinned_hold_the_means_and_their_errors) {
    auto curve = line(1, 7);
    curve.sigma.assign(7, 0.2);
    auto const coarse = rebinned(curve, 2);
    ASSERT_EQ(coarse.size(), 3u);
    EXPECT_DOUBLE_EQ(coarse.x[1], 2.5);
    EXPECT_DOUBLE_EQ(coarse.y[1], 3.5);
    EXPECT_DOUBLE_EQ(coarse.sigma[1], 0.2 / std::sqrt(2.0));
    EXPECT_DOUBLE_EQ(binned_at(line(1, 7), {3}, 2).y[0], 4);
}

TEST(Curves, a_difference_is_in_units_of_the_maximum_and_knows_its_noise) {
    auto theirs = line(0, 11), ours = theirs;
    theirs.y[5] = 2; // the maximum
    ours.y[5] = 2.1;
    ours.y[8] = 0.8;
    ours.sigma.assign(11, 0.01);
    theirs.sigma.assign(11, 0);
    auto const apart = difference_between(ours, theirs, 0, 10, 3);
    EXPECT_NEAR(apart.worst, -0.1, 1e-12);
    EXPECT_DOUBLE_EQ(apart.at, 8);
    EXPECT_NEAR(apart.sigma, 0.005, 1e-12);
    EXPECT_NEAR(apart.most_beyond_noise, 0.1 - 0.015, 1e-12);
    EXPECT_EQ(apart.points, 11u);
    EXPECT_EQ(difference_between(ours, theirs, 0, 6, 3).points, 7u);
}

TEST(Curves, of_equal_shape_do_not_differ_whatever_their_height) {
    auto const theirs = line(0.3, 50), ours = scaled(theirs, 7);
    EXPECT_NEAR(area_ratio(ours, theirs), 7, 1e-12);
    EXPECT_NEAR(area_normalized_difference(ours, theirs, 0, 49, 0).worst, 0, 1e-12);
    // Moved by one step a slope of 0.3 shows 0.3 everywhere, less the change of area
    EXPECT_GT(std::fabs(area_normalized_difference(shifted(theirs, 1), theirs, 1, 49, 0).worst), 0.005);
}

} // namespace
} // namespace beamwright
