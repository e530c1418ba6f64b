/// The plan of a macro-step for N tracks at once: where they stand, deflection, hinge, straggling, energy as a cubic of the
/// range lost, and the line ahead.
#pragma once
#include "lanes/highway/lane_random.hpp"
#include "physics/proton/straggling.hpp"
#include "transport/simd/lane_hard.hpp"
#include "transport/simd/lane_line.hpp"
#include "transport/simd/lane_scattering.hpp"
#include "transport/simd/lane_state.hpp"
#include "transport/simd/lane_table_rows.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// What planning needs to know of a run.
struct LanePlanSettings {
    LaneTablesView tables;
    StepLimits limits;
    StepSwitches on;
    PhysicsMode mode = PhysicsMode::full;
    std::array<std::uint32_t, 2> key{}; ///< seed, beam
    double scattering_per_mass = 0;     ///< 1/X_S of water, for the fast mode
    LaneEdges edge{};
    double floor_g_per_cm2 = 0; ///< least scattering step, unless that is over 60 % of the residual range
    ProtonScatteringView scattering;
    NuclearView nuclear;
};

/// Where the scattering step ends whose hinge N tracks have come to; `given`: the hinge is still ahead.
template <int N> struct LaneStepEnd {
    FloatLanes<N> range;
    LaneMask<N> given;
};

