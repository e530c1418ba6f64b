/// Demand and counts as JSON and as text for a terminal. docs/formats/registry_demand.md
#pragma once
#include "core/json.hpp"
#include "registry/counts.hpp"
#include "registry/demand/demand.hpp"

namespace beamwright {

Json counts_json(registry::CountRates const& counts);
std::string counts_text(registry::CountRates const& counts, std::string const& what);

Json demand_json(std::vector<registry::DemandAnswer> const& answers, registry::CountRates const& counts);
std::string demand_text(std::vector<registry::DemandAnswer> const& answers,
                        registry::CountRates const& counts);

Json figures_json(registry::DemandFigures const& figures);
std::string figures_text(registry::DemandFigures const& figures);

} // namespace beamwright
