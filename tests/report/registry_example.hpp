/// Tables of rates to test and to look at: invented registries (not a real population), real calculations.
#pragma once
#include "lanes/random.hpp"
#include "registry/rates/rates.hpp"
#include "report/registry_report.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright::test {

/// A count that scatters around its mean as a Poisson count does, by its normal approximation or by steps.
inline double invented_count(double mean, RandomStream& random) {
    if (mean > 30) {
        return std::max(0.0, std::round(mean + std::sqrt(mean) * random.gaussian_pair().first));
    }
    double count = 0;
    for (double product = random.uniform(); product > std::exp(-mean); product *= random.uniform()) {
        ++count;
    }
    return count;
}

/// Rates that rise with the fourth power of age; no cases in the young of a small registry.
inline registry::CountStratum invented_stratum(std::string const& name, std::string const& sex,
                                               std::string const& site, std::string const& icd10, int year,
                                               double persons, double level, std::uint32_t seed) {
    registry::CountStratum counts;
    counts.stratum = {name, sex, site, icd10, std::to_string(year), year, year};
    RandomStream random({seed, 0, static_cast<std::uint64_t>(year), sex == "male" ? 0U : 1U});
    for (int low = 0; low <= 85; low += 5) {
        double const alive = std::exp(-std::pow(low / 82.0, 5));
        double const persons_here = persons * 0.075 * alive;
        double const per_person = level * 1e-5 * 400 * std::pow((low + 2.5) / 80.0, 4.0);
        registry::AgeCount age;
        age.age = {low, low == 85 ? registry::AgeGroup::open : low + 4};
        age.person_years = std::round(persons_here);
        age.cases = invented_count(per_person * persons_here, random);
        counts.ages.push_back(age);
    }
    return counts;
}

inline registry::RateTable invented_rates(int registries) {
    using namespace registry;
    RateOptions options;
    auto const shipped = shipped_standards();
    options.standards = {find_standard("segi", shipped), find_standard("who", shipped)};
    CountLimits const limits(options.confidence);
    RateTable table;
    for (auto const& standard : options.standards) {
        table.standards.push_back(standard.name);
        table.standard_titles.push_back(standard.title);
    }
    table.interval_methods = {"gamma"};
    std::uint32_t seed = 1;
    for (int r = 0; r < registries; ++r) {
        double const persons = 40000 * std::pow(1.55, r);
        double const level = r == 9 ? 1.5 : r == 4 ? 0.62 : 1 + 0.05 * ((r * 7) % 5 - 2);
        std::string const name = "Registry " + std::string(1, static_cast<char>('A' + r));
        for (auto const* sex : {"male", "female"}) {
            double const of_sex = std::string(sex) == "male" ? 1.4 : 0.8;
            table.results.push_back(
                rates_of(invented_stratum(name, sex, "Trachea, bronchus and lung", "C33-C34", 2020, persons,
                                          level * of_sex, ++seed),
                         {}, options, limits));
            table.results.push_back(rates_of(
                invented_stratum(name, sex, "Stomach", "C16", 2020, persons, 0.5 * level * of_sex, ++seed),
                {}, options, limits));
        }
    }
    return table;
}

/// A falling and a rare series, with years of zero.
inline void add_invented_trends(registry::RateTable& table) {
    using namespace registry;
    for (auto const* sex : {"male", "female"}) {
        bool const rare = std::string(sex) == "female";
        TrendResult trend;
        trend.stratum = {"Registry A", sex, "Stomach", "C16", "2001-2015", 2001, 2015};
        trend.standard = table.standards.front();
        trend.has_result = true;
        trend.eapc_percent = rare ? -1.1 : -3.2;
        trend.eapc_interval = rare ? Interval{-6.4, 4.5} : Interval{-3.9, -2.5};
        for (int year = 2001; year <= 2015; ++year) {
            double const fitted = (rare ? 3.0 : 30.0) * std::pow(1 + trend.eapc_percent / 100, year - 2001);
            bool const zero = rare && (year == 2006 || year == 2011);
            double const rate = zero ? 0 : fitted * (1 + 0.1 * std::sin(7.0 * year) * (rare ? 4 : 1));
            double const error = rare ? 0.45 : 0.12;
            trend.points.push_back(
                {year, rare ? 3.0 : 120.0, rate,
                 zero ? Interval{0, 3.1} : Interval{rate * (1 - error), rate * (1 + 1.2 * error)}, !zero,
                 fitted});
        }
        trend.years_used = rare ? 13 : 15;
        trend.years_zero = rare ? 2 : 0;
        table.trends.push_back(trend);
    }
}

inline void add_invented_comparisons(registry::RateTable& table) {
    using namespace registry;
    Stratum men{"Registry A", "male", "Stomach", "C16", "2020", 2020, 2020}, women = men;
    women.sex = "female";
    table.comparisons.push_back({"sex",
                                 men,
                                 women,
                                 table.standards.front(),
                                 30,
                                 17,
                                 1.76,
                                 {"lognormal", {1.4, 2.2}},
                                 0.0001,
                                 13,
                                 {"normal", {8, 18}},
                                 0.0002});
    table.comparisons.push_back({"sex",
                                 women,
                                 men,
                                 table.standards.front(),
                                 17,
                                 17.2,
                                 0.99,
                                 {"lognormal", {0.7, 1.4}},
                                 0.95,
                                 -0.2,
                                 {"normal", {-5, 5}},
                                 0.94});
    table.sirs.push_back({men, "Registry B", 44, 51.2, 0.86, {"byar", {0.62, 1.15}}, 0.34});
    table.sirs.push_back({women, "Registry B", 0, 4.1, 0, {"byar", {0, 0.9}}, 0.03});
}

} // namespace beamwright::test
