/// Hard scatters of N tracks: those of a whole scattering step are met at its hinge (docs/methods/simd_lanes.md section 4).
#pragma once
#include "transport/simd/lane_scattering.hpp"
#include "transport/simd/lane_state.hpp"
#include "transport/simd/lane_table_rows.hpp"
#include "transport/step/step_physics.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// The step whose hinge N tracks have come to, in matter that it is taken to be in all along.
template <int N> struct LaneHardStep {
    LaneMask<N> here; ///< at a hinge
    FloatLanes<N> mass_g_per_cm2, begin, end, energy_scale;
    IntLanes<N> material;
};

/// As FullScattering::hard, with the energy at a place of the step drawn for each event.
template <int N> struct LaneHardEvents {
    using Float = FloatLanes<N>;
    using Int = IntLanes<N>;
    using Mask = LaneMask<N>;

    LaneTablesView tables;
    FullScattering<double> full;
    NuclearView nuclear;
    bool nuclear_on = true;
    std::array<std::uint32_t, 2> key{};

    template <int slots>
    BW_KERNEL Vec3<Float> operator()(LaneState<slots>& s, int first, LaneHardStep<N> const& step,
                                     Vec3<Float> direction) const {
        Float const mean = select(step.here, step.mass_g_per_cm2 * Float(tables.hard_cm2_per_g), Float(0));
        Float left = Float::load(s.hard_left.of + first) - mean;
        for (Mask due = left < Float(0) && step.here; due.any(); due = left < Float(0) && step.here) {
            PhiloxLanes<N> const words = next_block(s, first, due);
            direction = scattered(s, first, step, due, words, direction);
            left = left - select(due, log(uniform(words.word[3])), Float(0));
        }
        left.store(s.hard_left.of + first);
        return direction;
    }

private:
    template <int slots> BW_KERNEL PhiloxLanes<N> next_block(LaneState<slots>& s, int first, Mask due) const {
        auto const block = WordLanes<N>::load(s.block.of + first);
        counted_where(due, block).store(s.block.of + first);
        return philox<N>(
            {{block, WordLanes<N>::load(s.particle.of + first), WordLanes<N>::load(s.history_low.of + first),
              WordLanes<N>::load(s.history_high.of + first)}},
            key);
    }

    template <int slots>
    BW_KERNEL Vec3<Float> scattered(LaneState<slots> const& s, int first, LaneHardStep<N> const& step,
                                    Mask due, PhiloxLanes<N> const& words, Vec3<Float> direction) const {
        auto const [element_uniform, azimuth_uniform] = uniform_pair(words.word[1]);
        auto const [form_uniform, place_uniform] = uniform_pair(words.word[2]);

        // Energy where it happens; the angle by 1/w^2 above the cut
        Float const range = fma(place_uniform, step.end - step.begin, step.begin);
        Float const energy_MeV = lane_step_energy<N>(tables, range);
        Float const proton(constants::proton_MeV);
        Float const momentum2 =
            energy_MeV * (energy_MeV + proton + proton) * step.energy_scale * step.energy_scale;
        Float const pv =
            energy_MeV * (energy_MeV + proton + proton) / (energy_MeV + proton) * step.energy_scale;
        Float const cut = gather(tables.hard_cut_MeV2, step.material);
        Float const w = cut / (pv * pv * uniform(words.word[0]));

        // The element by its alias table; the form factor refuses large angles
        Float const at = element_uniform * Float(hard_slots);
        Int const slot = to_int(at);
        Int const row = (step.material.template shifted_left<4>() + slot).template shifted_left<2>();
        auto const* const slot_rows = reinterpret_cast<float const*>(tables.hard_slots);
        Mask const own = at - to_float(slot) < gather(slot_rows, row);
        Float const form = select(own, gather(slot_rows + 1, row), gather(slot_rows + 2, row));
        Mask happens = due && w < Float(2) && log(form_uniform) <= Float(-2) * momentum2 * w * form;

        // Below 3.4 degrees in the laboratory every angle is ours; above, nuclear elastic scattering has its share
        Mask const wide = happens && w > Float(0.0018);
        if (wide.any()) [[unlikely]] {
            happens = happens && !(wide && are_nuclear(s, first, wide, own, at, energy_MeV, w, words));
        }
        auto const [sine, cosine] = sincos_turns(azimuth_uniform);
        Vec3<Float> const to = turned_by(direction, least_of(w, Float(2)), cosine, sine);
        return {select(happens, to.x, direction.x), select(happens, to.y, direction.y),
                select(happens, to.z, direction.z)};
    }

    /// Which of these angles nuclear_elastic.hpp draws.
    template <int slots>
    BW_KERNEL Mask are_nuclear(LaneState<slots> const& s, int first, Mask wide, Mask own, Float at,
                               Float energy_MeV, Float w, PhiloxLanes<N> const& words) const {
        alignas(64) float asked[N], own_element[N], slot[N], energy[N], angle[N], answer[N];
        alignas(64) std::uint32_t word[N];
        select(wide, Float(1), Float(0)).store(asked);
        select(own, Float(1), Float(0)).store(own_element);
        at.store(slot);
        energy_MeV.store(energy);
        w.store(angle);
        words.word[0].store(word);
        for (int i = 0; i < N; ++i) {
            answer[i] = 0;
            bool const proton = s.energy_scale[first + i] == 1.0f;
            if (asked[i] == 0 || !proton || !nuclear_on) {
                continue;
            }
            auto const material = static_cast<std::size_t>(s.material[first + i]);
            HardSlot const& found = full.tables.materials[material].slots[static_cast<int>(slot[i])];
            HardElement const& element = full.tables.elements[own_element[i] != 0 ? found.own : found.other];
            // The last bits of the angle's number, which it does not feel
            double const coarse = ((word[i] & 0x3FFu) + 0.5) * 0x1p-10;
            bool const theirs = full.is_nuclear(nuclear, element, static_cast<double>(energy[i]),
                                                static_cast<double>(angle[i]), coarse);
            answer[i] = theirs ? 1.0f : 0.0f;
        }
        return Float(0.5) < Float::load(answer);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
