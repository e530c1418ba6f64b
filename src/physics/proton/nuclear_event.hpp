/// \file  nuclear_event.hpp — what a nuclear interaction leaves behind
/// \how   docs/methods/proton_nuclear_inelastic.md
/// \fits  protons on nuclei up to 250 MeV
/// \not   the choice of what happens (nuclear_interaction.hpp)
/// \proof tests/physics/nuclear_interaction_test.cpp
#pragma once
#include "lanes/vec3.hpp"
#include "tables/nuclear_view.hpp"

namespace beamwright {

enum class NuclearEventType : std::uint8_t { none, elastic_hydrogen, elastic_nucleus, nonelastic };

inline namespace BW_TARGET {

/// A charged product to be transported: proton, deuteron or triton. The first proton of an elastic event is
/// the scattered one.
template <class Real> struct NuclearProduct {
    NuclearSpecies kind = NuclearSpecies::proton;
    Real energy_MeV{};
    Vec3<Real> direction{};
};

inline constexpr int nuclear_most_products = 10;

/// A helium nucleus that stays where it was made; its energy is part of local_MeV.
template <class Real> struct LocalHelium {
    Real energy_MeV{};
    Real mass_in_protons{};
};
inline constexpr int nuclear_most_heliums = 6;

/// energy_in_MeV + Q_MeV = energies of products + local_MeV + neutron_MeV + gamma_MeV.
template <class Real> struct NuclearEvent {
    std::array<NuclearProduct<Real>, nuclear_most_products> products{};
    int count = 0;
    std::array<LocalHelium<Real>, nuclear_most_heliums>
        heliums{}; ///< those beyond the last are in local_MeV alone
    int helium_count = 0;
    Real local_MeV{};   ///< alpha, He-3 and recoil kinetic energy: deposited where it happens
    Real neutron_MeV{}; ///< kinetic energy of neutrons: leaves, is booked
    Real gamma_MeV{};   ///< leaves, is booked
    Real Q_MeV{};       ///< energy set free (negative: bound), booked
    NuclearEventType type = NuclearEventType::none;
    int target_Z = 0, target_A = 0;                           ///< what was hit
    int residual_Z = 0, residual_A = 0;                       ///< what stays; 0, 0 if nothing
    std::array<std::uint8_t, nuclear_species_count> counts{}; ///< light products by NuclearSpecies

    BW_KERNEL void add(NuclearSpecies kind, Real energy_MeV, Vec3<Real> direction) {
        products[static_cast<unsigned>(count)] = {kind, energy_MeV, direction};
        ++count;
    }
    /// What comes out, all of it.
    BW_KERNEL Real out_MeV() const {
        Real sum = local_MeV + neutron_MeV + gamma_MeV;
        for (int i = 0; i < count; ++i) {
            sum = sum + products[static_cast<unsigned>(i)].energy_MeV;
        }
        return sum;
    }
};

} // namespace BW_TARGET
} // namespace beamwright
