/// Which figures a modality's chain needs, and where each comes from.
#pragma once
#include "registry/demand/demand.hpp"

namespace beamwright::registry {

/// Places of the inputs in the chain; what a modality does not use stays neutral.
struct ChainValues {
    double cases = 0, utilization = 1, radical_share = 1, eligible_share = 1, retreatment = 0,
           fractions_per_course = 1;
    double fractions_per_hour = 0, minutes_per_fraction = 0, irradiation_minutes = 0, setup_minutes = 0;
    double hours_per_day = 0, days_per_year = 0, patients_per_room = 0;
};

/// The slot of a parameter. \pre key is one of the model
double ChainValues::*slot_of(std::string const& key);

struct ChainInputs {
    std::vector<DemandInput> inputs;
    std::optional<ShareBase> share_of; ///< none for X-ray without an eligible share
};

/// Takes what is given, else the published default. \throws Refusal as `estimate_demand` says
ChainInputs collect_inputs(DemandRequest const& request, DemandFigures const& figures);

} // namespace beamwright::registry
