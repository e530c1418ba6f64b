/// Named parameter sets of neutron capture: weights (RBE, CBE) and photon-isoeffective parameters, per
/// tissue, with source. docs/methods/capture_biology.md; docs/formats/capture_sets.md
#pragma once
#include "core/json.hpp"
#include "evaluate/biology/models/capture_dose.hpp"
#include "evaluate/biology/repair_factors.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright {

struct CaptureWeights {
    std::string tissue;
    PerComponent<double> weight; ///< CBE of boron, RBE of nitrogen, fast neutrons and photons
    std::string source;
};

struct CaptureWeightSet {
    std::string name, description, trust;
    std::vector<std::string> sources;
    std::vector<CaptureWeights> tissues;
};

struct IsoeffectiveParameters {
    std::string tissue;
    PerComponent<double> alpha_per_Gy, beta_per_Gy2; ///< photon: of the reference radiation, too
    double fast_repair_min = 0, slow_repair_min = 0; ///< time constants (half-time / ln 2)
    double fast_share_photon = 0, fast_share_capture = 0;
    double reference_minutes = 0; ///< duration of the reference photon irradiation
    std::string source, note;
};

struct IsoeffectiveSet {
    std::string name, description, trust;
    std::vector<std::string> sources;
    std::vector<IsoeffectiveParameters> tissues;
};

/// data/capture_weights/<name>.json or a path. \throws Refusal
CaptureWeightSet find_capture_weights(std::string const& name_or_path);
CaptureWeightSet capture_weights_from_json(JsonReader const& json);
/// data/photon_isoeffective/<name>.json or a path. \throws Refusal
IsoeffectiveSet find_isoeffective_set(std::string const& name_or_path);
IsoeffectiveSet isoeffective_set_from_json(JsonReader const& json);

/// The tissue of a set. \throws Refusal listing the tissues that the set has
CaptureWeights const& weights_of(CaptureWeightSet const& set, std::string const& tissue);
IsoeffectiveParameters const& parameters_of(IsoeffectiveSet const& set, std::string const& tissue);

/// The parameters made ready for one irradiation.
IsoeffectiveTissue<double> isoeffective_tissue(IsoeffectiveParameters const& parameters,
                                               Irradiation const& irradiation);

} // namespace beamwright
