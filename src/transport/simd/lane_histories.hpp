/// Histories in lanes: a slot follows one history from its source proton to its last secondary, then takes the next.
#pragma once
#include "transport/engine/run_histories.hpp"
#include "transport/simd/lane_plan.hpp"
#include "transport/simd/lane_walk.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Plans N tracks; chosen by width.
template <int slots> using PlanLanes = void (*)(LanePlanSettings const&, LaneState<slots>&);

/// `slots` tracks in flight, planned some at a time. The bits do not depend on either number.
template <int slots, class Media, class Score> class LaneHistories {
public:
    BW_KERNEL LaneHistories(HistoryWork const& work, PlanLanes<slots> plan, Media media, Score score)
        : work_(work), physics_{work.tables}, media_(media), score_(score),
          walk_(work.line.grid, physics_, work.lanes, media, score), plan_(plan),
          settings_(settings_of(work)), free_line_(is_free(work.line)) {}

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
            plan_(settings_, state_);
            for (int slot = 0; slot < slots; ++slot) {
                if (tracks_[index(slot)].alive && !step(slot, book)) {
                    --alive;
                }
            }
        }
    }

private:
    static constexpr std::uint32_t lane_stream = std::uint32_t{1} << 31; ///< of the particle's two streams
    static constexpr std::size_t index(int slot) { return static_cast<std::size_t>(slot); }

    BW_KERNEL static LanePlanSettings settings_of(HistoryWork const& work) {
        StepTablesView const& tables = work.tables;
        GridBox const& box = work.line.grid;
        // A voxel of water is short enough for a step at the end of a track, and a millimeter
        double const voxel_cm = tables.limits.cut_mm; // a tenth of the edge
        double const least_step = voxel_cm < 0.1 ? voxel_cm : 0.1;
        double const floor = tables.limits.floor_g_per_cm2;
        return {.tables = work.lanes,
                .limits = tables.limits,
                .on = tables.on,
                .mode = tables.mode,
                .key = {work.source.seed, work.source.beam},
                .scattering_per_mass =
                    tables.materials.materials[tables.water].inverse_scattering_length_cm2_per_g,
                .edge = {static_cast<float>(0.1 * box.edge_x_mm), static_cast<float>(0.1 * box.edge_y_mm),
                         static_cast<float>(0.1 * box.edge_z_mm)},
                .floor_g_per_cm2 = floor > least_step ? floor : least_step,
                .scattering = tables.scattering,
                .nuclear = tables.nuclear};
    }
    /// Nothing but vacuum before the grid.
    BW_KERNEL static bool is_free(BeamLineView const& line) {
        return line.layer_count == 1 && line.layers[0].wall_count == 0 &&
               line.layers[0].plate.density_g_per_cm3 == 0;
    }

    BW_KERNEL void put(EnergyTerm term, double energy_MeV, TrackBook& book) const {
        book.energy[static_cast<unsigned>(term)] += fixed_point(energy_MeV, work_.per_MeV);
    }

    /// One macro-step; false where the slot has run dry.
    BW_KERNEL bool step(int slot, TrackBook& book) {
        LaneTrack& track = tracks_[index(slot)];
        LaneEnd const end = walk_(state_, slot, track);
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
        StepBudgets budgets;
        if (!track.in_grid) {
            LayerWalk walk(work_.line);
            walk.start(track.position_mm, track.direction);
            if (!(free_line_ ? cross_vacuum(track, walk) : cross_line(slot, track, walk, budgets, book))) {
                return false;
            }
            if (!walk.at_grid()) {
                put(EnergyTerm::escaped_charged,
                    track.energy_MeV * hydrogen_scale(track.species).energy_scale, book);
                return false;
            }
            track.position_mm = work_.line.to_grid * track.position_mm + work_.line.to_grid_shift_mm;
            track.direction = work_.line.to_grid * track.direction;
            track.in_grid = true;
        }
        enter(slot, track, budgets);
        return true;
    }

    BW_KERNEL static bool cross_vacuum(Track& track, LayerWalk& walk) {
        while (walk.inside()) {
            walk.reach_face();
        }
        track.position_mm = walk.position();
        return true;
    }
    BW_KERNEL bool cross_line(int slot, Track& track, LayerWalk& walk, StepBudgets& budgets,
                              TrackBook& book) {
        LaneTrack& lane = tracks_[index(slot)];
        physics_.begin(track, budgets, lane.random);
        Follower<LayerWalk, LayerMedia, NoScore> const in_line(physics_, LayerMedia{}, NoScore{work_.per_MeV},
                                                               EnergyTerm::outside_grid, work_.per_MeV);
        return in_line(track, walk, budgets, lane.random, stacks_[index(slot)], book) == TrackEnd::left;
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
        double const range = physics_.range_g_per_cm2(track.energy_MeV);
        s.range[slot] = static_cast<float>(range);
        s.path_scale[slot] = static_cast<float>(scale.path_scale);
        s.energy_scale[slot] = static_cast<float>(scale.energy_scale);
        s.units_per_MeV[slot] = static_cast<float>(work_.per_MeV * scale.energy_scale);
        s.along_cm[slot] = s.lost[slot] = 0;
        s.crossed_x[slot] = s.crossed_y[slot] = s.crossed_z[slot] = 0;
        std::uint32_t const material = media_(walk).material;
        s.material[slot] = static_cast<std::int32_t>(material);
        s.stopping_ratio[slot] = static_cast<float>(physics_.stopping_ratio(material, track.energy_MeV));
        s.scattering_ratio[slot] = static_cast<float>(physics_.ratios[material].scattering_ratio);
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
        lane.booked_range = s.range[slot] / s.path_scale[slot];
        lane.booked_path = 0;
        set_budgets(slot, track, range, budgets);
    }

    /// Events to come, and the scattering step that began in the beam line.
    BW_KERNEL void set_budgets(int slot, Track const& track, double range, StepBudgets const& budgets) {
        LaneState<slots>& s = state_;
        LaneTrack& lane = tracks_[index(slot)];
        s.first_pv_MeV[slot] = 0;
        if (physics_.mode == PhysicsMode::fast) {
            HydrogenScale const scale = hydrogen_scale(track.species);
            s.first_pv_MeV[slot] =
                static_cast<float>(budgets.first_pv_MeV > 0 ? budgets.first_pv_MeV
                                                            : pv_MeV(track.energy_MeV * scale.energy_scale,
                                                                     StepPhysics::rest_MeV(scale)));
        }
        s.stretch[slot] = static_cast<float>(budgets.straggling);
        s.straggling_rel[slot] = static_cast<float>(budgets.straggling_rel);
        // Exponential laws have no memory: new draws
        bool const reacts = physics_.reacts(track.species);
        s.majorant[slot] = 1;
        s.to_event[slot] =
            reacts ? static_cast<float>(-log(lane.random.uniform())) : static_cast<float>(StepPhysics::never);
        double hard_left = physics_.scattering.hard_cm2_per_g > 0 ? -log(lane.random.uniform()) : 0.0;

        // Carried on: before its hinge, or behind it. Hard events of the part in the beam line have happened there
        bool const carried = physics_.on.scattering && budgets.hinge_step > 0;
        bool const hinge_ahead = carried && budgets.after_hinge >= 0;
        double const length = hinge_ahead ? budgets.hinge_step : 0.0;
        double const after = !carried ? 0.0 : (hinge_ahead ? budgets.after_hinge : budgets.scattering);
        double const ahead = hinge_ahead ? budgets.scattering + after : after;
        double const events_per_length =
            physics_.scattering.hard_cm2_per_g / static_cast<double>(s.scattering_ratio[slot]);
        hard_left += (length - ahead) * events_per_length;
        s.hard_left[slot] = static_cast<float>(hard_left);
        s.given[slot] = hinge_ahead ? static_cast<float>(budgets.scattering) : 0.0f;
        s.step_length[slot] = static_cast<float>(length);
        s.after_hinge[slot] = static_cast<float>(after);
        double const begin = hinge_ahead ? budgets.step_begin_range : range;
        s.step_begin[slot] = static_cast<float>(begin);
        s.step_begin_value[slot] =
            static_cast<float>(physics_.mode == PhysicsMode::full
                                   ? (hinge_ahead ? soft_variance_beyond(physics_.scattering, begin) : 0)
                                   : (hinge_ahead ? budgets.step_begin_MeV : track.energy_MeV));
    }

    BW_KERNEL static void set3(Columns3<slots>& to, int slot, Vec3<double> v) {
        to.x[slot] = static_cast<float>(v.x);
        to.y[slot] = static_cast<float>(v.y);
        to.z[slot] = static_cast<float>(v.z);
    }
    BW_KERNEL static double within(double x, double edge) { return x > 0.0 ? (x < edge ? x : edge) : 0.0; }

    /// The track meets a nucleus where it stands: as in the double-precision engine.
    BW_KERNEL void react(int slot, LaneTrack& lane, TrackBook& book) {
        GridBox const& box = work_.line.grid;
        LaneState<slots> const& s = state_;
        Here const here{lane.i, lane.j, lane.k, box.nx, box.ny};
        walk_.book(here, s, slot, lane);
        auto const at = [&](std::int32_t cell, double edge_mm, float along, float place,
                            std::int32_t crossed) {
            double const from_corner_cm = fma(static_cast<double>(s.along_cm[slot]),
                                              static_cast<double>(along), static_cast<double>(place));
            return cell * edge_mm + within(10.0 * from_corner_cm - crossed * edge_mm, edge_mm);
        };
        Vec3<double> const position{
            at(lane.i, box.edge_x_mm, s.direction.x[slot], s.place_cm.x[slot], s.crossed_x[slot]),
            at(lane.j, box.edge_y_mm, s.direction.y[slot], s.place_cm.y[slot], s.crossed_y[slot]),
            at(lane.k, box.edge_z_mm, s.direction.z[slot], s.place_cm.z[slot], s.crossed_z[slot])};
        Vec3<double> const direction =
            normalized(Vec3<double>{s.direction.x[slot], s.direction.y[slot], s.direction.z[slot]});
        VoxelWalk<double> walk(box);
        walk.start(position, direction);
        Track track{.position_mm = position,
                    .direction = direction,
                    .energy_MeV = static_cast<double>(lane.units) / work_.per_MeV,
                    .species = lane.species,
                    .primary = lane.primary,
                    .in_grid = true};
        auto const score = score_.in_double();
        Follower<VoxelWalk<double>, Media, std::remove_const_t<decltype(score)>> const follower(
            physics_, media_, score, EnergyTerm::deposited, work_.per_MeV);
        follower.react(track, static_cast<std::uint32_t>(s.material[slot]),
                       static_cast<double>(s.stopping_ratio[slot]), walk, lane.random, stacks_[index(slot)],
                       book);
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
    PlanLanes<slots> plan_;
    LanePlanSettings settings_;
    bool free_line_;
    LaneState<slots> state_;
    std::array<LaneTrack, slots> tracks_{};
    std::array<TrackStack, slots> stacks_{};
    std::int64_t next_ = 0, last_ = 0;
};

} // namespace BW_TARGET
} // namespace beamwright