template <int N> struct LanePlanner : LanePlanSettings {
    using Float = FloatLanes<N>;
    using Int = IntLanes<N>;
    using Mask = LaneMask<N>;

    /// Plans the slots first .. first + N - 1. Slots without a track get numbers that nobody reads.
    template <int slots> BW_KERNEL void operator()(LaneState<slots>& s, int first) const {
        stand_in_lanes<N>(s, first, edge);
        PhiloxLanes<N> const words = philox(next_block(s, first), key);
        auto const [hinge_uniform, azimuth_uniform] = uniform_pair(words.word[1]);
        Float const range = load(s.range, first);
        Float const loss_ratio =
            load(s.stopping_ratio, first) * load(s.path_scale, first) / load(s.scattering_ratio, first);
        LaneAtRange<N> const now = lane_at_range<N>(tables, range);
        LaneStepEnd<N> const end = pass_hinge(s, first, range, loss_ratio, now, words, azimuth_uniform);
        Float const to_hinge = next_hinge(s, first, range, loss_ratio, end, hinge_uniform);
        lay_out(s, first, range, to_hinge * loss_ratio, now, words);
        aim_in_lanes<N>(s, first, edge);
    }

private:
    template <int slots> BW_KERNEL static Float load(Column<slots> const& column, int first) {
        return Float::load(column.of + first);
    }
    template <int slots> BW_KERNEL static void store(Column<slots>& column, int first, Float value) {
        value.store(column.of + first);
    }

    /// The counters of the tracks' next blocks.
    template <int slots> BW_KERNEL static PhiloxLanes<N> next_block(LaneState<slots>& s, int first) {
        auto const block = WordLanes<N>::load(s.block.of + first);
        counted_where(Float(0) < Float(1), block).store(s.block.of + first);
        return {{block, WordLanes<N>::load(s.particle.of + first),
                 WordLanes<N>::load(s.history_low.of + first),
                 WordLanes<N>::load(s.history_high.of + first)}};
    }

    /// At the hinge turn by the angle of the whole step, whose end is foreseen in the present medium; answers that end.
    template <int slots>
    BW_KERNEL LaneStepEnd<N> pass_hinge(LaneState<slots>& s, int first, Float range, Float loss_ratio,
                                        LaneAtRange<N> const& now, PhiloxLanes<N> const& words,
                                        Float azimuth) const {
        Float const after = load(s.after_hinge, first), length = load(s.step_length, first);
        Mask const is_given = load(s.given, first) > Float(0);
        Float begin = load(s.step_begin, first), begin_value = load(s.step_begin_value, first);
        // Where the step began was foreseen, too; in other matter than that it may lie behind where the track is by now.
        // Then the present matter says how far back it was
        Mask const behind = !is_given && length > Float(0) && begin < range;
        if (behind.any()) [[unlikely]] {
            begin = select(behind, fma(length - after, loss_ratio, range), begin);
            begin_value = select(behind, lane_step_value<N>(tables, mode, begin), begin_value);
        }
        Float const foreseen = greatest_of(range - after * loss_ratio, Float(0.05) * range);
        // A step always loses range
        Float const end = select(length > Float(0), least_of(foreseen, Float(0.98) * begin), foreseen);
        Float const end_value = lane_step_value<N>(tables, mode, end);
        store(s.step_begin, first, select(is_given, begin, end));
        store(s.step_begin_value, first, select(is_given, begin_value, end_value));
        if (on.scattering) {
            Float const turning = select(is_given, Float(0), length);
            turn(s, first, words, azimuth, {turning, begin, begin_value, end, end_value}, now.energy_MeV);
        }
        return {end, is_given};
    }

    /// The next step begins where the last one ends and has its hinge at a random place (transport.md section 3).
    template <int slots>
    BW_KERNEL Float next_hinge(LaneState<slots>& s, int first, Float range, Float loss_ratio,
                               LaneStepEnd<N> const& last, Float uniform) const {
        Float const given = load(s.given, first), after = load(s.after_hinge, first);
        Float const next_range = stretch(last.range);
        // Measured in water's scattering where matter scatters more: a step that leaves bone is not longer than others
        Float const next_length = next_range / greatest_of(loss_ratio, Float(1));
        Float const next_lost = next_length * loss_ratio;
        Float const rise = Float(0.5 * 1.07) * next_lost / (last.range - Float(0.5) * next_lost);
        Float const before = next_length * uniform * fma(rise, Float(1) - uniform, Float(1));
        Float const most = Float(0.9) * range / loss_ratio;
        store(s.step_length, first, select(last.given, load(s.step_length, first), next_length));
        store(s.after_hinge, first, select(last.given, after, next_length - before));
        store(s.given, first, Float(0));
        Float const to_hinge = select(last.given, given, least_of(after + before, most));
        store(s.to_hinge, first, to_hinge);
        return to_hinge;
    }

    /// Straggling and energy on the way to the hinge, and how far it is to a tentative nuclear event.
    template <int slots>
    BW_KERNEL void lay_out(LaneState<slots>& s, int first, Float range, Float wanted,
                           LaneAtRange<N> const& now, PhiloxLanes<N> const& words) const {
        Float const scale = load(s.path_scale, first), units = load(s.units_per_MeV, first);
        Float const nominal = least_of(wanted, Float(0.9) * range);
        LaneAtRange<N> const end = lane_at_range<N>(tables, range - nominal);
        Float rel(0);
        if (on.straggling) {
            rel = straggling(s, first, range, nominal, {now, end, scale}, words);
        }

        // Energy: the cubic with the right values and slopes at both ends
        Float const per_range = Float(1) / nominal, mean = (now.energy_MeV - end.energy_MeV) * per_range;
        Float const sum = now.stopping_MeV_cm2_per_g + end.stopping_MeV_cm2_per_g;
        Float const scaled = units * scale, per_scale = Float(1) / scale;
        store(s.loss_1, first, now.stopping_MeV_cm2_per_g * scaled);
        store(s.loss_2, first,
              (Float(3) * mean - now.stopping_MeV_cm2_per_g - sum) * per_range * scaled * scale);
        store(s.loss_3, first, (sum - Float(2) * mean) * per_range * per_range * scaled * scale * scale);
        store(s.first_units, first, now.energy_MeV * units);
        store(s.path_range, first, range * per_scale);
        // Behind the end of its stretch a deviation would have too great a variance
        Float const farthest = least_of(Float(1.3) * nominal, Float(1.05) * load(s.stretch, first));
        Float const wide = (on.straggling ? farthest : Float(1.3) * nominal) * (Float(1) + rel);
        Float const long_most = select(range > Float(lane_long_range), Float(lane_most_lost) * range, wide);
        store(s.longest, first, least_of(wide, long_most) * per_scale);
        lane_energy_node(Float(0.5) * (now.energy_MeV + end.energy_MeV)).store(s.loss_node.of + first);

        Float const majorant = gather(tables.majorant, lane_energy_node(now.energy_MeV));
        store(s.to_event, first, load(s.to_event, first) * (load(s.majorant, first) / majorant));
        store(s.majorant, first, majorant);
    }

    /// As StepPhysics::stretch, longer: the loss of energy is laid out over the voxels, and nothing else asks for short ones.
    BW_KERNEL Float stretch(Float range) const {
        constexpr double longer = 2.0, most_longer = 2.0;
        Float const most = least_of(range * Float(longer * limits.scattering_share),
                                    Float(most_longer * limits.most_g_per_cm2));
        return greatest_of(most, least_of(Float(floor_g_per_cm2), Float(0.6) * range));
    }

    /// A stretch of range and what water says at its ends.
    struct Stretch {
        LaneAtRange<N> now, end;
        Float path_scale;
    };

    /// Deviation of the range lost on the way to the hinge. As far as the last stretch still reaches (an event that was
    /// none, other matter than foreseen, a range shifter's) its deviation holds on; only the rest has a new one. A short
    /// way has a part of a stretch that goes on behind it: the draws of shorter ones would meet their bound.
    template <int slots>
    BW_KERNEL Float straggling(LaneState<slots>& s, int first, Float range, Float nominal, Stretch whole,
                               PhiloxLanes<N> const& words) const {
        Float const last = load(s.straggling_rel, first);
        Float const gone = load(s.lost, first) * whole.path_scale / (Float(1) + last);
        Float const reaches = load(s.stretch, first) - gone, least = Float(0.05) * range;
        // A fiftieth of the way more or less is the same way
        Mask const all = Float(0.98) * nominal < reaches;
        Float const held = select(all || reaches < Float(0.02) * nominal, Float(0), reaches);
        Float const fresh = greatest_of(nominal - held, least), length = held + fresh;
        if ((Float(0) < held || nominal < length).any()) [[unlikely]] {
            whole.now = select_at(Float(0) < held, lane_at_range<N>(tables, range - held), whole.now);
            whole.end = select_at(nominal < length, lane_at_range<N>(tables, range - length), whole.end);
        }
        Float const drawn = drawn_straggling(words, whole, fresh);
        Float const rel = select(all, last, (held * last + fresh * drawn) / length);
        store(s.straggling_rel, first, rel);
        store(s.stretch, first, select(all, reaches, length));
        return rel;
    }
    BW_KERNEL static LaneAtRange<N> select_at(Mask mask, LaneAtRange<N> const& a, LaneAtRange<N> const& b) {
        return {select(mask, a.energy_MeV, b.energy_MeV),
                select(mask, a.stopping_MeV_cm2_per_g, b.stopping_MeV_cm2_per_g),
                select(mask, a.spread_g2_per_cm4, b.spread_g2_per_cm4)};
    }

    /// Relative deviation of the range lost over a stretch: docs/methods/transport.md eq. 2-5.
    BW_KERNEL Float drawn_straggling(PhiloxLanes<N> const& words, Stretch const& stretch,
                                     Float length) const {
        auto const& [now, end, path_scale] = stretch;
        Float const variance = (now.spread_g2_per_cm4 - end.spread_g2_per_cm4) * path_scale;
        Float const sigma = sqrt(greatest_of(variance, Float(1e-20)));
        Float const tau = now.energy_MeV * Float(1.0 / constants::proton_MeV), tau_2 = tau * (tau + Float(2));
        Float const beta_2 = tau_2 / (tau_2 + Float(1));
        constexpr double ratio = constants::electron_MeV / constants::proton_MeV;
        Float const most_MeV = Float(2 * constants::electron_MeV) * tau_2 /
                               fma(Float(2 * ratio), tau + Float(1), Float(1 + ratio * ratio));
        Float const single =
            most_MeV * (Float(0.5) - beta_2 * Float(1.0 / 3.0)) / (Float(1) - Float(0.5) * beta_2);
        Float const stopping = Float(0.5) * (now.stopping_MeV_cm2_per_g + end.stopping_MeV_cm2_per_g);
        Float const skewness = least_of(single * path_scale / (stopping * sigma), Float(2));
        Float b = skewness * Float(1.0 / 6.0);
        for (int i = 0; i < 3; ++i) {
            b = fma(Float(4) * b, b * b, skewness) * Float(1.0 / 6.0);
        }
        Float const radius = sqrt(Float(-2) * log(uniform(words.word[2])));
        Float const normal = radius * sincos_turns(uniform(words.word[3])).cosine;
        Float const drawn = fma(sqrt(Float(1) - Float(2) * b * b), normal, b * (normal * normal - Float(1)));
        // A step never gains energy; with the usual stretches this bound is out of reach
        return greatest_of(sigma * drawn / length, Float(least_straggling));
    }

    /// Turns by the soft part of a step, then by its hard events.
    template <int slots>
    BW_KERNEL void turn(LaneState<slots>& s, int first, PhiloxLanes<N> const& words, Float azimuth,
                        LaneScatteringStep<N> const& step, Float energy_MeV) const {
        Float const scale = load(s.energy_scale, first);
        Int const material = Int::load(s.material.of + first);
        Float below_one(0);
        if (mode == PhysicsMode::full) {
            Int const at =
                lane_energy_node(energy_MeV) * Int(static_cast<std::int32_t>(tables.material_count)) +
                material;
            Int const pair = at.template shifted_left<1>();
            auto const* const soft = reinterpret_cast<float const*>(tables.soft);
            below_one =
                lane_soft_deflection(step, gather(soft, pair), gather(soft + 1, pair), scale, words.word[0]);
        } else {
            Float const variance =
                lane_moliere_variance(step, load(s.first_pv_MeV, first), scale, scattering_per_mass);
            below_one = -variance * log(uniform(words.word[0]));
        }
        auto const [sine, cosine] = sincos_turns(azimuth);
        Vec3<Float> const direction{load(s.direction.x, first), load(s.direction.y, first),
                                    load(s.direction.z, first)};
        Vec3<Float> to = turned_by(direction, least_of(below_one, Float(2)), cosine, sine);
        if (tables.hard_cm2_per_g > 0) {
            LaneHardEvents<N> const hard{tables, {scattering}, nuclear, on.nuclear, key};
            Float const mass = step.length / load(s.scattering_ratio, first);
            to = hard(s, first, {step.length > Float(0), mass, step.begin, step.end, scale, material}, to);
        }
        store(s.direction.x, first, to.x);
        store(s.direction.y, first, to.y);
        store(s.direction.z, first, to.z);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
