#include "registry/counts.hpp"
#include "core/refusal.hpp"
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::registry {

namespace {

constexpr double minutes_per_day = 24 * 60;
/// How far a rate may be from a whole number and still be said as one; 5.936 is "six" (1.1 %), 5.14 is not "five".
constexpr double word_tolerance = 0.02;

constexpr std::array<char const*, 13> number_words{"zero", "one",    "two",   "three", "four",
                                                   "five", "six",    "seven", "eight", "nine",
                                                   "ten",  "eleven", "twelve"};

/// A whole number as a word up to twelve, in figures beyond.
std::string counted(double whole) {
    return whole >= 0 && whole <= 12 ? number_words[static_cast<std::size_t>(whole)] : grouped(whole);
}

double to_significant(double value, int digits) {
    double const unit = std::pow(10.0, std::floor(std::log10(value)) - (digits - 1));
    return std::round(value / unit) * unit;
}

void require_count(double value, char const* what) {
    if (!(value > 0) || !std::isfinite(value)) {
        refuse(fmt::format("{} is {}", what, value), "a count per year must be a number above 0",
               "give the number of the year, for example 3120000");
    }
}

} // namespace

CountRates count_rates(double per_year, int days) {
    require_count(per_year, "the count per year");
    if (days != 365 && days != 366) {
        refuse(fmt::format("a year of {} days", days), "a year has 365 days, a leap year 366",
               "give 365 or 366");
    }
    CountRates rates;
    rates.per_year = per_year;
    rates.days_in_year = days;
    rates.per_day = per_year / days;
    rates.per_hour = rates.per_day / 24;
    rates.per_minute = rates.per_day / minutes_per_day;
    rates.seconds_between = 60 / rates.per_minute;
    return rates;
}

int days_in_year(int year) {
    if (year < 1583 || year > 9999) {
        refuse(fmt::format("year {}", year), "the rule of leap years holds for 1583 to 9999",
               "give a year like 2012, or leave it out for 365 days");
    }
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 366 : 365;
}

DeathShare death_share(double cancer_deaths, double all_deaths) {
    require_count(cancer_deaths, "the number of deaths from cancer");
    require_count(all_deaths, "the number of all deaths");
    if (cancer_deaths > all_deaths) {
        refuse(
            fmt::format("{} deaths from cancer among {} deaths", grouped(cancer_deaths), grouped(all_deaths)),
            "a part cannot be greater than the whole", "check that both are of the same year and area");
    }
    return {cancer_deaths / all_deaths, all_deaths / cancer_deaths};
}

std::string grouped(double value) {
    std::string const digits = fmt::format("{:.0f}", value);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        std::size_t const left = digits.size() - i;
        if (i > 0 && left % 3 == 0 && digits[i - 1] != '-') {
            text += ',';
        }
        text += digits[i];
    }
    return text;
}

std::string about(double value) {
    return "about " + grouped(value < 1000 ? std::round(value) : to_significant(value, 3));
}

std::string small_rate_in_words(double value) {
    double const nearest = std::round(value);
    if (nearest >= 1 && nearest <= 12 && std::abs(value - nearest) <= word_tolerance * nearest) {
        return counted(nearest);
    }
    if (value >= 9.95) {
        return grouped(value);
    }
    return value >= 1 ? fmt::format("{:.1f}", value) : fmt::format("{:.2g}", value);
}

std::string one_in_words(double one_in) {
    double const nearest = std::round(one_in);
    if (std::abs(one_in - nearest) <= word_tolerance * nearest || one_in >= 20) {
        return "one in " + counted(nearest);
    }
    return fmt::format("one in {} to {}", counted(std::floor(one_in)), counted(std::ceil(one_in)));
}

std::string interval_in_words(double seconds) {
    struct Unit {
        double seconds;
        char const* one;
        char const* many;
    };
    constexpr std::array<Unit, 4> units{{{86400, "day", "days"},
                                         {3600, "hour", "hours"},
                                         {60, "minute", "minutes"},
                                         {1, "second", "seconds"}}};
    for (auto const& unit : units) {
        double const count = seconds / unit.seconds;
        if (count >= 1.95 || unit.seconds == 1) {
            double const shown = count >= 9.5 ? std::round(count) : to_significant(count, 2);
            return fmt::format("one every {:g} {}", shown, shown == 1 ? unit.one : unit.many);
        }
    }
    return {};
}

} // namespace beamwright::registry
