/// Relations that hold without reference numbers: folding, scaling, zero counts, unknown ages, ratios, trends.
#include "registry/input/pooling.hpp"
#include "registry/rates/compare_table.hpp"
#include "registry/rates/distributions.hpp"
#include "registry/rates/rates.hpp"
#include "registry/rates/standardize.hpp"
#include "registry/trend/series.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace beamwright::registry {
namespace {

/// Eighteen groups of made-up counts.
std::vector<AgeCount> ages(double factor = 1) {
    std::vector<AgeCount> out;
    for (int i = 0; i < 18; ++i) {
        int const low = 5 * i;
        out.push_back(
            {{low, i == 17 ? AgeGroup::open : low + 4}, std::round(factor * i * i), 20000.0 - 1000 * i, 0});
    }
    return out;
}

double asr(std::vector<AgeCount> const& groups, StandardPopulation const& standard) {
    return standardized_sum(common_groups(groups, standard)).sum();
}

TEST(Standards, are_whole_and_known_by_name) {
    auto const all = shipped_standards();
    ASSERT_EQ(all.size(), 10U);
    for (auto const& standard : all) {
        EXPECT_EQ(find_standard(standard.name, all).title, standard.title);
        EXPECT_EQ(standard.parts.front().age.low_y, 0);
        EXPECT_TRUE(standard.parts.back().age.is_open());
        EXPECT_FALSE(standard.source.empty());
        EXPECT_FALSE(standard.trust.empty());
        EXPECT_EQ(common_groups(ages(), standard).size(), 18U) << standard.name;
    }
    try {
        find_standard("segy", all);
        ADD_FAILURE() << "accepted";
    } catch (Refusal const& refused) {
        EXPECT_THAT(refused.problem, testing::HasSubstr("unknown standard population 'segy'"));
        EXPECT_THAT(refused.what_to_do, testing::HasSubstr("segi"));
    }
}

/// A split of a group whose parts have the group's rate changes nothing; nor does another unit of the weights.
TEST(Standardizing, folding_never_changes_a_rate) {
    for (auto const& standard : shipped_standards()) {
        auto const whole = ages();
        auto split = whole;
        split[0].age.high_y = 0;
        split[0].person_years *= 0.25;
        split[0].cases *= 0.25;
        AgeCount rest{
            {1, 4}, whole[0].cases - split[0].cases, whole[0].person_years - split[0].person_years, 0};
        split.insert(split.begin() + 1, rest);
        double const expected = asr(whole, standard);
        EXPECT_NEAR(asr(split, standard), expected, 1e-14 * expected) << standard.name;
        auto other_unit = standard;
        for (auto& part : other_unit.parts) {
            part.weight *= 7;
        }
        EXPECT_NEAR(asr(whole, other_unit), expected, 1e-14 * expected);
    }
}

TEST(Standardizing, a_constant_rate_is_the_standardized_rate_and_weights_of_the_table_give_the_crude_one) {
    auto flat = ages();
    StandardPopulation own{"own", "", "", "", {}, {}};
    for (auto& group : flat) {
        group.cases = group.person_years * 1e-3;
        own.parts.push_back({group.age, group.person_years});
    }
    for (auto const& standard : shipped_standards()) {
        EXPECT_NEAR(asr(flat, standard), 1e-3, 1e-16);
    }
    auto const uneven = ages();
    EXPECT_NEAR(asr(uneven, own), crude_sum(uneven, 0).sum(), 1e-17);
}

TEST(Standardizing, wider_groups_fold_the_standard) {
    std::vector<AgeCount> const wide{{{0, 14}, 1, 100, 0},
                                     {{15, 34}, 2, 100, 0},
                                     {{35, 64}, 3, 100, 0},
                                     {{65, 74}, 4, 100, 0},
                                     {{75, AgeGroup::open}, 5, 100, 0}};
    auto const segi = find_standard("segi", shipped_standards());
    auto const groups = common_groups(wide, segi);
    ASSERT_EQ(groups.size(), 5U);
    EXPECT_DOUBLE_EQ(groups[0].weight, 31000);
    EXPECT_DOUBLE_EQ(groups[2].weight, 31000); // 35 to 64
    EXPECT_DOUBLE_EQ(groups[4].weight, 2000);
    EXPECT_DOUBLE_EQ(truncated_sum(groups, 35, 64)->sum(), 0.03);
    EXPECT_FALSE(truncated_sum(groups, 30, 64));
    EXPECT_DOUBLE_EQ(cumulative_sum(wide, 74)->sum(), 0.15 + 0.4 + 0.9 + 0.4);
    EXPECT_FALSE(cumulative_sum(wide, 69));
}

/// 75+, 80+ and 85+: cases and weights are pooled, so the answer is that of a table that ended there.
TEST(Standardizing, open_group_is_pooled_in_cases_and_weights) {
    auto const segi = find_standard("segi", shipped_standards());
    for (int const from : {75, 80, 85}) {
        auto pooled = ages();
        ASSERT_TRUE(pool_from(pooled, from));
        auto const groups = common_groups(pooled, segi);
        EXPECT_EQ(groups.back().age.low_y, from);
        EXPECT_DOUBLE_EQ(groups.back().weight, from == 75 ? 2000 : from == 80 ? 1000 : 500);
    }
    auto open = ages();
    EXPECT_FALSE(pool_from(open, 77));
    // No person-years above 80: what Rcan does with South Australia
    auto ends = ages();
    ends[17].person_years = 0;
    EXPECT_TRUE(pool_empty_end(ends));
    EXPECT_EQ(ends.back().age.label(), "80+");
    EXPECT_EQ(ends.back().cases, 16 * 16 + 17 * 17);
}

TEST(Intervals, zero_counts_give_finite_intervals_by_every_method) {
    WeightedSum sum;
    sum.add(2e-6, 0);
    sum.add(5e-6, 0);
    for (auto const& name : interval_method_names()) {
        auto const [used, limits] = interval_of(sum, interval_method(name), 0.95);
        EXPECT_EQ(limits.lower, 0) << name;
        EXPECT_GT(limits.upper, 0) << name;
        EXPECT_LT(limits.upper, 5e-6 * 3.69) << name; // no more than the exact limit at the largest weight
    }
    EXPECT_EQ(interval_of(sum, IntervalMethod::normal, 0.95).method, "gamma");
    EXPECT_NEAR(interval_of(sum, IntervalMethod::gamma, 0.95).interval.upper, 5e-6 * -std::log(0.025), 1e-18);
}

/// With one weight a weighted sum is a count: gamma is Garwood's interval, mid-p the mid-p of the count.
TEST(Intervals, one_weight_is_the_interval_of_the_count) {
    for (double const count : {1.0, 7.0, 250.0, 40000.0}) {
        WeightedSum sum;
        sum.add(1e-5, count);
        for (auto const& [method, of_count] : {std::pair{IntervalMethod::gamma, CountMethod::exact},
                                               std::pair{IntervalMethod::tiwari, CountMethod::exact},
                                               std::pair{IntervalMethod::dobson_exact, CountMethod::exact},
                                               std::pair{IntervalMethod::dobson_byar, CountMethod::byar},
                                               std::pair{IntervalMethod::midp, CountMethod::midp}}) {
            auto const ours = interval_of(sum, method, 0.9).interval;
            auto const limits = count_limits(count, of_count, 0.9);
            EXPECT_NEAR(ours.lower, 1e-5 * limits.lower, 1e-10 * ours.lower) << method_name(method) << count;
            EXPECT_NEAR(ours.upper, 1e-5 * limits.upper, 1e-10 * ours.upper) << method_name(method) << count;
        }
    }
}

/// The definition itself: the tail of a Poisson distribution at its exact limit is the tail asked for.
TEST(Intervals, exact_limits_have_the_tail_asked_for) {
    for (int const count : {1, 4, 30}) {
        auto const limits = count_limits(count, CountMethod::exact, 0.95);
        auto const at_most = [](int k, double mean) {
            double term = std::exp(-mean), sum = term;
            for (int i = 1; i <= k; ++i) {
                sum += term *= mean / i;
            }
            return sum;
        };
        EXPECT_NEAR(at_most(count, limits.upper), 0.025, 1e-12);
        EXPECT_NEAR(1 - at_most(count - 1, limits.lower), 0.025, 1e-12);
    }
}

TEST(Rates, unknown_ages_raise_the_standardized_rate_and_count_in_the_crude_one) {
    CountStratum counts;
    counts.ages = ages();
    RateOptions options;
    options.standards = {find_standard("segi", shipped_standards())};
    CountLimits const limits(0.95, 10);
    auto const without = rates_of(counts, {}, options, limits);
    counts.cases_unknown_age = 0.1 * without.cases;
    auto const with = rates_of(counts, {}, options, limits);
    EXPECT_DOUBLE_EQ(with.unknown_age_factor, 1.1);
    auto const ratio = [&](auto const& of) { return of(with) / of(without); };
    EXPECT_NEAR(ratio([](auto const& r) { return r.standardized[0].all_ages.rate_per_100000; }), 1.1, 1e-14);
    EXPECT_NEAR(ratio([](auto const& r) { return r.standardized[0].all_ages.intervals[0].interval.upper; }),
                1.1, 1e-14);
    EXPECT_NEAR(ratio([](auto const& r) { return r.cumulative_0_74->rate_percent; }), 1.1, 1e-14);
    EXPECT_NEAR(ratio([](auto const& r) { return r.crude.rate_per_100000; }), 1.1, 1e-14);
    options.unknown_age = UnknownAge::ignore;
    auto const ignored = rates_of(counts, {}, options, limits);
    EXPECT_EQ(ignored.standardized[0].all_ages.rate_per_100000,
              without.standardized[0].all_ages.rate_per_100000);
    EXPECT_EQ(ignored.crude.rate_per_100000, with.crude.rate_per_100000);
}

TEST(Rates, quality_indicators) {
    // Made-up counts: 500 cases, 398 with microscopy, 12 from death certificates alone, 78 clinical, 12 unknown
    CountStratum counts;
    counts.ages = {{{0, AgeGroup::open}, 490, 1e5, 300}};
    counts.cases_unknown_age = 10;
    counts.deaths_unknown_age = 10;
    counts.basis = {398, 12, 78, 12};
    RateOptions options;
    auto const q = rates_of(counts, {true, true, true, true, true}, options, CountLimits(0.95, 10)).quality;
    EXPECT_DOUBLE_EQ(*q.microscopically_verified_percent, 79.6);
    EXPECT_DOUBLE_EQ(*q.death_certificate_only_percent, 2.4);
    EXPECT_DOUBLE_EQ(*q.clinical_percent, 15.6);
    EXPECT_DOUBLE_EQ(*q.unknown_basis_percent, 2.4);
    EXPECT_DOUBLE_EQ(*q.mortality_to_incidence, 0.62);
    EXPECT_DOUBLE_EQ(*q.unknown_age_percent, 2);
    EXPECT_FALSE(
        rates_of(counts, {}, options, CountLimits(0.95, 10)).quality.microscopically_verified_percent);
}

WeightedSum one(double count, double years) {
    WeightedSum sum;
    sum.add(1 / years, count);
    return sum;
}

/// With one stratum each, Fay's interval is the exact conditional interval of two Poisson counts (Clopper-Pearson).
TEST(Comparison, f_interval_of_two_counts_is_the_exact_one) {
    double const x = 12, y = 20, n = 1000, m = 3000;
    auto const ours = compare_sums(one(x, n), one(y, m), RatioMethod::f, 0.95).ratio_interval.interval;
    double const low = beta_quantile(x, y + 1, 0.025), high = beta_quantile(x + 1, y, 0.975);
    EXPECT_NEAR(ours.lower, low / (1 - low) * m / n, 1e-10);
    EXPECT_NEAR(ours.upper, high / (1 - high) * m / n, 1e-10);
}

TEST(Comparison, tests_and_intervals_say_the_same) {
    for (auto const method : {RatioMethod::lognormal, RatioMethod::power, RatioMethod::f}) {
        auto const c = compare_sums(one(30, 1000), one(60, 1000), method, 0.95);
        EXPECT_NEAR(c.ratio, 0.5, 1e-12);
        // At the confidence 1 - p the interval just touches 1
        auto const touching = compare_sums(one(30, 1000), one(60, 1000), method, 1 - c.ratio_p);
        EXPECT_NEAR(touching.ratio_interval.interval.upper, 1, 1e-9) << ratio_method_name(method);
        auto const turned = compare_sums(one(60, 1000), one(30, 1000), method, 0.95);
        EXPECT_NEAR(turned.ratio_interval.interval.lower, 1 / c.ratio_interval.interval.upper, 1e-10);
        EXPECT_NEAR(turned.ratio_p, c.ratio_p, 1e-10);
    }
    auto const same = compare_sums(one(30, 1000), one(30, 1000), RatioMethod::power, 0.95);
    EXPECT_EQ(same.ratio, 1);
    EXPECT_NEAR(same.ratio_p, 1, 1e-12);
    EXPECT_GT(same.ratio_interval.interval.upper, 1.4);
}

TEST(Comparison, zero_counts) {
    auto const none = compare_sums(one(0, 1000), one(5, 1000), RatioMethod::lognormal, 0.95);
    EXPECT_EQ(none.ratio, 0);
    EXPECT_EQ(none.ratio_interval.method, "f");
    EXPECT_EQ(none.ratio_interval.interval.lower, 0);
    EXPECT_LT(none.ratio_interval.interval.upper, 2);
    EXPECT_LT(none.difference_interval.interval.lower, none.difference_per_100000);
    EXPECT_GT(none.difference_interval.interval.upper, none.difference_per_100000);
    EXPECT_TRUE(std::isinf(compare_sums(one(5, 1000), one(0, 1000), RatioMethod::f, 0.95).ratio));
    auto const nothing = compare_sums(one(0, 1000), one(0, 1000), RatioMethod::f, 0.95);
    EXPECT_TRUE(std::isnan(nothing.ratio));
    EXPECT_EQ(nothing.ratio_p, 1);
    EXPECT_TRUE(std::isfinite(nothing.difference_interval.interval.upper));
}

TEST(Comparison, a_registry_against_its_own_rates_has_a_ratio_of_one) {
    CountTable table;
    for (auto const* const name : {"Oldtown", "Newtown"}) {
        CountStratum counts;
        counts.stratum = {name, "male", "Breast", "C50", "2012", 2012, 2012};
        counts.ages = ages(std::string(name) == "Oldtown" ? 1 : 2);
        table.strata.push_back(counts);
    }
    EXPECT_NEAR(expected_cases(table.strata[0].ages, table.strata[0].ages), 17 * 18 * 35 / 6.0, 1e-9);
    RateOptions options;
    auto const sirs = sir_table(table, "Oldtown", CountMethod::exact, options);
    ASSERT_EQ(sirs.size(), 1U);
    EXPECT_NEAR(sirs[0].ratio, 2, 1e-12);
    EXPECT_LT(sirs[0].p_value, 1e-100);
    auto const compared =
        compare_table(table, CompareBy::registry, "", find_standard("segi", shipped_standards()),
                      RatioMethod::lognormal, options);
    ASSERT_EQ(compared.size(), 1U);
    EXPECT_EQ(compared[0].first.registry, "Newtown");
    EXPECT_NEAR(compared[0].ratio, 2, 1e-12);
    EXPECT_THROW(compare_table(table, CompareBy::sex, "", find_standard("segi", shipped_standards()),
                               RatioMethod::lognormal, options),
                 Refusal);
    EXPECT_THROW(sir_table(table, "Oldtwn", CountMethod::exact, options), Refusal);
}

TEST(Trend, an_exact_exponential_is_found_and_zero_years_are_said) {
    std::vector<TrendPoint> points;
    for (int year = 2000; year < 2010; ++year) {
        TrendPoint point;
        point.year = year;
        point.rate_per_100000 = year == 2004 ? 0 : 10 * std::pow(1.03, year - 2000);
        points.push_back(point);
    }
    auto const dropped = eapc(points, {});
    EXPECT_TRUE(dropped.has_result);
    EXPECT_NEAR(dropped.eapc_percent, 3, 1e-10);
    EXPECT_EQ(dropped.years_zero, 1);
    EXPECT_FALSE(dropped.points[4].used);
    EXPECT_NEAR(dropped.points[4].fitted_per_100000, 10 * std::pow(1.03, 4), 1e-9);
    auto const none = eapc(points, {0.95, TrendQuantile::t, ZeroYears::none});
    EXPECT_FALSE(none.has_result);
    EXPECT_EQ(none.why_none, "1 years have a rate of zero");
    points.resize(2);
    EXPECT_FALSE(eapc(points, {}).has_result);
    // All rates alike: no change, no doubt
    for (auto& point : points) {
        point.rate_per_100000 = 5;
    }
    points.push_back({2002, 0, 5, {}, true, 0});
    EXPECT_NEAR(eapc(points, {}).eapc_percent, 0, 1e-12);
}

} // namespace
} // namespace beamwright::registry
