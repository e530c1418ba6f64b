#include "core/contracts.hpp"
#include "core/parallel.hpp"
#include "lanes/constants.hpp"
#include "transport/schedule/memory_plan.hpp"
#include "transport/schedule/neutron_run.hpp"
#include "transport/schedule/world_check.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Below this a voxel is air: few neutrons meet it, so its dose is noise.
constexpr float air_below_g_per_cm3 = 0.1F;

void check_rare(NeutronResult const& result) {
    auto const all = result.stuck + result.stack_full;
    if (static_cast<double>(all) > 1.0 + 1e-6 * static_cast<double>(result.histories)) {
        refuse(fmt::format("{} of {} histories went wrong (stuck {}, stack full {})", all, result.histories,
                           result.stuck, result.stack_full),
               "one in a million is allowed", "report this with the case: it is an error of the program");
    }
}

std::string nuclide_name(NeutronNuclide const& nuclide) {
    static constexpr std::array<char const*, 31> symbols = {
        "n", "H",  "He", "Li", "Be", "B",  "C",  "N", "O",  "F",  "Ne", "Na", "Mg", "Al", "Si", "P",
        "S", "Cl", "Ar", "K",  "Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn"};
    auto const Z = static_cast<std::size_t>(nuclide.Z);
    return fmt::format("{}{}", Z < symbols.size() ? symbols[Z] : fmt::format("Z{}-", Z), nuclide.A);
}

} // namespace

namespace {

/// How a volume of the result is made of a quantity of the tally.
struct VolumeRule {
    NeutronVolume NeutronResult::*volume;
    NeutronQuantity quantity;
    bool dose, times_nitrogen;
    double factor;
};

} // namespace

/// All sigmas first, then the squares go, then all means: results need no more memory than the run did.
void NeutronRun::fill_volumes(NeutronResult& out) {
    using Q = NeutronQuantity;
    using R = NeutronResult;
    double const reference = tables_->reference_nitrogen();
    std::vector<VolumeRule> rules = {{&R::boron_per_ppm, Q::boron, true, false, 1},
                                     {&R::nitrogen, Q::nitrogen, true, true, 1},
                                     {&R::fast, Q::fast, true, false, 1},
                                     {&R::photon_induced, Q::photon_induced, true, false, 1},
                                     {&R::photon_beam, Q::photon_beam, true, false, 1},
                                     {&R::flux_thermal, Q::flux_thermal, false, false, 1},
                                     {&R::flux_epithermal, Q::flux_epithermal, false, false, 1},
                                     {&R::flux_fast, Q::flux_fast, false, false, 1},
                                     {&R::fast_reference, Q::fast_reference, true, false, 1},
                                     {&R::photon_reference, Q::photon_reference, true, false, 1},
                                     {&R::kerma_below, Q::kerma_below, true, false, 1},
                                     {&R::kerma_above, Q::kerma_above, true, false, 1}};
    if (request_.options.reference) {
        rules.push_back({&R::nitrogen_reference, Q::nitrogen, true, false, reference});
    }
    auto& state = state_.beams.front();
    auto& tally = state.tallies.front();
    double const histories = static_cast<double>(state_.batches * state.histories_per_batch);
    auto const fill = [&](VolumeRule const& rule, Volume<float>& volume, auto const& number) {
        if (!layout_.has(rule.quantity)) {
            return;
        }
        volume = Volume<float>(world_.grid);
        double const unit = rule.dose ? constants::Gy_per_MeV_per_g : 1.0;
        double const scale =
            rule.factor * unit * response(rule.quantity) / histories / world_.grid.voxel_cm3();
        parallel_ranges(world_.grid.voxels(), 4096, [&](std::size_t first, std::size_t last) {
            for (std::size_t voxel = first; voxel < last; ++voxel) {
                double const here =
                    rule.times_nitrogen ? scale * tables_->nitrogen_share(world_.material[voxel]) : scale;
                volume.values[voxel] = static_cast<float>(here * number(layout_.cell(voxel, rule.quantity)));
            }
        });
    };
    for (auto const& rule : rules) {
        fill(rule, (out.*rule.volume).sigma,
             [&](std::size_t cell) { return tally.sum_sigma(cell, state_.batches); });
    }
    tally.release_squares();
    for (auto const& rule : rules) {
        fill(rule, (out.*rule.volume).value, [&](std::size_t cell) { return tally.sum()[cell]; });
    }
    tally.release_sums();
}

