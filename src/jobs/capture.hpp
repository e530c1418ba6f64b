/// The neutron capture job: a case with capture.json to component doses, weighted and photon-isoeffective dose, the
/// irradiation time and a report. docs/guide/neutron_capture.md
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace beamwright {

struct CaptureJobRequest {
    std::filesystem::path case_folder;
    std::string result_name = "capture";
    std::string calibration;                   ///< empty = what the case names
    std::string grid = "4";                    ///< "ct", an edge in mm, or "like:FILE"
    std::optional<double> uncertainty_percent; ///< worst of boron, nitrogen, fast and photon dose
    std::string uncertainty_structure;         ///< empty = voxels above half of the maximum
    std::optional<double> histories;
    std::optional<double> time_s;
    std::uint32_t seed = 1;
    bool boron_in_transport = true;   ///< false: tracer mode
    bool analog = false;              ///< no variance reduction
    double memory_GiB = 0;            ///< 0 = what is free
    std::int64_t batch_histories = 0; ///< 0 = by the case; many processes need more
    std::string end_cap = "full_slice";
    bool again = true;
    bool resume = true;
    std::string port; ///< instead of those of capture.json; empty: as it says
    std::string verb = "dose";
};

struct CaptureJobAnswer {
    std::filesystem::path result_folder, report;
    Json record;         ///< run.json
    std::string summary; ///< a person reads this
    bool reused = false;
};

/// \throws Refusal, Interrupted (checkpoint written).
CaptureJobAnswer calculate_capture(CaptureJobRequest const& request, JobContext& context);

} // namespace beamwright
