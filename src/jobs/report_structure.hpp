/// A structure of a report, whatever its dose.
#pragma once
#include "evaluate/dvh/dvh.hpp"
#include "report/report.hpp"

namespace beamwright {

/// Volume and cumulative histogram; metrics are the caller's. Not shown where the structure has no voxel.
ReportStructure report_curve(Structure const& drawn, StructureDvh const& values);

} // namespace beamwright
