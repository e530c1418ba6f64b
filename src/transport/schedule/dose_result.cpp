#include "core/contracts.hpp"
#include "core/parallel.hpp"
#include "lanes/constants.hpp"
#include "transport/schedule/dose_run.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Dose per MeV of a voxel, for one beam: Gy = MeV_sum * this.
double gy_per_MeV(VoxelWorld const& world, std::size_t voxel, double protons, std::int64_t histories) {
    double const mass_g = static_cast<double>(world.density_g_per_cm3[voxel]) * world.grid.voxel_cm3();
    return constants::Gy_per_MeV_per_g * protons / static_cast<double>(histories) / mass_g;
}

EnergyBudget budget_of(BeamState const& beam) {
    auto const term = [&](EnergyTerm which) { return beam.energy_MeV[static_cast<unsigned>(which)]; };
    EnergyBudget budget{.source = term(EnergyTerm::source),
                        .Q = term(EnergyTerm::Q),
                        .outside_grid = term(EnergyTerm::outside_grid),
                        .escaped_charged = term(EnergyTerm::escaped_charged),
                        .neutrons = term(EnergyTerm::neutrons),
                        .gammas = term(EnergyTerm::gammas),
                        .rare = term(EnergyTerm::rare)};
    // Deposited is read from the tally itself: the balance then proves the tally
    for (auto const energy : beam.tallies.front().sum()) {
        budget.deposited += energy;
    }
    return budget;
}

void add_to(EnergyBudget& sum, EnergyBudget const& one) {
    sum.source += one.source;
    sum.Q += one.Q;
    sum.deposited += one.deposited;
    sum.outside_grid += one.outside_grid;
    sum.escaped_charged += one.escaped_charged;
    sum.neutrons += one.neutrons;
    sum.gammas += one.gammas;
    sum.rare += one.rare;
}

/// Fills dose and sigma of one quantity; `variance` sums over beams in `total_sigma` as squares.
void fill(VoxelWorld const& world, BatchTally const& tally, std::int64_t batches, double protons,
          std::int64_t histories, Volume<float>& dose, Volume<float>& sigma) {
    dose = Volume<float>(world.grid);
    sigma = Volume<float>(world.grid);
    parallel_ranges(world.grid.voxels(), 4096, [&](std::size_t first, std::size_t last) {
        for (std::size_t voxel = first; voxel < last; ++voxel) {
            double const energy = tally.sum()[voxel];
            if (energy == 0) {
                continue;
            }
            double const scale = gy_per_MeV(world, voxel, protons, histories);
            dose.values[voxel] = static_cast<float>(scale * energy);
            sigma.values[voxel] = static_cast<float>(scale * tally.sum_sigma(voxel, batches));
        }
    });
}

/// Doses add; independent streams: variances add.
void accumulate(Volume<float>& dose, Volume<float>& sigma, Volume<float> const& one_dose,
                Volume<float> const& one_sigma) {
    if (dose.values.empty()) {
        dose = one_dose;
        sigma = one_sigma;
        return;
    }
    for (std::size_t voxel = 0; voxel < dose.values.size(); ++voxel) {
        dose.values[voxel] += one_dose.values[voxel];
        double const a = sigma.values[voxel], b = one_sigma.values[voxel];
        sigma.values[voxel] = static_cast<float>(std::sqrt(a * a + b * b));
    }
}

/// One in a million histories, or one in a small run.
void check_rare(RareCounts const& rare, std::int64_t histories) {
    auto const all = rare.stuck + rare.stack_full + rare.energy_clamped + rare.not_a_number;
    if (static_cast<double>(all) <= 1.0 + 1e-6 * static_cast<double>(histories)) {
        return;
    }
    refuse(
        fmt::format("{} of {} histories went wrong (stuck {}, stack full {}, energy above the tables {}, not "
                    "a number {})",
                    all, histories, rare.stuck, rare.stack_full, rare.energy_clamped, rare.not_a_number),
        "one in a million is allowed", "report this with the case: it is an error of the program");
}

} // namespace

namespace {
/// Below this a voxel is air: a gram there meets few protons, so its dose is noise and would pass for the maximum.
/// Lung in full inspiration has 0.15 g/cm3 and more (ICRU Report 46: inflated lung 0.26).
constexpr float air_below_g_per_cm3 = 0.1F;
} // namespace

