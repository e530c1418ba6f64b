/// \file  neutron_flight.hpp — follows one neutron through voxels until it is absorbed, leaves or loses its weight
/// \how   docs/methods/neutron_transport.md sections 2-4
/// \fits  1e-5 eV to 20 MeV; boron of the map takes part
/// \not   photons (photon_flight.hpp)
/// \proof tests/transport/neutrons/engine_test.cpp, tests/transport/neutrons/reference_test.cpp
#pragma once
#include "transport/step/neutron_events.hpp"
#include "transport/step/neutron_score_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Tentative collisions of one neutron; more is counted as rare and ends it.
inline constexpr std::int64_t neutron_most_tentative = 200'000;

struct NeutronFlight {
    NeutronMediaView media;
    NeutronScore score;
    NeutronMethod method;

    /// `unit` is the weight of the source particle.
    BW_KERNEL void operator()(NeutralTrack track, double unit, RandomStream& random, NeutralStack& stack,
                              NeutronBooking const& booking) const {
        Place place{};
        place.material = Place::none;
        place.inverse_mm = {1.0 / media.grid.edge_x_mm, 1.0 / media.grid.edge_y_mm,
                            1.0 / media.grid.edge_z_mm};
        std::int64_t tentative = 0;
        WaitingScores waiting{score};
        while (fly(track, place, tentative, waiting, random, booking)) {
            booking.count(NeutronCount::collisions);
            if (!collide(track, place, unit, random, stack, booking)) {
                break;
            }
        }
        waiting.flush();
        booking.count(NeutronCount::tentative, tentative);
    }

    /// A collision outside the grid, in air; nothing is scored. False where the neutron ends.
    BW_KERNEL bool collide_in_air(NeutralTrack& track, double unit, RandomStream& random, NeutralStack& stack,
                                  NeutronBooking const& booking) const {
        Place const place{{}, media.air, 0.0, neutron_flight_at(media, media.air, track.energy_eV)};
        booking.count(NeutronCount::collisions);
        return collide(track, place, unit, random, stack, booking);
    }

private:
    /// Where a tentative collision happened.
    struct Place {
        static constexpr std::uint32_t none = 0xFFFFFFFFu;
        Vec3<double> inverse_mm;
        std::uint32_t material;
        double boron_ppm;
        NeutronFlightValues at;
    };

    /// What one tentative collision books in a material: the same all along a flight.
    struct Booked {
        std::int64_t boron, nitrogen, fast, flux, fast_reference, kerma;
    };

    /// To the next collision; false where the neutron leaves.
    BW_KERNEL bool fly(NeutralTrack& track, Place& place, std::int64_t& tentative, WaitingScores& waiting,
                       RandomStream& random, NeutronBooking const& booking) const {
        std::uint32_t const cell = neutron_cell(track.energy_eV);
        double const needed = media.majorant_per_cm[cell];
        double const wanted =
            track.energy_eV < neutron_fast_eV ? method.tentative_per_cm : method.fast_tentative_per_cm;
        double const free_cm = 1.0 / (needed > wanted ? needed : wanted);
        double const weighted_cm = track.weight * free_cm;
        std::uint32_t known = Place::none;
        Booked booked{};
        auto const look_up = [&](std::uint32_t material) {
            known = material;
            place.at = neutron_flight_at(media, material, track.energy_eV, cell);
            booked = booked_by(track.energy_eV, weighted_cm, place.at);
        };
        if (place.material !=
            Place::none) { // mostly it stays there; so the table is read beside what comes next
            look_up(place.material);
        }
        for (;;) {
            // To the next tentative collision
            double const step_mm = -10.0 * free_cm * log(random.uniform());
            track.position_mm = track.position_mm + step_mm * track.direction;
            double const x = track.position_mm.x * place.inverse_mm.x;
            double const y = track.position_mm.y * place.inverse_mm.y;
            double const z = track.position_mm.z * place.inverse_mm.z;
            bool const inside =
                x >= 0 && x < media.grid.nx && y >= 0 && y < media.grid.ny && z >= 0 && z < media.grid.nz;
            if (!inside) {
                booking.put(NeutronTerm::escaped_neutrons, track.weight * track.energy_eV);
                return false;
            }
            if (++tentative > neutron_most_tentative) {
                booking.rare(Rare::stuck);
                booking.put(NeutronTerm::rare, track.weight * track.energy_eV);
                return false;
            }
            // What is there; the flux is booked whether it collides or not
            std::int64_t const row =
                static_cast<std::int64_t>(static_cast<int>(z)) * media.grid.ny + static_cast<int>(y);
            std::int64_t const voxel = row * media.grid.nx + static_cast<int>(x);
            std::uint32_t const material = media.material[voxel];
            if (material != known) {
                look_up(material);
            }
            place.boron_ppm = media.boron_ppm != nullptr ? static_cast<double>(media.boron_ppm[voxel]) : 0.0;
            book_flux(track.energy_eV, booked, waiting.open(voxel, row), waiting);
            double const per_cm = static_cast<double>(media.density_g_per_cm3[voxel]) *
                                  (place.at.total_cm2_per_g + place.boron_ppm * place.at.boron_total);
            if (random.uniform() < per_cm * free_cm) {
                place.material = material;
                return true;
            }
        }
    }

