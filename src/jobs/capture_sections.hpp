/// Cards of the capture report: times, components, ports, scenarios, tissues.
#pragma once
#include "jobs/capture_result.hpp"
#include "report/figure_section.hpp"

namespace beamwright {

std::vector<report::FigureSection> capture_sections(CaptureSetup const& setup, CaptureValues const& values);

} // namespace beamwright
