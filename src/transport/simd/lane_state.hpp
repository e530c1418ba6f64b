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
template <int slots> struct alignas(64) IntColumn {
    std::int32_t of[slots] = {};
    std::int32_t& operator[](int slot) { return of[slot]; }
    std::int32_t operator[](int slot) const { return of[slot]; }
};

/// Ranges in g/cm2 of water, as in docs/methods/transport.md section 2. A macro-step runs straight from one hinge to the
/// next: the rest of one scattering step and the first part of the next.
template <int slots> struct LaneState {
    // What a track is, and where the last plan began
    Column<slots> range, path_scale, energy_scale, units_per_MeV, first_pv_MeV;
    Columns3<slots> direction;
    Columns3<slots> place_cm; ///< from the lower corner of the voxel
    // The scattering step whose hinge is ahead: its length, the part behind the hinge, where it began: the range, and
    // the soft variance beyond it (full) or the energy (fast)
    Column<slots> step_length, after_hinge, step_begin, step_begin_value;
    Column<slots> given;     ///< mass to a hinge that is already drawn; 0 = the plan draws one
    Column<slots> hard_left; ///< mean number of hard events still to pass before the next one happens
    Column<slots> majorant;  ///< of nuclear events, cm2/g, in the plan
    // Matter where the track is: material, stopping and scattering against water
    IntColumn<slots> material;
    Column<slots> stopping_ratio, scattering_ratio;
    // The plan: scattering mass to the hinge, mass to a tentative nuclear event, deviation of the range lost. Range lost x
    // is counted along the path (over path_scale): the energy lost is x (loss_1 + x (loss_2 + x loss_3)) tally units
    Column<slots> to_hinge, to_event, straggling_rel, path_range, first_units, loss_1, loss_2, loss_3;
    Column<slots> stretch;      ///< range, not along the path, that straggling_rel was drawn for
    Column<slots> longest;      ///< x after which a new plan is due, where the media were not as foreseen
    IntColumn<slots> loss_node; ///< energy node of the table of stopping ratios
    // The line: where it meets the next face of each axis, how far apart the faces are along it, cm, and which way
    Columns3<slots> next_cm, every_cm;
    IntColumn<slots> step_i, step_j, step_k; ///< 1 or -1
    // What the walk left: way along the line, x, voxels crossed, mass still to the tentative event
    Column<slots> along_cm, lost;
    IntColumn<slots> crossed_x, crossed_y, crossed_z;
    // The counter of each track's Philox stream
    WordColumn<slots> block, particle, history_low, history_high;
};

/// The rest of a track, and of the history it belongs to.
struct LaneTrack {
    bool alive = false; ///< there is a track in this slot
    bool primary = false;
    NuclearSpecies species = NuclearSpecies::proton;
    std::int32_t i = 0, j = 0, k = 0;
    std::int64_t units = 0;  ///< energy left, fixed point
    std::int64_t booked = 0; ///< energy that is not yet in the tally
    std::int64_t at_start = 0;
    std::int64_t steps = 0;
    float booked_range = 0; ///< range along the path where the energy was `booked`
    float booked_path = 0;  ///< path in the medium since then, g/cm2
    float density = 1;      ///< of the medium
    RandomStream random{{}};
    StreamKey key; ///< of the history's last particle
};

} // namespace BW_TARGET
} // namespace beamwright
