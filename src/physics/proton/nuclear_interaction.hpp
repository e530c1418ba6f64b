/// \file  nuclear_interaction.hpp — a proton meets a nucleus: which one, how, and what comes out
/// \how   docs/methods/proton_nuclear_inelastic.md, docs/methods/proton_nuclear_elastic.md
/// \fits  1 to 250 MeV
/// \not   how often (nuclear_cross_section.hpp); Coulomb scattering below the cut angle (scattering.hpp)
/// \proof tests/physics/nuclear_interaction_test.cpp
#pragma once
#include "lanes/random.hpp"
#include "physics/proton/nuclear_cross_section.hpp"
#include "physics/proton/nuclear_elastic.hpp"
#include "physics/proton/nuclear_event.hpp"
#include "physics/proton/nuclear_inelastic.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Call it where an interaction of the total cross section happens.
struct NuclearInteraction {
    NuclearView view;

    template <class Real>
    BW_KERNEL NuclearEvent<Real> operator()(std::uint32_t material, Real energy_MeV, Vec3<Real> direction,
                                            RandomStream& random) const {
        // Element and kind together: one number against the running sum of their cross sections
        std::uint32_t const first = view.first_part[material], end = view.first_part[material + 1];
        Real sum{0};
        for (std::uint32_t i = first; i < end; ++i) {
            sum =
                sum + weight(i, view.nonelastic_barn, energy_MeV) + weight(i, view.elastic_barn, energy_MeV);
        }
        Real left = Real(random.uniform()) * sum;
        for (std::uint32_t i = first; i < end; ++i) {
            NuclearTarget const& target = view.targets[view.parts[i].target];
            Real const nonelastic = weight(i, view.nonelastic_barn, energy_MeV);
            if (left < nonelastic) {
                return NuclearInelastic{view}(target, energy_MeV, direction, random);
            }
            left = left - nonelastic;
            Real const elastic = weight(i, view.elastic_barn, energy_MeV);
            if (left < elastic) {
                return NuclearElastic{view}(target, energy_MeV, direction, random);
            }
            left = left - elastic;
        }
        return NuclearElastic{view}(view.targets[view.parts[end - 1].target], energy_MeV, direction, random);
    }

private:
    template <class Real>
    BW_KERNEL Real weight(std::uint32_t part, float const* barn, Real energy_MeV) const {
        NuclearPart const& p = view.parts[part];
        return Real(p.atoms_per_g_e24) *
               nuclear_grid_value(barn + std::size_t{p.target} * nuclear_grid_points, energy_MeV);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
