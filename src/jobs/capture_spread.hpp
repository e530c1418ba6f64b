/// Beam axis and scenarios of a capture irradiation.
#pragma once
#include "jobs/capture_result.hpp"

namespace beamwright {

/// Rates along the axis of each field; figures of tumor against normal tissue where the plan names a normal tissue.
void add_axes(CaptureSetup const& setup, std::vector<CaptureRates> const& rates, CaptureValues& values,
              RunRecord& record, Warnings& warnings);

/// What errors of boron and position do to the structures of the plan and of its limits.
void add_scenarios(CaptureSetup const& setup, CaptureMap const& map, Irradiation const& irradiation,
                   CaptureValues& values, RunRecord& record);

} // namespace beamwright
