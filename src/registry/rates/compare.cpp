#include "registry/rates/compare.hpp"
#include "core/json.hpp"
#include "registry/rates/distributions.hpp"
#include "registry/rates/standardize.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace beamwright::registry {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// A sum as a gamma distribution, half its degrees of freedom and its mean: as it is, or with one more case.
struct Gamma {
    double mean, freedom;
};
Gamma as_is(WeightedSum const& s) {
    return {s.sum(), s.sum() > 0 ? 2 * s.sum() * s.sum() / s.variance() : 0};
}
Gamma one_more(WeightedSum const& s) {
    double const mean = s.sum() + s.max_weight();
    return {mean, 2 * mean * mean / (s.variance() + s.max_weight() * s.max_weight())};
}

/// eq. 22. The lower limit is 0 for a first sum of zero, the upper one infinite for a second sum of zero.
Interval f_limits(WeightedSum const& first, WeightedSum const& second, double tail) {
    auto const low = std::pair(as_is(first), one_more(second));
    auto const high = std::pair(one_more(first), as_is(second));
    return {low.first.mean > 0
                ? low.first.mean / low.second.mean * f_quantile(low.first.freedom, low.second.freedom, tail)
                : 0,
            high.second.mean > 0 ? high.first.mean / high.second.mean *
                                       f_quantile(high.first.freedom, high.second.freedom, 1 - tail)
                                 : infinite};
}

/// The tail at which the limits of eq. 22 touch 1, doubled.
double f_two_sided_p(WeightedSum const& first, WeightedSum const& second) {
    double above = 1, below = 1;
    if (auto const a = as_is(first), b = one_more(second); a.mean > 0) {
        above = f_below(a.freedom, b.freedom, b.mean / a.mean);
    }
    if (auto const a = one_more(first), b = as_is(second); b.mean > 0) {
        below = 1 - f_below(a.freedom, b.freedom, b.mean / a.mean);
    }
    return std::min(1.0, 2 * std::min(above, below));
}

/// Standard error of the logarithm of the ratio that a method takes.
double log_error(WeightedSum const& first, WeightedSum const& second, RatioMethod method) {
    double const a = first.standard_error(), b = second.standard_error();
    if (method == RatioMethod::lognormal) {
        return std::hypot(a / first.sum(), b / second.sum());
    }
    // Power method: log ratio / X with X = difference / its error; the limit for equal sums is error / sum
    double const difference = first.sum() - second.sum(), mean = 0.5 * (first.sum() + second.sum());
    return std::hypot(a, b) * (std::abs(difference) < 1e-9 * mean
                                   ? 1 / mean
                                   : std::log(first.sum() / second.sum()) / difference);
}

/// Square-and-add of gamma limits (Zou and Donner 2008): finite and with width also for a sum of zero (eq. 23b).
Interval added_limits(WeightedSum const& first, WeightedSum const& second, double confidence) {
    auto const a = interval_of(first, IntervalMethod::gamma, confidence).interval;
    auto const b = interval_of(second, IntervalMethod::gamma, confidence).interval;
    double const difference = first.sum() - second.sum();
    return {difference - std::hypot(first.sum() - a.lower, b.upper - second.sum()),
            difference + std::hypot(a.upper - first.sum(), second.sum() - b.lower)};
}

void scale(Interval& interval, double factor) {
    interval.lower *= factor;
    interval.upper *= factor;
}

/// The sum as if every weight were `factor` times as large.
WeightedSum scaled_sum(std::span<WeightedAge const> groups, double factor) {
    double weights = 0;
    for (auto const& group : groups) {
        weights += group.weight;
    }
    WeightedSum sum;
    for (auto const& group : groups) {
        if (group.person_years > 0) {
            sum.add(factor * group.weight / weights / group.person_years, group.cases);
        }
    }
    return sum;
}

template <class Method, std::size_t count>
Method method_of(std::array<std::pair<Method, char const*>, count> const& table, std::string const& name,
                 char const* what) {
    std::string all;
    for (auto const& [method, known] : table) {
        if (name == known) {
            return method;
        }
        all += std::string(all.empty() ? "" : ", ") + known;
    }
    refuse(fmt::format("unknown {} '{}'", what, name), fmt::format("known are: {}", all),
           "use one of these names");
}

template <class Method, std::size_t count>
std::string name_of(std::array<std::pair<Method, char const*>, count> const& table, Method method) {
    for (auto const& [known, name] : table) {
        if (known == method) {
            return name;
        }
    }
    return {};
}