double mean_relative_uncertainty(VoxelWorld const& world, RunState const& state,
                                 std::vector<double> const& protons, UncertaintyRule const* rule) {
    auto const dose_at = [&](std::size_t voxel) {
        double dose = 0;
        for (std::size_t b = 0; b < state.beams.size(); ++b) {
            auto const& beam = state.beams[b];
            dose += beam.tallies[0].sum()[voxel] *
                    gy_per_MeV(world, voxel, protons[b], beam.histories_per_batch * state.batches);
        }
        return dose;
    };
    auto const sigma_at = [&](std::size_t voxel) {
        double variance = 0;
        for (std::size_t b = 0; b < state.beams.size(); ++b) {
            auto const& beam = state.beams[b];
            double const one = beam.tallies[0].sum_sigma(voxel, state.batches) *
                               gy_per_MeV(world, voxel, protons[b], beam.histories_per_batch * state.batches);
            variance += one * one;
        }
        return std::sqrt(variance);
    };
    bool const by_structure = rule != nullptr && !rule->weights.empty();
    double half = 0;
    if (!by_structure) {
        for (std::size_t voxel = 0; voxel < world.grid.voxels(); ++voxel) {
            if (world.density_g_per_cm3[voxel] >= air_below_g_per_cm3) {
                half = std::max(half, 0.5 * dose_at(voxel));
            }
        }
    }
    double sum = 0, weights = 0;
    for (std::size_t voxel = 0; voxel < world.grid.voxels(); ++voxel) {
        double const weight = by_structure ? static_cast<double>(rule->weights[voxel]) : 1.0;
        if (!(weight > 0)) {
            continue;
        }
        double const dose = dose_at(voxel);
        if (!by_structure && (!(dose > half) || world.density_g_per_cm3[voxel] < air_below_g_per_cm3)) {
            continue;
        }
        sum += weight * (dose > 0 ? sigma_at(voxel) / dose : 1.0); // no dose yet: nothing is known
        weights += weight;
    }
    return weights > 0 && state.batches > 1 ? sum / weights : 1.0;
}

DoseResult make_result(DoseRequest const& request, RunState& state, std::vector<double> const& protons) {
    auto const& world = *request.world;
    DoseResult result;
    result.batches = state.batches;
    result.cpu_s = state.cpu_s;
    result.wall_s = state.wall_s;
    result.target = engine_of(request.options.target);
    auto const& rule = request.options.stop.uncertainty;
    result.mean_relative_uncertainty =
        mean_relative_uncertainty(world, state, protons, rule ? &*rule : nullptr);
    result.let = make_let(world, state, protons);
    result.species = make_species(request, state, protons);
    std::int64_t steps = 0, nonelastic = 0, secondaries = 0;
    for (std::size_t b = 0; b < state.beams.size(); ++b) {
        auto& beam = state.beams[b];
        BeamDose out;
        out.number = request.beams[b].number;
        out.name = request.beams[b].name;
        out.histories = beam.histories_per_batch * state.batches;
        out.protons = protons[b];
        out.energy = budget_of(beam);
        auto& dose = out.dose;
        fill(world, beam.tallies[0], state.batches, out.protons, out.histories, dose.to_medium_Gy,
             dose.to_medium_sigma_Gy);
        if (request.options.dose_to_water) {
            fill(world, beam.tallies[1], state.batches, out.protons, out.histories, dose.to_water_Gy,
                 dose.to_water_sigma_Gy);
        }
        beam.tallies.clear();
        beam.crosses.clear();
        accumulate(result.total.to_medium_Gy, result.total.to_medium_sigma_Gy, dose.to_medium_Gy,
                   dose.to_medium_sigma_Gy);
        accumulate(result.total.to_water_Gy, result.total.to_water_sigma_Gy, dose.to_water_Gy,
                   dose.to_water_sigma_Gy);
        if (!request.options.keep_beams) {
            dose = {};
        }
        add_to(result.energy, out.energy);
        result.histories += out.histories;
        result.rare.stuck += beam.rare[static_cast<unsigned>(Rare::stuck)];
        result.rare.stack_full += beam.rare[static_cast<unsigned>(Rare::stack_full)];
        result.rare.energy_clamped += beam.rare[static_cast<unsigned>(Rare::energy_clamped)];
        result.rare.not_a_number += beam.rare[static_cast<unsigned>(Rare::not_a_number)];
        steps += beam.steps;
        nonelastic += beam.nonelastic_events;
        secondaries += beam.secondaries;
        result.beams.push_back(std::move(out));
    }
    auto const all = static_cast<double>(result.histories);
    result.steps_per_history = static_cast<double>(steps) / all;
    result.nonelastic_per_history = static_cast<double>(nonelastic) / all;
    result.secondaries_per_history = static_cast<double>(secondaries) / all;
    check_rare(result.rare, result.histories);
    BW_ENSURE(std::fabs(result.energy.imbalance()) <= 1e-6);
    return result;
}

} // namespace beamwright
