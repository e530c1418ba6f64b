/// What the tracks of the lane engine carry from one macro-step to the next: numbers side by side, so that N of them
/// are one load, and the rest of each track in a record of its own.
#pragma once
#include "lanes/random.hpp"
#include "transport/step/track.hpp"
#include <array>
#include <cstdint>

namespace beamwright {
inline namespace BW_TARGET {

/// One number of every slot.
template <int slots> struct alignas(64) Column {
    float of[slots] = {};
    float& operator[](int slot) { return of[slot]; }
    float operator[](int slot) const { return of[slot]; }
};
template <int slots> struct Columns3 { Column<slots> x, y, z; };
template <int slots> struct alignas(64) WordColumn {
    std::uint32_t of[slots] = {};
};

/// Ranges in g/cm2 of water, as in docs/methods/transport.md section 2. A macro-step runs straight from one hinge to the
/// next: the rest of one scattering step and the first part of the next.
template <int slots> struct LaneState {
    // What a track is, and where
    Column<slots> range, path_scale, energy_scale, first_pv_MeV;
    Columns3<slots> direction, inverse; ///< unit vector, 1 / component
    Columns3<slots> place_cm;           ///< from the lower corner of the voxel
    // The scattering step whose hinge is ahead: its length, the part behind the hinge, where it began: the range, and
    // the soft variance beyond it (full) or the energy (fast)
    Column<slots> step_length, after_hinge, step_begin, step_begin_value;
    Column<slots> given;      ///< mass to a hinge that is already drawn; 0 = the plan draws one
    Column<slots> loss_ratio; ///< water range lost per water mass scattering, where the track is
    alignas(64) std::int32_t material[slots] = {};
    // The plan of the macro-step: scattering mass to the hinge, deviation of the range lost, and energy lost after x of
    // range, x (loss_1 + x (loss_2 + x loss_3)), both per proton mass
    Column<slots> to_hinge, straggling_rel, energy_MeV, loss_1, loss_2, loss_3;
    Column<slots> longest; ///< range lost after which a new plan is due, where the media were not as foreseen
    alignas(64) std::int32_t loss_node[slots] = {}; ///< energy node of the table of stopping ratios
    // The counter of each track's Philox stream
    WordColumn<slots> block, particle, history_low, history_high;
};

/// The rest of a track, and of the history it belongs to.
struct LaneTrack {
    bool alive = false; ///< there is a track in this slot
    bool primary = false;
    NuclearSpecies species = NuclearSpecies::proton;
    std::int32_t i = 0, j = 0, k = 0;
    float event_mass = 0;    ///< to the next tentative event, g/cm2
    std::int64_t units = 0;  ///< energy left, fixed point
    std::int64_t booked = 0; ///< energy that is not yet in the tally
    std::int64_t at_start = 0;
    std::int64_t steps = 0;
    float ratio = 1; ///< stopping power of the medium over that of water, where the track is
    RandomStream random{{}};
    StreamKey key; ///< of the history's last particle
};

} // namespace BW_TARGET
} // namespace beamwright
