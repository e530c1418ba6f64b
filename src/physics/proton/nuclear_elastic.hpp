/// \file  nuclear_elastic.hpp — elastic scattering of a proton on hydrogen or on a nucleus
/// \how   docs/methods/proton_nuclear_elastic.md
/// \fits  3 to 250 MeV (hydrogen from 1 MeV), angles above the stated cut
/// \not   small angles, where the Coulomb field gives more than half: scattering.hpp holds them
/// \proof tests/physics/nuclear_elastic_test.cpp
#pragma once
#include "lanes/constants.hpp"
#include "lanes/random.hpp"
#include "physics/kinematics/two_body.hpp"
#include "physics/proton/nuclear_angle.hpp"
#include "physics/proton/nuclear_event.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Elastic scattering on one target. Both protons are transported after hydrogen; a nucleus deposits its recoil.
struct NuclearElastic {
    NuclearView view;

    template <class Real>
    BW_KERNEL NuclearEvent<Real> operator()(NuclearTarget const& target, Real energy_MeV,
                                            Vec3<Real> direction, RandomStream& random) const {
        Real const mu = centre_of_mass_cosine(target, energy_MeV, random);
        Real const proton = Real(constants::proton_MeV);
        bool const hydrogen = target.Z == 1;
        Real const target_mass = hydrogen ? proton : Real(target.mass_MeV);
        auto const after = scatter_elastic(energy_MeV, proton, target_mass, mu);
        SinCos const turn = sincos(2.0 * constants::pi * random.uniform());
        Real const cos_phi = turn.cosine, sin_phi = turn.sine;
        NuclearEvent<Real> event;
        event.target_Z = event.residual_Z = target.Z;
        event.target_A = event.residual_A = target.A;
        event.counts[static_cast<unsigned>(NuclearSpecies::proton)] = 1;
        event.add(NuclearSpecies::proton, after.scattered_MeV,
                  turned(direction, after.scattered_mu, cos_phi, sin_phi));
        event.type = NuclearEventType::elastic_nucleus;
        Real const recoil = energy_MeV - after.scattered_MeV;
        if (hydrogen) {
            event.type = NuclearEventType::elastic_hydrogen;
            event.counts[static_cast<unsigned>(NuclearSpecies::proton)] = 2;
            event.residual_Z = event.residual_A = 0;
            event.add(NuclearSpecies::proton, recoil, turned(direction, after.recoil_mu, -cos_phi, -sin_phi));
        } else {
            event.local_MeV = recoil;
        }
        return event;
    }

    /// One of the two tabulated energies around, so that their mean is linear; position in elastic_nodes.
    template <class Real>
    BW_KERNEL std::uint32_t node_near(NuclearTarget const& target, Real energy_MeV, Real uniform) const {
        NuclearElasticNode const* const nodes = view.elastic_nodes + target.first_elastic;
        int low = 0, high = static_cast<int>(target.elastic_count) - 1;
        while (high - low > 1) {
            int const middle = (low + high) / 2;
            (Real(nodes[middle].energy_MeV) <= energy_MeV ? low : high) = middle;
        }
        Real const span = Real(nodes[high].energy_MeV) - Real(nodes[low].energy_MeV);
        Real const place = span > Real{0} ? (energy_MeV - Real(nodes[low].energy_MeV)) / span : Real{0};
        return target.first_elastic + static_cast<std::uint32_t>(uniform < place ? high : low);
    }

    /// A cosine of a tabulated energy near; linear between bounds.
    template <class Real>
    BW_KERNEL Real centre_of_mass_cosine(NuclearTarget const& target, Real energy_MeV,
                                         RandomStream& random) const {
        std::uint32_t const chosen = node_near(target, energy_MeV, Real(random.uniform()));
        float const* const bounds = view.elastic_cosines + view.elastic_nodes[chosen].first_cosine;
        AnglePlace const at = angle_place(random.uniform(), nuclear_elastic_parts);
        return fma(Real(at.share), Real(bounds[at.slot + 1]) - Real(bounds[at.slot]), Real(bounds[at.slot]));
    }
};

} // namespace BW_TARGET
} // namespace beamwright
