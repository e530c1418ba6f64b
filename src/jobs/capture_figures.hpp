/// Figures of a port free in air, and what absorbs thermal neutrons in tissue: from the neutron library.
#pragma once
#include "core/json.hpp"
#include "evaluate/capture/self_shielding.hpp"
#include "machine/port/port_model.hpp"

namespace beamwright {

class NeutronLibrary;

/// The soft tissue that stands for the patient in figures.
inline constexpr char const* figure_tissue = "Average_Soft_Tissue";

BoronAbsorption absorption_of(NeutronLibrary const& library);

/// Fluence rates and figures of merit beside the IAEA's targets, at `strength` times the port's own setting:
/// {tissue, fluence rates, figures: [{quantity, unit, value or null, target, at_least, met, source}]}
Json in_air_json(PortModel const& port, double strength, NeutronLibrary const& library);

} // namespace beamwright
