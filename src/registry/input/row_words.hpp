/// Words that rows of registry tables use for sex and period.
#pragma once
#include "registry/input/count_table.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace beamwright::registry {

/// "male", "female" or "both" from 1, m, male, men, 2, f, female, women, both, persons, total, ...
std::optional<std::string> sex_from_text(std::string_view text);

/// First and last year of "2012" or "2013-2017"; (0, 0) of an empty text.
std::optional<std::pair<int, int>> years_from_text(std::string_view text);
std::string period_text(std::pair<int, int> years);

/// "Shanghai, male, Breast, 2012"
std::string in_words(Stratum const& stratum);

/// What spreadsheets make of the age groups 5-9 and 10-14: "9-May", "Oct-14".
bool looks_like_a_date(std::string_view text);

} // namespace beamwright::registry
