#include "jobs/report_structure.hpp"
#include <algorithm>

namespace beamwright {

ReportStructure report_curve(Structure const& drawn, StructureDvh const& values) {
    ReportStructure out;
    out.structure = drawn;
    out.volume_cm3 = values.contour_volume_cm3;
    out.shown = !values.dvh.empty();
    if (out.shown) {
        for (auto const& [dose_Gy, percent] :
             values.dvh.cumulative(std::max(values.dvh.max_Gy(), 1e-6) / 400)) {
            out.dose_Gy.push_back(dose_Gy);
            out.volume_percent.push_back(percent);
        }
    }
    return out;
}

} // namespace beamwright
