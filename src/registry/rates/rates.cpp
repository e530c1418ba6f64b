#include "registry/rates/rates.hpp"
#include "registry/rates/standardize.hpp"
#include <cmath>
#include <numeric>

namespace beamwright::registry {

namespace {

constexpr double per_100000 = 1e5;
constexpr double percent = 100;

CumulativeEstimate cumulative(WeightedSum const& sum, RateOptions const& options, double factor) {
    auto const risk_percent = [](double rate) { return -percent * std::expm1(-rate); };
    CumulativeEstimate out;
    double const rate = sum.sum() * factor;
    out.rate_percent = percent * rate;
    out.rate_se_percent = percent * sum.standard_error() * factor;
    out.risk_percent = risk_percent(rate);
    for (auto const method : options.methods) {
        auto const [name, limits] = interval_of(sum, method, options.confidence);
        double const lower = limits.lower * factor, upper = limits.upper * factor;
        out.rate_intervals.push_back({name, {percent * lower, percent * upper}});
        out.risk_intervals.push_back({name, {risk_percent(lower), risk_percent(upper)}});
    }
    return out;
}

QualityIndicators quality(CountStratum const& counts, Columns const& columns, double cases, double deaths) {
    QualityIndicators q;
    if (!(cases > 0)) {
        return q;
    }
    auto const share = [&](bool has, double part) {
        return has ? std::optional<double>(percent * part / cases) : std::nullopt;
    };
    q.microscopically_verified_percent = share(columns.microscopic, counts.basis.microscopic);
    q.death_certificate_only_percent =
        share(columns.death_certificate_only, counts.basis.death_certificate_only);
    q.clinical_percent = share(columns.clinical, counts.basis.clinical);
    q.unknown_basis_percent = share(columns.unknown_basis, counts.basis.unknown);
    q.unknown_age_percent = share(true, counts.cases_unknown_age);
    if (columns.deaths) {
        q.mortality_to_incidence = deaths / cases;
    }
    return q;
}

StandardizedRates standardized(CountStratum const& counts, StandardPopulation const& standard,
                               RateOptions const& options, double factor) {
    StandardizedRates out;
    out.standard = standard.name;
    auto const groups = common_groups(counts.ages, standard);
    out.age_groups_used = groups.size();
    out.all_ages = estimate(standardized_sum(groups), options, factor);
    if (auto const truncated = truncated_sum(groups, 35, 64)) {
        out.truncated_35_64 = estimate(*truncated, options, factor);
    }
    return out;
}

} // namespace

CountLimits::CountLimits(double confidence, std::size_t bound) : confidence_(confidence) {
    known_.reserve(bound);
    for (std::size_t count = 0; count < bound; ++count) {
        known_.push_back(count_limits(static_cast<double>(count), CountMethod::exact, confidence));
    }
}

Interval CountLimits::operator()(double count) const {
    bool const whole = count >= 0 && count < static_cast<double>(known_.size()) && count == std::floor(count);
    return whole ? known_[static_cast<std::size_t>(count)]
                 : count_limits(count, CountMethod::exact, confidence_);
}

RateEstimate estimate(WeightedSum const& sum, RateOptions const& options, double factor) {
    double const unit = per_100000 * factor;
    RateEstimate out{sum.sum() * unit, sum.standard_error() * unit, {}};
    out.intervals.reserve(options.methods.size());
    for (auto const method : options.methods) {
        auto const [name, limits] = interval_of(sum, method, options.confidence);
        out.intervals.push_back({name, {limits.lower * unit, limits.upper * unit}});
    }
    return out;
}

double unknown_age_factor(CountStratum const& counts, UnknownAge rule) {
    double known = 0;
    for (auto const& age : counts.ages) {
        known += age.cases;
    }
    return rule == UnknownAge::redistribute && known > 0 ? (known + counts.cases_unknown_age) / known : 1;
}

RateResult rates_of(CountStratum const& counts, Columns const& columns, RateOptions const& options,
                    CountLimits const& limits) {
    RateResult out;
    out.stratum = counts.stratum;
    out.cases_unknown_age = counts.cases_unknown_age;
    out.cases = counts.cases_unknown_age;
    double deaths = counts.deaths_unknown_age;
    out.ages.reserve(counts.ages.size());
    for (auto const& age : counts.ages) {
        out.cases += age.cases;
        out.person_years += age.person_years;
        deaths += age.deaths;
        double const unit = age.person_years > 0 ? per_100000 / age.person_years : 0;
        auto const interval = limits(age.cases);
        out.ages.push_back({age.age,
                            age.cases,
                            age.person_years,
                            age.cases * unit,
                            {interval.lower * unit, interval.upper * unit}});
    }
    if (columns.deaths) {
        out.deaths = deaths;
    }
    out.unknown_age_factor = unknown_age_factor(counts, options.unknown_age);
    out.crude = estimate(crude_sum(counts.ages, counts.cases_unknown_age), options, 1);
    for (auto const& standard : options.standards) {
        out.standardized.push_back(standardized(counts, standard, options, out.unknown_age_factor));
    }
    if (auto const sum = cumulative_sum(counts.ages, 64)) {
        out.cumulative_0_64 = cumulative(*sum, options, out.unknown_age_factor);
    }
    if (auto const sum = cumulative_sum(counts.ages, 74)) {
        out.cumulative_0_74 = cumulative(*sum, options, out.unknown_age_factor);
    }
    out.quality = quality(counts, columns, out.cases, deaths);
    return out;
}

} // namespace beamwright::registry
