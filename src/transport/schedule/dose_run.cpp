#include "transport/schedule/dose_run.hpp"
#include "core/contracts.hpp"
#include "core/parallel.hpp"
#include "core/run_record.hpp"
#include "tables/material_library.hpp"
#include "transport/cuda/cuda_device.hpp"
#include "transport/schedule/processes.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <mutex>
#include <numeric>
#include <span>

namespace beamwright {

namespace {

/// Machine energies above are refused: the nuclear tables end there.
constexpr double most_mean_energy_MeV = 250.0;
/// Histories of a batch, all beams together, and the least of one beam: batches cost about 1 s of one core,
/// 10 of them give an uncertainty, and folding them stays below 5 % of the time.
constexpr std::int64_t usual_batch = 20'000;
constexpr std::int64_t least_batch = 500;

BatchOptions batch_options(DoseOptions const& options) {
    return {options.stop, options.checkpoint, options.checkpoint_every_s, options.progress,
            options.cancelled};
}

/// The seed decides the result as much as the inputs do: batches of two seeds are never put together.
CheckpointIdentity identity_of(DoseOptions const& options) {
    return {version(), engine_of(options.target), to_string(options.mode),
            fmt::format("{} seed {}", options.inputs_hash, options.seed)};
}

/// The numbers of a book over all processes, in the first.
void sum_to_first(TrackBook& book) {
    for (auto numbers : {std::span<std::int64_t>(book.energy), std::span<std::int64_t>(book.rare)}) {
        processes::sum_to_first(numbers);
    }
    for (auto* number : {&book.steps, &book.nuclear_events, &book.nonelastic_events,
                         &book.primary_nonelastic_events, &book.secondaries}) {
        processes::sum_to_first({number, 1});
    }
}

} // namespace

void BeamState::add(TrackBook const& book, double per_MeV) {
    for (std::size_t term = 0; term < energy_MeV.size(); ++term) {
        energy_MeV[term] += static_cast<double>(book.energy[term]) / per_MeV;
    }
    for (std::size_t kind = 0; kind < rare.size(); ++kind) {
        rare[kind] += book.rare[kind];
    }
    steps += book.steps;
    nuclear_events += book.nuclear_events;
    nonelastic_events += book.nonelastic_events;
    primary_nonelastic_events += book.primary_nonelastic_events;
    secondaries += book.secondaries;
}

DoseRun::DoseRun(DoseRequest const& request, Warnings& warnings)
    : request_(request), world_(*request.world), batch_options_(batch_options(request.options)),
      tables_(request.tables), loop_(batch_options_, identity_of(request.options), state_) {
    if (!tables_) {
        tables_ = std::make_shared<TransportTables>(materials_of(request), request.options.water_stopping,
                                                    request.options.on.nuclear);
    }
    plan_batches();
    build_beams(warnings);
    loop_.resume();
    use_device();
}

/// World, then plates of each beam, then air: one list.
std::vector<Material> materials_of(DoseRequest const& request) {
    auto materials = request.world->materials;
    for (auto const& beam : request.beams) {
        for (auto const& slab : beam.slabs) {
            materials.push_back(slab.material);
        }
    }
    materials.push_back(MaterialLibrary::shipped().named("air"));
    return materials;
}

/// A beam's share of a batch goes with its protons; the case alone decides.
void DoseRun::plan_batches() {
    auto const whole = request_.options.batch_histories > 0 ? request_.options.batch_histories : usual_batch;
    auto const least = request_.options.batch_histories > 0 ? std::int64_t{1} : least_batch;
    double all = 0;
    std::vector<double> protons;
    for (auto const& beam : request_.beams) {
        protons.push_back(0);
        for (auto const& element : beam.elements) {
            protons.back() += element.protons;
        }
        all += protons.back();
    }
    for (auto const share : protons) {
        auto const wanted = all > 0 ? std::llround(static_cast<double>(whole) * share / all) : 0;
        batch_of_beam_.push_back(std::max<std::int64_t>(wanted, least));
    }
}

void DoseRun::build_beams(Warnings& warnings) {
    auto const& options = request_.options;
    double most_MeV = 0;
    std::uint32_t next_material = static_cast<std::uint32_t>(world_.materials.size());
    auto const& edge = world_.grid.spacing_mm;
    auto const tables =
        tables_->view(std::min({edge.x, edge.y, edge.z}), options.limits, options.on, options.mode);
    if (in_lanes(options.target)) {
        lane_tables_.emplace(tables);
    }
    auto const air = tables.water - 1;
    for (std::size_t i = 0; i < request_.beams.size(); ++i) {
        auto const& beam = request_.beams[i];
        std::vector<std::uint32_t> slab_materials(beam.slabs.size());
        for (auto& id : slab_materials) {
            id = next_material++;
        }
        Beam made;
        made.source =
            std::make_unique<HistorySource>(beam, batch_of_beam_[i], options.seed, most_mean_energy_MeV);
        made.line = std::make_unique<BeamLine>(beam, world_.grid, slab_materials, air, warnings);
        most_MeV = std::max(most_MeV, made.source->most_energy_MeV());
        beams_.push_back(std::move(made));
    }
    // A history deposits at most what it brings and what events set free; water counts up to eightfold in
    // metal
    auto const largest = *std::max_element(batch_of_beam_.begin(), batch_of_beam_.end());
    fixed_ = fixed_point_for(largest, 8.0 * (2.0 * most_MeV + 50.0));
    for (std::size_t i = 0; i < beams_.size(); ++i) {
        BeamState state;
        state.histories_per_batch = batch_of_beam_[i];
        for (int quantity = 0; quantity < (options.dose_to_water ? 2 : 1); ++quantity) {
            state.tallies.emplace_back(world_.grid.voxels(), static_cast<std::size_t>(world_.grid.size[0]));
        }
        state_.beams.push_back(std::move(state));
        auto& tallies = state_.beams.back().tallies;
        HistoryWork& work = beams_[i].work;
        work.source = beams_[i].source->view();
        work.line = beams_[i].line->view();
        work.tables = tables;
        work.tables.most_MeV = 1.2 * most_mean_energy_MeV;
        if (lane_tables_) {
            work.lanes = lane_tables_->view();
            work.lane_width = options.lane_width;
        }
        work.media = {world_.material.data(), world_.density_g_per_cm3.data()};
        work.dose = {tallies[0].running(),
                     options.dose_to_water ? tallies[1].running() : nullptr,
                     tallies[0].rows(),
                     fixed_.per_MeV,
                     {},
                     {}};
        work.per_MeV = fixed_.per_MeV;
        add_species(state_.beams.back(), work);
        add_let(state_.beams.back(), work);
    }
}

/// One tally, the species of a voxel side by side. Growing the list moves the tallies, not their memory.
void DoseRun::add_species(BeamState& state, HistoryWork& work) const {
    if (!request_.options.species) {
        return;
    }
    constexpr std::size_t cells = SpeciesScoreView::cells;
    state.tallies.emplace_back(cells * world_.grid.voxels(),
                               cells * static_cast<std::size_t>(world_.grid.size[0]));
    work.dose.species.sums = state.tallies.back().running();
}

void DoseRun::add_let(BeamState& state, HistoryWork& work) const {
    if (request_.options.let == LetParticles::none) {
        return;
    }
    auto const first = state.tallies.size();
    auto const voxels = world_.grid.voxels();
    for (int quantity = 0; quantity < 3; ++quantity) {
        state.tallies.emplace_back(voxels, static_cast<std::size_t>(world_.grid.size[0]));
    }
    state.crosses.assign(2, CrossSum(voxels));
    // Growing the list has moved the tallies, not their memory
    work.dose.let = {.energy = state.tallies[first].running(),
                     .energy_stopping = state.tallies[first + 1].running(),
                     .path = state.tallies[first + 2].running(),
                     .table = tables_->let(),
                     .particles = request_.options.let};
}

TrackBook DoseRun::run_beam(std::size_t beam) {
    auto const& options = request_.options;
    auto const run = options.baseline_build ? run_histories_baseline() : run_histories_of(options.target);
    beams_[beam].work.one_thread = parallel_threads() == 1;
    return run_share<TrackBook>(state_.batches, batch_of_beam_[beam], options.chunk_histories, batch_options_,
                                [&](std::int64_t first, std::int64_t last, TrackBook& book) {
                                    run(beams_[beam].work, first, last, book);
                                });
}

void DoseRun::use_device() {
    auto device = request_.device;
    if (!device && request_.options.target == LaneTarget::cuda) {
        device = open_cuda_device();
    }
    if (!device) {
        return;
    }
    std::vector<HistoryWork> work;
    TableMemory memory;
    tables_->add_memory(memory);
    for (auto const& beam : beams_) {
        beam.source->add_memory(memory);
        beam.line->add_memory(memory);
        work.push_back(beam.work);
    }
    device_.emplace(std::move(device), world_, work, memory, state_.beams);
}

bool DoseRun::run_batch_on_device() {
    if (batch_options_.is_cancelled()) {
        return false;
    }
    auto last = std::numeric_limits<std::int64_t>::max();
    if (auto const& wanted = request_.options.stop.histories) {
        auto const all = std::accumulate(batch_of_beam_.begin(), batch_of_beam_.end(), std::int64_t{0});
        auto const batch = std::max<std::int64_t>(all, 1);
        last = (*wanted + batch - 1) / batch;
    }
    auto const books = device_->fold(state_.batches, last);
    for (std::size_t beam = 0; beam < beams_.size(); ++beam) {
        state_.beams[beam].add(books[beam], fixed_.per_MeV);
    }
    ++state_.batches;
    return true;
}

void DoseRun::bring_state() {
    if (device_) {
        device_->bring(state_.beams);
    }
}

bool DoseRun::run_batch() {
    if (device_) {
        return run_batch_on_device();
    }
    std::vector<TrackBook> books;
    for (std::size_t beam = 0; beam < beams_.size(); ++beam) {
        books.push_back(run_beam(beam));
    }
    // A batch cancelled anywhere leaves no trace
    bool const whole = !processes::any(batch_options_.is_cancelled());
    for (std::size_t beam = 0; beam < beams_.size(); ++beam) {
        if (whole) {
            sum_to_first(books[beam]);
            finish_batch(state_.beams[beam], books[beam]);
        } else {
            for (auto& tally : state_.beams[beam].tallies) {
                tally.drop();
            }
        }
    }
    state_.batches += whole ? 1 : 0;
    return whole;
}

void DoseRun::finish_batch(BeamState& state, TrackBook const& book) {
    auto const rows = world_.grid.voxels() / static_cast<std::size_t>(world_.grid.size[0]);
    for (std::size_t other = 1; other < state.tallies.size(); ++other) { // touched where the first is
        std::copy_n(state.tallies[0].rows(), rows, state.tallies[other].rows());
    }
    for (auto& tally : state.tallies) {
        processes::sum_rows_to_first({tally.running(), tally.sum().size()}, {tally.rows(), rows});
    }
    if (!processes::is_first()) {
        for (auto& tally : state.tallies) {
            tally.drop();
        }
        return;
    }
    state.add(book, fixed_.per_MeV);
    auto const let = state.tallies.size() - 3;
    for (std::size_t cross = 0; cross < state.crosses.size(); ++cross) {
        state.crosses[cross].fold(state.tallies[let], state.tallies[let + 1 + cross], fixed_.per_MeV);
    }
    for (auto& tally : state.tallies) {
        tally.fold(fixed_.per_MeV);
    }
}

void DoseRun::check_first_batch() const {
    for (std::size_t i = 0; i < beams_.size(); ++i) {
        auto const& energy = state_.beams[i].energy_MeV;
        if (energy[static_cast<unsigned>(EnergyTerm::deposited)] > 0) {
            continue;
        }
        auto const& beam = request_.beams[i];
        refuse(fmt::format("beam {} '{}' misses the patient: {} protons followed, none reached the grid",
                           beam.number, beam.name, batch_of_beam_[i]),
               "its axis does not meet the calculation grid, or it is stopped before",
               "check isocenter, gantry and couch angles, range shifter, and the frame of the CT");
    }
}

std::vector<double> DoseRun::protons() const {
    std::vector<double> protons;
    for (auto const& beam : beams_) {
        protons.push_back(beam.source->protons());
    }
    return protons;
}

double DoseRun::measured_uncertainty(UncertaintyRule const& rule) const {
    return mean_relative_uncertainty(world_, state_, protons(), &rule);
}

DoseResult DoseRun::run() {
    auto const& options = request_.options;
    auto const stopped = loop_.run(*this);
    if (!processes::is_first()) {
        return {};
    }
    bring_state();
    auto result = make_result(request_, state_, protons());
    result.stop_reason = stopped;
    result.resumed = loop_.resumed();
    result.stop_text = fmt::format("stopped by {} after {} histories in {} batches, {:.1f} s; mean relative "
                                   "standard deviation {:.2f} % over {}",
                                   to_string(stopped), result.histories, result.batches, result.wall_s,
                                   100 * result.mean_relative_uncertainty,
                                   options.stop.uncertainty && !options.stop.uncertainty->weights.empty()
                                       ? "structure '" + options.stop.uncertainty->where + "'"
                                       : "voxels above half of the maximum dose, air left out");
    return result;
}

} // namespace beamwright
