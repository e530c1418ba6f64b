/// \file  photon_flight.hpp — follows one photon through voxels until it is absorbed or leaves
/// \how   docs/methods/neutron_transport.md section 5
/// \fits  1 keV to 20 MeV; electrons stop where they are made
/// \not   how photons come about (neutron_flight.hpp, the port)
/// \proof tests/transport/neutrons/engine_test.cpp, tests/transport/neutrons/reference_test.cpp
#pragma once
#include "physics/photon/compton.hpp"
#include "physics/photon/photon_absorption.hpp"
#include "physics/photon/rayleigh.hpp"
#include "transport/step/neutron_media.hpp"
#include "transport/step/neutron_score_view.hpp"
#include "transport/step/neutron_track.hpp"

namespace beamwright {
inline namespace BW_TARGET {

inline constexpr double photon_lowest_eV = 1e3;

struct PhotonFlight {
    NeutronMediaView media;
    NeutronScore score;
    NeutronMethod method;

    BW_KERNEL void operator()(NeutralTrack track, RandomStream& random, NeutralStack& stack,
                              NeutronBooking const& booking) const {
        VoxelWalk<double> walk(media.grid);
        walk.start(track.position_mm, track.direction);
        WaitingScores waiting{score};
        Local local;
        double depth = -log(random.uniform()); // mean free paths to the next collision
        while (walk.inside()) {
            std::int64_t const voxel = walk.voxel();
            look_up(media.material[voxel], track, local);
            double const density = static_cast<double>(media.density_g_per_cm3[voxel]);
            double const per_mm = 0.1 * density * local.at.total();
            double const face_mm = walk.to_face_mm();
            bool const collides = per_mm * face_mm > depth;
            double const step_mm = collides ? depth / per_mm : face_mm;
            booking.count(NeutronCount::photon_steps);
            if (step_mm > 0) {
                score_path(track, 0.1 * step_mm, local, walk, waiting);
            }
            if (!collides) {
                depth -= per_mm * face_mm;
                walk.reach_face();
                continue;
            }
            walk.move(step_mm);
            track.position_mm = walk.position();
            auto const leave = [&](double energy_eV) {
                booking.put(NeutronTerm::deposited, track.weight * energy_eV);
                if (!method.photon_path_length) {
                    std::int64_t* const cells = score.open(walk.voxel(), walk.row());
                    score.add(cells, kind(track), track.weight * 1e-6 * energy_eV / density);
                }
            };
            if (!collide(track, local, random, stack, booking, leave)) {
                waiting.flush();
                return;
            }
            walk.turn(track.position_mm, track.direction);
            local.known = Local::none;
            depth = -log(random.uniform());
        }
        waiting.flush();
        booking.put(NeutronTerm::escaped_photons, track.weight * track.energy_eV);
    }

    /// A collision outside the grid, in air; nothing is scored. False where the photon ends.
    BW_KERNEL bool collide_in_air(NeutralTrack& track, RandomStream& random, NeutralStack& stack,
                                  NeutronBooking const& booking) const {
        Local local;
        look_up(media.air, track, local);
        return collide(track, local, random, stack, booking, [&](double energy_eV) {
            booking.put(NeutronTerm::deposited, track.weight * energy_eV);
        });
    }
    /// Per cm of air.
    BW_KERNEL double air_per_cm(double energy_eV) const {
        return media.air_g_per_cm3 * photon_material_at(media.photons, media.air, energy_eV).total();
    }

private:
    /// Coefficients of the material that the photon is in, at its energy.
    struct Local {
        static constexpr std::uint32_t none = 0xFFFFFFFFu;
        std::uint32_t known = none;
        PhotonAtEnergy at{};
        double kerma = 0, reference_kerma = 0; ///< MeV cm2/g
    };

    BW_KERNEL void look_up(std::uint32_t material, NeutralTrack const& track, Local& local) const {
        if (material == local.known) {
            return;
        }
        bool const fresh = local.known == Local::none;
        local.known = material;
        local.at = photon_material_at(media.photons, material, track.energy_eV);
        local.kerma = 1e-6 * track.energy_eV * local.at.absorbed;
        if (fresh && score.asked(NeutronQuantity::photon_reference)) {
            local.reference_kerma =
                1e-6 * track.energy_eV *
                photon_material_at(media.photons, media.photon_reference, track.energy_eV).absorbed;
        }
    }

    BW_KERNEL static NeutronQuantity kind(NeutralTrack const& track) {
        return track.of_beam ? NeutronQuantity::photon_beam : NeutronQuantity::photon_induced;
    }

    BW_KERNEL void score_path(NeutralTrack const& track, double path_cm, Local const& local,
                              VoxelWalk<double> const& walk, WaitingScores& waiting) const {
        std::int64_t* const cells = waiting.open(walk.voxel(), walk.row());
        double const path = track.weight * path_cm;
        auto const add = [&](NeutronQuantity quantity, double kerma) {
            waiting.add_units(cells, quantity, score.units(quantity, path * kerma));
        };
        if (method.photon_path_length) {
            add(kind(track), local.kerma);
        }
        add(NeutronQuantity::photon_reference, local.reference_kerma);
    }

    /// False where the photon ends. `leave(energy_eV)` books what stays.
    template <class Leave>
    BW_KERNEL bool collide(NeutralTrack& track, Local const& local, RandomStream& random, NeutralStack& stack,
                           NeutronBooking const& booking, Leave const& leave) const {
        PhotonState const before{track.energy_eV, track.direction};
        double const at = random.uniform() * local.at.total();
        double const to_photoelectric = local.at.incoherent + local.at.photoelectric;
        auto const element = [&](double PhotonAtEnergy::*process) {
            return photon_element(media.photons, local.known, before.energy_eV, process, random);
        };
        // Scattering with an electron, absorption by an atom, scattering without loss, or a pair
        if (at < local.at.incoherent) {
            PhotonState const after =
                Compton{media.photons}(before, element(&PhotonAtEnergy::incoherent), random);
            leave(before.energy_eV - after.energy_eV);
            track.energy_eV = after.energy_eV;
            track.direction = after.direction;
        } else if (at < to_photoelectric) {
            leave(before.energy_eV);
            return false;
        } else if (at < to_photoelectric + local.at.coherent || before.energy_eV <= 2.0 * electron_rest_eV) {
            track.direction =
                Rayleigh{media.photons}(before, element(&PhotonAtEnergy::coherent), random).direction;
        } else {
            PhotonAbsorbed const pair = PairProduction{}(before, random);
            leave(pair.local_eV);
            NeutralTrack other = track;
            other.energy_eV = track.energy_eV = electron_rest_eV;
            track.direction = pair.direction;
            other.direction = -1.0 * pair.direction;
            if (!stack.push(other)) {
                booking.rare(Rare::stack_full);
                booking.put(NeutronTerm::rare, other.weight * other.energy_eV);
            }
        }
        if (track.energy_eV < photon_lowest_eV) {
            leave(track.energy_eV);
            return false;
        }
        return true;
    }
};

} // namespace BW_TARGET
} // namespace beamwright