Volume<float> NeutronRun::correlation(NeutronPair pair) const {
    Volume<float> out(world_.grid);
    auto const& state = state_.beams.front();
    auto const both = quantities_of(pair);
    auto const a = both.first, b = both.second; // clang does not capture structured bindings
    if (state_.batches < 2) {
        return out;
    }
    parallel_ranges(world_.grid.voxels(), 4096, [&](std::size_t first, std::size_t last) {
        for (std::size_t voxel = first; voxel < last; ++voxel) {
            bool const none = (a == NeutronQuantity::nitrogen || b == NeutronQuantity::nitrogen) &&
                              tables_->nitrogen_share(world_.material[voxel]) == 0;
            out.values[voxel] =
                none ? 0.0F
                     : static_cast<float>(correlation_of(
                           state.tallies.front(), layout_.cell(voxel, a), layout_.cell(voxel, b),
                           state.moments.front().moment(voxel, static_cast<unsigned>(pair)), state_.batches));
        }
    });
    return out;
}

/// The worst of boron, nitrogen, fast and photon dose; nitrogen's relative deviation is the same in every tissue.
double NeutronRun::measured_uncertainty(UncertaintyRule const& rule) const {
    auto const& tally = state_.beams.front().tallies.front();
    auto const sum_at = [&](std::size_t voxel, NeutronQuantity quantity) {
        return layout_.has(quantity) ? tally.sum()[layout_.cell(voxel, quantity)] : 0.0;
    };
    auto const sigma_at = [&](std::size_t voxel, NeutronQuantity quantity) {
        return layout_.has(quantity) ? tally.sum_sigma(layout_.cell(voxel, quantity), state_.batches) : 0.0;
    };
    bool const by_structure = !rule.weights.empty();
    double half = 0;
    for (std::size_t voxel = 0; voxel < world_.grid.voxels() && !by_structure; ++voxel) {
        if (world_.density_g_per_cm3[voxel] >= air_below_g_per_cm3) {
            half = std::max(half, 0.5 * sum_at(voxel, NeutronQuantity::boron));
        }
    }
    std::array<double, 4> sums{};
    double weights = 0;
    for (std::size_t voxel = 0; voxel < world_.grid.voxels(); ++voxel) {
        double const weight = by_structure ? static_cast<double>(rule.weights[voxel]) : 1.0;
        bool const counts = by_structure ? weight > 0
                                         : sum_at(voxel, NeutronQuantity::boron) > half &&
                                               world_.density_g_per_cm3[voxel] >= air_below_g_per_cm3;
        if (!counts) {
            continue;
        }
        weights += weight;
        auto const relative = [&](NeutronQuantity quantity) {
            double const sum = sum_at(voxel, quantity);
            return sum > 0 ? sigma_at(voxel, quantity) / sum : 1.0; // nothing yet: nothing is known
        };
        sums[0] += weight * relative(NeutronQuantity::boron);
        sums[1] += weight * relative(NeutronQuantity::nitrogen);
        sums[2] += weight * relative(NeutronQuantity::fast);
        double const photon =
            sum_at(voxel, NeutronQuantity::photon_induced) + sum_at(voxel, NeutronQuantity::photon_beam);
        double const a = sigma_at(voxel, NeutronQuantity::photon_induced),
                     b = sigma_at(voxel, NeutronQuantity::photon_beam);
        sums[3] += weight * (photon > 0 ? std::sqrt(a * a + b * b) / photon : 1.0);
    }
    double const worst = *std::max_element(sums.begin(), sums.end());
    return weights > 0 && state_.batches > 1 ? worst / weights : 1.0;
}

NeutronResult NeutronRun::result() {
    NeutronResult out;
    auto& state = state_.beams.front();
    out.batches = state_.batches;
    out.histories = state_.batches * state.histories_per_batch;
    out.cpu_s = state_.cpu_s;
    out.wall_s = state_.wall_s;
    auto const& rule = request_.options.stop.uncertainty;
    out.uncertainty = measured_uncertainty(rule ? *rule : UncertaintyRule{});
    double const all = static_cast<double>(out.histories);
    auto const energy = [&](NeutronTerm term) { return state.energy_MeV[static_cast<unsigned>(term)] / all; };
    out.energy = {energy(NeutronTerm::source),
                  energy(NeutronTerm::Q),
                  energy(NeutronTerm::deposited),
                  energy(NeutronTerm::escaped_neutrons),
                  energy(NeutronTerm::escaped_photons),
                  energy(NeutronTerm::misfit),
                  energy(NeutronTerm::rare)};
    NeutronView const library = tables_->library().view();
    for (std::uint32_t n = 0; n < library.nuclide_count; ++n) {
        double const absorbed = state.notes[n + NeutronBook::most_nuclides] / all;
        if (absorbed > 0) {
            out.nuclides.push_back({nuclide_name(library.nuclides[n]), absorbed, state.notes[n] / all});
        }
    }
    auto const count = [&](NeutronCount which) {
        return static_cast<double>(state.counts[static_cast<unsigned>(which)]) / all;
    };
    out.tentative_per_history = count(NeutronCount::tentative);
    out.collisions_per_history = count(NeutronCount::collisions);
    out.photons_per_history = count(NeutronCount::photons);
    out.photon_steps_per_history = count(NeutronCount::photon_steps);
    out.stuck = state.rare[static_cast<unsigned>(Rare::stuck)];
    out.stack_full = state.rare[static_cast<unsigned>(Rare::stack_full)];
    check_rare(out);

    state.tallies.front().release_running();
    if (!state.moments.empty()) {
        for (std::size_t pair = 0; pair < neutron_pair_count; ++pair) {
            out.correlation[pair] = correlation(static_cast<NeutronPair>(pair));
        }
        state.moments.clear();
    }
    fill_volumes(out);
    return out;
}

