/// \file  score_view.hpp — where deposited energy goes: the tallies as the step loop sees them
/// \how   docs/methods/transport.md section 5; docs/methods/uncertainty.md
/// \fits  fixed-point tallies shared by all threads
/// \not   the memory and the folding of batches (transport/tally/batch_tally.hpp)
/// \proof tests/transport/tally_test.cpp
#pragma once
#include "lanes/hot_path.hpp"
#include "lanes/kernel.hpp"
#include "tables/let_view.hpp"
#include "tables/nuclear_view.hpp"
#include <cstddef>
#include <cstdint>

namespace beamwright {

/// Whose LET is scored; each holds those before it.
enum class LetParticles : std::uint8_t { none, primaries, protons, hydrogen, helium };

/// What LET needs of a voxel, in the energy's fixed point; null without LET (docs/methods/let.md).
struct LetScoreView {
    /// S is divided by this before it is added, so that no sum can outgrow that of the energy.
    static constexpr double most_stopping_MeV_cm2_per_g = 4000;
    std::int64_t* energy = nullptr;          ///< dose to water of the particles that count, MeV
    std::int64_t* energy_stopping = nullptr; ///< the same times S / most_stopping
    std::int64_t* path = nullptr;            ///< their path in water, g/cm2
    LetView table;
    LetParticles particles = LetParticles::none;
};

/// Whose dose and fluence are told apart on request; the doses of all add up to the dose (docs/methods/species.md).
enum class DoseSpecies : std::uint8_t {
    primary_protons, ///< that have not met a non-elastic event
    secondary_protons,
    deuterons,
    tritons,
    helium, ///< alphas and He-3
    recoils ///< heavier nuclei: stay where they begin, no fluence
};
inline constexpr int dose_species_count = 6, fluence_species_count = 5;

/// Sums by species; null where they were not asked for.
struct SpeciesScoreView {
    static constexpr int cells = dose_species_count + fluence_species_count;
    std::int64_t* sums =
        nullptr; ///< [place][cells]: energies in the dose's fixed point, then paths in cm alike
};

/// Dose per voxel; `water` may be null. `row_used` marks rows of x that hold anything.
struct DoseScoreView {
    std::int64_t* medium = nullptr;
    std::int64_t* water = nullptr;
    std::uint8_t* row_used = nullptr;
    double per_MeV = 0;
    LetScoreView let;
    SpeciesScoreView species;
};

/// Sums over planes of constant depth (k): rings about an axis along k, and a profile along x.
struct PlaneScoreView {
    std::int64_t* rings = nullptr;              ///< [k][ring]
    std::int64_t* profile = nullptr;            ///< [k][i]
    std::int64_t* primary_mass = nullptr;       ///< [k] primaries that entered plane k, fixed point of one
    std::uint16_t const* ring_of_row = nullptr; ///< [j][i], the ring of a voxel's center
    int ring_count = 0;
    int nx = 0;
    double per_MeV = 0;
    LetScoreView let;         ///< [k][ring]
    SpeciesScoreView species; ///< [k][ring]
};

inline namespace BW_TARGET {

/// Nearest integer; halves go away from zero on both signs alike.
BW_KERNEL std::int64_t fixed_point(double value, double per_unit) {
    double const scaled = value * per_unit;
    return static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

/// Adds to a counter that other threads add to.
BW_KERNEL void shared_add(std::int64_t* counter, std::int64_t amount) {
#if defined(__CUDA_ARCH__)
    atomicAdd(reinterpret_cast<unsigned long long*>(counter), static_cast<unsigned long long>(amount));
#else
    __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
#endif
}

BW_KERNEL void shared_mark(std::uint8_t* mark) {
#if defined(__CUDA_ARCH__)
    *mark = 1;
#else
    if (__atomic_load_n(mark, __ATOMIC_RELAXED) == 0) {
        __atomic_store_n(mark, 1, __ATOMIC_RELAXED);
    }
#endif
}

/// What a particle leaves on a piece of path inside one voxel. Energies `from` and `to` and the range are those of the
/// proton of equal velocity, in water; the particle's are `energy_scale` times as large.
struct PathLoss {
    double energy_MeV;     ///< given to the medium
    double stopping_ratio; ///< stopping power of the medium over that of water, both per mass
    double from_MeV, to_MeV, range_g_per_cm2, energy_scale;
    NuclearSpecies species;
    bool primary;
    double path_g_per_cm2 = 0, density_g_per_cm3 = 1; ///< of the piece of path, in the medium: for fluence

    BW_KERNEL bool is_helium() const {
        return species == NuclearSpecies::helium3 || species == NuclearSpecies::alpha;
    }
};

/// The sums of LET at one place of a tally.
struct LetScore {
    LetScoreView view;
    double per_MeV = 0;

    BW_KERNEL void lose(std::size_t at, PathLoss const& loss) const {
        if (counts(loss)) {
            double const share = loss.energy_scale / loss.stopping_ratio;
            double const* const table = loss.is_helium() ? view.table.helium : view.table.proton;
            double const weighted = let_integral(table, loss.from_MeV) - let_integral(table, loss.to_MeV);
            add(at, loss.energy_MeV / loss.stopping_ratio, share * weighted, share * loss.range_g_per_cm2);
        }
    }
    BW_KERNEL void stop_helium(std::size_t at, double energy_MeV, double mass_in_protons,
                               double stopping_ratio) const {
        double const proton_MeV = energy_MeV / mass_in_protons;
        lose(at,
             {energy_MeV, stopping_ratio, proton_MeV, 0, let_integral(view.table.helium_range, proton_MeV),
              mass_in_protons, NuclearSpecies::alpha, false});
    }

private:
    BW_KERNEL bool counts(PathLoss const& loss) const {
        LetParticles const asked = view.particles;
        bool const proton = loss.species == NuclearSpecies::proton;
        return asked == LetParticles::primaries  ? loss.primary
               : asked == LetParticles::protons  ? proton
               : asked == LetParticles::hydrogen ? !loss.is_helium()
                                                 : asked == LetParticles::helium;
    }
    BW_KERNEL void add(std::size_t at, double energy, double energy_stopping, double path) const {
        constexpr double scale = 1.0 / LetScoreView::most_stopping_MeV_cm2_per_g;
        shared_add(view.energy + at, fixed_point(energy, per_MeV));
        shared_add(view.energy_stopping + at, fixed_point(energy_stopping * scale, per_MeV));
        shared_add(view.path + at, fixed_point(path, per_MeV));
    }
};

/// The sums of each species at one place of a tally.
struct SpeciesScore {
    SpeciesScoreView view;
    double per_MeV = 0;

    BW_KERNEL bool asked() const { return view.sums != nullptr; }
    /// `units` is what the dose got.
    BW_KERNEL void lose(std::size_t at, PathLoss const& loss, std::int64_t units) const {
        auto const which = static_cast<std::size_t>(species_of(loss));
        std::int64_t* const sums = view.sums + at * static_cast<std::size_t>(SpeciesScoreView::cells);
        shared_add(sums + which, units);
        shared_add(sums + static_cast<std::size_t>(dose_species_count) + which,
                   fixed_point(loss.path_g_per_cm2 / loss.density_g_per_cm3, per_MeV));
    }
    BW_KERNEL void recoil(std::size_t at, std::int64_t units) const {
        shared_add(view.sums + at * static_cast<std::size_t>(SpeciesScoreView::cells) +
                       static_cast<std::size_t>(DoseSpecies::recoils),
                   units);
    }

private:
    BW_KERNEL static DoseSpecies species_of(PathLoss const& loss) {
        return loss.is_helium()                           ? DoseSpecies::helium
               : loss.species == NuclearSpecies::deuteron ? DoseSpecies::deuterons
               : loss.species == NuclearSpecies::triton   ? DoseSpecies::tritons
               : loss.primary                             ? DoseSpecies::primary_protons
                                                          : DoseSpecies::secondary_protons;
    }
};

/// Dose to medium and, where asked for, to water; LET; species.
struct DoseScore {
    DoseScoreView view;

    /// `stopping_ratio` is the stopping power of the medium over that of water, both per mass.
    template <class Walk>
    BW_KERNEL std::int64_t add(Walk const& walk, double energy_MeV, double stopping_ratio) const {
        auto const voxel = static_cast<std::size_t>(walk.voxel());
        std::int64_t const units = fixed_point(energy_MeV, view.per_MeV);
        shared_add(view.medium + voxel, units);
        if (view.water != nullptr) {
            shared_add(view.water + voxel, fixed_point(energy_MeV / stopping_ratio, view.per_MeV));
        }
        shared_mark(view.row_used + walk.row());
        return units;
    }
    template <class Walk> BW_HOT_PATH std::int64_t lose(Walk const& walk, PathLoss const& loss) const {
        auto const voxel = static_cast<std::size_t>(walk.voxel());
        let().lose(voxel, loss);
        std::int64_t const units = add(walk, loss.energy_MeV, loss.stopping_ratio);
        if (species().asked()) {
            species().lose(voxel, loss, units);
        }
        return units;
    }
    /// Heavy nuclei that stay where they were made.
    template <class Walk>
    BW_KERNEL std::int64_t recoil(Walk const& walk, double energy_MeV, double stopping_ratio) const {
        std::int64_t const units = add(walk, energy_MeV, stopping_ratio);
        if (species().asked()) {
            species().recoil(static_cast<std::size_t>(walk.voxel()), units);
        }
        return units;
    }
    /// LET of helium that an engine keeps where it was made; its energy has been added already.
    template <class Walk>
    BW_KERNEL void stop_helium(Walk const& walk, double energy_MeV, double mass_in_protons,
                               double stopping_ratio) const {
        if (view.let.particles == LetParticles::helium) {
            let().stop_helium(static_cast<std::size_t>(walk.voxel()), energy_MeV, mass_in_protons,
                              stopping_ratio);
        }
    }
    template <class Walk> BW_KERNEL void enter(Walk const&, bool) const {}

private:
    BW_KERNEL LetScore let() const { return {view.let, view.per_MeV}; }
    BW_KERNEL SpeciesScore species() const { return {view.species, view.per_MeV}; }
};

/// Rings and profiles per depth; LET and species in the rings.
struct PlaneScore {
    PlaneScoreView view;

    template <class Walk> BW_KERNEL std::int64_t add(Walk const& walk, double energy_MeV, double) const {
        std::int64_t const units = fixed_point(energy_MeV, view.per_MeV);
        shared_add(view.rings + ring(walk), units);
        shared_add(view.profile + static_cast<std::size_t>(walk.k()) * static_cast<std::size_t>(view.nx) +
                       static_cast<std::size_t>(walk.i()),
                   units);
        return units;
    }
    template <class Walk> BW_HOT_PATH std::int64_t lose(Walk const& walk, PathLoss const& loss) const {
        if (view.let.particles != LetParticles::none) {
            let().lose(ring(walk), loss);
        }
        std::int64_t const units = add(walk, loss.energy_MeV, loss.stopping_ratio);
        if (species().asked()) {
            species().lose(ring(walk), loss, units);
        }
        return units;
    }
    template <class Walk>
    BW_KERNEL std::int64_t recoil(Walk const& walk, double energy_MeV, double stopping_ratio) const {
        std::int64_t const units = add(walk, energy_MeV, stopping_ratio);
        if (species().asked()) {
            species().recoil(ring(walk), units);
        }
        return units;
    }
    template <class Walk>
    BW_KERNEL void stop_helium(Walk const& walk, double energy_MeV, double mass_in_protons,
                               double stopping_ratio) const {
        if (view.let.particles == LetParticles::helium) {
            let().stop_helium(ring(walk), energy_MeV, mass_in_protons, stopping_ratio);
        }
    }
    /// A particle came into a voxel by one of its faces.
    template <class Walk> BW_KERNEL void enter(Walk const& walk, bool primary) const {
        if (primary && walk.crossed_k()) {
            shared_add(view.primary_mass + walk.k(), 1);
        }
    }

private:
    BW_KERNEL LetScore let() const { return {view.let, view.per_MeV}; }
    BW_KERNEL SpeciesScore species() const { return {view.species, view.per_MeV}; }
    template <class Walk> BW_KERNEL std::size_t ring(Walk const& walk) const {
        std::size_t const of_row =
            view.ring_of_row[static_cast<std::size_t>(walk.j()) * static_cast<std::size_t>(view.nx) +
                             static_cast<std::size_t>(walk.i())];
        return static_cast<std::size_t>(walk.k()) * static_cast<std::size_t>(view.ring_count) + of_row;
    }
};

/// Outside the grid: booked by the caller, kept nowhere.
struct NoScore {
    double per_MeV = 0;
    template <class Walk> BW_KERNEL std::int64_t add(Walk const&, double energy_MeV, double) const {
        return fixed_point(energy_MeV, per_MeV);
    }
    template <class Walk> BW_HOT_PATH std::int64_t lose(Walk const&, PathLoss const& loss) const {
        return fixed_point(loss.energy_MeV, per_MeV);
    }
    template <class Walk> BW_KERNEL std::int64_t recoil(Walk const&, double energy_MeV, double) const {
        return fixed_point(energy_MeV, per_MeV);
    }
    template <class Walk> BW_KERNEL void enter(Walk const&, bool) const {}
};

} // namespace BW_TARGET
} // namespace beamwright
