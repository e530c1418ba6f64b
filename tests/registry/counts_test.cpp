// Counts per day and minute, and as the press of the 2012 report prints them.
#include "core/refusal.hpp"
#include "registry/counts.hpp"
#include "support.hpp"
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <string>

namespace beamwright::registry {
namespace {

TEST(Counts, of_the_2012_report_are_a_day_and_a_minute) {
    auto const rates = count_rates(3120000);
    EXPECT_NEAR(rates.per_day, 8547.945, 0.001); // 3,120,000 / 365
    EXPECT_NEAR(rates.per_minute, 5.93607, 1e-5);
    EXPECT_EQ(grouped(rates.per_year), "3,120,000");
    EXPECT_EQ(grouped(rates.per_day), "8,548");
    EXPECT_EQ(about(rates.per_day), "about 8,550");
    EXPECT_EQ(small_rate_in_words(rates.per_minute), "six");
    // "Every six minutes one person", as one newspaper had it, is wrong by a factor of 36
    EXPECT_EQ(interval_in_words(rates.seconds_between), "one every 10 seconds");
}

/// Each row: "N cases/year per day (365 d)", its value and the tolerance of its last digit.
TEST(Counts, agree_with_the_outside_rows) {
    BW_NEEDS_SHARED(shared);
    std::ifstream file(shared / "reference/registry/china_rate_consistency_expected.csv");
    int compared = 0;
    for (std::string line; std::getline(file, line);) {
        std::smatch part;
        if (std::regex_search(
                line, part,
                std::regex(R"((\d+) \w+/year per (day|minute)(?: \(365 d\))?,([\d.]+),[^,]*,([\d.e-]+))"))) {
            auto const rates = count_rates(std::stod(part[1]));
            EXPECT_NEAR(part[2] == "day" ? rates.per_day : rates.per_minute, std::stod(part[3]),
                        std::stod(part[4]))
                << line;
            ++compared;
        }
    }
    EXPECT_EQ(compared, 4); // the other two rows divide two printed figures: no function of ours
}

TEST(Counts, of_other_years_read_like_their_reports) {
    auto const rates = count_rates(3929000); // printed: more than 10,000 a day, 7.5 a minute
    EXPECT_EQ(about(rates.per_day), "about 10,800");
    EXPECT_EQ(small_rate_in_words(rates.per_minute), "7.5");
    EXPECT_EQ(small_rate_in_words(count_rates(2700000).per_minute), "5.1"); // not "five": 2.7 % off
}

TEST(Counts, of_a_leap_year_have_a_day_more) {
    EXPECT_EQ(days_in_year(2011), 365);
    EXPECT_EQ(days_in_year(2012), 366);
    EXPECT_EQ(days_in_year(1900), 365);
    EXPECT_EQ(days_in_year(2000), 366);
    EXPECT_DOUBLE_EQ(count_rates(366, 366).per_day, 1);
    EXPECT_THROW((void)days_in_year(12), Refusal);
    EXPECT_THROW((void)count_rates(100, 360), Refusal);
}

TEST(Counts, of_small_areas_are_said_in_longer_times) {
    EXPECT_EQ(interval_in_words(count_rates(36.5).seconds_between), "one every 10 days");
    EXPECT_EQ(interval_in_words(count_rates(1200).seconds_between), "one every 7.3 hours");
    EXPECT_EQ(interval_in_words(count_rates(60000).seconds_between), "one every 8.8 minutes");
    EXPECT_EQ(interval_in_words(count_rates(31536000.0).seconds_between), "one every 1 second");
    EXPECT_EQ(small_rate_in_words(0.0171), "0.017");
    EXPECT_EQ(small_rate_in_words(123.4), "123");
    EXPECT_EQ(about(437.6), "about 438");
}

TEST(Counts, say_the_share_of_all_deaths) {
    auto const one_in_seven = death_share(2700000, 20000000);
    EXPECT_DOUBLE_EQ(one_in_seven.share, 0.135);
    EXPECT_EQ(one_in_words(one_in_seven.one_in),
              "one in seven to eight"); // 7.41, as the 2012 report prints it
    EXPECT_EQ(one_in_words(5.04), "one in five");
    EXPECT_EQ(one_in_words(57.3), "one in 57");
    EXPECT_THROW((void)death_share(10, 9), Refusal);
    EXPECT_THROW((void)death_share(0, 9), Refusal);
}

TEST(Counts, of_nothing_are_refused) {
    EXPECT_THROW((void)count_rates(0), Refusal);
    EXPECT_THROW((void)count_rates(-5), Refusal);
    EXPECT_THROW((void)count_rates(std::numeric_limits<double>::quiet_NaN()), Refusal);
    EXPECT_THROW((void)count_rates(std::numeric_limits<double>::infinity()), Refusal);
}

} // namespace
} // namespace beamwright::registry
