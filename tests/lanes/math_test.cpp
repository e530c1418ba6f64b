#include "lanes/math.hpp"
#include "lanes/random.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

/// Distance of `value` from the long double truth in units of the last place of the truth rounded to double.
double error_ulp(double value, long double truth) {
    double const near = std::abs(static_cast<double>(truth));
    double const unit = std::nextafter(near, HUGE_VAL) - near;
    return static_cast<double>(std::abs(static_cast<long double>(value) - truth) / unit);
}

/// Largest error over n numbers spread evenly (or evenly in the logarithm) over a range, with random places.
template <class Function, class Truth>
double worst_ulp(double low, double high, bool logarithmic, Function function, Truth truth, int n = 400'000) {
    RandomStream random{{.seed = 5}};
    double worst = 0;
    for (int i = 0; i < n; ++i) {
        double const u = (i + random.uniform()) / n;
        double const x = logarithmic ? low * std::pow(high / low, u) : low + (high - low) * u;
        worst = std::max(worst, error_ulp(function(x), truth(static_cast<long double>(x))));
    }
    return worst;
}

// The bounds are those that the header states. The truth is long double libm (64-bit significand): 0.001 ulp
// of ours.
auto const log_here = [](double x) { return log(x); };
auto const log_truth = [](long double x) { return std::log(x); };

TEST(LaneMath, logarithm) {
    EXPECT_LT(worst_ulp(1e-300, 1e300, true, log_here, log_truth), 0.9);
    EXPECT_LT(worst_ulp(0.5, 2.0, false, log_here, log_truth), 0.9);
    EXPECT_LT(worst_ulp(0.999, 1.001, false, log_here, log_truth), 0.9);
    EXPECT_LT(worst_ulp(0x1p-33, 1.0, true, log_here, log_truth), 0.9);
    EXPECT_EQ(log(1.0), 0.0);
}

TEST(LaneMath, exponential) {
    auto const here = [](double x) { return exp(x); };
    auto const truth = [](long double x) { return std::exp(x); };
    EXPECT_LT(worst_ulp(-708, 709, false, here, truth), 1.0);
    EXPECT_LT(worst_ulp(-1, 1, false, here, truth), 1.0);
    EXPECT_EQ(exp(0.0), 1.0);
    EXPECT_EQ(exp(-1000.0), 0.0);
    EXPECT_EQ(exp(1000.0), HUGE_VAL);
}

TEST(LaneMath, sine_and_cosine) {
    auto const sine = [](double x) { return sincos(x).sine; };
    auto const cosine = [](double x) { return sincos(x).cosine; };
    auto const sine_truth = [](long double x) { return std::sin(x); };
    auto const cosine_truth = [](long double x) { return std::cos(x); };
    for (double range : {1.0, 7.0, 1e5}) {
        EXPECT_LT(worst_ulp(-range, range, false, sine, sine_truth), 1.0) << range;
        EXPECT_LT(worst_ulp(-range, range, false, cosine, cosine_truth), 1.0) << range;
    }
    // The doubles next to multiples of pi/2 are the hard ones
    for (int n = 1; n < 60'000; ++n) {
        double const x = n * 1.5707963267948966;
        ASSERT_LT(error_ulp(sincos(x).sine, std::sin(static_cast<long double>(x))), 1.0) << n;
        ASSERT_LT(error_ulp(sincos(x).cosine, std::cos(static_cast<long double>(x))), 1.0) << n;
    }
}

TEST(LaneMath, sine_and_cosine_of_turns) {
    long double const two_pi = 6.283185307179586476925286766559L;
    auto const sine = [](double u) { return sincos_turns(u).sine; };
    auto const cosine = [](double u) { return sincos_turns(u).cosine; };
    auto const sine_truth = [&](long double u) { return std::sin(two_pi * (u - std::floor(u + 0.5L))); };
    auto const cosine_truth = [&](long double u) { return std::cos(two_pi * u); };
    // Near the zeros of a cosine 2 pi u in long double is itself off by 2^-65 of 2 pi u: kept away from
    EXPECT_LT(worst_ulp(-0.2, 0.2, false, sine, sine_truth), 1.0);
    EXPECT_LT(worst_ulp(-0.2, 0.2, false, cosine, cosine_truth), 1.0);
    EXPECT_LT(worst_ulp(0.3, 0.7, false, cosine, cosine_truth), 1.0);
    EXPECT_EQ(sincos_turns(0.25).sine, 1.0);
    EXPECT_EQ(sincos_turns(0.25).cosine, 0.0);
    EXPECT_EQ(sincos_turns(0.5).cosine, -1.0);
    EXPECT_EQ(sincos_turns(0.75).sine, -1.0);
}

TEST(LaneMath, power) {
    auto const worst = [](double least_log, double most_log) {
        RandomStream random{{.seed = 6}};
        double found = 0;
        for (int i = 0; i < 400'000; ++i) {
            double const x = std::exp(-20 + 40 * random.uniform());
            double const wanted = (least_log + (most_log - least_log) * random.uniform()) * (i % 2 ? 1 : -1);
            double const y = wanted / std::log(x);
            found = std::max(found, error_ulp(pow(x, y), std::pow(static_cast<long double>(x),
                                                                  static_cast<long double>(y))));
        }
        return found;
    };
    EXPECT_LT(worst(0, 100), 2.0);
    EXPECT_LT(worst(100, 700), 12.0);
    EXPECT_EQ(pow(2.0, 10.0), 1024.0);
    EXPECT_EQ(pow(7.0, 0.0), 1.0);
}

TEST(LaneMath, base_ten_logarithm_and_cube_root) {
    auto const log10_here = [](double x) { return log10(x); };
    auto const log10_truth = [](long double x) { return std::log10(x); };
    EXPECT_LT(worst_ulp(1e-300, 1e300, true, log10_here, log10_truth), 2.0);
    EXPECT_LT(worst_ulp(0.5, 2, false, log10_here, log10_truth), 2.0);
    auto const cbrt_here = [](double x) { return cbrt(x); };
    auto const cbrt_truth = [](long double x) { return std::cbrt(x); };
    EXPECT_LT(worst_ulp(1e-300, 1e300, true, cbrt_here, cbrt_truth), 0.7);
    EXPECT_LT(worst_ulp(1, 8, false, cbrt_here, cbrt_truth), 0.7);
    EXPECT_EQ(cbrt(27.0), 3.0);
    EXPECT_EQ(cbrt(-8.0), -2.0);
    EXPECT_EQ(cbrt(0.0), 0.0);
}

} // namespace
} // namespace beamwright
