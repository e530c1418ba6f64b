/// Whether the boron that neutrons met in the transport is that of the evaluation. docs/methods/self_shielding.md
#pragma once
#include "jobs/capture_run.hpp"

namespace beamwright {

/// Estimated change of the thermal flux where the evaluation's boron differs: in the body and in each structure of the
/// plan. `blood_ppm`: mean levels of the fields in the evaluation.
struct ShieldingEstimate {
    struct Place {
        std::string name; ///< "body", or a structure of the plan
        double calculated_ppm = 0, evaluated_ppm = 0, flux_change = 0;
    };
    std::vector<Place> places;
    double worst_change = 0; ///< of greatest size, signed
    std::string worst_place;
    bool new_run_advised = false;
    std::string text; ///< for output and report
};
ShieldingEstimate shielding_estimate(CaptureSetup const& setup, CaptureBasis const& basis,
                                     std::vector<double> const& blood_ppm);
/// The worst change alone.
double worst_flux_change(CaptureSetup const& setup, CaptureBasis const& basis,
                         std::vector<double> const& blood_ppm);
Json to_json(ShieldingEstimate const& estimate);

} // namespace beamwright
