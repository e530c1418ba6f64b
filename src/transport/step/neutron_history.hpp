/// \file  neutron_history.hpp — one particle of a port and all that it makes
/// \how   docs/methods/neutron_transport.md section 1
/// \fits  ports of port_source_view.hpp; nothing between port and grid but the void
/// \not   threads, batches
/// \proof tests/transport/neutrons/engine_test.cpp
#pragma once
#include "machine/source/port_source_view.hpp"
#include "transport/step/neutron_flight.hpp"
#include "transport/step/photon_flight.hpp"

namespace beamwright {

/// Where a port stands, and how its histories are numbered. History h is number h mod batch of its batch.
struct NeutronSourceView {
    PortSourceView port;
    Mat3<double> to_grid{};
    Vec3<double> to_grid_shift_mm{};
    std::int64_t batch_histories = 1;
    std::uint32_t seed = 0, port_number = 0;
};

inline namespace BW_TARGET {

struct NeutronHistory {
    NeutronSourceView source;
    NeutronFlight neutrons;
    PhotonFlight photons;
    double per_MeV = 1;

    BW_KERNEL void operator()(std::int64_t history, NeutralStack& stack, NeutronBook& book) const {
        StreamKey key{source.seed, source.port_number, static_cast<std::uint64_t>(history), 0};
        RandomStream random(key);
        NeutronBooking const booking{&book, per_MeV};

        // Each batch has every bin of the spectrum by its share (stratified)
        double const in_batch = static_cast<double>(history % source.batch_histories);
        double const share = (in_batch + random.uniform()) / static_cast<double>(source.batch_histories);
        PortParticleState const born = PortSampler{source.port}(share, random);
        NeutralTrack track{source.to_grid * born.position_mm + source.to_grid_shift_mm,
                           source.to_grid * born.direction,
                           born.energy_eV,
                           born.weight,
                           born.particle == PortParticle::photon,
                           true};
        booking.put(NeutronTerm::source, track.weight * track.energy_eV);
        if (!to_grid(track)) {
            booking.put(track.photon ? NeutronTerm::escaped_photons : NeutronTerm::escaped_neutrons,
                        track.weight * track.energy_eV);
            return;
        }

        booking.count(NeutronCount::entered);

        // Follow it, then what it made, the last made first
        stack.count = 0;
        follow(track, born.weight, random, stack, booking);
        while (stack.count > 0) {
            NeutralTrack const secondary = stack.pop();
            ++key.particle;
            RandomStream own(key);
            follow(secondary, born.weight, own, stack, booking);
        }
    }

private:
    BW_KERNEL void follow(NeutralTrack const& track, double unit, RandomStream& random, NeutralStack& stack,
                          NeutronBooking const& booking) const {
        if (track.photon) {
            photons(track, random, stack, booking);
        } else {
            neutrons(track, unit, random, stack, booking);
        }
    }

    /// Straight through the void to the grid; false if it misses.
    BW_KERNEL bool to_grid(NeutralTrack& track) const {
        BoxCrossing<double> const cross = cross_box(neutrons.media.grid, track.position_mm, track.direction);
        if (!cross.hit) {
            return false;
        }
        track.position_mm = track.position_mm + cross.enter_mm * track.direction;
        return true;
    }
};

} // namespace BW_TARGET
} // namespace beamwright
