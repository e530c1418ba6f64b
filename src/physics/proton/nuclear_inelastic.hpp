/// \file  nuclear_inelastic.hpp — a proton breaks up a nucleus: one channel, its products and their energies
/// \how   docs/methods/proton_nuclear_inelastic.md
/// \fits  3 to 250 MeV; light products on the evaluated spectra, each event balanced
/// \not   correlations between directions of products; excited residuals (their energy goes to gammas)
/// \proof tests/physics/nuclear_inelastic_test.cpp
#pragma once
#include "lanes/constants.hpp"
#include "lanes/random.hpp"
#include "physics/proton/nuclear_angle.hpp"
#include "physics/proton/nuclear_event.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Non-elastic interaction with one target.
struct NuclearInelastic {
    NuclearView view;

    template <class Real>
    BW_KERNEL NuclearEvent<Real> operator()(NuclearTarget const& target, Real energy_MeV,
                                            Vec3<Real> direction, RandomStream& random) const {
        // A channel that is open at this energy and for this nucleus; one try is enough nearly always
        for (int attempt = 0; attempt < most_attempts; ++attempt) {
            NuclearNode const& node = choose_node(target, energy_MeV, random, attempt);
            std::uint32_t const index = choose_channel(node, random);
            NuclearChannel const& channel = view.channels[index];
            if (possible(channel, target, energy_MeV)) {
                return break_up(node, index, target, energy_MeV, direction, random);
            }
        }
        return untouched(target, energy_MeV, direction);
    }

private:
    static constexpr int most_attempts = 24;

    /// The tabulated energy below or above, in proportion; below only where the first tries failed.
    template <class Real>
    BW_KERNEL NuclearNode const& choose_node(NuclearTarget const& target, Real energy_MeV,
                                             RandomStream& random, int attempt) const {
        NuclearNode const* const nodes = view.nodes + target.first_node;
        int low = 0, high = static_cast<int>(target.node_count) - 1;
        while (high - low > 1) {
            int const middle = (low + high) / 2;
            (Real(nodes[middle].energy_MeV) <= energy_MeV ? low : high) = middle;
        }
        Real const span = Real(nodes[high].energy_MeV) - Real(nodes[low].energy_MeV);
        Real const place = span > Real{0} ? (energy_MeV - Real(nodes[low].energy_MeV)) / span : Real{0};
        bool const upper = random.uniform() < place && attempt < most_attempts / 2;
        return nodes[upper ? high : low];
    }

    BW_KERNEL std::uint32_t choose_channel(NuclearNode const& node, RandomStream& random) const {
        std::uint64_t const product = std::uint64_t{random.next_u32()} * node.channel_count;
        auto const slot = static_cast<std::uint32_t>(product >> 32);
        auto const fraction = static_cast<std::uint32_t>(product >> 16) & 0xFFFFu;
        NuclearChannel const& channel = view.channels[node.first_channel + slot];
        return node.first_channel + (fraction < channel.keep ? slot : channel.other);
    }

    BW_KERNEL static int charge_of(NuclearChannel const& c) {
        return c.counts[1] + c.counts[2] + c.counts[3] + 2 * (c.counts[4] + c.counts[5]);
    }
    BW_KERNEL static int nucleons_of(NuclearChannel const& c) {
        return c.counts[0] + c.counts[1] + 2 * c.counts[2] + 3 * (c.counts[3] + c.counts[4]) +
               4 * c.counts[5];
    }

    /// A borrowed channel may take more from a light nucleus than it has.
    template <class Real>
    BW_KERNEL static bool possible(NuclearChannel const& channel, NuclearTarget const& target,
                                   Real energy_MeV) {
        int const Z = target.Z + 1 - charge_of(channel), A = target.A + 1 - nucleons_of(channel);
        return Z >= 0 && A >= Z && energy_MeV + Real(channel.Q_MeV) > Real{0};
    }

    /// Draws the energy of one product of a set (in bins, rounded up) so that the whole set fits into `room`.
    BW_KERNEL int draw_bins(NuclearNode const& node, NuclearSum const& set, int room,
                            RandomStream& random) const {
        double const* const spectrum = view.spectra + node.first_spectrum[static_cast<unsigned>(set.species)];
        double const* const others = view.sum_values + view.sums[set.rest].first_value + room;
        double const wanted =
            random.uniform() * view.sum_values[set.first_value + static_cast<unsigned>(room)];
        double reached = 0;
        int last = 1;
        for (int j = 1; j <= room; ++j) {
            double const weight = spectrum[j - 1] * others[-j];
            last = weight > 0 ? j : last;
            reached += weight;
            if (reached >= wanted) {
                break;
            }
        }
        return last;
    }