constexpr std::array<std::pair<RatioMethod, char const*>, 3> ratio_names{
    {{RatioMethod::lognormal, "lognormal"}, {RatioMethod::power, "power"}, {RatioMethod::f, "f"}}};
constexpr std::array<std::pair<CountMethod, char const*>, 4> count_names{{{CountMethod::exact, "exact"},
                                                                          {CountMethod::byar, "byar"},
                                                                          {CountMethod::midp, "midp"},
                                                                          {CountMethod::normal, "normal"}}};

} // namespace

std::string ratio_method_name(RatioMethod method) { return name_of(ratio_names, method); }
RatioMethod ratio_method(std::string const& name) { return method_of(ratio_names, name, "ratio interval"); }
std::string count_method_name(CountMethod method) { return name_of(count_names, method); }
CountMethod count_method(std::string const& name) {
    return method_of(count_names, name, "interval of a count");
}

ComparisonResult compare_sums(WeightedSum const& first, WeightedSum const& second, RatioMethod method,
                              double confidence) {
    double const tail = 0.5 * (1 - confidence);
    double const z = normal_quantile(1 - tail);
    bool const sparse = !(first.sum() > 0 && second.sum() > 0);
    ComparisonResult out;
    out.first_asr = first.sum();
    out.second_asr = second.sum();
    out.ratio = second.sum() > 0 ? first.sum() / second.sum()
                                 : (first.sum() > 0 ? infinite : std::numeric_limits<double>::quiet_NaN());
    auto const used = sparse ? RatioMethod::f : method;
    if (used == RatioMethod::f) {
        out.ratio_interval = {ratio_method_name(used), f_limits(first, second, tail)};
        out.ratio_p = f_two_sided_p(first, second);
    } else {
        double const error = log_error(first, second, used);
        double const factor = std::exp(z * error);
        out.ratio_interval = {ratio_method_name(used), {out.ratio / factor, out.ratio * factor}};
        out.ratio_p = normal_two_sided_p(std::log(out.ratio) / error);
    }
    double const difference = first.sum() - second.sum();
    double const error = std::sqrt(first.variance() + second.variance());
    out.difference_per_100000 = difference;
    out.difference_interval = sparse
                                  ? NamedInterval{"added_gamma", added_limits(first, second, confidence)}
                                  : NamedInterval{"normal", {difference - z * error, difference + z * error}};
    out.difference_p = sparse ? out.ratio_p : normal_two_sided_p(difference / error);
    return out;
}

ComparisonResult compare_rates(CountStratum const& first, CountStratum const& second,
                               StandardPopulation const& standard, RatioMethod method,
                               RateOptions const& options) {
    constexpr double per_100000 = 1e5;
    auto out = compare_sums(
        scaled_sum(common_groups(first.ages, standard), unknown_age_factor(first, options.unknown_age)),
        scaled_sum(common_groups(second.ages, standard), unknown_age_factor(second, options.unknown_age)),
        method, options.confidence);
    out.first = first.stratum;
    out.second = second.stratum;
    out.standard = standard.name;
    out.first_asr *= per_100000;
    out.second_asr *= per_100000;
    out.difference_per_100000 *= per_100000;
    scale(out.difference_interval.interval, per_100000);
    return out;
}

double expected_cases(std::span<AgeCount const> study, std::span<AgeCount const> reference) {
    // The reference's cases and person-years, folded to the groups that both have
    StandardPopulation cases, years;
    for (auto const& age : reference) {
        cases.parts.push_back({age.age, age.cases});
        years.parts.push_back({age.age, age.person_years});
    }
    auto const with_cases = common_groups(study, cases);
    auto const with_years = common_groups(study, years);
    double expected = 0;
    for (std::size_t i = 0; i < with_cases.size(); ++i) {
        if (with_years[i].weight > 0) {
            expected += with_cases[i].person_years * with_cases[i].weight / with_years[i].weight;
        }
    }
    return expected;
}

SirResult sir_of(double observed, double expected, CountMethod method, double confidence) {
    SirResult out;
    out.observed = observed;
    out.expected = expected;
    auto const limits = count_limits(observed, method, confidence);
    bool const defined = expected > 0;
    out.ratio = defined ? observed / expected : std::numeric_limits<double>::quiet_NaN();
    out.interval = {count_method_name(method),
                    defined ? Interval{std::max(0.0, limits.lower) / expected, limits.upper / expected}
                            : Interval{0, infinite}};
    double const at_least = gamma_below(observed, expected);
    double const at_most = 1 - gamma_below(observed + 1, expected);
    out.p_value = defined ? std::min(1.0, 2 * std::min(at_least, at_most)) : 1;
    return out;
}

} // namespace beamwright::registry
