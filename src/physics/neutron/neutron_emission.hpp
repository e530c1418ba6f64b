/// \file  neutron_emission.hpp — the neutron that leaves an inelastic reaction: a level or a continuum
/// \how   docs/methods/neutron_collisions.md eq. 5-7; docs/methods/neutron_data.md section 6
/// \fits  reactions whose emission is not none; nuclei at rest
/// \not   how many neutrons leave (NeutronReaction::neutrons; each is drawn alone)
/// \proof tests/physics/neutron_emission_test.cpp
#pragma once
#include "physics/neutron/neutron_elastic.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// A cosine from exp(a mu) with mean m: a from Langevin's function, one Newton step on Cohen's approximation.
BW_KERNEL double cosine_of_mean(double mean, double uniform) {
    double const m = mean > 0.98 ? 0.98 : mean < -0.98 ? -0.98 : mean;
    if (m > -1e-3 && m < 1e-3) {
        return 2.0 * uniform - 1.0 + 1.5 * m * (1.0 - (2.0 * uniform - 1.0) * (2.0 * uniform - 1.0));
    }
    double const size = m < 0 ? -m : m;
    double a = size * (3.0 - size * size) / (1.0 - size * size);
    double const e2 = exp(-2.0 * a);
    double const coth = (1.0 + e2) / (1.0 - e2);
    double const slope = 1.0 / (a * a) - (coth * coth - 1.0);
    a -= slope > 1e-6 ? (coth - 1.0 / a - size) / slope : 0.0;
    double const mu = 1.0 + log(uniform + (1.0 - uniform) * exp(-2.0 * a)) / a;
    return m < 0 ? -mu : mu;
}

struct NeutronEmissionSampler {
    NeutronView const& data;

    BW_KERNEL NeutronState operator()(NeutronState const& neutron, NeutronNuclide const& nuclide,
                                      NeutronReaction const& reaction, RandomStream& random) const {
        double const A = nuclide.mass_ratio;
        if (reaction.emission == NeutronEmission::two_body) {
            double const mu = NeutronAngle{data}(reaction, neutron.energy_eV, random);
            return two_body_neutron(neutron, {0.0, 0.0, 0.0}, A, reaction.QI_eV, mu, random);
        }
        NeutronNode const* const nodes = data.spectrum_nodes + reaction.first_node;
        NodePlace const at = node_place(nodes, reaction.node_count, neutron.energy_eV);
        double const place = random.uniform() * neutron_spectrum_parts;
        auto const part = static_cast<std::uint32_t>(place);
        std::uint32_t const next = reaction.node_count > 1 ? at.index + 1 : at.index;
        double const energy =
            lerp(value(nodes[at.index], part, place - part), value(nodes[next], part, place - part), at.part);
        constexpr std::uint32_t cosines = neutron_spectrum_parts + 1;
        double const mean = lerp(data.spectra[nodes[at.index].first + cosines + part],
                                 data.spectra[nodes[next].first + cosines + part], at.part);
        double const mu = cosine_of_mean(mean, random.uniform());
        Vec3<double> const out = sqrt(energy) * turned_at_random(neutron.direction, mu, random);
        bool const moving = reaction.emission == NeutronEmission::centre_of_mass;
        double const centre = moving ? sqrt(neutron.energy_eV) / (A + 1.0) : 0.0;
        return from_velocity(out + centre * neutron.direction, neutron.direction);
    }

private:
    BW_KERNEL static double lerp(double a, double b, double part) { return a + part * (b - a); }
    BW_KERNEL double value(NeutronNode const& node, std::uint32_t part, double share) const {
        float const* const bound = data.spectra + node.first + part;
        return lerp(bound[0], bound[1], share);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
