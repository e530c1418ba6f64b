/// Transport of a capture irradiation: every field, at the boron level that its neutrons meet.
#pragma once
#include "evaluate/capture/self_shielding.hpp"
#include "jobs/capture_setup.hpp"

namespace beamwright {

/// What evaluation starts from: rates of every field at its strength, and the boron that was in the transport.
struct CaptureBasis {
    std::vector<CaptureRates> rates;
    std::vector<double> blood_ppm; ///< per field: the level that its neutrons met; 0 in tracer mode
    Volume<float> ratio;           ///< ppm per ppm of blood, in the transport
    BoronAbsorption absorption;
};

struct CaptureFluxes {
    Volume<float> thermal, epithermal, fast; ///< per source particle
};

struct CaptureTransport {
    CaptureBasis basis;
    std::vector<CaptureFluxes> fluxes;
    Json details = Json::object(); ///< of run.json
    double cpu_s = 0, wall_s = 0;
};

/// Runs the fields one after the other. Where the level in blood falls with time, a short run first finds the time that
/// the irradiation will take; where the time in the end means another level by more than the self-shielding that may be
/// neglected, the fields run again. Under mpirun the first process alone gets rates. \throws Refusal, Interrupted
CaptureTransport run_capture(CaptureJobRequest const& request, CaptureSetup const& setup,
                             std::string const& inputs_hash, JobContext& context);

/// Checkpoints of all passes and fields, for removal.
void remove_capture_checkpoints(CaptureJobRequest const& request, CaptureSetup const& setup);

} // namespace beamwright
