/// \file  nuclear_interaction.hpp — a proton meets a nucleus: which one, how, and what comes out
/// \how   docs/methods/proton_nuclear_inelastic.md, docs/methods/proton_nuclear_elastic.md
/// \fits  1 to 250 MeV
/// \not   how often (nuclear_cross_section.hpp); Coulomb scattering below the cut angle (scattering.hpp)
/// \proof tests/physics/nuclear_interaction_test.cpp
#pragma once
#include "lanes/random.hpp"
#include "physics/proton/nuclear_cross_section.hpp"
#include "physics/proton/nuclear_event.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Call it where an interaction of the total cross section happens.
struct NuclearInteraction {
    NuclearView view;

    template <class Real>
    BW_KERNEL NuclearEvent<Real> operator()(std::uint32_t material, Real energy_MeV, Vec3<Real> direction,
                                            RandomStream& random) const;
};

} // namespace BW_TARGET
} // namespace beamwright
