#include "transport/schedule/spot.hpp"
#include "core/contracts.hpp"
#include "core/parallel.hpp"
#include "core/run_record.hpp"
#include "tables/material_library.hpp"
#include "transport/engine/beam_line.hpp"
#include "transport/engine/history_source.hpp"
#include "transport/engine/lane_tables.hpp"
#include "transport/engine/run_histories.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/run_state.hpp"
#include "transport/schedule/spot_let.hpp"
#include "transport/schedule/spot_species.hpp"
#include "transport/tally/fixed_point.hpp"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <mutex>

namespace beamwright {

namespace {

constexpr std::int64_t batch_histories = 5000;

/// Everything between request and result.
class SpotRun {
public:
    SpotRun(SpotRequest const& request, Warnings& warnings);
    SpotResult run();

private:
    void lay_plates(Warnings& warnings);
    void lay_rings();
    BeamSource beam() const;
    bool run_batch();
    SpotResult result() const;
    SpotRings rings_at(double depth_mm) const;
    SpotWidth width_at(double depth_mm) const;
    double per_primary(double energy_MeV) const;

    SpotRequest const& request_;
    Grid grid_;
    std::vector<Material> materials_;
    std::vector<MaterialId> plane_material_;
    std::vector<float> plane_density_;
    std::vector<std::uint16_t> ring_of_row_;
    std::size_t ring_count_ = 0;
    std::unique_ptr<TransportTables> tables_;
    std::optional<LaneTables> lane_tables_;
    std::unique_ptr<HistorySource> source_;
    std::unique_ptr<BeamLine> line_;
    std::unique_ptr<BatchTally> rings_, profiles_;
    std::optional<PlaneLet> let_;
    std::optional<PlaneSpecies> species_;
    std::vector<std::int64_t> primaries_;
    HistoryWork work_;
    BeamState state_;
    std::int64_t batches_ = 0;
    double cpu_s_ = 0, wall_s_ = 0;
};

void check(SpotRequest const& request) {
    auto const at_least = [](char const* what, double value, double least) {
        if (!(value >= least) || !std::isfinite(value)) {
            refuse(fmt::format("{} is {:g}", what, value), fmt::format("it must be at least {:g}", least),
                   "correct it");
        }
    };
    at_least("the energy in MeV", request.energy_MeV, 1.0);
    at_least("the energy spread in MeV", request.energy_sigma_MeV, 0.0);
    at_least("sigma x in mm", request.x.sigma_mm, 0.0);
    at_least("sigma y in mm", request.y.sigma_mm, 0.0);
    at_least("the voxel edge in mm", request.voxel_mm, 0.01);
    at_least("the step along depth in mm", request.depth_step_mm, 0.0);
    at_least("the lateral width in mm", request.lateral_mm, request.voxel_mm);
    at_least("the number of histories", static_cast<double>(request.histories), 1.0);
    if (request.target == LaneTarget::cuda) {
        refuse("a spot into plates with the target 'cuda'", "the device calculates doses on voxels",
               "use --target scalar");
    }
    bool const rising = std::is_sorted(request.ring_edges_mm.begin(), request.ring_edges_mm.end(),
                                       [](double a, double b) { return a <= b; });
    if (request.ring_edges_mm.size() < 2 || !rising || request.ring_edges_mm.front() < 0) {
        refuse("the ring edges do not rise", "rings lie between one edge and the next",
               "give two or more radii in rising order, for example 0,5,10,20");
    }
}

SpotRun::SpotRun(SpotRequest const& request, Warnings& warnings) : request_(request) {
    check(request);
    lay_plates(warnings);
    lay_rings();
    double const step_mm = grid_.spacing_mm.z;
    double const least_edge_mm = std::min(step_mm, request.voxel_mm);
    auto materials = materials_;
    materials.push_back(MaterialLibrary::shipped().named("air"));
    tables_ = std::make_unique<TransportTables>(materials, request.water_stopping, request.on.nuclear);
    auto const source = beam();
    source_ = std::make_unique<HistorySource>(source, batch_histories, request.seed, 250.0);
    line_ = std::make_unique<BeamLine>(source, grid_, std::vector<std::uint32_t>{},
                                       static_cast<std::uint32_t>(materials_.size()), warnings);
    auto const planes = static_cast<std::size_t>(grid_.size[2]);
    auto const columns = static_cast<std::size_t>(grid_.size[0]);
    rings_ = std::make_unique<BatchTally>(planes * ring_count_, ring_count_);
    profiles_ = std::make_unique<BatchTally>(planes * columns, columns);
    primaries_.assign(planes, 0);
    auto const fixed = fixed_point_for(batch_histories, 2.0 * source_->most_energy_MeV() + 50.0);
    state_.histories_per_batch = batch_histories;
    work_.source = source_->view();
    work_.line = line_->view();
    work_.tables = tables_->view(least_edge_mm, request.limits, request.on, request.mode);
    work_.tables.most_MeV = 300;
    if (in_lanes(request.target)) {
        lane_tables_.emplace(work_.tables);
        work_.lanes = lane_tables_->view();
        work_.lane_width = request.lane_width;
    }
    work_.media = {plane_material_.data(), plane_density_.data()};
    work_.media_by_plane = work_.score_planes = true;
    work_.planes = {.rings = rings_->running(),
                    .profile = profiles_->running(),
                    .primary_mass = primaries_.data(),
                    .ring_of_row = ring_of_row_.data(),
                    .ring_count = static_cast<int>(ring_count_),
                    .nx = grid_.size[0],
                    .per_MeV = fixed.per_MeV,
                    .let = {},
                    .species = {}};
    work_.per_MeV = fixed.per_MeV;
    if (request.let != LetParticles::none) {
        let_.emplace(planes, ring_count_);
        work_.planes.let = let_->view(tables_->let(), request.let);
    }
    if (request.species) {
        work_.planes.species = species_.emplace(planes, ring_count_).view();
    }
}

/// Planes of one material each; a plate's end that is no plane is moved to the nearest one.
void SpotRun::lay_plates(Warnings& warnings) {
    double const step_mm = request_.depth_step_mm > 0 ? request_.depth_step_mm : request_.voxel_mm;
    auto slabs = request_.slabs;
    if (slabs.empty()) {
        auto const& water = MaterialLibrary::shipped().named("water");
        // Range of 1.5e-3 E^1.77 g/cm2 within 3 % (Bragg and Kleeman): only the size of the box
        double const range_mm = 0.0224 * std::pow(request_.energy_MeV, 1.77);
        slabs.push_back({water, 0.0, 1.2 * range_mm + 20.0});
    }
    double end_mm = 0;
    for (auto const& slab : slabs) {
        double const density =
            slab.density_g_per_cm3 > 0 ? slab.density_g_per_cm3 : slab.material.density_g_per_cm3;
        if (!(slab.thickness_mm > 0) || !(density > 0)) {
            refuse(fmt::format("plate '{}' has thickness {:g} mm and density {:g} g/cm3", slab.material.name,
                               slab.thickness_mm, density),
                   "both must be above 0", "correct the list of plates");
        }
        end_mm += slab.thickness_mm;
        auto const planes = static_cast<std::size_t>(std::llround(end_mm / step_mm));
        if (!request_.slabs.empty() && std::fabs(static_cast<double>(planes) * step_mm - end_mm) > 1e-6) {
            warnings.add(
                fmt::format("plate '{}' ends at {:g} mm, between two planes", slab.material.name, end_mm),
                fmt::format("planes are {:g} mm apart; it is moved to {:g} mm", step_mm,
                            static_cast<double>(planes) * step_mm),
                "choose a voxel edge that divides the thicknesses");
        }
        plane_material_.resize(planes, static_cast<MaterialId>(materials_.size()));
        plane_density_.resize(planes, static_cast<float>(density));
        materials_.push_back(slab.material);
    }
    auto const columns =
        2 * static_cast<int>(std::ceil(0.5 * request_.lateral_mm / request_.voxel_mm - 1e-9));
    if (plane_material_.empty() || plane_material_.size() > 1'000'000 || columns > 20'000) {
        refuse(fmt::format("the box has {} planes and {} columns", plane_material_.size(), columns),
               "1 to 1000000 planes and up to 20000 columns are possible", "choose another voxel edge");
    }
    grid_.size = {columns, columns, static_cast<int>(plane_material_.size())};
    grid_.spacing_mm = {request_.voxel_mm, request_.voxel_mm, step_mm};
    double const corner = -0.5 * (columns - 1) * request_.voxel_mm;
    grid_.origin_mm = {corner, corner, 0.5 * step_mm};
}

/// The ring of a voxel by the radius of its center; inside the first and beyond the last edge count, too.
void SpotRun::lay_rings() {
    auto const& edges = request_.ring_edges_mm;
    ring_count_ = edges.size() + 1;
    for (int j = 0; j < grid_.size[1]; ++j) {
        for (int i = 0; i < grid_.size[0]; ++i) {
            double const x = grid_.origin_mm.x + i * request_.voxel_mm;
            double const y = grid_.origin_mm.y + j * request_.voxel_mm;
            auto const above = std::upper_bound(edges.begin(), edges.end(), std::sqrt(x * x + y * y));
            ring_of_row_.push_back(static_cast<std::uint16_t>(above - edges.begin()));
        }
    }
}

/// From the surface of the box along depth; gantry z points against it.
BeamSource SpotRun::beam() const {
    BeamSource beam;
    beam.number = 1;
    beam.name = "spot";
    beam.gantry_to_patient.rotation = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    beam.air_before_patient = false;
    EnergyOptics optics;
    optics.nominal_energy_MeV = optics.mean_energy_MeV = request_.energy_MeV;
    optics.energy_sigma_MeV = request_.energy_sigma_MeV;
    optics.gaussians.push_back({1.0, request_.x, request_.y});
    beam.optics.push_back(optics);
    beam.elements.push_back({.optics = 0, .x_mm = 0, .y_mm = 0, .protons = 1});
    return beam;
}

bool SpotRun::run_batch() {
    auto const run = request_.baseline_build ? run_histories_baseline() : run_histories_of(request_.target);
    work_.one_thread = parallel_threads() == 1;
    TrackBook book;
    std::mutex book_door;
    // Long pieces keep all lanes busy, some per thread keep all threads busy
    auto const share = batch_histories / (std::int64_t{8} * parallel_threads());
    auto const grain = static_cast<std::size_t>(std::clamp<std::int64_t>(share, 64, 625));
    parallel_ranges(static_cast<std::size_t>(batch_histories), grain, [&](std::size_t from, std::size_t to) {
        TrackBook own;
        auto const first = batches_ * batch_histories;
        run(work_, first + static_cast<std::int64_t>(from), first + static_cast<std::int64_t>(to), own);
        std::lock_guard const lock(book_door);
        book.add(own);
    });
    if (request_.cancelled != nullptr && request_.cancelled->load(std::memory_order_relaxed)) {
        return false;
    }
    state_.add(book, work_.per_MeV);
    if (let_) {
        let_->fold(work_.per_MeV);
    }
    if (species_) {
        species_->fold(work_.per_MeV);
    }
    for (auto* const tally : {rings_.get(), profiles_.get()}) {
        std::fill_n(tally->rows(), grid_.size[2], std::uint8_t{1});
        tally->fold(work_.per_MeV);
    }
    ++batches_;
    return true;
}

SpotResult SpotRun::run() {
    auto const start = std::chrono::steady_clock::now();
    double const start_cpu_s = process_cpu_s();
    for (bool done = false; !done;) {
        if (!run_batch()) {
            throw Interrupted(fmt::format("stopped after {} histories", batches_ * batch_histories));
        }
        wall_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        double const share = std::max(static_cast<double>(batches_ * batch_histories) /
                                          static_cast<double>(request_.histories),
                                      request_.time_s ? wall_s_ / *request_.time_s : 0.0);
        done = share >= 1.0;
        if (request_.progress) {
            request_.progress(std::min(share, 1.0), fmt::format("{} histories", batches_ * batch_histories));
        }
    }
    cpu_s_ = process_cpu_s() - start_cpu_s;
    return result();
}

double SpotRun::per_primary(double energy_MeV) const {
    return energy_MeV / static_cast<double>(batches_ * batch_histories);
}

SpotRings SpotRun::rings_at(double depth_mm) const {
    double const step_mm = grid_.spacing_mm.z;
    SpotRings rings;
    rings.depth_mm = depth_mm;
    rings.edges_mm = request_.ring_edges_mm;
    std::vector<double> energy(ring_count_), variance(ring_count_);
    std::vector<std::size_t> planes;
    double all = 0;
    for (int k = 0; k < grid_.size[2]; ++k) {
        double const center = (k + 0.5) * step_mm;
        bool const in_slab = std::fabs(center - depth_mm) <= 0.5 * std::max(request_.ring_slab_mm, step_mm);
        planes.insert(planes.end(), in_slab ? 1 : 0, static_cast<std::size_t>(k));
        for (std::size_t ring = 0; in_slab && ring < ring_count_; ++ring) {
            auto const at = static_cast<std::size_t>(k) * ring_count_ + ring;
            energy[ring] += rings_->sum()[at];
            double const sigma = rings_->sum_sigma(at, batches_);
            variance[ring] += sigma * sigma;
            all += rings_->sum()[at];
        }
    }
    double const scale = all > 0 ? 1.0 / all : 0.0;
    for (std::size_t ring = 1; ring + 1 < ring_count_; ++ring) {
        rings.fractions.push_back(energy[ring] * scale);
        rings.sigma_fractions.push_back(std::sqrt(variance[ring]) * scale);
        if (species_) {
            rings.species.push_back(species_->shares(planes, ring));
        }
    }
    rings.beyond = energy.back() * scale;
    return rings;
}

SpotWidth SpotRun::width_at(double depth_mm) const {
    auto const columns = static_cast<std::size_t>(grid_.size[0]);
    auto const plane = static_cast<std::size_t>(
        std::clamp(static_cast<int>(depth_mm / grid_.spacing_mm.z), 0, grid_.size[2] - 1));
    auto const sums = profiles_->sum().subspan(plane * columns, columns);
    std::vector<double> const profile(sums.begin(), sums.end());
    double sigma = fitted_sigma_mm(profile, request_.voxel_mm, 10.0);
    for (int round = 0; round < 3 && 3 * sigma > 10.0; ++round) { // wide beams: a wider window
        sigma = fitted_sigma_mm(profile, request_.voxel_mm, 3 * sigma);
    }
    return {(static_cast<double>(plane) + 0.5) * grid_.spacing_mm.z, sigma};
}

SpotResult SpotRun::result() const {
    SpotResult result;
    result.histories = batches_ * batch_histories;
    auto const all = static_cast<double>(result.histories);
    double const step_mm = grid_.spacing_mm.z;
    double deposited = 0;
    for (int k = 0; k < grid_.size[2]; ++k) {
        double sum = 0, variance = 0;
        for (std::size_t ring = 0; ring < ring_count_; ++ring) {
            auto const at = static_cast<std::size_t>(k) * ring_count_ + ring;
            sum += rings_->sum()[at];
            double const sigma = rings_->sum_sigma(at, batches_);
            variance += sigma * sigma;
        }
        deposited += sum;
        result.integrated_depth_dose.push_back(
            {.depth_mm = (k + 0.5) * step_mm,
             .MeV_per_mm = per_primary(sum) / step_mm,
             .sigma_MeV_per_mm = per_primary(std::sqrt(variance)) / step_mm,
             .primaries = k == 0 ? 1.0 : static_cast<double>(primaries_[static_cast<std::size_t>(k)]) / all});
    }
    if (let_) {
        result.let = let_->points(step_mm, batches_);
    }
    if (species_) {
        result.species = species_->result(step_mm, all);
    }
    auto const& curve = result.integrated_depth_dose;
    result.r90_mm = distal_depth_mm(curve, 0.9);
    result.r80_mm = distal_depth_mm(curve, 0.8);
    result.r50_mm = distal_depth_mm(curve, 0.5);
    double const r20 = distal_depth_mm(curve, 0.2);
    result.falloff_80_20_mm = r20 > 0 ? r20 - result.r80_mm : 0;
    auto depths = request_.ring_depths_mm;
    double const usual = result.r80_mm > 0 ? result.r80_mm : step_mm * grid_.size[2];
    if (depths.empty()) {
        depths = {0.25 * usual, 0.5 * usual, 0.8 * usual};
    }
    for (auto const depth : depths) {
        result.rings.push_back(rings_at(depth));
    }
    for (auto const depth : request_.sigma_depths_mm.empty() ? depths : request_.sigma_depths_mm) {
        result.sigma_mm.push_back(width_at(depth));
    }
    auto const term = [&](EnergyTerm which) {
        return per_primary(state_.energy_MeV[static_cast<unsigned>(which)]);
    };
    result.energy = {.source = term(EnergyTerm::source),
                     .Q = term(EnergyTerm::Q),
                     .deposited = per_primary(deposited),
                     .outside_grid = term(EnergyTerm::outside_grid),
                     .escaped_charged = term(EnergyTerm::escaped_charged),
                     .neutrons = term(EnergyTerm::neutrons),
                     .gammas = term(EnergyTerm::gammas),
                     .rare = term(EnergyTerm::rare)};
    BW_ENSURE(std::fabs(result.energy.imbalance()) <= 1e-6);
    result.rare = {state_.rare[0], state_.rare[1], state_.rare[2], state_.rare[3]};
    result.cpu_s = cpu_s_;
    result.wall_s = wall_s_;
    result.primaries_per_cpu_s = cpu_s_ > 0 ? all / cpu_s_ : 0;
    result.steps_per_history = static_cast<double>(state_.steps) / all;
    result.nonelastic_per_history = static_cast<double>(state_.nonelastic_events) / all;
    result.primary_nonelastic_per_history = static_cast<double>(state_.primary_nonelastic_events) / all;
    result.target = engine_of(request_.target);
    return result;
}

} // namespace

SpotResult calculate_spot(SpotRequest const& request, Warnings& warnings) {
    ThreadLimit const limit(request.threads);
    return SpotRun(request, warnings).run();
}

} // namespace beamwright
