/// \file  neutron_history.hpp — one particle of a port and all that it makes
/// \how   docs/methods/neutron_transport.md section 1
/// \fits  ports of port_source_view.hpp; air or void between port and grid
/// \not   threads, batches; walls of the room, the port's own body
/// \proof tests/transport/neutrons/engine_test.cpp, tests/transport/neutrons/air_test.cpp
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
    double air_to_mm = 0; ///< from the grid's middle: what is in air beyond that has left
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

        // Bring it to the grid and follow it, then what it made (in air, too), the last made first
        stack.count = 0;
        if (to_grid(track, born.weight, random, stack, booking)) {
            booking.count(NeutronCount::entered);
            follow(track, born.weight, random, stack, booking);
        }
        while (stack.count > 0) {
            NeutralTrack secondary = stack.pop();
            ++key.particle;
            RandomStream own(key);
            if (in_grid(secondary.position_mm) || to_grid(secondary, born.weight, own, stack, booking)) {
                follow(secondary, born.weight, own, stack, booking);
            }
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

    BW_KERNEL bool in_grid(Vec3<double> const& p) const {
        GridBox const& box = neutrons.media.grid;
        return neutrons.media.air_g_per_cm3 == 0 ||
               (p.x >= 0 && p.x <= box.nx * box.edge_x_mm && p.y >= 0 && p.y <= box.ny * box.edge_y_mm &&
                p.z >= 0 && p.z <= box.nz * box.edge_z_mm);
    }

    /// Through void or air to the grid; false if it misses, is absorbed or goes away.
    BW_KERNEL bool to_grid(NeutralTrack& track, double unit, RandomStream& random, NeutralStack& stack,
                           NeutronBooking const& booking) const {
        NeutronMediaView const& media = neutrons.media;
        for (int collisions = 0;; ++collisions) {
            // To the grid, or to where it has left
            BoxCrossing<double> const cross = cross_box(media.grid, track.position_mm, track.direction);
            double const end_mm = cross.hit ? cross.enter_mm : to_end_of_air_mm(track);
            double free_mm = 1e300;
            if (media.air_g_per_cm3 > 0) {
                double const per_cm =
                    track.photon ? photons.air_per_cm(track.energy_eV)
                                 : media.air_g_per_cm3 *
                                       neutron_flight_at(media, media.air, track.energy_eV).total_cm2_per_g;
                free_mm = -10.0 * log(random.uniform()) / per_cm;
            }
            if (free_mm >= end_mm || collisions >= most_in_air) {
                if (!cross.hit || collisions >= most_in_air) {
                    booking.put(track.photon ? NeutronTerm::escaped_photons : NeutronTerm::escaped_neutrons,
                                track.weight * track.energy_eV);
                    return false;
                }
                track.position_mm = track.position_mm + end_mm * track.direction;
                return true;
            }
            // A collision with air
            track.position_mm = track.position_mm + free_mm * track.direction;
            bool const goes_on = track.photon ? photons.collide_in_air(track, random, stack, booking)
                                              : neutrons.collide_in_air(track, unit, random, stack, booking);
            if (!goes_on) {
                return false;
            }
        }
    }

    /// Collisions in air before a particle is given up as gone: a neutron of thermal energy makes some twenty per metre
    /// of air at most.
    static constexpr int most_in_air = 1000;

    /// From here along its direction to the sphere round the grid beyond which nothing comes back; 0 outside it.
    BW_KERNEL double to_end_of_air_mm(NeutralTrack const& track) const {
        GridBox const& box = neutrons.media.grid;
        Vec3<double> const middle{0.5 * box.nx * box.edge_x_mm, 0.5 * box.ny * box.edge_y_mm,
                                  0.5 * box.nz * box.edge_z_mm};
        Vec3<double> const from = track.position_mm - middle;
        double const along = dot(from, track.direction);
        double const inside = along * along - dot(from, from) + source.air_to_mm * source.air_to_mm;
        double const end = inside > 0 ? sqrt(inside) - along : 0.0;
        return end > 0 ? end : 0.0;
    }
};

} // namespace BW_TARGET
} // namespace beamwright
