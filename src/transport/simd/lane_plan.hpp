/// The plan of a macro-step for N tracks at once: straggling, hinge, deflection, and energy as a cubic of the range lost.
#pragma once
#include "lanes/highway/lane_math.hpp"
#include "lanes/highway/lane_random.hpp"
#include "physics/proton/straggling.hpp"
#include "transport/simd/lane_scattering.hpp"
#include "transport/simd/lane_state.hpp"
#include "transport/step/lane_tables_view.hpp"
#include "transport/step/step_physics.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// What water says at a range, N at once.
template <int N> struct LaneAtRange { FloatLanes<N> energy_MeV, stopping_MeV_cm2_per_g, spread_g2_per_cm4; };

template <int N> struct LanePlanner {
    using Float = FloatLanes<N>;
    using Int = IntLanes<N>;
    using Mask = LaneMask<N>;

    LaneTablesView tables;
    StepLimits limits;
    StepSwitches on;
    PhysicsMode mode = PhysicsMode::full;
    std::array<std::uint32_t, 2> key{}; ///< seed, beam
    double scattering_per_mass = 0;     ///< 1/X_S of water, for the fast mode

    /// Plans the slots first .. first + N - 1. Slots without a track get numbers that nobody reads.
    template <int slots> BW_KERNEL void operator()(LaneState<slots>& s, int first) const {
        PhiloxLanes<N> const words = philox(next_block(s, first), key);
        auto const [hinge_uniform, azimuth_uniform] = uniform_pair(words.word[1]);
        Float const range = load(s.range, first), path_scale = load(s.path_scale, first);
        Float const loss_ratio = load(s.loss_ratio, first), given = load(s.given, first);
        Float const after = load(s.after_hinge, first), length = load(s.step_length, first);
        Mask const is_given = given > Float(0);
        LaneAtRange<N> const now = at_range(range);

        // At the hinge turn by the angle of the whole step, whose end is foreseen in the present medium
        Float begin = load(s.step_begin, first), begin_value = load(s.step_begin_value, first);
        // Where the step began was foreseen, too; in other matter than that it may lie behind where the track is by now.
        // Then the present matter says how far back it was
        Mask const behind = !is_given && length > Float(0) && begin < range;
        if (behind.any()) [[unlikely]] {
            begin = select(behind, fma(length - after, loss_ratio, range), begin);
            begin_value = select(behind, step_value_at(begin), begin_value);
        }
        Float const foreseen = greatest_of(range - after * loss_ratio, Float(0.05) * range);
        // A step always loses range
        Float const step_end = select(length > Float(0), least_of(foreseen, Float(0.98) * begin), foreseen);
        Float const end_value = step_value_at(step_end);
        if (on.scattering) {
            Float const turning = select(is_given, Float(0), length);
            turn(s, first, words, azimuth_uniform, {turning, begin, begin_value, step_end, end_value},
                 now.energy_MeV);
        }
        invert(s, first);

        // The next step begins there and has its hinge at a random place (transport.md section 3)
        Float const next_range = stretch(step_end);
        // Measured in water's scattering where matter scatters more: a step that leaves bone is not longer than others
        Float const next_length = next_range / greatest_of(loss_ratio, Float(1));
        Float const next_lost = next_length * loss_ratio;
        Float const rise = Float(0.5 * 1.07) * next_lost / (step_end - Float(0.5) * next_lost);
        Float const before = next_length * hinge_uniform * fma(rise, Float(1) - hinge_uniform, Float(1));
        Float const most = Float(0.9) * range / loss_ratio;
        Float const to_hinge = select(is_given, given, least_of(after + before, most));
        store(s.step_length, first, select(is_given, length, next_length));
        store(s.after_hinge, first, select(is_given, after, next_length - before));
        store(s.step_begin, first, select(is_given, begin, step_end));
        store(s.step_begin_value, first, select(is_given, begin_value, end_value));
        store(s.given, first, Float(0));
        store(s.to_hinge, first, to_hinge);

        // Straggling of the way to the hinge
        Float const nominal = least_of(to_hinge * loss_ratio, Float(0.9) * range);
        LaneAtRange<N> const end = at_range(range - nominal);
        Float rel(0);
        if (on.straggling) {
            rel = drawn_straggling(words, now, end, nominal, path_scale);
        }
        store(s.straggling_rel, first, rel);

        // Energy along the way: the cubic with the right values and slopes at both ends
        Float const per_range = Float(1) / nominal, mean = (now.energy_MeV - end.energy_MeV) * per_range;
        Float const sum = now.stopping_MeV_cm2_per_g + end.stopping_MeV_cm2_per_g;
        store(s.longest, first, Float(1.3) * nominal * (Float(1) + rel));
        store(s.loss_1, first, now.stopping_MeV_cm2_per_g);
        store(s.loss_2, first, (Float(3) * mean - now.stopping_MeV_cm2_per_g - sum) * per_range);
        store(s.loss_3, first, (sum - Float(2) * mean) * per_range * per_range);
        store(s.energy_MeV, first, now.energy_MeV);
        energy_node(Float(0.5) * (now.energy_MeV + end.energy_MeV)).store(s.loss_node + first);
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
        PhiloxLanes<N> counter{
            {WordLanes<N>::load(s.block.of + first), WordLanes<N>::load(s.particle.of + first),
             WordLanes<N>::load(s.history_low.of + first), WordLanes<N>::load(s.history_high.of + first)}};
        for (int i = 0; i < N; ++i) {
            ++s.block.of[first + i];
        }
        return counter;
    }

    /// Where a range lies in the tables.
    struct Cell {
        Int row; ///< first of the cell's eight numbers
        Float place, inverse_width;
    };
    BW_KERNEL static Cell cell(Float range) {
        constexpr int bits = lane_range_bits, low = lane_range_lowest;
        Float const inside = least_of(greatest_of(range, Float(0x1p-18)), Float(255.9));
        Int const pattern = pattern_of(inside);
        Int const index = pattern.template shifted_right<23 - bits>() - Int((127 + low) << bits);
        Int const below = (pattern & Int((1 << (23 - bits)) - 1)).template shifted_left<bits>();
        Float const place = from_pattern(below | Int(127 << 23)) - Float(1);
        Float const octave = from_pattern(pattern & Int(0x7F800000));
        return {index.template shifted_left<3>(), place, Float(1 << bits) / octave};
    }
    BW_KERNEL static Float cubic(FloatLanes<N> const* c, Float t) {
        return fma(fma(fma(c[3], t, c[2]), t, c[1]), t, c[0]);
    }
    BW_KERNEL LaneAtRange<N> at_range(Float range) const {
        Cell const at = cell(range);
        EightLanes<N> const c = gather_eight<N>(reinterpret_cast<float const*>(tables.cells), at.row);
        Float const slope = fma(fma(Float(3) * c.of[3], at.place, Float(2) * c.of[2]), at.place, c.of[1]);
        return {cubic(c.of, at.place), slope * at.inverse_width, cubic(c.of + 4, at.place)};
    }
    /// What scattering needs of a step's end: the soft variance beyond that range, or in the fast mode the energy.
    BW_KERNEL Float step_value_at(Float range) const {
        Cell const at = cell(range);
        EightLanes<N> const c = gather_eight<N>(reinterpret_cast<float const*>(tables.step_cells), at.row);
        return cubic(mode == PhysicsMode::full ? c.of + 4 : c.of, at.place);
    }

    /// As StepPhysics::stretch, longer: the loss of energy is laid out over the voxels, and nothing else asks for short ones.
    BW_KERNEL Float stretch(Float range) const {
        constexpr double longer = 5.0 / 3.0, most_longer = 2.0;
        Float const most = least_of(range * Float(longer * limits.scattering_share),
                                    Float(most_longer * limits.most_g_per_cm2));
        return greatest_of(most, least_of(Float(limits.floor_g_per_cm2), Float(0.5) * range));
    }

    /// Relative deviation of the range lost over a stretch: docs/methods/transport.md eq. 2-5.
    BW_KERNEL Float drawn_straggling(PhiloxLanes<N> const& words, LaneAtRange<N> const& now,
                                     LaneAtRange<N> const& end, Float length, Float path_scale) const {
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

    template <int slots>
    BW_KERNEL void turn(LaneState<slots>& s, int first, PhiloxLanes<N> const& words, Float azimuth,
                        LaneScatteringStep<N> const& step, Float energy_MeV) const {
        Float const scale = load(s.energy_scale, first);
        Float below_one(0);
        if (mode == PhysicsMode::full) {
            Int const at = energy_node(energy_MeV) * Int(static_cast<std::int32_t>(tables.material_count)) +
                           Int::load(s.material + first);
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
        Vec3<Float> const to = turned_by(direction, least_of(below_one, Float(2)), cosine, sine);
        store(s.direction.x, first, to.x);
        store(s.direction.y, first, to.y);
        store(s.direction.z, first, to.z);
    }

    /// 1 / component; along the faces of an axis the next face is far away.
    template <int slots> BW_KERNEL static void invert(LaneState<slots>& s, int first) {
        auto const inverse = [&](Column<slots>& to, Column<slots> const& from) {
            Float const x = load(from, first), least(1e-12);
            Float const away = select(x < Float(0), least_of(x, -least), greatest_of(x, least));
            store(to, first, Float(1) / away);
        };
        inverse(s.inverse.x, s.direction.x);
        inverse(s.inverse.y, s.direction.y);
        inverse(s.inverse.z, s.direction.z);
    }

    /// The nearest energy node of the table of stopping ratios.
    BW_KERNEL static Int energy_node(Float energy_MeV) {
        constexpr int bits = 23 - lane_energy_bits;
        Float const inside = least_of(greatest_of(energy_MeV, Float(0x1p-10)), Float(500));
        Int const pattern = pattern_of(inside) + Int(1 << (bits - 1));
        return pattern.template shifted_right<bits>() - Int((127 + lane_energy_lowest) << lane_energy_bits);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
