#include "registry/rates/intervals.hpp"
#include "core/contracts.hpp"
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "registry/rates/distributions.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright::registry {

namespace {

struct Name {
    IntervalMethod method;
    char const* name;
};
constexpr std::array<Name, 12> names{{{IntervalMethod::gamma, "gamma"},
                                      {IntervalMethod::tiwari, "tiwari"},
                                      {IntervalMethod::midp, "midp"},
                                      {IntervalMethod::normal, "normal"},
                                      {IntervalMethod::lognormal, "lognormal"},
                                      {IntervalMethod::dobson_exact, "dobson_exact"},
                                      {IntervalMethod::dobson_byar, "dobson_byar"},
                                      {IntervalMethod::dobson_midp, "dobson_midp"},
                                      {IntervalMethod::gamma_mean_weight, "gamma_mean_weight"},
                                      {IntervalMethod::gamma_middle_weight, "gamma_middle_weight"},
                                      {IntervalMethod::beta, "beta"},
                                      {IntervalMethod::abc, "abc"}}};

/// The gamma distribution with this mean and variance (eq. 13); no mean, no spread.
ScaledGamma gamma_with(double mean, double variance) {
    return mean > 0 ? ScaledGamma{mean * mean / variance, variance / mean} : ScaledGamma{0, 1};
}

double quantile(ScaledGamma const& gamma, double probability) {
    return gamma_quantile(gamma.shape, probability) * gamma.scale;
}

/// The gamma that the upper limit uses: one more case of this weight (and square of weight).
ScaledGamma one_more(WeightedSum const& s, double weight, double square_weight) {
    return gamma_with(s.sum() + weight, s.variance() + square_weight);
}

/// eq. 13: lower limit from the sum as it is, upper limit with one more case.
Interval gamma_limits(WeightedSum const& s, double weight, double square_weight, double tail) {
    return {quantile(gamma_with(s.sum(), s.variance()), tail),
            quantile(one_more(s, weight, square_weight), 1 - tail)};
}

Interval gamma_limits(WeightedSum const& s, double weight, double tail) {
    return gamma_limits(s, weight, weight * weight, tail);
}

/// eq. 16: even mixture of the gamma of the lower and of the upper limit.
Interval midp_limits(WeightedSum const& s, double tail) {
    auto const lower = gamma_with(s.sum(), s.variance());
    auto const upper = one_more(s, s.max_weight(), s.max_weight() * s.max_weight());
    return {gamma_mixture_quantile(lower, upper, tail), gamma_mixture_quantile(lower, upper, 1 - tail)};
}

/// eq. 12: limits of the total count, stretched to the spread of the weighted sum.
Interval dobson_limits(WeightedSum const& s, CountMethod counts, double confidence) {
    auto const limits = count_limits(s.count(), counts, confidence);
    double const stretch = std::sqrt(s.variance() / s.count());
    return {s.sum() + stretch * (limits.lower - s.count()), s.sum() + stretch * (limits.upper - s.count())};
}

/// eq. 17: beta distribution with the mean and variance of the rate per person.
Interval beta_limits(WeightedSum const& s, double tail) {
    double const shape = s.sum() * (1 - s.sum()) / s.variance() - 1;
    double const a = s.sum() * shape, b = (1 - s.sum()) * shape;
    return {beta_quantile(a, b, tail), beta_quantile(a, b, 1 - tail)};
}

/// eq. 18: Swift's approximate bootstrap; for a linear sum bias and acceleration are equal.
Interval abc_limits(WeightedSum const& s, double z) {
    double const acceleration = s.third_moment() / (6 * std::pow(s.variance(), 1.5));
    auto const limit = [&](double deviate) {
        double const shifted = acceleration + deviate;
        double const stretch = 1 - acceleration * shifted;
        return s.sum() + shifted / (stretch * stretch) * s.standard_error();
    };
    return {limit(-z), limit(z)};
}

bool needs_cases(IntervalMethod method) {
    switch (method) {
    case IntervalMethod::gamma:
    case IntervalMethod::gamma_mean_weight:
    case IntervalMethod::gamma_middle_weight:
    case IntervalMethod::tiwari:
    case IntervalMethod::midp:
        return false;
    default:
        return true;
    }
}

Interval limits_of(WeightedSum const& s, IntervalMethod method, double confidence) {
    double const tail = 0.5 * (1 - confidence);
    double const z = normal_quantile(1 - tail);
    switch (method) {
    case IntervalMethod::normal:
        return {s.sum() - z * s.standard_error(), s.sum() + z * s.standard_error()};
    case IntervalMethod::lognormal: {
        double const factor = std::exp(z * s.standard_error() / s.sum());
        return {s.sum() / factor, s.sum() * factor};
    }
    case IntervalMethod::dobson_exact:
        return dobson_limits(s, CountMethod::exact, confidence);
    case IntervalMethod::dobson_byar:
        return dobson_limits(s, CountMethod::byar, confidence);
    case IntervalMethod::dobson_midp:
        return dobson_limits(s, CountMethod::midp, confidence);
    case IntervalMethod::gamma:
        return gamma_limits(s, s.max_weight(), tail);
    case IntervalMethod::gamma_mean_weight:
        return gamma_limits(s, s.mean_weight(), tail);
    case IntervalMethod::gamma_middle_weight:
        return gamma_limits(s, 0.5 * (s.min_weight() + s.max_weight()), tail);
    case IntervalMethod::tiwari:
        return gamma_limits(s, s.mean_weight(), s.mean_square_weight(), tail);
    case IntervalMethod::midp:
        return midp_limits(s, tail);
    case IntervalMethod::beta:
        return beta_limits(s, tail);
    case IntervalMethod::abc:
        return abc_limits(s, z);
    }
    BW_ASSERT(false);
    return {};
}

/// The count at which Byar's formula is the upper limit; one less gives the lower one (eq. 8).
double byar(double count, double z) {
    double const root = 1 - 1 / (9 * count) + z / (3 * std::sqrt(count));
    return count * root * root * root;
}

} // namespace

