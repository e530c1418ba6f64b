/// \file  step_physics.hpp — the physics of a step: stretches of straggling and scattering, distances to events
/// \how   docs/methods/transport.md sections 2-4
/// \fits  0.5 to 250 MeV
/// \not   the formulas themselves (physics/proton), the walk
/// \proof tests/transport/range_test.cpp, tests/transport/range_test.cpp, tests/transport/width_test.cpp
#pragma once
#include "lanes/hot_path.hpp"
#include "lanes/random.hpp"
#include "physics/proton/full_scattering.hpp"
#include "physics/proton/nuclear_interaction.hpp"
#include "physics/proton/scattering.hpp"
#include "physics/proton/straggling.hpp"
#include "tables/let_view.hpp"
#include "tables/proton_material_view.hpp"
#include "transport/step/step_limits.hpp"
#include "transport/step/track.hpp"

namespace beamwright {

/// A material's measures against water, packed for one look.
struct StepMaterial {
    double scattering_ratio = 1; ///< mass of water that scatters as one of it
    double straggling_ratio = 1; ///< standard deviation of range lost per path of equal water range
};

/// All that a step reads; the memory belongs to TransportTables.
struct StepTablesView {
    ProtonMaterialsView materials;
    NuclearView nuclear;
    ProtonScatteringView scattering; ///< without hard events where they are switched off
    PhysicsMode mode = PhysicsMode::full;
    StepMaterial const* ratios = nullptr; ///< by material
    /// LetView::helium_range: path of helium in water over its mass in protons
    double const* helium_range = nullptr;
    std::uint32_t water = 0; ///< the material water among them
    StepLimits limits;
    StepSwitches on;
    double most_MeV = 260; ///< of a source proton
};

inline namespace BW_TARGET {

/// What the step loop asks the tables. The state of a particle is the CSDA range in water of
/// the proton of equal velocity: a path of mass m in a medium uses up m * stopping ratio of it.
struct StepPhysics : StepTablesView {
    static constexpr double never = 1e30;

    BW_KERNEL double range_g_per_cm2(double energy_MeV) const {
        return water_range_g_per_cm2(materials, energy_MeV);
    }
    BW_KERNEL double energy_MeV(double range) const { return water_energy_MeV(materials, range); }
    BW_KERNEL double stopping_ratio(std::uint32_t material, double energy_MeV) const {
        return BW_TARGET::stopping_ratio(materials, material, energy_MeV);
    }
    /// Energy per proton mass of helium whose range over mass is `range`; at most `most`. Bisection: rarely asked for.
    BW_KERNEL double helium_MeV(double range, double most) const {
        double low = 0, high = most;
        for (int i = 0; i < 40; ++i) {
            double const middle = 0.5 * (low + high);
            (let_integral(helium_range, middle) < range ? low : high) = middle;
        }
        return low;
    }
    /// Sets all budgets of a new particle.
    BW_KERNEL void begin(Track const& track, StepBudgets& budgets, RandomStream& random) const {
        HydrogenScale const scale = hydrogen_scale(track.species);
        double const range = range_g_per_cm2(track.energy_MeV);
        budgets.first_pv_MeV = pv_MeV(track.energy_MeV * scale.energy_scale, rest_MeV(scale));
        draw_straggling(track, range, scale, budgets, random);
        begin_scattering(track, range, budgets, random);
        budgets.nuclear = event_mass(track.species, random);
    }

    /// Length of the next stretch, water range.
    BW_KERNEL double stretch(double range, double share) const {
        double const wanted = range * share;
        double const most = wanted < limits.most_g_per_cm2 ? wanted : limits.most_g_per_cm2;
        double const least = limits.floor_g_per_cm2 < 0.5 * range ? limits.floor_g_per_cm2 : 0.5 * range;
        return most > least ? most : least;
    }

    /// A new stretch: its range loss is multiplied by 1 + straggling_rel (same mean, variance and skewness as
    /// the sum of many collisions; docs/methods/transport.md eq. 3-6).
    BW_KERNEL void draw_straggling(Track const& track, double range, HydrogenScale scale,
                                   StepBudgets& budgets, RandomStream& random) const {
        double const length = stretch(range, limits.straggling_share);
        budgets.straggling = length;
        budgets.straggling_rel = 0;
        if (!on.straggling) {
            return;
        }
        double normal = budgets.spare_normal;
        if (!budgets.has_spare) {
            auto const pair = random.gaussian_pair();
            normal = pair.first;
            budgets.spare_normal = pair.second;
        }
        budgets.has_spare = !budgets.has_spare;
        WaterAtEnergy const from = water_at(materials, track.energy_MeV);
        WaterAtEnergy const to = water_at(materials, energy_MeV(range - length));
        double const variance = (from.spread_g2_per_cm4 - to.spread_g2_per_cm4) * scale.path_scale;
        double const sigma = sqrt(select(variance > 0.0, variance, 0.0));
        double const stopping = 0.5 * (from.stopping_MeV_cm2_per_g + to.stopping_MeV_cm2_per_g);
        double const skewness = straggling_skewness(track.energy_MeV, stopping, sigma, scale);
        double const rel = sigma * skewed(normal, skewness) / length;
        budgets.straggling_rel = rel > least_straggling ? rel : least_straggling;
    }

    /// Third central moment of the range lost over sigma^3: single transfers have M3/M2 =
    /// Tmax (1/2 - beta^2/3) / (1 - beta^2/2).
    BW_KERNEL double straggling_skewness(double energy, double stopping, double sigma,
                                         HydrogenScale scale) const {
        double const tau = energy / constants::proton_MeV;
        double const gamma_2 = (tau + 1.0) * (tau + 1.0);
        double const beta_2 = tau * (tau + 2.0) / gamma_2;
        double const most_MeV_to_electron = largest_electron_MeV(tau);
        double const single = most_MeV_to_electron * (0.5 - beta_2 / 3.0) / (1.0 - 0.5 * beta_2);
        return single * scale.path_scale / (stopping * select(sigma > 1e-12, sigma, 1e-12));
    }

    /// A number of mean 0, variance 1 and the given skewness, from a standard normal one: a z + b (z^2 - 1)
    /// with a^2 + 2 b^2 = 1 and 6 b - 4 b^3 = skewness.
    BW_KERNEL static double skewed(double normal, double skewness) {
        double const wanted = skewness < 2.0 ? skewness : 2.0;
        double b = wanted / 6.0;
        for (int i = 0; i < 3; ++i) {
            b = (wanted + 4.0 * b * b * b) / 6.0;
        }
        return sqrt(1.0 - 2.0 * b * b) * normal + b * (normal * normal - 1.0);
    }

    /// A new scattering step with its hinge at a random place, drawn where the scattering is: its power goes as
    /// range^-1.07 (pv as E^0.95, range as E^1.77), so there is more of it towards the end of the step. It is not longer
    /// than `most`.
    BW_HOT_PATH void begin_scattering(Track const& track, double range, StepBudgets& budgets,
                                      RandomStream& random, double most = never) const {
        budgets.scattering = never;
        if (!on.scattering) {
            return;
        }
        double const usual = stretch(range, limits.scattering_share);
        double const length = usual < most ? usual : most;
        double const uniform = random.uniform();
        double const rise = 0.5 * 1.07 * length / (range - 0.5 * length);
        budgets.scattering = length * uniform * fma(rise, 1.0 - uniform, 1.0);
        budgets.after_hinge = length - budgets.scattering;
        budgets.hinge_step = length;
        budgets.step_begin_MeV = track.energy_MeV;
        budgets.step_begin_range = range;
    }

    /// Direction after the hinge: the deflection of the whole step, whose end is foreseen in the present
    /// medium. `loss_ratio` is water range lost per length of the scattering budget.
    BW_KERNEL Vec3<double> scattered(Track const& track, std::uint32_t material, double range,
                                     HydrogenScale scale, double loss_ratio, Vec3<double> direction,
                                     StepBudgets const& budgets, RandomStream& random) const {
        double const end_range = range - budgets.after_hinge * loss_ratio;
        if (mode == PhysicsMode::full) {
            FullScattering<double> const full{scattering};
            auto const soft = full.soft(material, budgets.hinge_step, budgets.step_begin_range, end_range,
                                        track.energy_MeV, scale.energy_scale);
            double const polar = random.uniform();
            return full.turn_soft(direction, soft, polar, random.uniform());
        }
        Scattering<double> const fast{materials};
        double const end = energy_MeV(end_range);
        double const variance =
            fast.angle_variance(water, 1.0, budgets.hinge_step, budgets.step_begin_MeV * scale.energy_scale,
                                end * scale.energy_scale, budgets.first_pv_MeV, rest_MeV(scale));
        double const polar = random.uniform();
        return fast.turn(direction, variance, polar, random.uniform());
    }

    /// A hard event: direction after it.
    BW_KERNEL Vec3<double> hard_scattered(Track const& track, std::uint32_t material, double uniform,
                                          Vec3<double> direction, RandomStream& random) const {
        NuclearView const* const events = reacts(track.species) ? &nuclear : nullptr;
        return FullScattering<double>{scattering}.hard(events, material, track.energy_MeV,
                                                       hydrogen_scale(track.species).energy_scale, direction,
                                                       uniform, random);
    }

    BW_KERNEL static double rest_MeV(HydrogenScale scale) {
        return scale.energy_scale * constants::proton_MeV;
    }

    BW_KERNEL bool reacts(NuclearSpecies species) const {
        return on.nuclear && species == NuclearSpecies::proton;
    }
    /// Tentative events per mass: hard scatters, and the greatest total cross section of all nuclei.
    BW_KERNEL double events_cm2_per_g(NuclearSpecies species) const {
        return scattering.hard_cm2_per_g + select(reacts(species), majorant_cm2_per_g(), 0.0);
    }
    /// Mass to the next tentative event.
    BW_KERNEL double event_mass(NuclearSpecies species, RandomStream& random) const {
        double const per_mass = events_cm2_per_g(species);
        return per_mass > 0.0 ? -log(random.uniform()) / per_mass : never;
    }
    /// Mass to the next tentative nuclear event, without hard scatters.
    BW_KERNEL double nuclear_mass(RandomStream& random) const {
        return -log(random.uniform()) / majorant_cm2_per_g();
    }
    BW_KERNEL double majorant_cm2_per_g() const { return nuclear.greatest_cm2_per_g; }
    BW_KERNEL double nuclear_cm2_per_g(std::uint32_t material, double energy_MeV) const {
        return NuclearCrossSection{nuclear}.total_cm2_per_g(material, energy_MeV);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
