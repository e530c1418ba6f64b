/// \file  neutron_angle.hpp — cosines of neutrons that leave a two-body reaction, from equally probable parts
/// \how   docs/methods/neutron_data.md section 6
/// \fits  reactions whose emission is two_body
/// \not   thermal laws, continuous spectra
/// \proof tests/physics/neutron_elastic_test.cpp
#pragma once
#include "physics/neutron/neutron_state.hpp"
#include "tables/neutron_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// The node at or below an energy, and the share of the one above.
struct NodePlace {
    std::uint32_t index;
    double part;
};

/// `nodes` rise in energy; below the first and above the last the end node counts.
template <class Node>
BW_KERNEL NodePlace node_place(Node const* nodes, std::uint32_t count, double energy_eV) {
    if (count < 2 || energy_eV <= static_cast<double>(nodes[0].energy_eV)) {
        return {0, 0.0};
    }
    if (energy_eV >= static_cast<double>(nodes[count - 1].energy_eV)) {
        return {count - 2, 1.0};
    }
    std::uint32_t low = 0, high = count - 1;
    while (high - low > 1) {
        std::uint32_t const middle = (low + high) / 2;
        if (static_cast<double>(nodes[middle].energy_eV) <= energy_eV) {
            low = middle;
        } else {
            high = middle;
        }
    }
    double const left = nodes[low].energy_eV, right = nodes[high].energy_eV;
    return {low, (energy_eV - left) / (right - left)};
}

/// Cosine in the centre of mass. A straight line between two distributions is a choice of one of the two.
struct NeutronAngle {
    NeutronView const& data;
    BW_KERNEL double operator()(NeutronReaction const& reaction, double energy_eV,
                                RandomStream& random) const {
        if (reaction.node_count == 0) {
            return 2.0 * random.uniform() - 1.0;
        }
        NeutronNode const* const nodes = data.angle_nodes + reaction.first_node;
        NodePlace const at = node_place(nodes, reaction.node_count, energy_eV);
        std::uint32_t const node = at.index + (random.uniform() < at.part ? 1u : 0u);
        double const place = random.uniform() * neutron_angle_parts;
        auto const part = static_cast<std::uint32_t>(place);
        std::int16_t const* const bounds = data.cosines + nodes[node].first + part;
        double const low = bounds[0] / 32767.0, high = bounds[1] / 32767.0;
        return low + (place - part) * (high - low);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
