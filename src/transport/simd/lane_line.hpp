/// Straight lines of N tracks through their voxels: where the last one ended, where the next one meets the faces.
#pragma once
#include "lanes/highway/lane_math.hpp"
#include "transport/simd/lane_state.hpp"

namespace beamwright {
inline namespace BW_TARGET {

struct LaneEdges {
    float x_cm, y_cm, z_cm;
};

/// Place in the voxel after a way along a line and some voxels crossed.
template <class Real>
BW_KERNEL Real place_after(Real along, Real direction, Real place, Real crossed, Real edge) {
    Real const at = fma(along, direction, place) - crossed * edge;
    return least_of(greatest_of(at, Real(0)), edge);
}

/// Moves the slots first .. first + N - 1 to where their walks have ended.
template <int N, int slots>
BW_KERNEL void stand_in_lanes(LaneState<slots>& s, int first, LaneEdges const& edge) {
    using Float = FloatLanes<N>;
    Float const along = Float::load(s.along_cm.of + first);
    auto const axis = [&](Column<slots>& place, Column<slots> const& direction,
                          IntColumn<slots> const& crossed, float edge_cm) {
        place_after(along, Float::load(direction.of + first), Float::load(place.of + first),
                    to_float(IntLanes<N>::load(crossed.of + first)), Float(edge_cm))
            .store(place.of + first);
    };
    axis(s.place_cm.x, s.direction.x, s.crossed_x, edge.x_cm);
    axis(s.place_cm.y, s.direction.y, s.crossed_y, edge.y_cm);
    axis(s.place_cm.z, s.direction.z, s.crossed_z, edge.z_cm);
    fma(-Float::load(s.lost.of + first), Float::load(s.path_scale.of + first),
        Float::load(s.range.of + first))
        .store(s.range.of + first);
}

/// The faces ahead in the direction of each track. Along the faces of an axis the next one is far away.
template <int N, int slots>
BW_KERNEL void aim_in_lanes(LaneState<slots>& s, int first, LaneEdges const& edge) {
    using Float = FloatLanes<N>;
    auto const axis = [&](Column<slots>& next, Column<slots>& every, IntColumn<slots>& step,
                          Column<slots> const& direction, Column<slots> const& place_cm, float edge_cm) {
        Float const along = Float::load(direction.of + first), place = Float::load(place_cm.of + first);
        auto const up = along > Float(0);
        to_int(select(up, Float(1), Float(-1))).store(step.of + first);
        Float const size = greatest_of(select(up, along, -along), Float(1e-12));
        Float const inverse = Float(1) / size;
        (select(up, Float(edge_cm) - place, place) * inverse).store(next.of + first);
        (Float(edge_cm) * inverse).store(every.of + first);
    };
    axis(s.next_cm.x, s.every_cm.x, s.step_i, s.direction.x, s.place_cm.x, edge.x_cm);
    axis(s.next_cm.y, s.every_cm.y, s.step_j, s.direction.y, s.place_cm.y, edge.y_cm);
    axis(s.next_cm.z, s.every_cm.z, s.step_k, s.direction.z, s.place_cm.z, edge.z_cm);
}

} // namespace BW_TARGET
} // namespace beamwright
