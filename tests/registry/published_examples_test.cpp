/// Published examples that may be typed here (few numbers, with their source); the long list is compared in
/// worked_examples_test.cpp where the outside data are there.
#include "registry/input/pooling.hpp"
#include "registry/rates/compare.hpp"
#include "registry/rates/rates.hpp"
#include "registry/rates/standardize.hpp"
#include "registry/trend/eapc.hpp"
#include <gtest/gtest.h>
#include <map>

namespace beamwright::registry {
namespace {

/// Down syndrome at birth order 5 and above, Michigan 1950-1964: Fleiss 1981 (Statistical Methods for Rates and
/// Proportions), table 14.4; used by Fay and Feuer 1997 (Stat. Med. 16, 791). Ages <20, 20-24, ..., 40+; standard: all
/// births.
WeightedSum down_syndrome() {
    std::vector<WeightedAge> const groups{
        {{0, 19}, 0, 327, 319933},       {{20, 24}, 8, 30666, 931318},
        {{25, 29}, 63, 123419, 786511},  {{30, 34}, 112, 149919, 488235},
        {{35, 39}, 262, 104088, 237863}, {{40, AgeGroup::open}, 295, 34392, 61313}};
    return standardized_sum(groups);
}

TEST(PublishedExamples, down_syndrome_by_every_method) {
    auto const sum = down_syndrome();
    EXPECT_NEAR(sum.sum() * 1e5, 75.52901, 5e-6);
    // The table of the R package dsrTest 1.0.0 (three decimals; two limits of gamma to five): half a last digit
    std::map<IntervalMethod, Interval> const printed{{IntervalMethod::gamma, {67.70212, 188.30017}},
                                                     {IntervalMethod::gamma_mean_weight, {67.702, 96.465}},
                                                     {IntervalMethod::gamma_middle_weight, {67.702, 130.933}},
                                                     {IntervalMethod::tiwari, {67.702, 112.858}},
                                                     {IntervalMethod::midp, {59.716, 173.082}},
                                                     {IntervalMethod::normal, {67.489, 83.569}},
                                                     {IntervalMethod::lognormal, {67.902, 84.012}},
                                                     {IntervalMethod::dobson_exact, {67.633, 83.867}},
                                                     {IntervalMethod::dobson_midp, {67.704, 83.790}},
                                                     {IntervalMethod::beta, {67.702, 83.778}},
                                                     {IntervalMethod::abc, {68.357, 84.616}}};
    for (auto const& [method, limits] : printed) {
        double const tolerance = method == IntervalMethod::gamma ? 5e-6 : 6e-4;
        auto const [used, ours] = interval_of(sum, method, 0.95);
        EXPECT_EQ(used, method_name(method));
        EXPECT_NEAR(ours.lower * 1e5, limits.lower, tolerance) << used;
        EXPECT_NEAR(ours.upper * 1e5, limits.upper, tolerance) << used;
    }
}

/// All cancers, black females 2000-2004, US 2000 standard: the tutorial "Calculating Age-adjusted Rates" of SEER*Stat
/// (National Cancer Institute, public domain), with the shipped standard.
TEST(PublishedExamples, seer_tutorial) {
    std::vector<double> const cases{29,   87,   67,   71,   87,   177,  290,  657,  1072, 1691,
                                    2428, 2931, 2881, 2817, 2817, 2744, 2634, 1884, 1705};
    std::vector<double> const years{139879, 553189, 736212, 770999, 651390, 639159, 676354,
                                    736557, 724826, 700200, 617437, 516541, 361170, 259440,
                                    206204, 172087, 142958, 99654,  92692};
    std::vector<double> const printed{20.7,   15.7,   9.1,    9.2,    13.4,  27.7,  42.9,
                                      89.2,   147.9,  241.5,  393.2,  567.4, 797.7, 1085.8,
                                      1366.1, 1594.5, 1842.5, 1890.5, 1839.4};
    CountStratum counts;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        int const low = i == 0 ? 0 : i == 1 ? 1 : 5 * (static_cast<int>(i) - 1);
        int const high = i == 0 ? 0 : i == 18 ? AgeGroup::open : i == 1 ? 4 : low + 4;
        counts.ages.push_back({{low, high}, cases[i], years[i], 0});
    }
    RateOptions options;
    options.standards = {find_standard("us_2000", shipped_standards())};
    auto const result = rates_of(counts, {}, options, CountLimits(0.95, 10));
    for (std::size_t i = 0; i < cases.size(); ++i) {
        EXPECT_NEAR(result.ages[i].rate_per_100000, printed[i], 0.0501) << result.ages[i].age.label();
    }
    // 400.3 and 395.5 to 405.2 follow from the printed table (computed by two programs outside)
    EXPECT_NEAR(result.standardized[0].all_ages.rate_per_100000, 400.30401, 1e-4);
    EXPECT_NEAR(result.standardized[0].all_ages.intervals[0].interval.lower, 395.45744, 1e-4);
    EXPECT_NEAR(result.standardized[0].all_ages.intervals[0].interval.upper, 405.19871, 1e-4);
}

/// Deaths of Alaska and Florida by sex and age (example of SAS procedure STDRATE, reprinted in the vignette of the R
/// package dsr 0.2.2): ratio, difference and their printed limits.
TEST(PublishedExamples, two_states) {
    std::vector<double> const standard{30854207, 40199647, 40945028, 19948630, 6106351,
                                       29399168, 38876268, 41881451, 22717040, 10494416};
    auto const sum_of = [&](std::vector<double> const& cases, std::vector<double> const& years) {
        std::vector<WeightedAge> groups;
        for (std::size_t i = 0; i < cases.size(); ++i) {
            groups.push_back({{0, 0}, cases[i], years[i], standard[i]});
        }
        return standardized_sum(groups);
    };
    auto const alaska = sum_of({37, 68, 206, 369, 556, 78, 181, 395, 555, 479},
                               {81205, 93662, 108615, 35139, 5491, 77203, 85412, 100386, 32118, 7701});
    auto const florida =
        sum_of({1189, 2962, 10279, 26354, 42443, 906, 1234, 5630, 18309, 53489},
               {1505889, 1972157, 2197912, 1383533, 554632, 1445831, 1870430, 2246737, 1612270, 868838});
    EXPECT_NEAR(alaska.sum() * 1000, 8.0693, 5.1e-5);
    EXPECT_NEAR(florida.sum() * 1000, 7.7342, 5.1e-5);
    auto const both = compare_sums(alaska, florida, RatioMethod::lognormal, 0.95);
    EXPECT_NEAR(both.ratio, 1.0433, 5.1e-5);
    EXPECT_NEAR(both.difference_per_100000 * 1000, 0.3351, 5.1e-5);
    EXPECT_NEAR(both.difference_interval.interval.lower * 1000, 0.0108, 5.1e-5);
    EXPECT_NEAR(both.difference_interval.interval.upper * 1000, 0.6594, 5.1e-5);
    // That package prints 1.0031 to 1.0835: ratio +- z se(log ratio), a slip. Ours is on the logarithm.
    EXPECT_NEAR(both.ratio_interval.interval.lower, 1.0021995, 1e-6);
    EXPECT_NEAR(both.ratio_interval.interval.upper, 1.0861421, 1e-6);
}

/// Exact limits of Poisson counts: Garwood 1936 (Biometrika 28, 437), as every table has them.
TEST(PublishedExamples, limits_of_counts) {
    for (auto const& [count, lower, upper] :
         {std::tuple{0.0, 0.0, 3.689}, std::tuple{1.0, 0.0253, 5.572}, std::tuple{5.0, 1.623, 11.668},
          std::tuple{10.0, 4.795, 18.390}, std::tuple{100.0, 81.364, 121.627}}) {
        auto const limits = count_limits(count, CountMethod::exact, 0.95);
        EXPECT_NEAR(limits.lower, lower, 5.1e-4);
        EXPECT_NEAR(limits.upper, upper, 5.1e-4);
    }
}

/// Indirect standardization with Byar's limits, as stored by the package PHEindicatormethods for these counts.
TEST(PublishedExamples, ratio_of_seen_to_expected) {
    auto const sir = sir_of(895, 835.8835612311743, CountMethod::byar, 0.95);
    EXPECT_NEAR(sir.ratio, 1.0707232939020275, 1e-12);
    EXPECT_NEAR(sir.interval.interval.lower, 1.0017147712553987, 1e-12);
    EXPECT_NEAR(sir.interval.interval.upper, 1.143233287249895, 1e-12);
}

} // namespace
} // namespace beamwright::registry