    BW_KERNEL Booked booked_by(double energy_eV, double path_cm, NeutronFlightValues const& at) const {
        Booked booked{score.units(NeutronQuantity::boron, path_cm * at.boron_kerma),
                      score.units(NeutronQuantity::nitrogen, path_cm * at.nitrogen_kerma),
                      score.units(NeutronQuantity::fast, path_cm * at.other_kerma),
                      score.units(flux_group(energy_eV), path_cm),
                      0,
                      0};
        if (score.asked(NeutronQuantity::fast_reference)) {
            booked.fast_reference =
                score.units(NeutronQuantity::fast_reference, path_cm * at.reference_kerma);
            double const kerma = at.reference_kerma + score.view.reference_nitrogen * at.nitrogen_kerma;
            booked.kerma = score.units(kerma_group(energy_eV), path_cm * kerma);
        }
        return booked;
    }

    BW_KERNEL void book_flux(double energy_eV, Booked const& booked, std::int64_t* cells,
                             WaitingScores& waiting) const {
        waiting.add_units(cells, NeutronQuantity::boron, booked.boron);
        waiting.add_units(cells, NeutronQuantity::nitrogen, booked.nitrogen);
        waiting.add_units(cells, NeutronQuantity::fast, booked.fast);
        waiting.add_units(cells, flux_group(energy_eV), booked.flux);
        if (score.asked(NeutronQuantity::fast_reference)) {
            waiting.add_units(cells, NeutronQuantity::fast_reference, booked.fast_reference);
            waiting.add_units(cells, kerma_group(energy_eV), booked.kerma);
        }
    }

    BW_KERNEL static NeutronQuantity flux_group(double energy_eV) {
        return energy_eV < neutron_thermal_eV ? NeutronQuantity::flux_thermal
               : energy_eV < neutron_fast_eV  ? NeutronQuantity::flux_epithermal
                                              : NeutronQuantity::flux_fast;
    }
    BW_KERNEL static NeutronQuantity kerma_group(double energy_eV) {
        return energy_eV < neutron_thermal_eV ? NeutronQuantity::kerma_below : NeutronQuantity::kerma_above;
    }

    /// What a neutron meets. `unused`: a uniform number up to the total cross section that has decided nothing yet, or
    /// below 0.
    struct Met {
        NeutronTarget hit;
        double unused;
    };

    /// False where the neutron ends.
    BW_KERNEL bool collide(NeutralTrack& track, Place const& place, double unit, RandomStream& random,
                           NeutralStack& stack, NeutronBooking const& booking) const {
        NeutronCollision const collision{media.neutrons, media.law_start};
        NeutronEvents const events{media};
        // Boron of the map, or a nuclide of the tissue
        double const boron = place.boron_ppm * place.at.boron_total;
        bool const on_boron = boron > 0 && random.uniform() * (place.at.total_cm2_per_g + boron) < boron;
        Met const met = on_boron ? Met{boron_target(track.energy_eV), -1.0}
                                 : tissue_target(place, track.energy_eV, collision, random);
        NeutronTarget const& hit = met.hit;
        // Photons that the evaluation ties to no reaction
        bool const analog = !method.survival && !method.expected_photons;
        double const photon_weight = analog ? track.weight : method.photon_weight * unit;
        if (!on_boron && track.energy_eV > media.notes[hit.part.nuclide].own_photons_from_eV) {
            events.of_own_sources(hit, track, photon_weight, random, stack, booking);
        }
        if (!absorb(track, met, photon_weight, unit, random, stack, booking)) {
            return false;
        }
        return scatter(track, hit, collision, photon_weight, random, stack, booking);
    }

    /// The nuclide that is met most needs no table of its own where it can do but two things.
    BW_KERNEL Met tissue_target(Place const& place, double energy_eV, NeutronCollision const& collision,
                                RandomStream& random) const {
        NeutronMaterial const& material = media.neutrons.materials[place.material];
        NeutronPart const& first = media.neutrons.parts[material.first_part];
        double const left = random.uniform() * place.at.total_cm2_per_g;
        if (media.notes[first.nuclide].simple != 0 && left < place.at.first_total) {
            return {{first,
                     {place.at.first_total, place.at.first_total - place.at.first_absorbed,
                      place.at.first_absorbed}},
                    left};
        }
        return {collision.target(place.material, energy_eV, left, place.at.total_cm2_per_g, random), -1.0};
    }

