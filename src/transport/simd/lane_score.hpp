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

/// What a track has left in a voxel, in tally units; units_per_MeV belongs to energies per proton mass.
struct LaneLossHere {
    std::int64_t units, from, to;
    double units_per_MeV;
    float stopping_ratio, range, path, density; ///< range lost in g/cm2 of water, path in g/cm2 of the medium
    double energy_scale;
    NuclearSpecies species;
    bool primary;

    /// In the words of the double-precision engine.
    BW_KERNEL PathLoss in_double(double per_MeV) const {
        double const per_unit = 1.0 / units_per_MeV;
        return {.energy_MeV = static_cast<double>(units) / per_MeV,
                .stopping_ratio = static_cast<double>(stopping_ratio),
                .from_MeV = static_cast<double>(from) * per_unit,
                .to_MeV = static_cast<double>(to) * per_unit,
                .range_g_per_cm2 = static_cast<double>(range),
                .energy_scale = energy_scale,
                .species = species,
                .primary = primary,
                .path_g_per_cm2 = static_cast<double>(path),
                .density_g_per_cm3 = static_cast<double>(density)};
    }
};

/// LET and species of the double-precision engine at one place of a tally.
struct LaneDetail {
    LetScore let;
    SpeciesScore species;

    BW_KERNEL void lose(std::size_t at, LaneLossHere const& loss) const {
        PathLoss const path = loss.in_double(let.per_MeV);
        if (let.view.particles != LetParticles::none) {
            let.lose(at, path);
        }
        if (species.asked()) {
            species.lose(at, path, loss.units);
        }
    }
};

/// Dose to medium and, where asked for, to water.
template <bool shared, bool detail> struct LaneDoseScore {
    static constexpr bool detailed = detail;
    DoseScoreView view;

    /// Where a walk deposits, kept from voxel to voxel.
    struct Place {
        std::int64_t voxel, row;
    };
    template <class Walk> BW_KERNEL Place place_of(Walk const& walk) const {
        return {walk.voxel(), walk.row()};
    }
    /// From one plane of constant k to the next.
    using Stride = Place;
    template <class Walk> BW_KERNEL Stride stride(Walk const& walk) const {
        return {walk.voxel_step_k, walk.row_step_k};
    }
    BW_KERNEL static void next_plane(Place& place, Stride const& by) {
        place.voxel += by.voxel;
        place.row += by.row;
    }
    BW_KERNEL void add(Place const& place, std::int64_t units, float stopping_ratio) const {
        auto const voxel = static_cast<std::size_t>(place.voxel);
        add_units<shared>(view.medium + voxel, units);
        if (view.water != nullptr) {
            double const to_water = static_cast<double>(units) / static_cast<double>(stopping_ratio);
            add_units<shared>(view.water + voxel, static_cast<std::int64_t>(to_water));
        }
        shared_mark(view.row_used + place.row);
    }
    BW_KERNEL void lose(Place const& place, LaneLossHere const& loss) const {
        auto const at = static_cast<std::size_t>(place.voxel);
        LaneDetail{{view.let, view.per_MeV}, {view.species, view.per_MeV}}.lose(at, loss);
    }
    /// For what happens rarely.
    BW_KERNEL DoseScore in_double() const { return {view}; }
    BW_KERNEL void enter(int, bool) const {}
};

/// Rings and profiles per depth.
template <bool shared, bool detail> struct LanePlaneScore {
    static constexpr bool detailed = detail;
    PlaneScoreView view;

    struct Place {
        std::int64_t ring, profile;
    };
    template <class Walk> BW_KERNEL Place place_of(Walk const& walk) const {
        std::int64_t const k = walk.k(), of_row = view.ring_of_row[static_cast<std::size_t>(walk.j()) *
                                                                       static_cast<std::size_t>(view.nx) +
                                                                   static_cast<std::size_t>(walk.i())];
        return {k * view.ring_count + of_row, k * view.nx + walk.i()};
    }
    using Stride = Place;
    template <class Walk> BW_KERNEL Stride stride(Walk const& walk) const {
        return {std::int64_t{walk.step_k} * view.ring_count, std::int64_t{walk.step_k} * view.nx};
    }
    BW_KERNEL static void next_plane(Place& place, Stride const& by) {
        place.ring += by.ring;
        place.profile += by.profile;
    }
    BW_KERNEL void add(Place const& place, std::int64_t units, float) const {
        add_units<shared>(view.rings + place.ring, units);
        add_units<shared>(view.profile + place.profile, units);
    }
    BW_KERNEL void lose(Place const& place, LaneLossHere const& loss) const {
        LaneDetail{{view.let, view.per_MeV}, {view.species, view.per_MeV}}.lose(
            static_cast<std::size_t>(place.ring), loss);
    }
    /// For what happens rarely.
    BW_KERNEL PlaneScore in_double() const { return {view}; }
    /// A particle came into plane k from the one before.
    BW_KERNEL void enter(int k, bool primary) const {
        if (primary) {
            add_units<shared>(view.primary_mass + k, 1);
        }
    }
};

} // namespace BW_TARGET
} // namespace beamwright
