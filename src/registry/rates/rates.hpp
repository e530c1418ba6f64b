/// All rates of one registry, sex, site and period. docs/methods/registry_rates.md
#pragma once
#include "registry/input/count_table.hpp"
#include "registry/rates/intervals.hpp"
#include "registry/rates/results.hpp"
#include "registry/rates/standard_population.hpp"
#include <vector>

namespace beamwright::registry {

enum class UnknownAge {
    redistribute, ///< standardized and cumulative rates x total / known (CI5)
    ignore        ///< they count in totals and in the crude rate only
};

struct RateOptions {
    std::vector<StandardPopulation> standards;
    std::vector<IntervalMethod> methods{IntervalMethod::gamma};
    double confidence = 0.95;
    UnknownAge unknown_age = UnknownAge::redistribute;
};

/// Exact limits of whole counts up to a bound, made once: age groups ask for the same few counts again and again.
class CountLimits {
public:
    explicit CountLimits(double confidence, std::size_t bound = 1000);
    Interval operator()(double count) const;

private:
    double confidence_;
    std::vector<Interval> known_;
};

/// A weighted sum as an estimate, in units per 100,000 and times `factor`.
RateEstimate estimate(WeightedSum const& sum, RateOptions const& options, double factor);

/// Total over known cases; 1 where no age is known or unknown ages are ignored (eq. 5).
double unknown_age_factor(CountStratum const& counts, UnknownAge rule);

RateResult rates_of(CountStratum const& counts, Columns const& columns, RateOptions const& options,
                    CountLimits const& limits);

} // namespace beamwright::registry
