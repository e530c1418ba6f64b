/// A finished capture result evaluated anew, without transport: another boron level, ratio, parameter set or time.
#pragma once
#include "jobs/capture.hpp"
#include <vector>

namespace beamwright {

struct CaptureAgainRequest {
    std::filesystem::path case_folder;
    std::string result_name = "capture"; ///< with rates of a transport
    std::string to_name;                 ///< result folder of the evaluation; empty: result_name + "-again"
    /// capture.json as it is now holds where nothing is said
    std::optional<double> blood_ppm;
    std::vector<std::string> ratios;   ///< "CTV=3.2"
    std::string weights, isoeffective; ///< parameter sets
    std::optional<double> minutes;     ///< instead of what the limits give
    std::uint32_t seed = 1;            ///< of the scenarios
};

/// Never touches the result that it starts from. \throws Refusal if the patient, ports or places changed since the
/// transport, or if `to_name` is a result with a transport of its own
CaptureJobAnswer evaluate_capture_again(CaptureAgainRequest const& request, JobContext& context);

} // namespace beamwright
