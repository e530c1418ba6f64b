/// Where the lane engine deposits: the tallies of score_view.hpp in fixed point, added to by one thread or by many.
#pragma once
#include "transport/step/score_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Adds; a plain addition where no other thread adds to these tallies.
template <bool shared> BW_KERNEL void add_units(std::int64_t* counter, std::int64_t amount) {
    if constexpr (shared) {
        shared_add(counter, amount);
    } else {
        *counter += amount;
    }
}

/// Dose to medium and, where asked for, to water.
template <bool shared> struct LaneDoseScore {
    DoseScoreView view;

    template <class Walk>
    BW_KERNEL void add(Walk const& walk, std::int64_t units, float stopping_ratio) const {
        auto const voxel = static_cast<std::size_t>(walk.voxel());
        add_units<shared>(view.medium + voxel, units);
        if (view.water != nullptr) {
            double const to_water = static_cast<double>(units) / static_cast<double>(stopping_ratio);
            add_units<shared>(view.water + voxel, static_cast<std::int64_t>(to_water));
        }
        shared_mark(view.row_used + walk.row());
    }
    BW_KERNEL void enter(int, bool) const {}
};

/// Rings and profiles per depth.
template <bool shared> struct LanePlaneScore {
    PlaneScoreView view;

    template <class Walk> BW_KERNEL void add(Walk const& walk, std::int64_t units, float) const {
        auto const i = static_cast<std::size_t>(walk.i()), j = static_cast<std::size_t>(walk.j()),
                   k = static_cast<std::size_t>(walk.k()), columns = static_cast<std::size_t>(view.nx);
        std::size_t const ring = view.ring_of_row[j * columns + i];
        add_units<shared>(view.rings + k * static_cast<std::size_t>(view.ring_count) + ring, units);
        add_units<shared>(view.profile + k * columns + i, units);
    }
    /// A particle came into plane k from the one before.
    BW_KERNEL void enter(int k, bool primary) const {
        if (primary) {
            add_units<shared>(view.primary_mass + k, 1);
        }
    }
};

} // namespace BW_TARGET
} // namespace beamwright
