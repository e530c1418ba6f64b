/// Trends of all series of a table that have single years.
#pragma once
#include "registry/rates/results.hpp"
#include "registry/trend/eapc.hpp"
#include <cstddef>
#include <vector>

namespace beamwright::registry {

/// One trend per registry, sex and site with at least two single years, of the standard with this number.
std::vector<TrendResult> trends_of(std::vector<RateResult> const& results, std::size_t standard,
                                   TrendOptions const& options);

} // namespace beamwright::registry
