/// What `registry rates` answers, as plain values: the jobs fill them, tables, JSON and the report read them.
/// Rates are per 100,000 person-years unless a name says otherwise.
#pragma once
#include "core/refusal.hpp"
#include "registry/input/count_table.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright::registry {

struct Interval {
    double lower = 0, upper = 0; ///< an upper end may be infinite for a ratio over a rate of zero
};

/// An interval of one method, by name: "gamma", "tiwari", "dobson_byar", ...
struct NamedInterval {
    std::string
        method; ///< the method that was used; differs from the one asked for where that has none (zero cases)
    Interval interval;
};

/// A rate with its standard error (Poisson) and its intervals, the one asked for first.
struct RateEstimate {
    double rate_per_100000 = 0;
    double se_per_100000 = 0;
    std::vector<NamedInterval> intervals;
};

/// A cumulative rate and the risk 1 - exp(-rate), both in percent.
struct CumulativeEstimate {
    double rate_percent = 0, rate_se_percent = 0, risk_percent = 0;
    std::vector<NamedInterval> rate_intervals, risk_intervals;
};

/// Cases and person-years of one age group, as they were used (after pooling of the open group).
struct AgeSpecificRate {
    AgeGroup age; ///< age.label() is "0-4", "85+"
    double cases = 0, person_years = 0;
    double rate_per_100000 = 0; ///< 0 where there are no person-years
    Interval interval;          ///< exact Poisson (Garwood)
};

/// Age-standardized rates with one standard population.
struct StandardizedRates {
    std::string standard; ///< name: "segi_world_1960", ...
    RateEstimate all_ages;
    std::optional<RateEstimate> truncated_35_64; ///< absent where the age groups have no edge at 35 and 65
    std::size_t age_groups_used = 0;             ///< after folding to what table and standard share
};

/// Quality of registration. Absent where the table has no such column.
struct QualityIndicators {
    std::optional<double> microscopically_verified_percent; ///< MV %
    std::optional<double> death_certificate_only_percent;   ///< DCO %
    std::optional<double> clinical_percent;                 ///< basis 1 to 4
    std::optional<double> unknown_basis_percent;            ///< basis 9
    std::optional<double> mortality_to_incidence;           ///< M:I, deaths over cases
    std::optional<double> unknown_age_percent;              ///< cases of unknown age
};

/// Everything about one registry, sex, site and period.
struct RateResult {
    Stratum stratum;
    double cases = 0; ///< all, also those of unknown age
    double cases_unknown_age = 0;
    double person_years = 0;
    std::optional<double> deaths;
    double unknown_age_factor = 1; ///< standardized, truncated and cumulative rates were multiplied by it
    RateEstimate crude;            ///< counts unknown ages
    std::vector<AgeSpecificRate> ages;
    std::vector<StandardizedRates> standardized; ///< one per standard asked for, in that order
    std::optional<CumulativeEstimate> cumulative_0_64, cumulative_0_74;
    QualityIndicators quality;
};

/// One year of a trend.
struct TrendPoint {
    int year = 0;
    double cases = 0;
    double rate_per_100000 = 0;
    Interval interval; ///< of the method asked for first
    bool used = true;  ///< false: a rate of zero, left out of the fit
    double fitted_per_100000 = 0;
};

/// Estimated annual percent change: log-linear regression of the standardized rate on the calendar year.
struct TrendResult {
    Stratum stratum; ///< period = "1988-2007"
    std::string standard;
    std::vector<TrendPoint> points; ///< by year
    int years_used = 0, years_zero = 0;
    bool has_result =
        false;            ///< false: fewer than three years with a rate above zero, or the rule forbids zeros
    std::string why_none; ///< words, where there is no result
    double eapc_percent = 0;
    Interval eapc_interval; ///< percent
    double slope = 0, slope_se = 0, p_value = 0;
    std::string quantile;   ///< "t" or "normal"
    std::string zero_years; ///< "drop" or "none"
};

/// One standardized rate against another.
struct ComparisonResult {
    std::string by;        ///< "sex", "registry", "year"
    Stratum first, second; ///< ratio = first / second, difference = first - second
    std::string standard;
    double first_asr = 0, second_asr = 0;
    double ratio = 0; ///< infinite where the second rate is zero
    NamedInterval ratio_interval;
    double ratio_p = 1; ///< two-sided
    double difference_per_100000 = 0;
    NamedInterval difference_interval;
    double difference_p = 1; ///< two-sided
};

/// Indirect standardization: cases seen over cases expected with a reference's age-specific rates.
struct SirResult {
    Stratum stratum;
    std::string reference; ///< registry whose rates were used
    double observed = 0, expected = 0, ratio = 0;
    NamedInterval interval;
    double p_value = 1; ///< two-sided, exact Poisson
};

/// The whole answer. Results are ordered by registry, site, sex, period as the table first names them.
struct RateTable {
    std::vector<std::string> standards;        ///< names, in the order asked for
    std::vector<std::string> standard_titles;  ///< words, same order
    std::vector<std::string> interval_methods; ///< in the order asked for
    double confidence = 0.95;
    std::vector<RateResult> results;
    std::vector<TrendResult> trends;
    std::vector<ComparisonResult> comparisons;
    std::vector<SirResult> sirs;
};

} // namespace beamwright::registry
