/// \file  lane_tables_view.hpp — what the lane engine reads per step, in single precision
/// \how   docs/methods/simd_lanes.md section 3; made from the tables of StepTablesView
/// \fits  ranges of 2^-18 to 2^8 g/cm2 of water
/// \not   the memory (transport/engine/lane_tables.hpp owns it)
/// \proof tests/transport/lanes_test.cpp
#pragma once
#include <cstdint>

namespace beamwright {

/// One cell of the range grid: cubics in the place t of the cell, c[0] + c[1] t + c[2] t^2 + c[3] t^3.
struct alignas(32) LaneRangeCell {
    float energy_MeV[4];
    float spread_g2_per_cm4[4]; ///< V, integral of T/S^3 (docs/methods/proton_straggling.md)
};
/// The same for the end of a scattering step.
struct alignas(32) LaneStepCell {
    float energy_MeV[4];
    float soft_variance[4]; ///< as SoftScatteringCell; 0 in the fast mode
};
/// Octaves of water range from 2^lowest, 2^bits cells each.
inline constexpr int lane_range_lowest = -18, lane_range_highest = 8, lane_range_bits = 4;
inline constexpr int lane_range_cells = (lane_range_highest - lane_range_lowest) << lane_range_bits;

/// Nodes of proton energy, 2^bits per octave from 2^lowest MeV: the nearest one serves.
inline constexpr int lane_energy_lowest = -10, lane_energy_highest = 9, lane_energy_bits = 5;
inline constexpr int lane_energy_nodes = ((lane_energy_highest - lane_energy_lowest) << lane_energy_bits) + 1;

/// A material against water near an energy.
struct alignas(16) LaneLoss {
    float stopping_ratio;
    float straggling;       ///< stopping ratio times StepMaterial::straggling_ratio
    float scattering_ratio; ///< StepMaterial::scattering_ratio
    float per_scattering;   ///< 1 / scattering_ratio
};

/// Soft scattering of a material near an energy: SoftScatteringNode.
struct LaneSoft {
    float ratio, kurtosis_g_per_cm2;
};

/// One slot of the table that says which element of a material a hard event meets: HardSlot with the form factors
/// (HardElement::form_per_MeV2) of its two elements.
struct alignas(16) LaneHardSlot {
    float keep, own_form, other_form, unused = 0;
};

/// A plan that begins above this range ends before it has lost this share of it (docs/methods/simd_lanes.md section 4);
/// energy goes at most as range^0.59 there (PSTAR, 32 to 250 MeV), so half of it is left.
inline constexpr float lane_long_range = 1.0f, lane_most_lost = 0.68f;
inline constexpr double lane_least_energy_left = 0.5, lane_any_energy_MeV = 36;

struct LaneTablesView {
    LaneRangeCell const* cells = nullptr;
    LaneStepCell const* step_cells = nullptr;
    LaneLoss const* loss = nullptr; ///< [energy node][material]
    LaneSoft const* soft = nullptr; ///< [energy node][material]
    float const* scattering_ratio = nullptr;
    /// [energy node]: no smaller than the nuclear cross section of any material at any energy that a plan beginning near
    /// this one can come to, cm2/g; 1 without nuclear events
    float const* majorant = nullptr;
    LaneHardSlot const* hard_slots = nullptr; ///< [material][slot]
    float const* hard_cut_MeV2 = nullptr;     ///< HardMaterial::cut_MeV2
    float hard_cm2_per_g = 0;                 ///< hard events per mass; 0 = none
    std::uint32_t material_count = 0;
};

} // namespace beamwright