    /// Energies of all products in the node's units, product by product.
    struct Drawn {
        std::array<double, 24> energy_MeV;
        std::array<NuclearSpecies, 24> species;
        std::array<int, 24> bin;
        int count = 0;
        double sum_MeV = 0;
    };
    BW_KERNEL Drawn draw_energies(NuclearNode const& node, std::uint32_t channel,
                                  RandomStream& random) const {
        Drawn drawn;
        int room = view.channels[channel].most_bins;
        NuclearSum const* set = view.sums + view.channel_sums[channel];
        while (set->species >= 0 && drawn.count < static_cast<int>(drawn.bin.size())) {
            int const bins = draw_bins(node, *set, room, random);
            double const energy = (bins - 1 + random.uniform()) * double(node.bin_MeV);
            auto const place = static_cast<unsigned>(drawn.count++);
            drawn.energy_MeV[place] = energy;
            drawn.species[place] = static_cast<NuclearSpecies>(set->species);
            drawn.bin[place] = bins - 1;
            drawn.sum_MeV += energy;
            room -= bins;
            set = view.sums + set->rest;
        }
        return drawn;
    }

    template <class Real>
    BW_KERNEL NuclearEvent<Real> break_up(NuclearNode const& node, std::uint32_t index,
                                          NuclearTarget const& target, Real energy_MeV, Vec3<Real> direction,
                                          RandomStream& random) const {
        NuclearChannel const& channel = view.channels[index];
        Drawn const drawn = draw_energies(node, index, random);
        // From the tabulated energy to this one; the half bins of rounding may not exceed what there is
        double const available = double(energy_MeV) + double(channel.Q_MeV);
        double const tabulated = double(node.energy_MeV) + double(channel.Q_MeV);
        double const most = drawn.sum_MeV > tabulated ? drawn.sum_MeV : tabulated;
        double const scale = available / most;
        NuclearEvent<Real> event;
        event.type = NuclearEventType::nonelastic;
        event.target_Z = target.Z;
        event.target_A = target.A;
        event.counts = channel.counts;
        event.Q_MeV = Real(channel.Q_MeV);
        event.residual_Z = target.Z + 1 - charge_of(channel);
        event.residual_A = target.A + 1 - nucleons_of(channel);
        Real left = Real(available);
        for (int i = 0; i < drawn.count; ++i) {
            auto const at = static_cast<unsigned>(i);
            Real const energy = Real(drawn.energy_MeV[at] * scale);
            left = left - energy;
            emit(event, node, drawn.species[at], drawn.bin[at], energy, direction, random);
        }
        left = select(left > Real{0}, left, Real{0}); // rounding of the last digit
        Real const recoil = left * Real(node.recoil_share);
        event.local_MeV = event.local_MeV + recoil;
        event.gamma_MeV = left - recoil;
        return event;
    }

    /// Protons, deuterons and tritons get a direction; alphas and He-3 stay; neutrons are booked.
    template <class Real>
    BW_KERNEL void emit(NuclearEvent<Real>& event, NuclearNode const& node, NuclearSpecies species, int bin,
                        Real energy_MeV, Vec3<Real> direction, RandomStream& random) const {
        if (species == NuclearSpecies::neutron) {
            event.neutron_MeV = event.neutron_MeV + energy_MeV;
            return;
        }
        if (species == NuclearSpecies::helium3 || species == NuclearSpecies::alpha ||
            event.count == nuclear_most_products) {
            event.local_MeV = event.local_MeV + energy_MeV;
            bool const helium = species == NuclearSpecies::helium3 || species == NuclearSpecies::alpha;
            if (helium && event.helium_count < nuclear_most_heliums) {
                double const mass_MeV =
                    species == NuclearSpecies::alpha ? constants::alpha_MeV : constants::helium3_MeV;
                event.heliums[static_cast<unsigned>(event.helium_count++)] = {
                    energy_MeV, Real(mass_MeV / constants::proton_MeV)};
            }
            return;
        }
        int const table = species == NuclearSpecies::proton ? 0 : 1; // tritons take the angles of deuterons
        int const rows = static_cast<int>(node.cosine_rows);
        // row r begins at bin floor(r * range_bins / rows)
        int const wanted = ((bin + 1) * rows - 1) / static_cast<int>(nuclear_range_bins);
        int const row = wanted < rows ? wanted : rows - 1;
        std::int16_t const* const bounds = view.cosines + node.first_cosine[static_cast<unsigned>(table)] +
                                           std::ptrdiff_t{row} * nuclear_cosine_bounds;
        AnglePlace const at = angle_place(random.uniform(), nuclear_cosine_parts);
        double const low = bounds[at.slot], high = bounds[at.slot + 1];
        Real const mu = Real((low + at.share * (high - low)) * (1.0 / 32767.0));
        SinCos const turn = sincos(2.0 * constants::pi * random.uniform());
        event.add(species, energy_MeV, turned(direction, mu, Real(turn.cosine), Real(turn.sine)));
    }

    /// No channel is open (a few keV above the first threshold): the proton goes on.
    template <class Real>
    BW_KERNEL NuclearEvent<Real> untouched(NuclearTarget const& target, Real energy_MeV,
                                           Vec3<Real> direction) const {
        NuclearEvent<Real> event;
        event.target_Z = event.residual_Z = target.Z;
        event.target_A = event.residual_A = target.A;
        event.counts[1] = 1;
        event.add(NuclearSpecies::proton, energy_MeV, direction);
        return event;
    }
};

} // namespace BW_TARGET
} // namespace beamwright
