#include "transport/schedule/neutron_run.hpp"
#include "core/contracts.hpp"
#include "core/run_record.hpp"
#include "transport/engine/beam_line.hpp"
#include "transport/tally/fixed_point.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <span>

namespace beamwright {

namespace {

/// Histories of a batch on small grids, and cells of the tally per batch: folding stays below 5 % of the time.
constexpr std::int64_t usual_batch = 20'000;
constexpr double usual_cells = 1e6;
/// Weighted path of one history in one voxel; the most tentative collisions are cut long before.
constexpr double most_path_cm = 1e5;

BatchOptions batch_options(NeutronOptions const& options) {
    return {options.stop, options.checkpoint, options.checkpoint_every_s, options.progress,
            options.cancelled};
}

CheckpointIdentity identity_of(NeutronRequest const& request) {
    auto const& o = request.options;
    auto const& m = o.method;
    return {version(), "neutrons",
            fmt::format("{}{}{} {} {} {} {} {} {}", m.survival ? "survival" : "analog",
                        m.expected_photons ? " expected" : "", request.air ? " air" : "", m.roulette_below,
                        m.roulette_to, m.photon_weight, m.photon_path_length ? "path" : "deposit",
                        m.tentative_per_cm, m.fast_tentative_per_cm),
            fmt::format("{} seed {}", o.inputs_hash, o.seed)};
}

/// Round the grid's middle: holds grid and port, and half a metre more. Of what is farther, one in a thousand comes back.
double air_reach_mm(RigidTransform const& port_to_grid, GridBox const& grid) {
    Vec3<double> const middle{0.5 * grid.nx * grid.edge_x_mm, 0.5 * grid.ny * grid.edge_y_mm,
                              0.5 * grid.nz * grid.edge_z_mm};
    return std::max(norm(port_to_grid.shift_mm - middle), norm(middle)) + 500;
}

std::int64_t batch_of(NeutronRequest const& request, NeutronLayout const& layout) {
    if (request.options.batch_histories > 0) {
        return request.options.batch_histories;
    }
    double const cells = static_cast<double>(request.world->grid.voxels()) * layout.stride;
    return static_cast<std::int64_t>(usual_batch * std::max(1.0, std::ceil(cells / usual_cells)));
}

} // namespace

std::pair<NeutronQuantity, NeutronQuantity> quantities_of(NeutronPair pair) {
    using Q = NeutronQuantity;
    constexpr std::array<std::pair<Q, Q>, neutron_pair_count> pairs = {{{Q::boron, Q::nitrogen},
                                                                        {Q::boron, Q::fast},
                                                                        {Q::boron, Q::photon_induced},
                                                                        {Q::nitrogen, Q::fast},
                                                                        {Q::nitrogen, Q::photon_induced},
                                                                        {Q::fast, Q::photon_induced}}};
    return pairs[static_cast<unsigned>(pair)];
}

NeutronLayout layout_of(NeutronRequest const& request) {
    using Q = NeutronQuantity;
    auto const& options = request.options;
    bool const beam_photons =
        std::any_of(request.port.bins.begin(), request.port.bins.end(),
                    [](auto const& bin) { return bin.particle == PortParticle::photon; });
    std::vector<Q> asked = {Q::boron, Q::nitrogen, Q::fast, Q::photon_induced};
    auto const add = [&](bool wanted, std::initializer_list<Q> more) {
        if (wanted) {
            asked.insert(asked.end(), more);
        }
    };
    add(beam_photons, {Q::photon_beam});
    add(options.flux, {Q::flux_thermal, Q::flux_epithermal, Q::flux_fast});
    add(options.reference.has_value(), {Q::fast_reference, Q::photon_reference});
    add(options.reference.has_value() && options.kerma_split, {Q::kerma_below, Q::kerma_above});
    NeutronLayout layout;
    layout.place.fill(-1);
    for (auto const quantity : asked) {
        layout.place[static_cast<unsigned>(quantity)] = static_cast<std::int32_t>(layout.stride++);
    }
    return layout;
}

std::shared_ptr<NeutronTables const> tables_for(NeutronRequest const& request) {
    std::vector<NeutronMaterialRequest> materials;
    for (std::size_t m = 0; m < request.world->materials.size(); ++m) {
        materials.push_back({request.world->materials[m],
                             request.hydrogen.empty() ? HydrogenLaw::water : request.hydrogen[m]});
    }
    if (request.air) {
        materials.push_back({*request.air, HydrogenLaw::free});
    }
    return std::make_shared<NeutronTables const>(materials, request.options.reference,
                                                 request.options.kelvin);
}

NeutronRun::NeutronRun(NeutronRequest const& request)
    : request_(request), world_(*request.world), batch_options_(batch_options(request.options)),
      port_(request.port), tables_(request.tables ? request.tables : tables_for(request)),
      layout_(layout_of(request)), loop_(batch_options_, identity_of(request), state_) {
    port_.prepare();
    majorant_ = tables_->majorant(world_, request.options.boron_in_transport ? request.boron_ppm
                                                                             : std::vector<float>{});
    build_state();
    build_work();
    loop_.resume();
}

void NeutronRun::build_state() {
    BeamState state;
    auto const voxels = world_.grid.voxels();
    state.histories_per_batch = batch_of(request_, layout_);
    state.tallies.emplace_back(voxels * layout_.stride,
                               static_cast<std::size_t>(world_.grid.size[0]) * layout_.stride);
    if (request_.options.correlation) {
        state.moments.emplace_back(voxels);
    }
    state.counts.assign(NeutronBook{}.counts.size(), 0);
    state.notes.assign(std::size_t{2} * NeutronBook::most_nuclides, 0.0);
    state_.beams.push_back(std::move(state));
}

void NeutronRun::build_work() {
    auto const& options = request_.options;
    auto& state = state_.beams.front();
    auto const to_grid = to_grid_frame(request_.port_to_patient, world_.grid);
    work_.source = {
        port_.view(), to_grid.rotation, to_grid.shift_mm, state.histories_per_batch, options.seed, 0};
    work_.media = tables_->view();
    work_.media.grid = box_of(world_.grid);
    work_.media.material = world_.material.data();
    work_.media.density_g_per_cm3 = world_.density_g_per_cm3.data();
    work_.media.boron_ppm =
        options.boron_in_transport && !request_.boron_ppm.empty() ? request_.boron_ppm.data() : nullptr;
    work_.media.majorant_per_cm = majorant_.data();
    if (request_.air) {
        BW_EXPECT(tables_->materials() > world_.materials.size()); // tables_for a request with this air
        work_.media.air = static_cast<std::uint32_t>(world_.materials.size());
        work_.media.air_g_per_cm3 = request_.air->density_g_per_cm3;
        work_.source.air_to_mm = air_reach_mm(to_grid, work_.media.grid);
    }
    work_.method = options.method;

    // A weight may be above 1 where the port draws rare particles more often, never where it draws them less
    double heaviest = 1;
    for (auto const& bin : port_.bins) {
        heaviest = std::max(heaviest, bin.weight);
    }
    auto const histories = static_cast<double>(state.histories_per_batch);
    int exponent = 0;
    std::frexp(histories * heaviest * most_path_cm * 4, &exponent);
    per_cm_ = std::ldexp(1.0, 62 - exponent);
    most_ = tables_->most_response();
    if (!options.method.photon_path_length) { // energy over density, down to the density of air
        most_[static_cast<unsigned>(NeutronQuantity::photon_induced)] = std::ldexp(1.0, 15);
        most_[static_cast<unsigned>(NeutronQuantity::photon_beam)] = std::ldexp(1.0, 15);
    }
    auto& score = work_.score;
    score.cells = state.tallies.front().running();
    score.row_used = state.tallies.front().rows();
    score.stride = layout_.stride;
    score.place = layout_.place;
    for (unsigned q = 0; q < neutron_quantity_count; ++q) {
        score.scale[q] = per_cm_ / most_[q];
    }
    score.reference_nitrogen = tables_->reference_nitrogen();
    // A history brings its source energy and what its reactions set free, at most some 100 MeV
    work_.per_MeV = fixed_point_for(state.histories_per_batch, heaviest * 2000).per_MeV;
}

bool NeutronRun::run_batch() {
    auto& state = state_.beams.front();
    auto& tally = state.tallies.front();
    auto const run = request_.options.baseline_build ? run_neutrons_baseline() : run_neutrons_here();
    work_.score.one_thread = parallel_threads() == 1 && !request_.options.shared_adds;
    auto book = run_share<NeutronBook>(
        state_.batches, state.histories_per_batch, request_.options.chunk_histories, batch_options_,
        [&](std::int64_t first, std::int64_t last, NeutronBook& own) { run(work_, first, last, own); });
    // A batch cancelled anywhere leaves no trace
    if (processes::any(batch_options_.is_cancelled())) {
        tally.drop();
        return false;
    }
    for (auto numbers : {std::span<std::int64_t>(book.energy), std::span<std::int64_t>(book.rare),
                         std::span<std::int64_t>(book.counts), std::span<std::int64_t>(book.misfit),
                         std::span<std::int64_t>(book.absorbed)}) {
        processes::sum_to_first(numbers);
    }
    auto const cells = world_.grid.voxels() * layout_.stride;
    processes::sum_rows_to_first({tally.running(), cells}, {tally.rows(), cells / tally.row_length()});
    ++state_.batches;
    if (!processes::is_first()) {
        tally.drop();
        return true;
    }
    for (std::size_t i = 0; i < book.energy.size(); ++i) {
        state.energy_MeV[i] += static_cast<double>(book.energy[i]) / work_.per_MeV;
    }
    for (std::size_t i = 0; i < book.rare.size(); ++i) {
        state.rare[i] += book.rare[i];
    }
    for (std::size_t i = 0; i < book.counts.size(); ++i) {
        state.counts[i] += book.counts[i];
    }
    for (std::size_t i = 0; i < NeutronBook::most_nuclides; ++i) {
        state.notes[i] += static_cast<double>(book.misfit[i]) / work_.per_MeV;
        state.notes[i + NeutronBook::most_nuclides] += static_cast<double>(book.absorbed[i]) / work_.per_MeV;
    }
    for (auto& moments : state.moments) {
        using Q = NeutronQuantity;
        moments.fold(tally, layout_.stride,
                     {layout_.cell(0, Q::boron), layout_.cell(0, Q::nitrogen), layout_.cell(0, Q::fast),
                      layout_.cell(0, Q::photon_induced)},
                     per_cm_, state_.batches - 1);
    }
    tally.fold(per_cm_);
    return true;
}

void NeutronRun::check_first_batch() const {
    auto const& state = state_.beams.front();
    if (state.counts[static_cast<unsigned>(NeutronCount::entered)] == 0) {
        refuse(fmt::format("port '{}' misses the patient: {} particles followed, none met the grid",
                           port_.name, state.histories_per_batch),
               "its axis does not meet the calculation grid", "check place and direction of the port");
    }
}

NeutronResult NeutronRun::run() {
    auto const stopped = loop_.run(*this);
    if (!processes::is_first()) {
        return {};
    }
    auto answer = result();
    answer.stop_reason = stopped;
    answer.resumed = loop_.resumed();
    answer.replaced = tables_->replaced();
    answer.stop_text = fmt::format("stopped by {} after {} histories in {} batches, {:.1f} s; mean relative "
                                   "standard deviation of the worst component {:.2f} %",
                                   to_string(stopped), answer.histories, answer.batches, answer.wall_s,
                                   100 * answer.uncertainty);
    return answer;
}

} // namespace beamwright
