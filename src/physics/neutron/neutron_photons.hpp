/// \file  neutron_photons.hpp — photons that a neutron makes: how many to expect, and the energy of one
/// \how   docs/methods/neutron_data.md section 5
/// \fits  all photon sources of the library
/// \not   directions (isotropic; the caller draws them), weights and splitting (transport)
/// \proof tests/physics/neutron_emission_test.cpp
#pragma once
#include "physics/neutron/neutron_angle.hpp"

namespace beamwright {
inline namespace BW_TARGET {

struct NeutronPhotons {
    NeutronView const& data;

    /// Photons per reaction, or barn for a source with a cross section of its own.
    BW_KERNEL double amount(NeutronPhotonSource const& source, double energy_eV) const {
        NeutronPhotonNode const* const nodes = data.photon_nodes + source.first_node;
        bool const below = energy_eV < static_cast<double>(nodes[0].energy_eV);
        if (below && source.own_cross_section != 0) {
            return 0.0;
        }
        NodePlace const at = node_place(nodes, source.node_count, energy_eV);
        std::uint32_t const next = source.node_count > 1 ? at.index + 1 : at.index;
        double const low = nodes[at.index].amount, high = nodes[next].amount;
        return low + at.part * (high - low);
    }

    /// Energy of one photon in eV.
    BW_KERNEL double energy(NeutronPhotonSource const& source, double mass_ratio, double neutron_eV,
                            RandomStream& random) const {
        NeutronPhotonNode const* const nodes = data.photon_nodes + source.first_node;
        NodePlace const at = node_place(nodes, source.node_count, neutron_eV);
        std::uint32_t const chosen =
            random.uniform() < at.part && source.node_count > 1 ? at.index + 1 : at.index;
        NeutronPhotonEntry const* const entries = data.photon_entries + nodes[chosen].first_entry;
        double const u = random.uniform();
        std::uint32_t low = 0, high = nodes[chosen].entry_count - 1;
        while (low < high) {
            std::uint32_t const middle = (low + high) / 2;
            if (static_cast<double>(entries[middle].cumulative) < u) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        double const bottom = entries[low].low_eV, top = entries[low].high_eV;
        if (top < 0) { // a primary line
            return bottom + mass_ratio / (mass_ratio + 1.0) * neutron_eV;
        }
        return bottom + random.uniform() * (top - bottom);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
