/// The dose-volume histogram as SVG: drawn once, brought to life by the page's script.
#pragma once
#include "report/report.hpp"
#include <string>

namespace beamwright::report {

/// Empty if no structure has a curve.
std::string dvh_svg(ReportInput const& input);

/// Class of a structure's line; dashes tell neighbors apart without color.
std::string dash_of(std::size_t structure);

} // namespace beamwright::report
