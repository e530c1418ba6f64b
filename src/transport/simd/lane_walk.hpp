/// The thin walk of one track through the voxels of its macro-step: distances, budgets, deposits; no look-up of energy.
#pragma once
#include "lanes/highway/lane_math.hpp"
#include "physics/proton/nuclear_cross_section.hpp"
#include "transport/simd/lane_line.hpp"
#include "transport/simd/lane_score.hpp"
#include "transport/simd/lane_state.hpp"
#include "transport/step/lane_tables_view.hpp"
#include "transport/step/media.hpp"
#include "transport/step/step_physics.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// How a walk ended; the first: a new plan is due.
enum class LaneEnd : std::uint8_t { goes_on, stopped, left, reacts, stuck };

template <class Media, class Score, int slots> class LaneWalk {
public:
    BW_KERNEL LaneWalk(GridBox const& box, StepPhysics const& physics, LaneTablesView const& tables,
                       Media media, Score score)
        : physics_(physics), tables_(tables), media_(media), score_(score), nx_(box.nx), ny_(box.ny),
          nz_(box.nz), cut_cm_(static_cast<float>(0.1 * physics.limits.cut_mm)),
          least_range_(static_cast<float>(physics.limits.least_range)) {}

    /// Walks a slot to its hinge, to a nuclear event, or to the end of its track.
    BW_KERNEL LaneEnd operator()(LaneState<slots>& s, int slot, LaneTrack& track) const {
        Line line = line_of(s, slot, track);
        Plan const plan = plan_of(s, slot, track);
        Walked at{.to_hinge = s.to_hinge[slot],
                  .to_event = s.to_event[slot],
                  .lost = 0,
                  .booked = track.booked,
                  .booked_range = track.booked_range,
                  .path = track.booked_path};
        for (;;) {
            Matter const matter = matter_of(plan, media_(line));
            Ran const ran = run_through(plan, line, matter, at);
            if (ran == Ran::into_other_matter) {
                continue;
            }
            Happens const happens = ran == Ran::out ? Happens::leaves : look_closer(plan, line, matter, at);
            if (happens == Happens::leaves ||
                (happens == Happens::face && !pass_face(plan, line, matter, at))) {
                track.units = at.booked;
                track.steps += line.crossed();
                return LaneEnd::left;
            }
            if (happens != Happens::face) {
                return end_of(happens, plan, line, matter, at, s, slot, track);
            }
        }
    }

    /// What a track has lost since it was last booked, where it stands.
    template <class Where>
    BW_KERNEL void book(Where const& place, LaneState<slots> const& s, int slot, LaneTrack& track) const {
        Plan const plan = plan_of(s, slot, track);
        Walked at{.booked = track.booked, .booked_range = track.booked_range, .path = track.booked_path};
        deposit(score_.place_of(place), plan, at,
                {track.units, plan.range - s.lost[slot], 0.0f, track.density, s.stopping_ratio[slot]});
        track.booked = track.units;
    }

private:
    enum class Happens : std::uint8_t { face, hinge, event, plan_ends, stops, leaves };
    enum class Ran : std::uint8_t { to_its_limit, into_other_matter, out };

    /// A straight line in the voxels; the words of a walk for media and scores.
    struct Line {
        float next_x, next_y, next_z;    ///< where it meets the next face of each axis, cm
        float next_xy;                   ///< the nearer of the first two
        float every_x, every_y, every_z; ///< between faces
        float along = 0;
        std::int32_t step_i, step_j, step_k;
        std::int32_t i_, j_, k_;
        std::int64_t voxel_, row_, voxel_step_k, row_step_k;
        std::int32_t from_i, from_j, from_k;
        typename Score::Place place;
        typename Score::Stride stride;

        BW_KERNEL int i() const { return i_; }
        BW_KERNEL int j() const { return j_; }
        BW_KERNEL int k() const { return k_; }
        BW_KERNEL std::int64_t voxel() const { return voxel_; }
        BW_KERNEL std::int64_t row() const { return row_; }
        /// Faces passed since the line began; it never turns back.
        BW_KERNEL std::int32_t crossed() const {
            return (i_ - from_i) * step_i + (j_ - from_j) * step_j + (k_ - from_k) * step_k;
        }
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
                Score::next_plane(place, stride);
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
            if (inside) {
                place = score.place_of(*this);
            }
            return inside;
        }
    };

    /// What holds from one hinge to the next. Ranges along the path.
    struct Plan {
        LaneLoss const* losses;
        float range, rel, loss_1, loss_2, loss_3, longest, guard;
        std::int64_t first_units;
        float path_scale, units_per_MeV, energy_scale;
        NuclearSpecies species;
        bool primary;

        BW_KERNEL std::int64_t units_left(float x, std::int64_t booked) const {
            std::int64_t const planned =
                first_units - static_cast<std::int64_t>(x * fma(x, fma(x, loss_3, loss_2), loss_1));
            return planned < booked ? planned : booked;
        }
    };
    /// What is left of the budgets, range lost since the plan began, energy not yet booked.
    struct Walked {
        float to_hinge = 0, to_event = 0, lost = 0;
        std::int64_t booked;
        float booked_range, path; ///< range where that was booked, path since then
    };
    struct Matter {
        std::uint32_t material;
        float density, loss_per_mass;
        LaneLoss loss;
    };

    BW_KERNEL static Matter matter_of(Plan const& plan, Medium const& medium) {
        LaneLoss const loss = plan.losses[medium.material];
        return {medium.material, static_cast<float>(medium.density_g_per_cm3),
                fma(plan.rel, loss.straggling, loss.stopping_ratio), loss};
    }
    BW_KERNEL static bool same(Matter const& matter, Medium const& medium) {
        auto const density = static_cast<float>(medium.density_g_per_cm3);
        return medium.material == matter.material &&
               std::bit_cast<std::uint32_t>(density) == std::bit_cast<std::uint32_t>(matter.density);
    }

    /// From face to face, as far as one matter reaches and nothing else happens: no hinge, no tentative event, no end of
    /// the range or of the plan. One place along the line is the limit for all of these.
    BW_KERNEL Ran run_through(Plan const& plan, Line& line, Matter const& matter, Walked& at) const {
        LaneLoss const& loss = matter.loss;
        float const near_end = fma(-matter.density * loss.stopping_ratio, cut_cm_, plan.range);
        float const loses = (least(plan.guard, near_end) - at.lost) / matter.loss_per_mass;
        float const most = least(least(at.to_event, at.to_hinge * loss.per_scattering), loses);
        float const begin = line.along, limit = begin + most / matter.density;
        float const per_cm = matter.loss_per_mass * matter.density, lost = at.lost;
        Ran ran = Ran::to_its_limit;
        float x = lost;
        for (;;) {
            float const face = line.next_face();
            if (!(face <= limit)) [[unlikely]] {
                break;
            }
            x = fma(face - begin, per_cm, lost);
            deposit(line.place, plan, at,
                    {plan.units_left(x, at.booked), plan.range - x, (face - line.along) * matter.density,
                     matter.density, loss.stopping_ratio});
            if (!line.pass(*this, score_, plan.primary)) [[unlikely]] {
                ran = Ran::out;
                break;
            }
            if (!same(matter, media_(line))) [[unlikely]] {
                ran = Ran::into_other_matter;
                break;
            }
        }
        float const mass = (line.along - begin) * matter.density;
        at.to_hinge = above_zero(fma(-mass, loss.scattering_ratio, at.to_hinge));
        at.to_event = above_zero(at.to_event - mass);
        at.lost = x;
        return ran;
    }

    /// Through one face; false where the grid ends.
    BW_KERNEL bool pass_face(Plan const& plan, Line& line, Matter const& matter, Walked& at) const {
        float const mass = (line.next_face() - line.along) * matter.density;
        float const x = fma(mass, matter.loss_per_mass, at.lost);
        deposit(line.place, plan, at,
                {plan.units_left(x, at.booked), plan.range - x, mass, matter.density,
                 matter.loss.stopping_ratio});
        at.to_hinge = above_zero(fma(-mass, matter.loss.scattering_ratio, at.to_hinge));
        at.to_event = above_zero(at.to_event - mass);
        at.lost = x;
        return line.pass(*this, score_, plan.primary);
    }

    BW_KERNEL static float above_zero(float x) { return x > 0 ? x : 0.0f; }
    BW_KERNEL static float least(float a, float b) { return a < b ? a : b; }

    BW_KERNEL Plan plan_of(LaneState<slots> const& s, int slot, LaneTrack const& track) const {
        float const range = s.path_range[slot], longest = s.longest[slot];
        return {.losses = tables_.loss + static_cast<std::size_t>(s.loss_node[slot]) * tables_.material_count,
                .range = range,
                .rel = s.straggling_rel[slot],
                .loss_1 = s.loss_1[slot],
                .loss_2 = s.loss_2[slot],
                .loss_3 = s.loss_3[slot],
                .longest = longest,
                .guard = least(longest, range - least_range_),
                .first_units = static_cast<std::int64_t>(s.first_units[slot]),
                .path_scale = s.path_scale[slot],
                .units_per_MeV = s.units_per_MeV[slot],
                .energy_scale = s.energy_scale[slot],
                .species = track.species,
                .primary = track.primary};
    }

    /// What comes first in this voxel. Where it is not the face, goes there.
    BW_KERNEL Happens look_closer(Plan const& plan, Line& line, Matter const& matter, Walked& at) const {
        LaneLoss const& loss = matter.loss;
        float const to_face_cm = line.next_face() - line.along, face_mass = to_face_cm * matter.density;
        float const hinge_mass = at.to_hinge * loss.per_scattering;
        float mass = face_mass;
        Happens happens = Happens::face;
        if (hinge_mass < mass) {
            mass = hinge_mass;
            happens = Happens::hinge;
        }
        if (at.to_event < mass) {
            mass = at.to_event;
            happens = Happens::event;
        }
        float x = fma(mass, matter.loss_per_mass, at.lost);
        if (x > plan.longest) { // matter that was not foreseen: the plan ends within this voxel
            mass *= (plan.longest - at.lost) / (x - at.lost);
            x = plan.longest;
            happens = Happens::plan_ends;
        }
        if (stops(plan.range - at.lost, plan.range - x, to_face_cm, matter.density * loss.stopping_ratio)) {
            return Happens::stops;
        }
        if (happens != Happens::face) {
            line.along += mass / matter.density;
            at.to_hinge = above_zero(fma(-mass, loss.scattering_ratio, at.to_hinge));
            at.to_event = happens == Happens::event ? 0.0f : above_zero(at.to_event - mass);
            at.lost = x;
            at.path += mass;
        }
        return happens;
    }

    /// Is this the end? A residual path below the cut stays where it cannot reach the face, below a fifth of it anywhere.
    BW_KERNEL bool stops(float range, float left, float to_face_cm, float loss_per_cm) const {
        float const local_cut = cut_cm_ * loss_per_cm, short_cut = 0.2f * local_cut;
        bool const held = range <= local_cut && range <= to_face_cm * loss_per_cm;
        return held || !(left > (short_cut > least_range_ ? short_cut : least_range_));
    }

    BW_KERNEL LaneEnd end_of(Happens happens, Plan const& plan, Line const& line, Matter const& matter,
                             Walked& at, LaneState<slots>& s, int slot, LaneTrack& track) const {
        track.steps += line.crossed() + 1;
        if (happens == Happens::stops) {
            // The way to the end, as its range says
            deposit(line.place, plan, at,
                    {0, 0.0f, (plan.range - at.lost) / matter.loss.stopping_ratio, matter.density,
                     matter.loss.stopping_ratio});
            track.units = 0;
            return LaneEnd::stopped;
        }
        // Stand where it happens
        track.units = plan.units_left(at.lost, at.booked);
        track.booked = at.booked;
        track.booked_range = at.booked_range;
        track.booked_path = at.path;
        track.density = matter.density;
        s.along_cm[slot] = line.along;
        s.lost[slot] = at.lost;
        s.crossed_x[slot] = line.i_ - track.i;
        s.crossed_y[slot] = line.j_ - track.j;
        s.crossed_z[slot] = line.k_ - track.k;
        track.i = line.i_;
        track.j = line.j_;
        track.k = line.k_;
        s.material[slot] = static_cast<std::int32_t>(matter.material);
        s.stopping_ratio[slot] = matter.loss.stopping_ratio;
        s.scattering_ratio[slot] = matter.loss.scattering_ratio;
        s.to_event[slot] = at.to_event;
        if (happens != Happens::hinge) { // on to the same hinge with a new plan, from where this one ends
            s.given[slot] = at.to_hinge > 1e-9f ? at.to_hinge : 1e-9f;
        }
        if (happens == Happens::event) {
            double const per_MeV = static_cast<double>(plan.units_per_MeV);
            if (reacts(s, slot, track, static_cast<double>(track.units) / per_MeV)) {
                return LaneEnd::reacts;
            }
        }
        return track.steps < physics_.limits.most_steps ? LaneEnd::goes_on : LaneEnd::stuck;
    }

    /// A tentative nuclear event: true with the share of the true cross section.
    BW_KERNEL bool reacts(LaneState<slots>& s, int slot, LaneTrack& track, double energy_MeV) const {
        auto const material = static_cast<std::uint32_t>(s.material[slot]);
        auto const majorant = static_cast<double>(s.majorant[slot]);
        if (track.random.uniform() * majorant < physics_.nuclear_cm2_per_g(material, energy_MeV)) {
            return true;
        }
        s.to_event[slot] = static_cast<float>(-log(track.random.uniform()) / majorant);
        return false;
    }

    /// What was lost in a voxel that the track leaves or ends in.
    struct Here {
        std::int64_t units; ///< energy left
        float range, mass, density, stopping_ratio;
    };
    BW_KERNEL void deposit(typename Score::Place const& place, Plan const& plan, Walked& at,
                           Here const& here) const {
        if constexpr (Score::detailed) {
            score_.lose(place, {.units = at.booked - here.units,
                                .from = at.booked,
                                .to = here.units,
                                .units_per_MeV = static_cast<double>(plan.units_per_MeV),
                                .stopping_ratio = here.stopping_ratio,
                                .range = (at.booked_range - here.range) * plan.path_scale,
                                .path = at.path + here.mass,
                                .density = here.density,
                                .energy_scale = static_cast<double>(plan.energy_scale),
                                .species = plan.species,
                                .primary = plan.primary});
            at.booked_range = here.range;
            at.path = 0;
        }
        score_.add(place, at.booked - here.units, here.stopping_ratio);
        at.booked = here.units;
    }

    /// The line that the plan has laid from the track's place in its voxel.
    BW_KERNEL Line line_of(LaneState<slots> const& s, int slot, LaneTrack const& track) const {
        Line line;
        line.next_x = s.next_cm.x[slot];
        line.next_y = s.next_cm.y[slot];
        line.next_z = s.next_cm.z[slot];
        line.every_x = s.every_cm.x[slot];
        line.every_y = s.every_cm.y[slot];
        line.every_z = s.every_cm.z[slot];
        line.step_i = s.step_i[slot];
        line.step_j = s.step_j[slot];
        line.step_k = s.step_k[slot];
        line.next_xy = line.next_x < line.next_y ? line.next_x : line.next_y;
        line.i_ = line.from_i = track.i;
        line.j_ = line.from_j = track.j;
        line.k_ = line.from_k = track.k;
        line.row_ = static_cast<std::int64_t>(line.k_) * ny_ + line.j_;
        line.voxel_ = line.row_ * nx_ + line.i_;
        line.row_step_k = line.step_k * static_cast<std::int64_t>(ny_);
        line.voxel_step_k = line.row_step_k * nx_;
        line.place = score_.place_of(line);
        line.stride = score_.stride(line);
        return line;
    }

    StepPhysics physics_;
    LaneTablesView tables_;
    Media media_;
    Score score_;
    std::int32_t nx_, ny_, nz_;
    float cut_cm_, least_range_;
};

} // namespace BW_TARGET
} // namespace beamwright
