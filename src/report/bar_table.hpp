/// Bars with intervals beside their numbers, one row each: caterpillar plots, ranges, sensitivities.
#pragma once
#include "report/figure_section.hpp"

namespace beamwright::report {

/// The table without its title; empty if there are no rows.
std::string bar_table_html(BarTable const& table);

} // namespace beamwright::report
