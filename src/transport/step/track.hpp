/// \file  track.hpp — a particle on its way, what is left of its budgets, and where its energy is booked
/// \how   docs/methods/transport.md sections 2-4
/// \fits  protons, deuterons, tritons
/// \not   neutrals and heavier fragments (booked or deposited at the event)
/// \proof tests/transport/engine_test.cpp
#pragma once
#include "lanes/constants.hpp"
#include "lanes/vec3.hpp"
#include "tables/nuclear_view.hpp"
#include <array>
#include <cstdint>

namespace beamwright {

/// Where energy can go. Every run must balance: source + Q = all others.
enum class EnergyTerm : std::uint8_t {
    source,          ///< kinetic energy of the source protons
    Q,               ///< set free by nuclear events (negative: bound)
    deposited,       ///< in the grid
    outside_grid,    ///< deposited in the beam line: air, range shifters
    escaped_charged, ///< kinetic energy of charged particles that left or missed the grid
    neutrons,        ///< kinetic energy of neutrons
    gammas,
    rare ///< lost to rare events (see Rare); their number has a budget
};
inline constexpr int energy_term_count = 8;

/// What may happen once in a million histories; more is an error of ours and refuses the run.
enum class Rare : std::uint8_t { stuck, stack_full, energy_clamped, not_a_number };
inline constexpr int rare_count = 4;

/// Integers, so that the order of adding cannot matter.
struct TrackBook {
    std::array<std::int64_t, energy_term_count> energy{}; ///< fixed point, by EnergyTerm
    std::array<std::int64_t, rare_count> rare{};
    std::int64_t steps = 0;          ///< pieces of path with one voxel, one medium
    std::int64_t nuclear_events = 0; ///< all kinds
    std::int64_t nonelastic_events = 0;
    std::int64_t primary_nonelastic_events = 0; ///< of primaries alone
    std::int64_t secondaries = 0;               ///< charged particles put on the stack

    void add(TrackBook const& other) {
        for (int i = 0; i < energy_term_count; ++i) {
            energy[static_cast<unsigned>(i)] += other.energy[static_cast<unsigned>(i)];
        }
        for (int i = 0; i < rare_count; ++i) {
            rare[static_cast<unsigned>(i)] += other.rare[static_cast<unsigned>(i)];
        }
        steps += other.steps;
        nuclear_events += other.nuclear_events;
        nonelastic_events += other.nonelastic_events;
        primary_nonelastic_events += other.primary_nonelastic_events;
        secondaries += other.secondaries;
    }
};

inline namespace BW_TARGET {

/// A heavier hydrogen nucleus moves like the proton of equal velocity: its energy is `energy_scale` times
/// that proton's, and it uses up that proton's range `path_scale` times as fast (charge 1).
struct HydrogenScale {
    double energy_scale = 1, path_scale = 1;
};
BW_KERNEL HydrogenScale hydrogen_scale(NuclearSpecies species) {
    constexpr double deuteron = constants::deuteron_MeV / constants::proton_MeV;
    constexpr double triton = constants::triton_MeV / constants::proton_MeV;
    return species == NuclearSpecies::deuteron ? HydrogenScale{deuteron, 1.0 / deuteron}
           : species == NuclearSpecies::triton ? HydrogenScale{triton, 1.0 / triton}
                                               : HydrogenScale{};
}

/// A charged particle. Position in the frame of the region it is in, mm.
struct Track {
    Vec3<double> position_mm{};
    Vec3<double> direction{0, 0, 1};
    double energy_MeV = 0; ///< kinetic energy of the proton of equal velocity
    NuclearSpecies species = NuclearSpecies::proton;
    bool primary = false; ///< has not met a non-elastic event
    bool in_grid = false; ///< else in the beam line
};

/// Tracks waiting, last in first out.
struct TrackStack {
    static constexpr int capacity = 48;
    std::array<Track, capacity> tracks{};
    int count = 0;
    BW_KERNEL bool push(Track const& track) {
        if (count == capacity) {
            return false;
        }
        tracks[static_cast<unsigned>(count++)] = track;
        return true;
    }
    BW_KERNEL Track pop() { return tracks[static_cast<unsigned>(--count)]; }
};

/// Paths left until something happens, each in its own measure, so that they run through any media.
struct StepBudgets {
    double straggling = 0;       ///< water range, g/cm2, until the next straggling factor
    double straggling_rel = 0;   ///< relative deviation of the loss in range during this stretch
    double scattering = 0;       ///< water-equivalent scattering mass, g/cm2, to the hinge or the end
    double after_hinge = -1;     ///< what follows the hinge; negative once it is passed
    double hinge_step = 0;       ///< length of the whole scattering step
    double step_begin_MeV = 0;   ///< energy (per proton mass) where the scattering step began
    double step_begin_range = 0; ///< water range there
    double nuclear = 0;          ///< mass, g/cm2, to the next tentative nuclear or hard scattering event
    double first_pv_MeV = 0;     ///< momentum times velocity where the particle began
    double spare_normal = 0;     ///< the second of a pair of standard normal numbers
    bool has_spare = false;
};

} // namespace BW_TARGET
} // namespace beamwright
