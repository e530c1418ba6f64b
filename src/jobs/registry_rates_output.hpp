/// Rates as text for a person, as JSON and as CSV.
#pragma once
#include "core/json.hpp"
#include "registry/rates/results.hpp"
#include <string>

namespace beamwright {

/// A table for a terminal; of long ones the first part and what is left.
std::string rates_text(registry::RateTable const& rates);
Json rates_json(registry::RateTable const& rates);

std::string rates_csv(registry::RateTable const& rates);       ///< a row per series and standard
std::string ages_csv(registry::RateTable const& rates);        ///< a row per series and age group
std::string comparisons_csv(registry::RateTable const& rates); ///< ratios, differences and SIRs
std::string trends_csv(registry::RateTable const& rates);

} // namespace beamwright