    BW_KERNEL NeutronTarget boron_target(double energy_eV) const {
        BoronAtEnergy const at = neutron_boron_at(media.neutrons, energy_eV);
        return {{0, media.boron_nuclide, 0.0f, -1},
                {at.total_cm2_per_g, at.total_cm2_per_g - at.absorbed_cm2_per_g, at.absorbed_cm2_per_g}};
    }

    /// False where the neutron ends: absorbed, or lost in the play for its weight.
    BW_KERNEL bool absorb(NeutralTrack& track, Met const& met, double photon_weight, double unit,
                          RandomStream& random, NeutralStack& stack, NeutronBooking const& booking) const {
        NeutronTarget const& hit = met.hit;
        auto const survives = [&] {
            double const at = met.unused >= 0 ? met.unused : random.uniform() * hit.barn.total_barn;
            return at >= hit.barn.absorbed_barn;
        };
        double const share = hit.barn.absorbed_barn / hit.barn.total_barn;
        if (!method.survival && !method.expected_photons) {
            if (survives()) {
                return true;
            }
            booking.absorbed(hit.part.nuclide, track.weight);
            events_of(hit, track, track.weight, 1, random, stack, booking);
            return false;
        }
        // What absorption makes, by its chance
        double const lost = track.weight * share;
        booking.absorbed(hit.part.nuclide, lost);
        int const number = static_cast<int>(lost / photon_weight + random.uniform());
        events_of(hit, track, photon_weight, number, random, stack, booking);
        if (!method.survival) {
            return survives();
        }
        track.weight -= lost;
        if (track.weight >= method.roulette_below * unit) {
            return true;
        }
        double const wanted = method.roulette_to * unit;
        bool const lives = random.uniform() * wanted < track.weight;
        track.weight = wanted;
        return lives;
    }

    BW_KERNEL void events_of(NeutronTarget const& hit, NeutralTrack const& track, double weight, int number,
                             RandomStream& random, NeutralStack& stack, NeutronBooking const& booking) const {
        for (int i = 0; i < number; ++i) {
            NeutronEvents{media}.absorb(hit, track, weight, random, stack, booking);
        }
    }

    BW_KERNEL bool scatter(NeutralTrack& track, NeutronTarget const& hit, NeutronCollision const& collision,
                           double photon_weight, RandomStream& random, NeutralStack& stack,
                           NeutronBooking const& booking) const {
        NeutronCollision::Scattered const out =
            collision.scatter(hit, {track.energy_eV, track.direction}, random);
        if (out.reaction == 0) { // elastic
            booking.put(NeutronTerm::deposited, track.weight * (track.energy_eV - out.state.energy_eV));
            track.energy_eV = out.state.energy_eV;
            track.direction = out.state.direction;
            return true;
        }
        NeutronView const& library = media.neutrons.library;
        NeutronNuclide const& nuclide = library.nuclides[hit.part.nuclide];
        NeutronReaction const& reaction = library.reactions[nuclide.first_reaction + out.reaction];
        bool any = false;
        auto const made =
            NeutronEvents{media}.of_reaction(nuclide, reaction.mt, track, track.weight / photon_weight,
                                             photon_weight, random, stack, booking, any);
        // How many neutrons leave; each but the first is drawn alone
        int const number = static_cast<int>(out.neutrons + random.uniform());
        double carried = 0;
        for (int i = 1; i < number; ++i) {
            NeutronState const more = NeutronEmissionSampler{library}({track.energy_eV, track.direction},
                                                                      nuclide, reaction, random);
            carried += more.energy_eV;
            NeutralTrack other = track;
            other.energy_eV = more.energy_eV;
            other.direction = more.direction;
            if (!stack.push(other)) {
                booking.rare(Rare::stack_full);
                booking.put(NeutronTerm::rare, other.weight * other.energy_eV);
            }
        }
        carried += number > 0 ? out.state.energy_eV : 0.0;
        double const Q = reaction.QM_eV;
        booking.put(NeutronTerm::Q, track.weight * Q);
        booking.put(NeutronTerm::deposited,
                    track.weight * (track.energy_eV + Q - carried) - photon_weight * made.sum_eV);
        track.energy_eV = out.state.energy_eV;
        track.direction = out.state.direction;
        return number > 0;
    }
};

} // namespace BW_TARGET
} // namespace beamwright
