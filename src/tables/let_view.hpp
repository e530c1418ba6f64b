/// \file  let_view.hpp — integrals of the stopping power of water over energy, for LET
/// \how   docs/methods/let.md eq. 3
/// \fits  proton kinetic energy 1 keV to 512 MeV (deuterons, tritons, helium: at equal velocity)
/// \not   what is scored with it (transport/step/score_view.hpp)
/// \proof tests/tables/let_table_test.cpp
#pragma once
#include "tables/proton_material_view.hpp"

namespace beamwright {

/// Trivially copyable; the memory belongs to LetTable. Four coefficients per cell of ProtonEnergyGrid each, in the
/// energy of the proton of equal velocity.
struct LetView {
    double const* proton = nullptr;       ///< integral of S dE, MeV^2 cm^2/g
    double const* helium = nullptr;       ///< integral of S z_eff^2 dE
    double const* helium_range = nullptr; ///< integral of dE / (S z_eff^2), g/cm^2
};

inline namespace BW_TARGET {

/// One of the integrals, from the least energy of the grid to `energy_MeV`; 0 below.
BW_KERNEL double let_integral(double const* cells, double energy_MeV) {
    OctaveCell const at = ProtonEnergyGrid::cell(ProtonEnergyGrid::clamped(energy_MeV));
    return select(energy_MeV < ProtonEnergyGrid::least, 0.0,
                  cubic(cells + 4 * static_cast<std::size_t>(at.index), at.place));
}

} // namespace BW_TARGET
} // namespace beamwright
