/// The other outside tables, row by row: limits of counts, indirect standardization, two Chinese registries, trends.
#include "reference_table.hpp"
#include "registry/input/pooling.hpp"
#include "registry/rates/compare.hpp"
#include "registry/rates/distributions.hpp"
#include "registry/rates/rates.hpp"
#include "registry/rates/standardize.hpp"
#include "registry/trend/eapc.hpp"
#include "support.hpp"

namespace beamwright::registry {
namespace {

using test::number;

/// Relative size of the last of ten printed digits, for tables without a tolerance.
double last_digit(double value) { return 6e-10 * std::abs(value) + 1e-12; }

AgeGroup five_years(int index_from_0) {
    return {5 * index_from_0, index_from_0 == 17 ? AgeGroup::open : 5 * index_from_0 + 4};
}

TEST(ReferenceTables, limits_of_counts) {
    BW_NEEDS_SHARED(shared);
    test::Tally tally("poisson_count_limits.csv");
    double const z = normal_quantile(0.975);
    for (auto const& row : test::rows_of(shared / "reference/registry/poisson_count_limits.csv")) {
        double const count = number(row.at("count"));
        auto const both = [&](std::string const& column, Interval const& ours, std::string const& level) {
            for (bool const lower : {true, false}) {
                auto const name = column + (lower ? "_lower" : "_upper") + level;
                double const theirs = number(row.at(name));
                tally.compare(lower ? ours.lower : ours.upper, theirs, last_digit(theirs),
                              name + " of " + row.at("count"));
            }
        };
        both("garwood", count_limits(count, CountMethod::exact, 0.95), "95");
        both("garwood", count_limits(count, CountMethod::exact, 0.998), "99.8");
        both("byar", count_limits(count, CountMethod::byar, 0.95), "95");
        both("normal", count_limits(count, CountMethod::normal, 0.95), "95");
        // A different formula under Byar's name: count + 0.5 at both ends. No method of ours.
        double const half = count + 0.5;
        auto const variant = [&](double side) {
            double const root = 1 - 1 / (9 * half) + side * z / (3 * std::sqrt(half));
            return half * root * root * root;
        };
        both("epitools_byar_variant", {variant(-1), variant(1)}, "95");
        tally.note_declined();
        tally.note_declined();
    }
    EXPECT_EQ(tally.compared(), 17 * 10);
}

TEST(ReferenceTables, byar_limits_as_printed) {
    BW_NEEDS_SHARED(shared);
    test::Tally tally("byar_phe_printed.csv");
    for (auto const& row : test::rows_of(shared / "reference/registry/byar_phe_printed.csv")) {
        auto const ours =
            count_limits(number(row.at("count")), CountMethod::byar, number(row.at("confidence")));
        if (row.at("lower").empty()) {
            // That package gives nothing where the cube's root is negative; ours is zero (methods page, section 3)
            tally.compare(ours.lower, 0, 0, "lower limit below zero");
        } else {
            tally.compare(ours.lower, number(row.at("lower")), 1e-12 * ours.lower,
                          "lower of " + row.at("count"));
        }
        tally.compare(ours.upper, number(row.at("upper")), 1e-12 * ours.upper, "upper of " + row.at("count"));
    }
    EXPECT_EQ(tally.compared(), 10);
}

TEST(ReferenceTables, indirect_standardization) {
    BW_NEEDS_SHARED(shared);
    auto const folder = shared / "reference/registry";
    std::vector<AgeCount> study, reference;
    for (auto const& row : test::rows_of(folder / "indirect_smr_input.csv")) {
        auto const age = age_from_text(row.at("label"))->group;
        reference.push_back(
            {age, number(row.at("reference_count")), number(row.at("reference_population")), 0});
        study.push_back({age, 0, number(row.at("study_population")), 0});
    }
    test::Tally tally("indirect_smr_printed.csv");
    double const expected = expected_cases(study, reference);
    for (auto const& row : test::rows_of(folder / "indirect_smr_printed.csv")) {
        ASSERT_EQ(row.at("method"), "Byar");
        auto const ours = sir_of(number(row.at("observed")), expected, CountMethod::byar, 0.95);
        tally.compare(ours.expected, number(row.at("expected")), 1e-12 * expected, "expected");
        tally.compare(ours.ratio, number(row.at("ratio")), 1e-12, "ratio");
        tally.compare(ours.interval.interval.lower, number(row.at("lower95")), 1e-12, "lower");
        tally.compare(ours.interval.interval.upper, number(row.at("upper95")), 1e-12, "upper");
    }
}

TEST(ReferenceTables, two_chinese_registries) {
    BW_NEEDS_SHARED(shared);
    auto const folder = shared / "reference/registry";
    std::map<std::string, CountStratum> strata;
    auto const key = [](test::Row const& row) {
        return row.at("registry") + "|" + row.at("cancer") + "|" + row.at("sex_1male_2female");
    };
    for (auto const& row : test::rows_of(folder / "china_ci5xii_age_specific.csv")) {
        auto& stratum = strata[key(row)];
        int const index = static_cast<int>(number(row.at("age_group_1to18_19unknown"))) - 1;
        double const cases = number(row.at("cases"));
        if (index == 18) {
            stratum.cases_unknown_age += cases;
        } else {
            stratum.ages.push_back({five_years(index), cases, number(row.at("person_years")), 0});
        }
    }
    RateOptions options;
    for (auto const* const name : {"segi", "who", "china_1964", "china_1982", "china_2000", "china_2010"}) {
        options.standards.push_back(find_standard(name, shipped_standards()));
    }
    CountLimits const limits(0.95, 10);
    test::Tally tally("china_ci5xii_expected.csv");
    for (auto const& row : test::rows_of(folder / "china_ci5xii_expected.csv")) {
        auto const ours = rates_of(strata.at(key(row)), {}, options, limits);
        auto const same = [&](std::string const& column, double value) {
            double const theirs = number(row.at(column));
            // nine printed digits
            tally.compare(value, theirs, 6e-9 * std::abs(theirs), key(row) + " " + column);
        };
        same("cases_total", ours.cases);
        same("cases_unknown_age", ours.cases_unknown_age);
        same("person_years", ours.person_years);
        same("crude_per_100000", ours.crude.rate_per_100000);
        auto const& segi = ours.standardized[0];
        same("asr_segi_per_100000", segi.all_ages.rate_per_100000);
        same("asr_segi_se_poisson", segi.all_ages.se_per_100000);
        same("asr_who_per_100000", ours.standardized[1].all_ages.rate_per_100000);
        same("asr_china1964_per_100000", ours.standardized[2].all_ages.rate_per_100000);
        same("asr_china1982_per_100000", ours.standardized[3].all_ages.rate_per_100000);
        same("asr_china2000_per_100000", ours.standardized[4].all_ages.rate_per_100000);
        same("asr_china2010_per_100000", ours.standardized[5].all_ages.rate_per_100000);
        same("truncated_35_64_segi_per_100000", segi.truncated_35_64->rate_per_100000);
        same("cum_rate_0_64_pct", ours.cumulative_0_64->rate_percent);
        same("cum_rate_0_74_pct", ours.cumulative_0_74->rate_percent);
        same("cum_risk_0_74_pct", ours.cumulative_0_74->risk_percent);
        // Rcan rounds to two decimals and takes the binomial variance: at most 0.02 apart at 570 per 100,000
        tally.compare(segi.all_ages.rate_per_100000, number(row.at("asr_segi_Rcan_2dp")), 0.0051,
                      key(row) + " Rcan ASR");
        tally.compare(segi.all_ages.se_per_100000, number(row.at("asr_se_Rcan_2dp")), 0.0251,
                      key(row) + " Rcan SE");
    }
    EXPECT_EQ(tally.compared(), 22 * 17);
}

TEST(ReferenceTables, trends) {
    BW_NEEDS_SHARED(shared);
    auto const folder = shared / "reference/registry";
    std::map<std::string, std::vector<TrendPoint>> series;
    for (auto const& row : test::rows_of(folder / "eapc_series.csv")) {
        TrendPoint point;
        point.year = static_cast<int>(number(row.at("year")));
        point.rate_per_100000 = number(row.at("asr_segi_per_100000"));
        series[row.at("series")].push_back(point);
    }
    test::Tally tally("eapc_expected.csv");
    for (auto const& row : test::rows_of(folder / "eapc_expected.csv")) {
        auto const& name = row.at("series");
        auto const t = eapc(series.at(name), {0.95, TrendQuantile::t, ZeroYears::drop});
        auto const normal = eapc(series.at(name), {0.95, TrendQuantile::normal, ZeroYears::drop});
        auto const same = [&](std::string const& column, double value) {
            double const theirs = number(row.at(column));
            tally.compare(value, theirs, 1e-10 * (1 + std::abs(theirs)), name + " " + column);
        };
        same("first_year", t.points.front().year);
        same("last_year", t.points.back().year);
        same("years_used", t.years_used);
        same("years_with_zero_rate_dropped", t.years_zero);
        same("eapc_percent", t.eapc_percent);
        same("lower95_normal_quantile_as_stored_by_Rcan", normal.eapc_interval.lower);
        same("upper95_normal_quantile_as_stored_by_Rcan", normal.eapc_interval.upper);
        same("slope", t.slope);
        same("slope_se", t.slope_se);
        same("lower95_t_quantile_SEER_rule_computed", t.eapc_interval.lower);
        same("upper95_t_quantile_SEER_rule_computed", t.eapc_interval.upper);
        double const theirs = number(row.at("p_value_t"));
        tally.compare(t.p_value, theirs, 1e-6 * theirs, name + " p value");
        auto const seer = eapc(series.at(name), {0.95, TrendQuantile::t, ZeroYears::none});
        EXPECT_EQ(seer.has_result, t.years_zero == 0);
    }
    EXPECT_EQ(tally.compared(), 8 * 12);
}

/// Cases by year and age give the stored yearly rates of Shanghai.
TEST(ReferenceTables, yearly_rates_of_shanghai) {
    BW_NEEDS_SHARED(shared);
    auto const folder = shared / "reference/registry";
    std::map<std::pair<std::string, std::string>, CountStratum> strata; // sex, year
    for (auto const& row : test::rows_of(folder / "china_shanghai_liver_by_year_age.csv")) {
        auto& stratum = strata[{row.at("sex_1male_2female"), row.at("year")}];
        int const low_y = static_cast<int>(number(row.at("age_low_y_99unknown")));
        double const cases = number(row.at("cases_liver_C22"));
        if (low_y == 99) {
            stratum.cases_unknown_age += cases;
        } else {
            stratum.ages.push_back({five_years(low_y / 5), cases, number(row.at("person_years")), 0});
        }
    }
    RateOptions options;
    options.standards = {find_standard("segi", shipped_standards())};
    test::Tally tally("eapc_series.csv, Shanghai");
    for (auto const& row : test::rows_of(folder / "eapc_series.csv")) {
        if (!row.at("series").starts_with("China, Shanghai|")) {
            continue;
        }
        auto const sex = row.at("series").ends_with("|male") ? "1" : "2";
        auto stratum = strata.at({sex, row.at("year")});
        pool_empty_end(stratum.ages);
        auto const ours = rates_of(stratum, {}, options, CountLimits(0.95, 10));
        tally.compare(ours.cases, number(row.at("cases")), 0, row.at("year") + " cases");
        tally.compare(ours.person_years, number(row.at("person_years")), 0, row.at("year") + " person-years");
        tally.compare(ours.standardized[0].all_ages.rate_per_100000, number(row.at("asr_segi_per_100000")),
                      0.00501, row.at("year") + " ASR");
    }
    EXPECT_EQ(tally.compared(), 40 * 3);
}

TEST(ReferenceTables, quality_indicators) {
    BW_NEEDS_SHARED(shared);
    test::Tally tally("quality_indicator_examples.csv");
    auto const rows = test::rows_of(shared / "reference/registry/quality_indicator_examples.csv");
    for (auto const& row : rows) {
        auto const count = [&](std::string const& column) {
            return row.at(column).empty() ? 0 : number(row.at(column));
        };
        CountStratum counts;
        counts.ages = {{{0, AgeGroup::open}, count("cases"), 1e9, count("deaths")}};
        counts.basis.microscopic = count("mv_cases");
        counts.basis.death_certificate_only = count("dco_cases");
        counts.basis.clinical = 30 + 41 + 5 + 2; // basis 1 to 4 of the example's text
        counts.basis.unknown = 12;
        auto const q = rates_of(counts, {true, true, true, true, true}, {}, CountLimits(0.95, 10)).quality;
        std::map<std::string, double> const ours{{"MV", *q.microscopically_verified_percent},
                                                 {"DCO", *q.death_certificate_only_percent},
                                                 {"CLIN", *q.clinical_percent},
                                                 {"UNK_BASIS", *q.unknown_basis_percent},
                                                 {"M_I", *q.mortality_to_incidence}};
        auto const& name = row.at("expected");
        ASSERT_EQ(ours.count(name), 1U) << "no indicator of ours: " << name;
        bool const printed = row.at("mark") == "P"; // two decimals
        tally.compare(ours.at(name), number(row.at("value")), printed ? 0.005 : 1e-12,
                      row.at("case") + " " + name);
    }
    EXPECT_EQ(tally.compared(), static_cast<int>(rows.size()));
}

/// The shipped standards are the tables they were built from, group by group.
TEST(ReferenceTables, standard_populations) {
    BW_NEEDS_SHARED(shared);
    std::map<std::string, std::string> const columns{
        {"segi_world_1960", "segi_world_1960_per_100000"}, {"who_2000_2025", "who_2000_2025_pct"},
        {"european_1976", "european_1976_per_100000"},     {"european_2013", "european_2013_per_100000"},
        {"nordic_2000", "nordic_2000_per_100000"},         {"us_2000", "us_2000_population"},
        {"china_1964", "china_1964_per_million"},          {"china_1982", "china_1982_per_million"},
        {"china_2000", "china_2000_population"},           {"china_2010", "china_2010_population"}};
    std::vector<AgeCount> groups;
    for (int i = 0; i < 18; ++i) {
        groups.push_back({five_years(i), 0, 1, 0});
    }
    test::Tally tally("standard_populations_18.csv");
    auto const rows = test::rows_of(shared / "reference/registry/standard_populations_18.csv");
    for (auto const& standard : shipped_standards()) {
        auto const folded = common_groups(groups, standard);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            double const theirs = number(rows[i].at(columns.at(standard.name)));
            tally.compare(folded[i].weight, theirs, 1e-15 * theirs * 10,
                          standard.name + " " + folded[i].age.label());
        }
    }
    EXPECT_EQ(tally.compared(), 10 * 18);
}

} // namespace
} // namespace beamwright::registry
