/// Histories in lanes: a slot follows one history from its source proton to its last secondary, then takes the next.
#pragma once
#include "transport/engine/run_histories.hpp"
#include "transport/simd/lane_plan.hpp"
#include "transport/simd/lane_walk.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// `slots` tracks in flight, planned `N` at a time. The bits do not depend on either number.
template <int N, int slots, class Media, class Score> class LaneHistories {
public:
    BW_KERNEL LaneHistories(HistoryWork const& work, Media media, Score score)
        : work_(work), physics_{work.tables}, media_(media), score_(score),
          walk_(work.line.grid, physics_, work.lanes, media, score),
          plan_{.tables = work.lanes,
                .limits = work.tables.limits,
                .on = work.tables.on,
                .mode = work.tables.mode,
                .key = {work.source.seed, work.source.beam},
                .scattering_per_mass =
                    work.tables.materials.materials[work.tables.water].inverse_scattering_length_cm2_per_g} {}

    /// Runs histories [first, last).
    BW_KERNEL void operator()(std::int64_t first, std::int64_t last, TrackBook& book) {
        next_ = first;
        last_ = last;
        int alive = 0;
        for (int slot = 0; slot < slots; ++slot) {
            stacks_[index(slot)].count = 0;
            alive += refill(slot, book) ? 1 : 0;
        }
        while (alive > 0) {
            for (int group = 0; group < slots; group += N) {
                plan_(state_, group);
            }
            for (int slot = 0; slot < slots; ++slot) {
                if (tracks_[index(slot)].alive && !step(slot, book)) {
                    --alive;
                }
            }
        }
    }

private:
    static_assert(slots % N == 0);
    static constexpr std::uint32_t lane_stream = std::uint32_t{1} << 31; ///< of the particle's two streams
    static constexpr std::size_t index(int slot) { return static_cast<std::size_t>(slot); }

    BW_KERNEL void put(EnergyTerm term, double energy_MeV, TrackBook& book) const {
        book.energy[static_cast<unsigned>(term)] += fixed_point(energy_MeV, work_.per_MeV);
    }

    /// One macro-step; false where the slot has run dry.
    BW_KERNEL bool step(int slot, TrackBook& book) {
        LaneTrack& track = tracks_[index(slot)];
        double const per_MeV = work_.per_MeV * static_cast<double>(state_.energy_scale[slot]);
        LaneEnd const end = walk_(state_, slot, track, static_cast<float>(per_MeV));
        if (end == LaneEnd::goes_on) {
            return true;
        }
        book.steps += track.steps;
        switch (end) {
        case LaneEnd::left:
            book.energy[static_cast<unsigned>(EnergyTerm::escaped_charged)] += track.units;
            break;
        case LaneEnd::stuck:
            ++book.rare[static_cast<unsigned>(Rare::stuck)];
            book.energy[static_cast<unsigned>(EnergyTerm::rare)] += track.booked;
            track.units = track.booked;
            break;
        case LaneEnd::reacts:
            react(slot, track, book);
            break;
        default:
            break;
        }
        book.energy[static_cast<unsigned>(EnergyTerm::deposited)] += track.at_start - track.units;
        return refill(slot, book);
    }

    /// The next track of the slot's history, or of the next history; false where there is none.
    BW_KERNEL bool refill(int slot, TrackBook& book) {
        LaneTrack& track = tracks_[index(slot)];
        TrackStack& stack = stacks_[index(slot)];
        for (;;) {
            if (stack.count > 0) {
                Track secondary = stack.pop();
                ++track.key.particle;
                track.random = RandomStream(track.key);
                if (start(slot, secondary, book)) {
                    return true;
                }
            } else if (next_ < last_) {
                if (start_history(slot, next_++, book)) {
                    return true;
                }
            } else {
                track.alive = false;
                return false;
            }
        }
    }

    BW_KERNEL bool start_history(int slot, std::int64_t history, TrackBook& book) {
        LaneTrack& lane = tracks_[index(slot)];
        lane.key = {work_.source.seed, work_.source.beam, static_cast<std::uint64_t>(history), 0};
        lane.random = RandomStream(lane.key);
        int const spot = spot_of_history(work_.source, history, lane.random.uniform());
        SourceProton const proton = SpotSampler{work_.source.spots}(spot, lane.random);
        Track track{.position_mm = proton.position_mm,
                    .direction = proton.direction,
                    .energy_MeV = proton.energy_MeV,
                    .primary = true};
        if (!(track.energy_MeV <= physics_.most_MeV)) {
            ++book.rare[static_cast<unsigned>(Rare::energy_clamped)];
            track.energy_MeV = physics_.most_MeV;
        }
        put(EnergyTerm::source, track.energy_MeV, book);
        return start(slot, track, book);
    }

    /// Brings a track through the beam line, then into its slot; false where it does not reach the grid.
    BW_KERNEL bool start(int slot, Track& track, TrackBook& book) {
        LaneTrack& lane = tracks_[index(slot)];
        StepBudgets budgets;
        if (track.in_grid) {
            budgets.first_pv_MeV = pv_MeV(track.energy_MeV * hydrogen_scale(track.species).energy_scale,
                                          StepPhysics::rest_MeV(hydrogen_scale(track.species)));
            budgets.nuclear = physics_.event_mass(track.species, lane.random);
        } else if (!cross_line(slot, track, budgets, book)) {
            return false;
        }
        enter(slot, track, budgets);
        return true;
    }

    BW_KERNEL bool cross_line(int slot, Track& track, StepBudgets& budgets, TrackBook& book) {
        LaneTrack& lane = tracks_[index(slot)];
        physics_.begin(track, budgets, lane.random);
        LayerWalk walk(work_.line);
        walk.start(track.position_mm, track.direction);
        Follower<LayerWalk, LayerMedia, NoScore> const in_line(physics_, LayerMedia{}, NoScore{work_.per_MeV},
                                                               EnergyTerm::outside_grid, work_.per_MeV);
        if (in_line(track, walk, budgets, lane.random, stacks_[index(slot)], book) != TrackEnd::left) {
            return false;
        }
        if (!walk.at_grid()) {
            put(EnergyTerm::escaped_charged, track.energy_MeV * hydrogen_scale(track.species).energy_scale,
                book);
            return false;
        }
        track.position_mm = work_.line.to_grid * track.position_mm + work_.line.to_grid_shift_mm;
        track.direction = work_.line.to_grid * track.direction;
        track.in_grid = true;
        return true;
    }

    /// Fills the slot.
    BW_KERNEL void enter(int slot, Track const& track, StepBudgets const& budgets) {
        LaneState<slots>& s = state_;
        LaneTrack& lane = tracks_[index(slot)];
        GridBox const& box = work_.line.grid;
        VoxelWalk<double> walk(box);
        walk.start(track.position_mm, track.direction);
        lane.i = walk.i();
        lane.j = walk.j();
        lane.k = walk.k();
        set3(s.place_cm, slot,
             {0.1 * within(track.position_mm.x - walk.i() * box.edge_x_mm, box.edge_x_mm),
              0.1 * within(track.position_mm.y - walk.j() * box.edge_y_mm, box.edge_y_mm),
              0.1 * within(track.position_mm.z - walk.k() * box.edge_z_mm, box.edge_z_mm)});
        set3(s.direction, slot, track.direction);

        HydrogenScale const scale = hydrogen_scale(track.species);
        std::uint32_t const material = media_(walk).material;
        s.range[slot] = static_cast<float>(physics_.range_g_per_cm2(track.energy_MeV));
        s.path_scale[slot] = static_cast<float>(scale.path_scale);
        s.energy_scale[slot] = static_cast<float>(scale.energy_scale);
        s.first_pv_MeV[slot] = static_cast<float>(budgets.first_pv_MeV);
        // A scattering step that began in the beam line is carried on: before its hinge, or behind it
        bool const carried = physics_.on.scattering && budgets.hinge_step > 0;
        bool const hinge_ahead = carried && budgets.after_hinge >= 0;
        s.given[slot] = hinge_ahead ? static_cast<float>(budgets.scattering) : 0.0f;
        s.step_length[slot] = hinge_ahead ? static_cast<float>(budgets.hinge_step) : 0.0f;
        s.after_hinge[slot] =
            carried ? static_cast<float>(hinge_ahead ? budgets.after_hinge : budgets.scattering) : 0.0f;
        double const begin =
            hinge_ahead ? budgets.step_begin_range : physics_.range_g_per_cm2(track.energy_MeV);
        double const begin_MeV = hinge_ahead ? budgets.step_begin_MeV : track.energy_MeV;
        s.step_begin[slot] = static_cast<float>(begin);
        s.step_begin_value[slot] = static_cast<float>(physics_.mode == PhysicsMode::full
                                                          ? soft_variance_beyond(physics_.scattering, begin)
                                                          : begin_MeV);
        s.material[slot] = static_cast<std::int32_t>(material);
        lane.event_mass = static_cast<float>(budgets.nuclear);
        s.loss_ratio[slot] =
            static_cast<float>(physics_.stopping_ratio(material, track.energy_MeV) * scale.path_scale /
                               physics_.ratios[material].scattering_ratio);
        s.block.of[slot] = 0;
        s.particle.of[slot] = lane.key.particle | lane_stream;
        s.history_low.of[slot] = static_cast<std::uint32_t>(lane.key.history);
        s.history_high.of[slot] = static_cast<std::uint32_t>(lane.key.history >> 32);

        lane.alive = true;
        lane.primary = track.primary;
        lane.species = track.species;
        lane.steps = 0;
        lane.units = lane.booked = lane.at_start =
            fixed_point(track.energy_MeV * scale.energy_scale, work_.per_MeV);
    }

    BW_KERNEL static void set3(Columns3<slots>& to, int slot, Vec3<double> v) {
        to.x[slot] = static_cast<float>(v.x);
        to.y[slot] = static_cast<float>(v.y);
        to.z[slot] = static_cast<float>(v.z);
    }
    BW_KERNEL static double within(double x, double edge) { return x > 0.0 ? (x < edge ? x : edge) : 0.0; }

    /// The track meets a nucleus where it stands.
    BW_KERNEL void react(int slot, LaneTrack& lane, TrackBook& book) {
        GridBox const& box = work_.line.grid;
        LaneState<slots> const& s = state_;
        Here const here{lane.i, lane.j, lane.k, box.nx, box.ny};
        Vec3<double> const direction =
            normalized(Vec3<double>{s.direction.x[slot], s.direction.y[slot], s.direction.z[slot]});
        Vec3<double> const position{lane.i * box.edge_x_mm + 10.0 * s.place_cm.x[slot],
                                    lane.j * box.edge_y_mm + 10.0 * s.place_cm.y[slot],
                                    lane.k * box.edge_z_mm + 10.0 * s.place_cm.z[slot]};
        double const energy_MeV = static_cast<double>(lane.units) / work_.per_MeV;
        auto const event =
            NuclearInteraction{physics_.nuclear}(media_(here).material, energy_MeV, direction, lane.random);
        ++book.nuclear_events;
        bool const elastic = event.type != NuclearEventType::nonelastic;
        book.nonelastic_events += elastic ? 0 : 1;
        book.primary_nonelastic_events += !elastic && lane.primary ? 1 : 0;
        put(EnergyTerm::Q, event.Q_MeV, book);
        put(EnergyTerm::neutrons, event.neutron_MeV, book);
        put(EnergyTerm::gammas, event.gamma_MeV, book);
        std::int64_t const local = fixed_point(event.local_MeV, work_.per_MeV);
        book.energy[static_cast<unsigned>(EnergyTerm::deposited)] += local;
        score_.add(here, lane.booked - lane.units + local, lane.ratio);
        for (int i = 0; i < event.count; ++i) {
            auto const& product = event.products[static_cast<unsigned>(i)];
            HydrogenScale const scale = hydrogen_scale(product.kind);
            Track const secondary{.position_mm = position,
                                  .direction = product.direction,
                                  .energy_MeV = product.energy_MeV / scale.energy_scale,
                                  .species = product.kind,
                                  .primary = lane.primary && elastic && i == 0,
                                  .in_grid = true};
            ++book.secondaries;
            if (!stacks_[index(slot)].push(secondary)) {
                ++book.rare[static_cast<unsigned>(Rare::stack_full)];
                put(EnergyTerm::rare, product.energy_MeV, book);
            }
        }
    }

    /// A voxel, in the words of a walk.
    struct Here {
        std::int32_t i_, j_, k_, nx, ny;
        BW_KERNEL int i() const { return i_; }
        BW_KERNEL int j() const { return j_; }
        BW_KERNEL int k() const { return k_; }
        BW_KERNEL std::int64_t row() const { return static_cast<std::int64_t>(k_) * ny + j_; }
        BW_KERNEL std::int64_t voxel() const { return row() * nx + i_; }
    };

    HistoryWork work_;
    StepPhysics physics_;
    Media media_;
    Score score_;
    LaneWalk<Media, Score, slots> walk_;
    LanePlanner<N> plan_;
    LaneState<slots> state_;
    std::array<LaneTrack, slots> tracks_{};
    std::array<TrackStack, slots> stacks_{};
    std::int64_t next_ = 0, last_ = 0;
};

} // namespace BW_TARGET
} // namespace beamwright
