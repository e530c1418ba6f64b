// Funnel limits hold what they say, and the center is that of the information.
#include "lanes/random.hpp"
#include "registry/funnel.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright::registry {
namespace {

TEST(Funnel, center_is_weighted_by_information) {
    EXPECT_NEAR(funnel_center({{10, 100}, {40, 100}}), 20, 1e-12); // geometric mean
    EXPECT_NEAR(funnel_center({{10, 300}, {40, 100}}), 10 * std::sqrt(2), 1e-12);
    EXPECT_NEAR(funnel_center({{10, 100}, {0, 0}}), 10, 1e-12);
    EXPECT_EQ(funnel_center({{0, 0}}), 0);
}

TEST(Funnel, limits_are_even_in_the_logarithm_and_narrow_with_information) {
    auto const few = funnel_limits(50, 100, 1.96), many = funnel_limits(50, 400, 1.96);
    EXPECT_NEAR(few.lower * few.upper, 2500, 1e-9);
    EXPECT_NEAR(std::log(few.upper / 50), 0.196, 1e-12);
    EXPECT_NEAR(std::log(many.upper / 50), 0.098, 1e-12);
}

TEST(Funnel, holds_95_percent_of_counts_that_differ_by_chance) {
    // Poisson counts of mean 400 by the normal approximation: outside 95 % lies a share of 0.05 +- 0.0031 (4 standard
    // deviations of 20,000 binomial draws are 0.0062); the skewness of the logarithm moves it by less than 0.002
    int outside = 0;
    int const n = 20000;
    RandomStream random({5, 0, 0, 0});
    for (int i = 0; i < n; ++i) {
        double const count = 400 + 20 * random.gaussian_pair().first;
        auto const limits = funnel_limits(400, count, 1.959964);
        outside += count < limits.lower || count > limits.upper ? 1 : 0;
    }
    EXPECT_NEAR(outside / double(n), 0.05, 0.0082);
}

} // namespace
} // namespace beamwright::registry
