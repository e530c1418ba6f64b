/// Confidence intervals of Poisson counts and of weighted sums of them. docs/methods/registry_rates.md section 3
#pragma once
#include "registry/rates/results.hpp"
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace beamwright::registry {

/// How the limits of one Poisson count are made (eq. 7-9).
enum class CountMethod { exact, byar, midp, normal };

/// Limits of the mean of a Poisson count. Normal limits may be negative.
Interval count_limits(double count, CountMethod method, double confidence);

/// How the limits of a weighted sum are made (eq. 10-18).
enum class IntervalMethod {
    normal,
    lognormal,
    dobson_exact,
    dobson_byar,
    dobson_midp,
    gamma,               ///< Fay and Feuer 1997: the largest weight
    gamma_mean_weight,   ///< the mean weight in its place
    gamma_middle_weight, ///< the middle between least and largest weight
    tiwari,
    midp,
    beta,
    abc ///< Swift's approximate bootstrap
};

std::string method_name(IntervalMethod method);
/// \throws Refusal listing the names, with the nearest one
IntervalMethod interval_method(std::string const& name);
std::vector<std::string> interval_method_names();

/// What intervals need of sum(weight x count): weights are rate units per case.
class WeightedSum {
public:
    void add(double weight, double count);

    double sum() const { return sum_; }
    double variance() const { return variance_; } ///< Poisson: sum of weight^2 x count
    double standard_error() const;
    double count() const { return count_; }
    double max_weight() const { return max_weight_; }
    double min_weight() const { return min_weight_; }
    double mean_weight() const;
    double mean_square_weight() const;
    double third_moment() const { return third_; } ///< sum of weight^3 x count

private:
    double sum_ = 0, variance_ = 0, third_ = 0, count_ = 0;
    double max_weight_ = 0, min_weight_ = 0, weights_ = 0, square_weights_ = 0;
    std::size_t strata_ = 0;
};

/// Limits in the units of the sum, never below zero. With no cases, methods that rest on the variance (normal,
/// lognormal, Dobson, beta, abc) have no width; the gamma interval is given in their place and named so.
NamedInterval interval_of(WeightedSum const& sum, IntervalMethod method, double confidence);

} // namespace beamwright::registry
