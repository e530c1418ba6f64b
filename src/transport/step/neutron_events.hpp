/// \file  neutron_events.hpp — what a neutron's collision leaves behind: photons, energy, what an evaluation lacks
/// \how   docs/methods/neutron_transport.md sections 3 and 6
/// \fits  all reactions of the library; photons leave isotropically, one by one
/// \not   the neutron that goes on (physics/neutron/neutron_collision.hpp)
/// \proof tests/transport/neutrons/engine_test.cpp
#pragma once
#include "transport/step/neutron_media.hpp"
#include "transport/step/neutron_track.hpp"

namespace beamwright {
inline namespace BW_TARGET {

struct NeutronEvents {
    NeutronMediaView const& media;

    /// Energies of photons that were made.
    struct Photons {
        double sum_eV = 0, sum_of_squares = 0;
    };

    /// `expected` photons of weight `weight`, a whole number of them: the part behind the point is played for.
    BW_KERNEL void emit(NeutronPhotonSource const& source, NeutronNuclide const& nuclide,
                        NeutralTrack const& neutron, double expected, double weight, RandomStream& random,
                        NeutralStack& stack, NeutronBooking const& booking, Photons& made) const {
        int const number = static_cast<int>(expected + random.uniform());
        for (int i = 0; i < number; ++i) {
            double const energy = NeutronPhotons{media.neutrons.library}.energy(source, nuclide.mass_ratio,
                                                                                neutron.energy_eV, random);
            made.sum_eV += energy;
            made.sum_of_squares += energy * energy;
            double const mu = 2.0 * random.uniform() - 1.0;
            SinCos const turn = sincos_turns(random.uniform());
            double const sine = sqrt(1.0 - mu * mu);
            NeutralTrack photon{
                neutron.position_mm, {sine * turn.cosine, sine * turn.sine, mu}, energy, weight, true, false};
            booking.count(NeutronCount::photons);
            if (energy < 1e3) {
                booking.put(NeutronTerm::deposited, weight * energy);
            } else if (!stack.push(photon)) {
                booking.rare(Rare::stack_full);
                booking.put(NeutronTerm::rare, weight * energy);
            }
        }
    }

    /// Photons tied to a reaction, `amount` of them in the mean times `times`.
    BW_KERNEL Photons of_reaction(NeutronNuclide const& nuclide, std::int32_t mt, NeutralTrack const& neutron,
                                  double times, double weight, RandomStream& random, NeutralStack& stack,
                                  NeutronBooking const& booking, bool& any) const {
        Photons made;
        NeutronView const& library = media.neutrons.library;
        for (std::uint32_t s = 0; s < nuclide.source_count; ++s) {
            NeutronPhotonSource const& source = library.photon_sources[nuclide.first_source + s];
            if (source.mt == mt && source.own_cross_section == 0) {
                any = true;
                double const amount = NeutronPhotons{library}.amount(source, neutron.energy_eV);
                emit(source, nuclide, neutron, times * amount, weight, random, stack, booking, made);
            }
        }
        return made;
    }

    /// Photons of sources with a cross section of their own; they carry off what else would stay.
    BW_KERNEL void of_own_sources(NeutronTarget const& hit, NeutralTrack const& neutron, double photon_weight,
                                  RandomStream& random, NeutralStack& stack,
                                  NeutronBooking const& booking) const {
        NeutronView const& library = media.neutrons.library;
        NeutronNuclide const& nuclide = library.nuclides[hit.part.nuclide];
        Photons made;
        for (std::uint32_t s = 0; s < nuclide.source_count; ++s) {
            NeutronPhotonSource const& source = library.photon_sources[nuclide.first_source + s];
            if (source.own_cross_section != 0) {
                double const share =
                    NeutronPhotons{library}.amount(source, neutron.energy_eV) / hit.barn.total_barn;
                emit(source, nuclide, neutron, share * neutron.weight / photon_weight, photon_weight, random,
                     stack, booking, made);
            }
        }
        booking.put(NeutronTerm::deposited, -photon_weight * made.sum_eV);
    }

    /// The neutron is absorbed with this weight.
    BW_KERNEL void absorb(NeutronTarget const& hit, NeutralTrack const& neutron, double weight,
                          RandomStream& random, NeutralStack& stack, NeutronBooking const& booking) const {
        NeutronView const& library = media.neutrons.library;
        NeutronNuclide const& nuclide = library.nuclides[hit.part.nuclide];
        booking.count(NeutronCount::absorptions);
        NeutronReaction const& reaction =
            library.reactions[nuclide.first_reaction +
                              absorbing(hit.part.nuclide, nuclide, neutron.energy_eV, random)];
        bool any = false;
        Photons const made =
            of_reaction(nuclide, reaction.mt, neutron, 1.0, weight, random, stack, booking, any);
        double const Q = reaction.QM_eV;
        booking.put(NeutronTerm::Q, weight * Q);
        double const left = neutron.energy_eV + Q - made.sum_eV;
        bool const recoils = reaction.mt == 102 && any;
        double const A = nuclide.mass_ratio;
        // Capture leaves the recoil alone (docs/methods/neutron_data.md eq. 6); what is missing is the evaluation's
        double const stays =
            recoils ? (neutron.energy_eV + 0.5 * made.sum_of_squares / neutron_rest_eV) / (A + 1.0) : left;
        booking.put(NeutronTerm::deposited, weight * stays);
        if (recoils) {
            booking.misfit(hit.part.nuclide, weight * (left - stays));
        }
    }

private:
    static constexpr double neutron_rest_eV = constants::neutron_MeV * 1e6;

    /// One of the reactions that let no neutron leave, by cross section; place in the nuclide's list.
    BW_KERNEL std::uint32_t absorbing(std::uint32_t number, NeutronNuclide const& nuclide, double energy_eV,
                                      RandomStream& random) const {
        NeutronNuclideNotes const& notes = media.notes[number];
        if (notes.only_absorption >= 0) {
            return static_cast<std::uint32_t>(notes.only_absorption);
        }
        NeutronGrid const& grid = media.neutrons.library.grids[notes.temperature_grid];
        float const* const x = media.neutrons.library.grid_eV + grid.first_energy;
        std::uint32_t low = 0, high = grid.points - 1;
        while (high - low > 1) {
            std::uint32_t const middle = (low + high) / 2;
            (static_cast<double>(x[middle]) <= energy_eV ? low : high) = middle;
        }
        double const at = (energy_eV - static_cast<double>(x[low])) /
                          (static_cast<double>(x[low + 1]) - static_cast<double>(x[low]));
        double const part = at < 0.0 ? 0.0 : at > 1.0 ? 1.0 : at;
        double sum = 0;
        for (std::uint32_t i = 0; i < nuclide.reaction_count; ++i) {
            sum += absorbed_barn(nuclide, i, grid, low, part, energy_eV);
        }
        double left = random.uniform() * sum;
        std::uint32_t last = 0;
        for (std::uint32_t i = 0; i < nuclide.reaction_count; ++i) {
            double const barn = absorbed_barn(nuclide, i, grid, low, part, energy_eV);
            last = barn > 0 ? i : last;
            left -= barn;
            if (left < 0) {
                return i;
            }
        }
        return last;
    }

    BW_KERNEL double absorbed_barn(NeutronNuclide const& nuclide, std::uint32_t i, NeutronGrid const& grid,
                                   std::uint32_t at, double part, double energy_eV) const {
        NeutronView const& library = media.neutrons.library;
        NeutronReaction const& r = library.reactions[nuclide.first_reaction + i];
        if (r.emission != NeutronEmission::none) {
            return 0.0;
        }
        if (r.row < 0) {
            return NeutronCollision{media.neutrons}.threshold_barn(r, energy_eV);
        }
        float const* const y =
            library.rows + grid.first_value + static_cast<std::size_t>(r.row) * grid.points + at;
        return between(y[0], y[1], part);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
