/// Counts people understand: cases a year as cases a day and a minute, exact and as a newspaper prints them.
/// docs/methods/registry_demand.md, section Counts
#pragma once
#include <optional>
#include <string>

namespace beamwright::registry {

/// What a year's count is per shorter time.
struct CountRates {
    double per_year = 0;
    int days_in_year = 365;
    double per_day = 0, per_hour = 0, per_minute = 0;
    double seconds_between = 0; ///< from one case to the next
};

/// \param days_in_year 365, or 366 for a leap year. \throws Refusal on a count that is not positive and finite
CountRates count_rates(double per_year, int days_in_year = 365);

/// 365 or 366, Gregorian calendar. \throws Refusal outside 1583..9999
int days_in_year(int year);

/// Deaths from cancer among all deaths.
struct DeathShare {
    double share = 0;
    double one_in = 0; ///< 1 / share
};
/// \throws Refusal if a count is not positive or the part is greater than the whole
DeathShare death_share(double cancer_deaths, double all_deaths);

/// "3,120,000", "8,548"; rounded to a whole number.
std::string grouped(double value);
/// As a newspaper prints a count: three significant digits, "about 8,550"; below 1000 the whole number.
std::string about(double value);
/// A small rate: a word within 2 % of a whole number from one to twelve ("six"), else one decimal ("7.5"),
/// two significant digits below one ("0.017"), whole numbers from ten on.
std::string small_rate_in_words(double value);
/// "one in seven", or "one in seven to eight" where 1/share lies between whole numbers.
std::string one_in_words(double one_in);
/// "one every 10 seconds", "one every 4 minutes", "one every 3 hours", "one every 12 days".
std::string interval_in_words(double seconds);

} // namespace beamwright::registry
