/// Report pages of registry statistics: rates, trends and comparisons; demand. One file, no network, no script.
#pragma once
#include "core/json.hpp"
#include "registry/counts.hpp"
#include "registry/demand/demand.hpp"
#include "registry/rates/results.hpp"
#include <string>
#include <vector>

namespace beamwright {

/// Borrowed parts must live until the page is rendered.
struct DemandReportInput {
    std::vector<registry::DemandAnswer> const& answers;
    registry::CountRates const& counts;
    registry::DemandFigures const& figures;
    Json run_record;
    std::vector<Warning> warnings;
};
std::string render_demand_report(DemandReportInput const& input);

struct RatesReportInput {
    registry::RateTable const& rates;
    std::string label; ///< title of the page: the name of the table
    Json run_record;
    std::vector<Warning> warnings;
    std::vector<std::string> notes; ///< what to know of this table
};
std::string render_rates_report(RatesReportInput const& input);

} // namespace beamwright
