/// Where the energy of a run went, as JSON.
#pragma once
#include "core/json.hpp"
#include "transport/schedule/dose_request.hpp"

namespace beamwright {

/// Each term in MeV; source + Q equals the sum of the others to `relative_imbalance`.
inline Json energy_json(EnergyBudget const& energy) {
    return {{"source_MeV", energy.source},
            {"Q_MeV", energy.Q},
            {"deposited_MeV", energy.deposited},
            {"outside_grid_MeV", energy.outside_grid},
            {"escaped_charged_MeV", energy.escaped_charged},
            {"neutrons_MeV", energy.neutrons},
            {"gammas_MeV", energy.gammas},
            {"rare_MeV", energy.rare},
            {"relative_imbalance", energy.imbalance()}};
}

} // namespace beamwright
