/// \file  octave_grid.hpp — a table grid that is uniform inside each octave, found from the bits of a number
/// \how   docs/methods/proton_stopping.md section 4
/// \fits  positive normal doubles between the grid's ends (the caller clamps)
/// \not   zero, negative numbers, NaN
/// \proof tests/lanes/octave_grid_test.cpp
#pragma once
#include "lanes/kernel.hpp"
#include <bit>
#include <cstdint>

namespace beamwright {
inline namespace BW_TARGET {

/// Where a number lies: cell number, place inside the cell in [0, 1), width of the cell.
struct OctaveCell {
    int index;
    double place;
    double width;
};

/// Octaves from 2^lowest to 2^highest, each cut into 2^bits equal cells: relative resolution without a
/// logarithm.
template <int lowest, int highest, int bits> struct OctaveGrid {
    static constexpr int cells = (highest - lowest) << bits;
    static constexpr int nodes = cells + 1;
    static constexpr double power_of_two(int exponent) {
        return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
    }
    static constexpr double least = power_of_two(lowest);
    /// The largest number inside the last cell.
    static constexpr double most = power_of_two(highest) * (1.0 - 0x1p-53);

    /// The number at a node, for building tables.
    static constexpr double node(int index) {
        int const octave = index >> bits;
        int const part = index - (octave << bits);
        return power_of_two(lowest + octave) * (1.0 + part * power_of_two(-bits));
    }

    /// \pre least <= x <= most
    BW_KERNEL static OctaveCell cell(double x) {
        auto const pattern = std::bit_cast<std::uint64_t>(x);
        int const index = static_cast<int>(pattern >> (52 - bits)) - ((1023 + lowest) << bits);
        constexpr std::uint64_t below = (std::uint64_t{1} << (52 - bits)) - 1;
        constexpr std::uint64_t one = std::uint64_t{1023} << 52;
        double const place = std::bit_cast<double>(one | ((pattern & below) << bits)) - 1.0;
        double const octave = std::bit_cast<double>(pattern & (std::uint64_t{0x7FF} << 52));
        return {index, place, octave * power_of_two(-bits)};
    }

    BW_KERNEL static double clamped(double x) {
        double const up = select(x < least, least, x);
        return select(up > most, most, up);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
