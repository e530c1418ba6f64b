/// Comparisons and indirect standardization over a whole table.
#pragma once
#include "registry/rates/compare.hpp"
#include <string>
#include <vector>

namespace beamwright::registry {

enum class CompareBy { sex, registry, year };
CompareBy compare_by(std::string const& name); ///< \throws Refusal listing the names
std::string compare_by_name(CompareBy by);

/// Series that are alike but for one word: each against the one whose word is `reference` (empty: "female" for sex,
/// else the first in the table). \throws Refusal if no series is called so or nothing can be compared
std::vector<ComparisonResult> compare_table(CountTable const& table, CompareBy by,
                                            std::string const& reference, StandardPopulation const& standard,
                                            RatioMethod method, RateOptions const& options);

/// Each series against the age-specific rates of the registry `reference`, for the same site, sex and period.
/// Cases of unknown age count as seen; the reference's rates are raised by its own unknown ages (as in `options`).
std::vector<SirResult> sir_table(CountTable const& table, std::string const& reference, CountMethod method,
                                 RateOptions const& options);

} // namespace beamwright::registry
