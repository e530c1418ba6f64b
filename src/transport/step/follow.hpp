/// \file  follow.hpp — follows one charged particle through voxels or plates until it stops, leaves or reacts
/// \how   docs/methods/transport.md sections 2-5
/// \fits  protons, deuterons and tritons of 0.5 to 250 MeV per nucleon mass; helium of events along its range
/// \not   the source (history.hpp), the memory of tallies
/// \proof tests/transport/engine_test.cpp, tests/transport/range_test.cpp
#pragma once
#include "transport/step/media.hpp"
#include "transport/step/score_view.hpp"
#include "transport/step/step_physics.hpp"
#include "transport/step/track.hpp"
#include <type_traits>

namespace beamwright {
inline namespace BW_TARGET {

enum class TrackEnd : std::uint8_t { stopped, left, reacted, broken };

/// Follows a track. The walk stands at its position; products of a nuclear event go to the stack.
template <class Walk, class Media, class Score> class Follower {
public:
    BW_KERNEL Follower(StepPhysics const& physics, Media const& media, Score const& score, EnergyTerm here,
                       double per_MeV)
        : physics_(physics), media_(media), score_(score), here_(here), per_MeV_(per_MeV) {}

    BW_KERNEL TrackEnd operator()(Track& track, Walk& walk, StepBudgets& budgets, RandomStream& random,
                                  TrackStack& stack, TrackBook& book) const {
        HydrogenScale const scale = hydrogen_scale(track.species);
        StepLimits const& limits = physics_.limits;
        double range = physics_.range_g_per_cm2(track.energy_MeV);
        std::uint32_t last_material = ~std::uint32_t{0};
        double last_ratio = 1;
        double piece = begin_layer(track, range, walk, budgets, random);
        for (std::int64_t step = 0; walk.inside(); ++step) {
            if (step == limits.most_steps) {
                return give_up(track, scale, Rare::stuck, book);
            }
            ++book.steps;

            // The nearest wins: the face, the end of the straggling or scattering stretch, an event
            Medium const medium = media_(walk);
            double const to_face = walk.to_face_mm() * medium.density_g_per_cm3 * cm_per_mm;
            double const ratio_here = physics_.stopping_ratio(medium.material, track.energy_MeV);
            bool const same = medium.material == last_material;
            double const ratio = fma(0.5, same ? ratio_here - last_ratio : 0.0, ratio_here); // at mid-step
            last_material = medium.material;
            last_ratio = ratio_here;
            double const loss_per_mass = ratio * scale.path_scale;
            StepMaterial const against_water = physics_.ratios[medium.material];
            double const scatter_per_mass = against_water.scattering_ratio;
            double mass = to_face;
            Happens next = Happens::face;
            if (mass * loss_per_mass > budgets.straggling) {
                mass = budgets.straggling / loss_per_mass;
                next = Happens::straggling;
            }
            if (mass * scatter_per_mass > budgets.scattering) {
                mass = budgets.scattering / scatter_per_mass;
                next = Happens::scattering;
            }
            if (mass > budgets.nuclear) {
                mass = budgets.nuclear;
                next = Happens::event;
            }

            // Lose energy along the way; what falls below the cut stays in this voxel
            double const nominal = mass * loss_per_mass;
            double const lost = nominal * fma(budgets.straggling_rel, against_water.straggling_ratio, 1.0);
            double const left = range - lost;
            double const local_cut = limits.cut_mm * cm_per_mm * medium.density_g_per_cm3 * loss_per_mass;
            double const short_cut = 0.2 * local_cut;
            double const cut = short_cut > limits.least_range ? short_cut : limits.least_range;
            bool const held = range <= local_cut && range <= to_face * loss_per_mass; // cannot reach the face
            bool const stops = held || !(left > cut);
            double const tabled = stops ? 0.0 : physics_.energy_MeV(left); // to 1e-9: cells of a table
            double const energy = tabled < track.energy_MeV ? tabled : track.energy_MeV;
            double const given = (track.energy_MeV - energy) * scale.energy_scale;
            book_here(score_.lose(walk, {given, ratio, track.energy_MeV, energy, stops ? range : lost,
                                         scale.energy_scale, track.species, track.primary,
                                         stops ? range / loss_per_mass : mass, medium.density_g_per_cm3}),
                      book);
            track.energy_MeV = energy;
            if (stops) {
                return TrackEnd::stopped;
            }
            range = left;
            budgets.straggling = above_zero(budgets.straggling - nominal);
            budgets.scattering = above_zero(budgets.scattering - mass * scatter_per_mass);
            budgets.nuclear = above_zero(budgets.nuclear - mass);

            // Let the winner act
            if (next == Happens::face) {
                walk.reach_face();
                if (walk.inside()) {
                    score_.enter(walk, track.primary);
                    piece = begin_layer(track, range, walk, budgets, random);
                }
                continue;
            }
            walk.move(mass / (medium.density_g_per_cm3 * cm_per_mm));
            if (next == Happens::straggling) {
                physics_.draw_straggling(track, range, scale, budgets, random);
            } else if (next == Happens::scattering) {
                scatter(track, medium.material, range, scale, loss_per_mass / scatter_per_mass, piece, walk,
                        budgets, random);
            } else if (reacts(track, medium.material, walk, budgets, random)) {
                return react(track, medium.material, ratio, walk, random, stack, book);
            }
        }
        track.position_mm = walk.position();
        track.direction = walk.direction();
        return TrackEnd::left;
    }

private:
    enum class Happens : std::uint8_t { face, straggling, scattering, event };
    static constexpr double cm_per_mm = 0.1;

    BW_KERNEL static double above_zero(double x) { return x > 0.0 ? x : 0.0; }
    BW_KERNEL void book_here(std::int64_t units, TrackBook& book) const {
        book.energy[static_cast<unsigned>(here_)] += units;
    }
    BW_KERNEL void put(EnergyTerm term, double energy_MeV, TrackBook& book) const {
        book.energy[static_cast<unsigned>(term)] += fixed_point(energy_MeV, per_MeV_);
    }

    BW_KERNEL TrackEnd give_up(Track& track, HydrogenScale scale, Rare what, TrackBook& book) const {
        ++book.rare[static_cast<unsigned>(what)];
        put(EnergyTerm::rare, track.energy_MeV * scale.energy_scale, book);
        track.energy_MeV = 0;
        return TrackEnd::broken;
    }

    /// In the beam line a layer is cut into scattering steps: behind a plate thinner than a step, a long way through air
    /// would show that only some protons have met their hinge, and in the air itself the spot of one hinge at a random place
    /// is no Gaussian (docs/methods/transport.md section 6). Emptiness is left alone (and costs no random numbers).
    /// Returns the longest step; there is no bound in the grid.
    BW_KERNEL double begin_layer(Track const& track, double range, Walk const& walk, StepBudgets& budgets,
                                 RandomStream& random) const {
        if constexpr (std::is_same_v<Walk, LayerWalk>) {
            Medium const medium = media_(walk);
            double const piece = layer_share * walk.to_face_mm() * medium.density_g_per_cm3 * cm_per_mm *
                                 physics_.ratios[medium.material].scattering_ratio;
            if (piece > least_piece) {
                physics_.begin_scattering(track, range, budgets, random, piece);
                return piece;
            }
        }
        return physics_.never;
    }
    static constexpr double layer_share = 0.25;
    static constexpr double least_piece = 2.5e-6; ///< g/cm2: of 0.1 mm of air

    /// At the hinge turn by the whole step's angle; at the end of the step begin a new one, not longer than `piece`.
    BW_KERNEL void scatter(Track const& track, std::uint32_t material, double range, HydrogenScale scale,
                           double loss_ratio, double piece, Walk& walk, StepBudgets& budgets,
                           RandomStream& random) const {
        if (budgets.after_hinge < 0) {
            physics_.begin_scattering(track, range, budgets, random, piece);
            return;
        }
        Vec3<double> const turned_to =
            physics_.scattered(track, material, range, scale, loss_ratio, walk.direction(), budgets, random);
        walk.turn(walk.position(), turned_to);
        budgets.scattering = budgets.after_hinge;
        budgets.after_hinge = -1;
    }

    /// A tentative event: a hard scatter, a nuclear event (true) with the share of the true cross section of the
    /// majorant, or nothing.
    BW_KERNEL bool reacts(Track const& track, std::uint32_t material, Walk& walk, StepBudgets& budgets,
                          RandomStream& random) const {
        double const hard = physics_.scattering.hard_cm2_per_g;
        double const share = random.uniform() * physics_.events_cm2_per_g(track.species);
        if (share < hard) {
            walk.turn(walk.position(),
                      physics_.hard_scattered(track, material, share / hard, walk.direction(), random));
        } else if (physics_.reacts(track.species) &&
                   share - hard < physics_.nuclear_cm2_per_g(material, track.energy_MeV)) {
            return true;
        }
        budgets.nuclear = physics_.event_mass(track.species, random);
        return false;
    }

public:
    /// The event: neutrals and Q are booked, short-ranged products stay here, the others wait on the stack.
    BW_KERNEL TrackEnd react(Track& track, std::uint32_t material, double ratio, Walk const& walk,
                             RandomStream& random, TrackStack& stack, TrackBook& book) const {
        auto const event =
            NuclearInteraction{physics_.nuclear}(material, track.energy_MeV, walk.direction(), random);
        ++book.nuclear_events;
        bool const elastic = event.type != NuclearEventType::nonelastic;
        book.nonelastic_events += elastic ? 0 : 1;
        book.primary_nonelastic_events += !elastic && track.primary ? 1 : 0;
        put(EnergyTerm::Q, event.Q_MeV, book);
        put(EnergyTerm::neutrons, event.neutron_MeV, book);
        put(EnergyTerm::gammas, event.gamma_MeV, book);
        double recoil_MeV = event.local_MeV;
        for (int i = 0; i < event.helium_count; ++i) {
            auto const& helium = event.heliums[static_cast<unsigned>(i)];
            recoil_MeV -= helium.energy_MeV;
            stop_helium(helium, walk, random, book);
        }
        if (recoil_MeV != 0) {
            book_here(score_.recoil(walk, recoil_MeV, ratio), book);
        }
        for (int i = 0; i < event.count; ++i) {
            auto const& product = event.products[static_cast<unsigned>(i)];
            HydrogenScale const scale = hydrogen_scale(product.kind);
            Track const secondary{.position_mm = walk.position(),
                                  .direction = product.direction,
                                  .energy_MeV = product.energy_MeV / scale.energy_scale,
                                  .species = product.kind,
                                  .primary = track.primary && elastic && i == 0,
                                  .in_grid = track.in_grid};
            ++book.secondaries;
            if (!stack.push(secondary)) {
                ++book.rare[static_cast<unsigned>(Rare::stack_full)];
                put(EnergyTerm::rare, product.energy_MeV, book);
            }
        }
        track.energy_MeV = 0;
        return TrackEnd::reacted;
    }

private:
    /// A helium nucleus goes straight on, in any direction, and gives its energy along its range
    /// (docs/methods/transport.md section 4).
    [[gnu::noinline]] BW_KERNEL void stop_helium(LocalHelium<double> const& helium, Walk walk,
                                                 RandomStream& random, TrackBook& book) const {
        double const mass = helium.mass_in_protons;
        double proton_MeV = helium.energy_MeV / mass; // of the proton of equal velocity, here and below
        double const cosine = fma(2.0, random.uniform(), -1.0), sine = sqrt(fma(-cosine, cosine, 1.0));
        SinCos const turn = sincos(2.0 * constants::pi * random.uniform());
        walk.turn(walk.position(), {sine * turn.cosine, sine * turn.sine, cosine});
        for (int voxel = 0; walk.inside(); ++voxel) {
            Medium const medium = media_(walk);
            double const ratio = physics_.stopping_ratio(medium.material, proton_MeV);
            double const range = let_integral(physics_.helium_range, proton_MeV);
            double const to_face = walk.to_face_mm() * medium.density_g_per_cm3 * cm_per_mm;
            bool const stops = !(to_face * ratio < mass * range) || voxel == most_helium_voxels;
            double const lost = stops ? range : to_face * ratio / mass;
            double const left_MeV = stops ? 0.0 : physics_.helium_MeV(range - lost, proton_MeV);
            book_here(score_.lose(walk, {(proton_MeV - left_MeV) * mass, ratio, proton_MeV, left_MeV, lost,
                                         mass, NuclearSpecies::alpha, false,
                                         stops ? mass * range / ratio : to_face, medium.density_g_per_cm3}),
                      book);
            proton_MeV = left_MeV;
            if (stops) {
                return;
            }
            walk.reach_face();
        }
        put(EnergyTerm::escaped_charged, proton_MeV * mass, book);
    }
    static constexpr int most_helium_voxels = 10'000; ///< no way is longer but in emptiness

    StepPhysics physics_;
    Media media_;
    Score score_;
    EnergyTerm here_;
    double per_MeV_;
};

} // namespace BW_TARGET
} // namespace beamwright
