/// A neutron capture result as files for other programs: four components and two weighted totals.
/// docs/formats/capture.md
#pragma once
#include "casefolder/case_folder.hpp"
#include "jobs/export.hpp"

namespace beamwright {

/// Whether results/NAME is that of a neutron capture irradiation.
bool is_capture_result(CaseFolder const& folder, std::string const& name);

/// One RTDOSE (or volume) per component, PHYSICAL, and of the weighted and the photon-isoeffective dose, EFFECTIVE.
/// \returns files[] as of ExportAnswer. \throws Refusal
Json export_capture(ExportRequest const& request, CaseFolder const& folder, JobContext& context);

} // namespace beamwright
