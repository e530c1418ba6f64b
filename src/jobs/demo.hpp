/// The demo: the embedded head phantom with a proton plan and a neutron capture irradiation, as an ordinary case.
#pragma once
#include "jobs/capture.hpp"
#include "jobs/dose.hpp"

namespace beamwright {

struct DemoRequest {
    std::filesystem::path case_folder = "demo-case";
    bool again = false; ///< calculate even when a finished result matches
    double uncertainty_percent = 2;
    std::uint32_t seed = 1;
};

/// Makes the case folder (if absent or of another version) and calculates it.
DoseJobAnswer run_demo(DemoRequest const& request, JobContext& context);
CaptureJobAnswer run_capture_demo(DemoRequest const& request, JobContext& context);

/// The case alone, without a dose. \returns its folder.
std::filesystem::path make_demo_case(std::filesystem::path const& case_folder, JobContext& context);

} // namespace beamwright
