/// The thin walk of one track through the voxels of its macro-step: distances, budgets, deposits; no look-up of energy.
#pragma once
#include "lanes/highway/lane_math.hpp"
#include "physics/proton/nuclear_cross_section.hpp"
#include "transport/simd/lane_score.hpp"
#include "transport/simd/lane_state.hpp"
#include "transport/step/lane_tables_view.hpp"
#include "transport/step/media.hpp"
#include "transport/step/step_physics.hpp"

namespace beamwright {
inline namespace BW_TARGET {

enum class LaneEnd : std::uint8_t { goes_on, event, stopped, left, reacts, stuck };

template <class Media, class Score, int slots> class LaneWalk {
public:
    BW_KERNEL LaneWalk(GridBox const& box, StepPhysics const& physics, LaneTablesView const& tables,
                       Media media, Score score)
        : physics_(physics), tables_(tables), media_(media), score_(score), nx_(box.nx), ny_(box.ny),
          nz_(box.nz), edge_x_(static_cast<float>(0.1 * box.edge_x_mm)),
          edge_y_(static_cast<float>(0.1 * box.edge_y_mm)), edge_z_(static_cast<float>(0.1 * box.edge_z_mm)),
          cut_cm_(static_cast<float>(0.1 * physics.limits.cut_mm)),
          least_range_(static_cast<float>(physics.limits.least_range)) {
        // No matter is denser than this times its stopping ratio: where more is left, nothing stops
        constexpr float densest = 30.0f;
        float const local_cut = cut_cm_ * densest;
        guard_ = local_cut > least_range_ ? local_cut : least_range_;
    }

    /// Walks a slot to its hinge or to the end of its track. `per_MeV` belongs to the energies per proton mass.
    BW_KERNEL LaneEnd operator()(LaneState<slots>& s, int slot, LaneTrack& track, float per_MeV) const {
        // Along x, the range lost over path_scale; energies in units of the tally
        float const scale = s.path_scale[slot];
        Plan const plan{.losses = tables_.loss +
                                  static_cast<std::size_t>(s.loss_node[slot]) * tables_.material_count,
                        .range = s.range[slot] / scale,
                        .rel = s.straggling_rel[slot],
                        .units_1 = s.loss_1[slot] * scale * per_MeV,
                        .units_2 = s.loss_2[slot] * scale * scale * per_MeV,
                        .units_3 = s.loss_3[slot] * scale * scale * scale * per_MeV,
                        .longest = s.longest[slot] / scale,
                        .at_first = static_cast<std::int64_t>(s.energy_MeV[slot] * per_MeV),
                        .primary = track.primary};
        Budgets budgets{.to_hinge = s.to_hinge[slot], .to_event = track.event_mass, .lost = 0};
        for (;;) {
            LaneEnd const end = straight(s, slot, track, plan, budgets);
            if (end != LaneEnd::event) {
                s.range[slot] = (plan.range - budgets.lost) * scale;
                return end;
            }
            // A tentative event; then straight on, perhaps in another direction
            float const lost_MeV = static_cast<float>(plan.at_first - track.units) / per_MeV;
            if (reacts(s, slot, track, s.energy_MeV[slot] - lost_MeV)) {
                return LaneEnd::reacts;
            }
            budgets.to_event = static_cast<float>(physics_.event_mass(track.species, track.random));
        }
    }

private:
    struct Line;
    /// What holds from one hinge to the next.
    struct Plan {
        LaneLoss const* losses;
        float range, rel, units_1, units_2, units_3, longest;
        std::int64_t at_first;
        bool primary;
    };
    /// Scattering mass to the hinge, mass to the tentative event, range lost since the last hinge.
    struct Budgets {
        float to_hinge, to_event, lost;
    };

    /// Along a straight line to the hinge, to a tentative event, or to the end of the track.
    BW_KERNEL LaneEnd straight(LaneState<slots>& s, int slot, LaneTrack& track, Plan const& plan,
                               Budgets& budgets) const {
        Line line = aimed(s, slot, track);
        float const near_end = plan.range - guard_;
        float const guard = near_end < plan.longest ? near_end : plan.longest;
        float to_hinge = budgets.to_hinge, to_event = budgets.to_event, x = budgets.lost;
        std::int64_t booked = track.booked, steps = track.steps;
        bool too_long = false;
        for (;;) {
            // The nearest wins: the face, the hinge, or a tentative event
            ++steps;
            Medium const medium = media_(line);
            auto const density = static_cast<float>(medium.density_g_per_cm3);
            LaneLoss const loss = plan.losses[medium.material];
            float const scattering_ratio = tables_.scattering_ratio[medium.material];
            float mass = (line.next_face() - line.along) * density;
            float const hinge_left = fma(-mass, scattering_ratio, to_hinge), event_left = to_event - mass;
            bool const inside = (hinge_left < event_left ? hinge_left : event_left) < 0;
            if (inside) [[unlikely]] {
                float const hinge_mass = to_hinge / scattering_ratio;
                mass = hinge_mass < to_event ? hinge_mass : to_event;
            }

            // Lose energy along the way; the end of the range is looked at more closely
            float const before = x;
            x = fma(mass, fma(plan.rel, loss.straggling, loss.stopping_ratio), x);
            if (x >= guard) [[unlikely]] {
                too_long = x > plan.longest;
                if (too_long) { // matter that was not foreseen: the plan ends within this voxel
                    mass *= (plan.longest - before) / (x - before);
                    x = plan.longest;
                }
                if (stops(plan.range - before, plan.range - x, line.next_face() - line.along,
                          density * loss.stopping_ratio)) {
                    score_.add(line, booked, loss.stopping_ratio);
                    track.units = 0;
                    track.steps = steps;
                    return LaneEnd::stopped;
                }
            }
            // A plan begins at its own rounding of the energy; what is booked already stays booked
            std::int64_t const planned =
                plan.at_first -
                static_cast<std::int64_t>(x * fma(x, fma(x, plan.units_3, plan.units_2), plan.units_1));
            std::int64_t const now = planned < booked ? planned : booked;
            if (too_long) [[unlikely]] {
                line.along += mass / density;
                budgets = {fma(-mass, scattering_ratio, to_hinge), to_event - mass, x};
                track.units = now;
                track.booked = booked;
                track.steps = steps;
                return new_plan(s, slot, track, line, medium.material, loss.stopping_ratio, budgets);
            }
            if (!inside) [[likely]] {
                score_.add(line, booked - now, loss.stopping_ratio);
                booked = now;
                to_hinge = hinge_left;
                to_event = event_left;
                if (!line.pass(*this, score_, plan.primary)) [[unlikely]] {
                    track.units = now;
                    track.steps = steps;
                    return LaneEnd::left;
                }
                continue;
            }

            // Stand where it happens
            line.along += mass / density;
            stand(line, s, slot, track);
            track.units = now;
            track.booked = booked;
            track.steps = steps;
            track.ratio = loss.stopping_ratio;
            s.material[slot] = static_cast<std::int32_t>(medium.material);
            float const hinge_after = fma(-mass, scattering_ratio, to_hinge);
            budgets = {hinge_after > 0 ? hinge_after : 0.0f, to_event - mass, x};
            if (mass == to_event) {
                return LaneEnd::event;
            }
            track.event_mass = budgets.to_event;
            s.loss_ratio[slot] = loss.stopping_ratio * s.path_scale[slot] / scattering_ratio;
            return steps < physics_.limits.most_steps ? LaneEnd::goes_on : LaneEnd::stuck;
        }
    }

    /// The media were not as foreseen: on to the same hinge with a new plan, from where this one ends.
    BW_KERNEL LaneEnd new_plan(LaneState<slots>& s, int slot, LaneTrack& track, Line const& line,
                               std::uint32_t material, float stopping_ratio, Budgets const& budgets) const {
        stand(line, s, slot, track);
        track.event_mass = budgets.to_event > 0 ? budgets.to_event : 0.0f;
        s.given[slot] = budgets.to_hinge > 1e-9f ? budgets.to_hinge : 1e-9f;
        s.material[slot] = static_cast<std::int32_t>(material);
        s.loss_ratio[slot] = stopping_ratio * s.path_scale[slot] / tables_.scattering_ratio[material];
        return track.steps < physics_.limits.most_steps ? LaneEnd::goes_on : LaneEnd::stuck;
    }

    /// Is this the end? A residual path below the cut stays where it cannot reach the face, below a fifth of it anywhere.
    BW_KERNEL bool stops(float range, float left, float to_face_cm, float loss_per_cm) const {
        float const local_cut = cut_cm_ * loss_per_cm, short_cut = 0.2f * local_cut;
        bool const held = range <= local_cut && range <= to_face_cm * loss_per_cm;
        return held || !(left > (short_cut > least_range_ ? short_cut : least_range_));
    }

    /// A tentative event: a hard scatter, a nuclear event (true) with the share of the true cross section, or nothing.
    BW_KERNEL bool reacts(LaneState<slots>& s, int slot, LaneTrack& track, float energy_MeV) const {
        auto const material = static_cast<std::uint32_t>(s.material[slot]);
        double const hard = physics_.scattering.hard_cm2_per_g, energy = static_cast<double>(energy_MeV);
        double const share = track.random.uniform() * physics_.events_cm2_per_g(track.species);
        if (share < hard) {
            Vec3<double> const direction =
                normalized(Vec3<double>{s.direction.x[slot], s.direction.y[slot], s.direction.z[slot]});
            Vec3<double> const to =
                physics_.hard_scattered(Track{.energy_MeV = energy, .species = track.species}, material,
                                        share / hard, direction, track.random);
            set(s.direction.x, s.inverse.x, slot, to.x);
            set(s.direction.y, s.inverse.y, slot, to.y);
            set(s.direction.z, s.inverse.z, slot, to.z);
            return false;
        }
        return physics_.reacts(track.species) && share - hard < physics_.nuclear_cm2_per_g(material, energy);
    }
    BW_KERNEL static void set(Column<slots>& direction, Column<slots>& inverse, int slot, double to) {
        direction[slot] = static_cast<float>(to);
        float const least = 1e-12f, x = direction[slot];
        inverse[slot] = 1.0f / (x < 0 ? (x < -least ? x : -least) : (x > least ? x : least));
    }

    /// A straight line in the voxels; the words of a walk for media and scores.
    struct Line {
        float next_x, next_y, next_z;    ///< where it meets the next face of each axis, cm
        float next_xy;                   ///< the nearer of the first two
        float every_x, every_y, every_z; ///< between faces
        float along = 0;
        std::int32_t step_i, step_j, step_k;
        std::int32_t i_, j_, k_;
        std::int64_t voxel_, row_, voxel_step_k, row_step_k;

        BW_KERNEL int i() const { return i_; }
        BW_KERNEL int j() const { return j_; }
        BW_KERNEL int k() const { return k_; }
        BW_KERNEL std::int64_t voxel() const { return voxel_; }
        BW_KERNEL std::int64_t row() const { return row_; }
        BW_KERNEL float next_face() const { return next_xy < next_z ? next_xy : next_z; }
        /// Through the nearest face; false where the grid ends.
        BW_KERNEL bool pass(LaneWalk const& grid, Score const& score, bool primary) {
            if (next_z <= next_xy) [[likely]] {
                along = next_z;
                next_z += every_z;
                k_ += step_k;
                row_ += row_step_k;
                voxel_ += voxel_step_k;
                if (static_cast<std::uint32_t>(k_) >= static_cast<std::uint32_t>(grid.nz_)) [[unlikely]] {
                    return false;
                }
                if (step_k > 0) {
                    score.enter(k_, primary);
                }
                return true;
            }
            along = next_xy;
            bool inside = false;
            if (next_y <= next_x) {
                next_y += every_y;
                j_ += step_j;
                row_ += step_j;
                voxel_ += step_j * grid.nx_;
                inside = static_cast<std::uint32_t>(j_) < static_cast<std::uint32_t>(grid.ny_);
            } else {
                next_x += every_x;
                i_ += step_i;
                voxel_ += step_i;
                inside = static_cast<std::uint32_t>(i_) < static_cast<std::uint32_t>(grid.nx_);
            }
            next_xy = next_x < next_y ? next_x : next_y;
            return inside;
        }
    };

    /// A line from the track's place in its voxel.
    BW_KERNEL Line aimed(LaneState<slots> const& s, int slot, LaneTrack const& track) const {
        Line line;
        auto const axis = [](float& next, float& every, std::int32_t& step, float place, float inverse,
                             float edge) {
            bool const up = inverse > 0;
            float const size = up ? inverse : -inverse;
            step = up ? 1 : -1;
            next = (up ? edge - place : place) * size;
            every = edge * size;
        };
        axis(line.next_x, line.every_x, line.step_i, s.place_cm.x[slot], s.inverse.x[slot], edge_x_);
        axis(line.next_y, line.every_y, line.step_j, s.place_cm.y[slot], s.inverse.y[slot], edge_y_);
        axis(line.next_z, line.every_z, line.step_k, s.place_cm.z[slot], s.inverse.z[slot], edge_z_);
        line.next_xy = line.next_x < line.next_y ? line.next_x : line.next_y;
        line.i_ = track.i;
        line.j_ = track.j;
        line.k_ = track.k;
        line.row_ = static_cast<std::int64_t>(line.k_) * ny_ + line.j_;
        line.voxel_ = line.row_ * nx_ + line.i_;
        line.row_step_k = line.step_k * static_cast<std::int64_t>(ny_);
        line.voxel_step_k = line.row_step_k * nx_;
        return line;
    }

    /// Keeps where the line has come to.
    BW_KERNEL void stand(Line const& line, LaneState<slots>& s, int slot, LaneTrack& track) const {
        auto const axis = [&](float& place, float along, std::int32_t crossed, float edge) {
            float const at = fma(line.along, along, place) - static_cast<float>(crossed) * edge;
            place = at > 0 ? (at < edge ? at : edge) : 0.0f;
        };
        axis(s.place_cm.x[slot], s.direction.x[slot], line.i_ - track.i, edge_x_);
        axis(s.place_cm.y[slot], s.direction.y[slot], line.j_ - track.j, edge_y_);
        axis(s.place_cm.z[slot], s.direction.z[slot], line.k_ - track.k, edge_z_);
        track.i = line.i_;
        track.j = line.j_;
        track.k = line.k_;
    }

    StepPhysics physics_;
    LaneTablesView tables_;
    Media media_;
    Score score_;
    std::int32_t nx_, ny_, nz_;
    float edge_x_, edge_y_, edge_z_, cut_cm_, least_range_, guard_;
};

} // namespace BW_TARGET
} // namespace beamwright