namespace {

void check_request(NeutronRequest const& request) {
    auto const& options = request.options;
    auto const voxels = request.world->grid.voxels();
    check_stop_rules(options.stop, voxels);
    check_world(*request.world);
    if (!request.boron_ppm.empty() && request.boron_ppm.size() != voxels) {
        refuse("the boron map is on another grid than the tissue",
               fmt::format("it has {} voxels, the grid {}", request.boron_ppm.size(), voxels),
               "resample the boron map to the grid of the calculation");
    }
    for (std::size_t voxel = 0; voxel < request.boron_ppm.size(); ++voxel) {
        float const ppm = request.boron_ppm[voxel];
        if (!(ppm >= 0 && ppm <= 1e5F)) {
            refuse(fmt::format("voxel {} has {:g} ppm of boron", voxel, ppm),
                   "boron lies between 0 and 100,000 ppm of the mass",
                   "check blood level, ratios or PET volume");
        }
    }
    if (!request.hydrogen.empty() && request.hydrogen.size() != request.world->materials.size()) {
        refuse("the list of hydrogen bindings does not fit the materials",
               fmt::format("{} bindings, {} materials", request.hydrogen.size(),
                           request.world->materials.size()),
               "name one binding per material, or none");
    }
    if (request.port.highest_eV() > neutron_highest_eV) {
        refuse(
            fmt::format("port '{}' sends out {:g} MeV", request.port.name, 1e-6 * request.port.highest_eV()),
            "the tables end at 20 MeV", "check the spectrum of the port");
    }
    if (options.kerma_split && !options.reference) {
        refuse("neutron kerma below and above 0.5 eV needs a reference tissue", "none is named",
               "name one, for example brain");
    }
}

/// While it runs: tally, correlations, the world and its boron. When results are made: tally without the running batch,
/// then float volumes of sigmas and means as the tally goes.
MemoryPlan memory_plan_of(NeutronRequest const& request, NeutronLayout const& layout) {
    std::size_t const moments = request.options.correlation ? CrossMoments::bytes_per_voxel : 0;
    std::size_t const volumes = layout.stride + (request.options.reference ? 1U : 0U);
    std::size_t const run = BatchTally::bytes_per_voxel * layout.stride + moments;
    std::size_t const correlating = 16 * std::size_t{layout.stride} + 2 * moments;
    std::size_t const sigmas = 16 * std::size_t{layout.stride} + moments + 4 * volumes;
    std::size_t const means = 8 * std::size_t{layout.stride} + moments + 8 * volumes;
    MemoryPlan plan;
    plan.voxels = request.world->grid.voxels();
    plan.quantities = 0;
    plan.neutron_bytes = std::max({run, correlating, sigmas, means});
    return plan;
}

} // namespace

NeutronResult calculate_neutron_dose(NeutronRequest const& request, Warnings& warnings) {
    BW_EXPECT(request.world != nullptr);
    check_request(request);
    auto const layout = layout_of(request);
    require_memory(memory_plan_of(request, layout), request.world->grid, request.options.memory_limit_bytes);
    ThreadLimit const limit(request.options.threads);
    NeutronRun run(request);
    auto result = run.run();
    if (!result.replaced.empty()) {
        warnings.add(fmt::format("{} times an isotope without data is replaced; for example {}",
                                 result.replaced.size(), result.replaced.front()),
                     "the evaluations shipped with the program lack it",
                     "see the list with the share of each (isotopes_without_data of run.json)");
    }
    return result;
}

} // namespace beamwright
