/// \file  thermal_scattering.hpp — scattering on bound hydrogen by inverse cumulative tables
/// \how   docs/methods/thermal_scattering.md
/// \fits  energies up to the law's limit
/// \not   making the tables (tools/neutron/thermal.py)
/// \proof tests/physics/thermal_scattering_test.cpp
#pragma once
#include "physics/neutron/neutron_angle.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Cross section per atom: inelastic, incoherent elastic.
struct ThermalBarn {
    double inelastic, elastic;
};

/// Where a uniform number lies among the slots: even parts, the first and the last halved thermal_tail_halvings times.
struct ThermalSlot {
    int slot;
    double share;
};
BW_KERNEL ThermalSlot thermal_slot(double uniform) {
    double const at = uniform * thermal_parts;
    int const part = static_cast<int>(at);
    if (part > 0 && part < thermal_parts - 1) {
        return {part + thermal_tail_halvings, at - part};
    }
    bool const top = part != 0;
    double const rest = top ? thermal_parts - at : at; // 0..1 from the end of the distribution
    double upper = 1;
    int slot = thermal_tail_halvings;
    while (slot > 0 && rest < 0.5 * upper) {
        upper *= 0.5;
        --slot;
    }
    double const lower = slot > 0 ? 0.5 * upper : 0.0;
    double const share = (rest - lower) / (upper - lower);
    return top ? ThermalSlot{thermal_slots - 1 - slot, 1.0 - share} : ThermalSlot{slot, share};
}

struct ThermalScattering {
    NeutronView const& data;

    BW_KERNEL ThermalBarn cross_section(ThermalLaw const& law, double energy_eV) const {
        ThermalNode const* const nodes = data.thermal_nodes + law.first_node;
        NodePlace const at = node_place(nodes, law.node_count, energy_eV);
        double const inelastic =
            nodes[at.index].barn + at.part * (static_cast<double>(nodes[at.index + 1].barn) -
                                              static_cast<double>(nodes[at.index].barn));
        double elastic = 0;
        if (law.incoherent_barn > 0) {
            double const x = 4.0 * energy_eV * law.debye_waller_per_eV;
            elastic = law.incoherent_barn * (x < 1e-6 ? 1.0 - 0.5 * x : (1.0 - exp(-x)) / x);
        }
        return {inelastic, elastic};
    }

    BW_KERNEL NeutronState operator()(NeutronState const& neutron, ThermalLaw const& law,
                                      RandomStream& random) const {
        ThermalNode const* const nodes = data.thermal_nodes + law.first_node;
        return at_place(neutron, law, node_place(nodes, law.node_count, neutron.energy_eV), random);
    }

    /// The same with a node at or below the energy to search from.
    BW_KERNEL NeutronState from_node(NeutronState const& neutron, ThermalLaw const& law, std::uint32_t start,
                                     RandomStream& random) const {
        ThermalNode const* const nodes = data.thermal_nodes + law.first_node;
        double const energy = neutron.energy_eV;
        if (energy <= static_cast<double>(nodes[0].energy_eV)) {
            return at_place(neutron, law, {0, 0.0}, random);
        }
        std::uint32_t i = start;
        while (i + 2 < law.node_count && static_cast<double>(nodes[i + 1].energy_eV) <= energy) {
            ++i;
        }
        double const left = nodes[i].energy_eV, right = nodes[i + 1].energy_eV;
        double const part = (energy - left) / (right - left);
        return at_place(neutron, law, {i, part > 1.0 ? 1.0 : part}, random);
    }

private:
    BW_KERNEL NeutronState at_place(NeutronState const& neutron, ThermalLaw const& law, NodePlace at,
                                    RandomStream& random) const {
        ThermalBarn const barn =
            law.incoherent_barn > 0 ? cross_section(law, neutron.energy_eV) : ThermalBarn{1, 0};
        if (barn.elastic > 0 && random.uniform() * (barn.inelastic + barn.elastic) < barn.elastic) {
            // exp(-2 E W (1 - mu)), inverted
            double const x = 4.0 * neutron.energy_eV * law.debye_waller_per_eV;
            double const mu = 1.0 + 2.0 * log(random.uniform() * (1.0 - exp(-x)) + exp(-x)) / x;
            return {neutron.energy_eV, turned_at_random(neutron.direction, mu < -1.0 ? -1.0 : mu, random)};
        }
        ThermalNode const* const nodes = data.thermal_nodes + law.first_node;
        ThermalSlot const where = thermal_slot(random.uniform());
        double const energy = between_nodes(nodes, at, where);
        double const place = random.uniform() * thermal_cosines;
        auto const part = static_cast<int>(place);
        double const low = cosine(nodes[at.index], where.slot, part, place - part);
        double const high = cosine(nodes[at.index + 1], where.slot, part, place - part);
        double const mu = low + at.part * (high - low);
        return {select(energy > 1e-8, energy, 1e-8), turned_at_random(neutron.direction, mu, random)};
    }

    /// Outgoing energy at the same cumulative probability in both tables, on a straight line between them.
    BW_KERNEL double between_nodes(ThermalNode const* nodes, NodePlace at, ThermalSlot where) const {
        float const* const a = data.thermal_bounds + nodes[at.index].first_bound + where.slot;
        float const* const b = data.thermal_bounds + nodes[at.index + 1].first_bound + where.slot;
        double const low = a[0] + where.share * (static_cast<double>(a[1]) - static_cast<double>(a[0]));
        double const high = b[0] + where.share * (static_cast<double>(b[1]) - static_cast<double>(b[0]));
        return low + at.part * (high - low);
    }
    BW_KERNEL double cosine(ThermalNode const& node, int slot, int part, double share) const {
        std::int16_t const* const bounds =
            data.cosines + node.first_cosine + static_cast<std::size_t>(slot * (thermal_cosines + 1) + part);
        return (bounds[0] + share * (bounds[1] - bounds[0])) / 32767.0;
    }
};

} // namespace BW_TARGET
} // namespace beamwright