Interval count_limits(double count, CountMethod method, double confidence) {
    BW_EXPECT(count >= 0 && confidence > 0 && confidence < 1);
    double const tail = 0.5 * (1 - confidence);
    double const z = normal_quantile(1 - tail);
    switch (method) {
    case CountMethod::exact:
        return {gamma_quantile(count, tail), gamma_quantile(count + 1, 1 - tail)};
    case CountMethod::byar:
        return {count > 0 ? std::max(0.0, byar(count, -z)) : 0.0, byar(count + 1, z)};
    case CountMethod::midp:
        return {gamma_mixture_quantile({count, 1}, {count + 1, 1}, tail),
                gamma_mixture_quantile({count, 1}, {count + 1, 1}, 1 - tail)};
    case CountMethod::normal:
        return {count - z * std::sqrt(count), count + z * std::sqrt(count)};
    }
    BW_ASSERT(false);
    return {};
}

std::string method_name(IntervalMethod method) {
    auto const found =
        std::find_if(names.begin(), names.end(), [&](Name const& n) { return n.method == method; });
    BW_ASSERT(found != names.end());
    return found->name;
}

std::vector<std::string> interval_method_names() {
    std::vector<std::string> all;
    all.reserve(std::size(names));
    for (auto const& entry : names) {
        all.emplace_back(entry.name);
    }
    return all;
}

IntervalMethod interval_method(std::string const& name) {
    for (auto const& entry : names) {
        if (name == entry.name) {
            return entry.method;
        }
    }
    auto const all = interval_method_names();
    auto const near = nearest_word(name, all);
    refuse(fmt::format("unknown interval method '{}'", name),
           fmt::format("known are: {}", fmt::join(all, ", ")),
           near.empty() ? "use one of these names" : fmt::format("did you mean '{}'?", near));
}

void WeightedSum::add(double weight, double count) {
    BW_EXPECT(weight >= 0 && count >= 0);
    sum_ += weight * count;
    variance_ += weight * weight * count;
    third_ += weight * weight * weight * count;
    count_ += count;
    max_weight_ = strata_ == 0 ? weight : std::max(max_weight_, weight);
    min_weight_ = strata_ == 0 ? weight : std::min(min_weight_, weight);
    weights_ += weight;
    square_weights_ += weight * weight;
    ++strata_;
}

double WeightedSum::standard_error() const { return std::sqrt(variance_); }

double WeightedSum::mean_weight() const { return strata_ > 0 ? weights_ / static_cast<double>(strata_) : 0; }

double WeightedSum::mean_square_weight() const {
    return strata_ > 0 ? square_weights_ / static_cast<double>(strata_) : 0;
}

NamedInterval interval_of(WeightedSum const& sum, IntervalMethod method, double confidence) {
    BW_EXPECT(confidence > 0 && confidence < 1);
    bool const no_beta = method == IntervalMethod::beta && sum.sum() >= 1; // a cumulative rate may pass 100 %
    bool const replaced = no_beta || (!(sum.sum() > 0) && needs_cases(method));
    auto const used = replaced ? IntervalMethod::gamma : method;
    auto limits = limits_of(sum, used, confidence);
    limits.lower = std::max(0.0, limits.lower);
    return {method_name(used), limits};
}

} // namespace beamwright::registry
