/// Standardized rates against each other, and cases seen against cases expected. docs/methods/registry_rates.md
/// sections 4 and 5
#pragma once
#include "registry/rates/rates.hpp"
#include <span>
#include <string>
#include <vector>

namespace beamwright::registry {

enum class RatioMethod {
    lognormal, ///< delta method on the logarithm (eq. 20)
    power,     ///< ratio^(1 +- z/X), Smith 1987 (eq. 21)
    f          ///< F distribution from the gamma intervals, Fay 1999 (eq. 22)
};
std::string ratio_method_name(RatioMethod method);
RatioMethod ratio_method(std::string const& name); ///< \throws Refusal listing the names

/// Ratio and difference of two weighted sums (any unit, the same for both), interval and test of each. Where a sum
/// is zero the ratio uses `f` and the difference the square-and-add of gamma limits, and they say so.
ComparisonResult compare_sums(WeightedSum const& first, WeightedSum const& second, RatioMethod method,
                              double confidence);

/// The standardized rates of two strata, unknown ages as in `options`; rates per 100,000.
ComparisonResult compare_rates(CountStratum const& first, CountStratum const& second,
                               StandardPopulation const& standard, RatioMethod method,
                               RateOptions const& options);

/// Cases expected if a population had the age-specific rates of a reference (eq. 24), over the groups that both
/// have, as far as the reference has person-years.
double expected_cases(std::span<AgeCount const> study, std::span<AgeCount const> reference);

/// Ratio of seen to expected cases with the limits of the seen count (eq. 25) and the exact test.
SirResult sir_of(double observed, double expected, CountMethod method, double confidence);
std::string count_method_name(CountMethod method);
CountMethod count_method(std::string const& name); ///< \throws Refusal listing the names

} // namespace beamwright::registry
