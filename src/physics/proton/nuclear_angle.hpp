/// \file  nuclear_angle.hpp — where a uniform number lies among the cosines of an angular table
/// \how   docs/methods/proton_nuclear_elastic.md, section Angles
/// \fits  tables of equally probable parts whose first part is halved nuclear_tail_halvings times
/// \not   the tables (tables/nuclear_view.hpp)
/// \proof tests/physics/nuclear_angle_test.cpp
#pragma once
#include "lanes/kernel.hpp"
#include "tables/nuclear_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Between bound `slot` and the next, at `share` of the way.
struct AnglePlace {
    int slot;
    double share;
};

/// Bounds stand at 0, 2^-8/n, ..., 1/(2n), 1/n, 2/n, ..., 1 of the distribution for n parts.
BW_KERNEL AnglePlace angle_place(double uniform, int parts) {
    double const at = uniform * parts;
    int const part = static_cast<int>(at);
    if (part > 0) {
        return {part + nuclear_tail_halvings, at - part};
    }
    double upper = 1;
    int slot = nuclear_tail_halvings;
    while (slot > 0 && at < 0.5 * upper) {
        upper *= 0.5;
        --slot;
    }
    double const lower = slot > 0 ? 0.5 * upper : 0.0;
    return {slot, (at - lower) / (upper - lower)};
}

} // namespace BW_TARGET
} // namespace beamwright
