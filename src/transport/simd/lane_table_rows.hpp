/// Rows of the lane engine's tables for N tracks: what water says at a range, and which energy node is nearest.
#pragma once
#include "lanes/highway/lane_math.hpp"
#include "transport/step/lane_tables_view.hpp"
#include "transport/step/step_limits.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// What water says at a range, N at once.
template <int N> struct LaneAtRange { FloatLanes<N> energy_MeV, stopping_MeV_cm2_per_g, spread_g2_per_cm4; };

/// Where a range lies in the tables.
template <int N> struct LaneCell {
    IntLanes<N> row; ///< first of the cell's eight numbers
    FloatLanes<N> place, inverse_width;
};
template <int N> BW_KERNEL LaneCell<N> lane_cell(FloatLanes<N> range) {
    using Float = FloatLanes<N>;
    using Int = IntLanes<N>;
    constexpr int bits = lane_range_bits, low = lane_range_lowest;
    Float const inside = least_of(greatest_of(range, Float(0x1p-18)), Float(255.9));
    Int const pattern = pattern_of(inside);
    Int const index = pattern.template shifted_right<23 - bits>() - Int((127 + low) << bits);
    Int const below = (pattern & Int((1 << (23 - bits)) - 1)).template shifted_left<bits>();
    Float const place = from_pattern(below | Int(127 << 23)) - Float(1);
    Float const octave = from_pattern(pattern & Int(0x7F800000));
    return {index.template shifted_left<3>(), place, Float(1 << bits) / octave};
}

template <int N> BW_KERNEL FloatLanes<N> lane_cubic(FloatLanes<N> const* c, FloatLanes<N> t) {
    return fma(fma(fma(c[3], t, c[2]), t, c[1]), t, c[0]);
}

template <int N> BW_KERNEL LaneAtRange<N> lane_at_range(LaneTablesView const& tables, FloatLanes<N> range) {
    using Float = FloatLanes<N>;
    LaneCell<N> const at = lane_cell(range);
    EightLanes<N> const c = gather_eight<N>(reinterpret_cast<float const*>(tables.cells), at.row);
    Float const slope = fma(fma(Float(3) * c.of[3], at.place, Float(2) * c.of[2]), at.place, c.of[1]);
    return {lane_cubic(c.of, at.place), slope * at.inverse_width, lane_cubic(c.of + 4, at.place)};
}

/// What scattering needs of a step's end: the soft variance beyond that range, or in the fast mode the energy.
template <int N>
BW_KERNEL FloatLanes<N> lane_step_value(LaneTablesView const& tables, PhysicsMode mode, FloatLanes<N> range) {
    LaneCell<N> const at = lane_cell(range);
    EightLanes<N> const c = gather_eight<N>(reinterpret_cast<float const*>(tables.step_cells), at.row);
    return lane_cubic(mode == PhysicsMode::full ? c.of + 4 : c.of, at.place);
}
template <int N> BW_KERNEL FloatLanes<N> lane_step_energy(LaneTablesView const& tables, FloatLanes<N> range) {
    LaneCell<N> const at = lane_cell(range);
    EightLanes<N> const c = gather_eight<N>(reinterpret_cast<float const*>(tables.step_cells), at.row);
    return lane_cubic(c.of, at.place);
}

/// The nearest energy node of the tables by energy.
template <int N> BW_KERNEL IntLanes<N> lane_energy_node(FloatLanes<N> energy_MeV) {
    using Int = IntLanes<N>;
    constexpr int bits = 23 - lane_energy_bits;
    FloatLanes<N> const inside =
        least_of(greatest_of(energy_MeV, FloatLanes<N>(0x1p-10)), FloatLanes<N>(500));
    Int const pattern = pattern_of(inside) + Int(1 << (bits - 1));
    return pattern.template shifted_right<bits>() - Int((127 + lane_energy_lowest) << lane_energy_bits);
}

} // namespace BW_TARGET
} // namespace beamwright
