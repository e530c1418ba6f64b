/// \file  voxel_walk.hpp — which voxels a straight line crosses, and where
/// \how   docs/methods/voxel_walk.md eq. 1-3; Amanatides and Woo 1987 (Eurographics)
/// \fits  any grid with edges above 1e-6 mm; positions in the grid's own frame, corner at 0, mm
/// \not   curved paths (a particle turns by starting a new line in the same voxel)
/// \proof tests/geometry/walk_test.cpp
#pragma once
#include "lanes/hot_path.hpp"
#include "lanes/vec3.hpp"
#include <cstdint>

namespace beamwright {

/// Size and edges of a grid in its own frame: voxel (i, j, k) spans [i, i+1] * edge along each axis.
struct GridBox {
    int nx = 0, ny = 0, nz = 0;
    double edge_x_mm = 1, edge_y_mm = 1, edge_z_mm = 1;
};

inline namespace BW_TARGET {

/// Where a line enters and leaves a box; `hit` is false if it misses it or the box lies behind.
template <class Real> struct BoxCrossing {
    Real enter_mm{}, leave_mm{};
    bool hit = false;
};

/// Crossing of the line position + s * direction (s >= 0) with the whole grid.
template <class Real>
BW_KERNEL BoxCrossing<Real> cross_box(GridBox const& box, Vec3<Real> position, Vec3<Real> direction) {
    Real enter = Real{0}, leave = Real{1e30};
    bool hit = true;
    auto const clip = [&](Real at, Real along, Real length) {
        Real const size = along < Real{0} ? -along : along;
        if (size < Real{1e-14}) {
            hit = hit && at >= Real{0} && at <= length;
            return;
        }
        Real const inverse = Real{1} / along;
        Real const low = along > Real{0} ? -at * inverse : (length - at) * inverse;
        Real const high = along > Real{0} ? (length - at) * inverse : -at * inverse;
        enter = low > enter ? low : enter;
        leave = high < leave ? high : leave;
    };
    clip(position.x, direction.x, Real(box.nx) * Real(box.edge_x_mm));
    clip(position.y, direction.y, Real(box.ny) * Real(box.edge_y_mm));
    clip(position.z, direction.z, Real(box.nz) * Real(box.edge_z_mm));
    return {enter, leave, hit && enter <= leave};
}

/// A straight line through the voxels. `start` once, then `reach_face` or `move` until `inside()` is false.
template <class Real> class VoxelWalk {
public:
    BW_KERNEL explicit VoxelWalk(GridBox const& box) : box_(box) {}

    /// Begins in the voxel that holds `position` (pulled into the grid where rounding left it outside).
    BW_KERNEL void start(Vec3<Real> position, Vec3<Real> direction) {
        i_ = cell(position.x, Real(box_.edge_x_mm), box_.nx, direction.x);
        j_ = cell(position.y, Real(box_.edge_y_mm), box_.ny, direction.y);
        k_ = cell(position.z, Real(box_.edge_z_mm), box_.nz, direction.z);
        turn(position, direction);
    }

    /// Begins a new line at `position` inside the present voxel.
    BW_HOT_PATH void turn(Vec3<Real> position, Vec3<Real> direction) {
        origin_ = position;
        direction_ = direction;
        x_ = axis(position.x, direction.x, Real(box_.edge_x_mm), i_);
        y_ = axis(position.y, direction.y, Real(box_.edge_y_mm), j_);
        z_ = axis(position.z, direction.z, Real(box_.edge_z_mm), k_);
        along_ = Real{0};
    }

    /// Distance from the present point to the nearest face of the voxel; never negative.
    BW_KERNEL Real to_face_mm() const {
        Real const xy = x_.next < y_.next ? x_.next : y_.next;
        Real const left = (xy < z_.next ? xy : z_.next) - along_;
        return left > Real{0} ? left : Real{0};
    }

    /// Goes on by less than the distance to the face.
    BW_KERNEL void move(Real distance_mm) { along_ = along_ + distance_mm; }

    /// Goes to the nearest face and through it.
    BW_HOT_PATH void reach_face() {
        if (z_.next <= x_.next && z_.next <= y_.next) {
            pass(z_, k_, Real(box_.edge_z_mm), origin_.z);
            crossed_k_ = z_.step > 0;
            return;
        }
        crossed_k_ = false;
        if (y_.next <= x_.next) {
            pass(y_, j_, Real(box_.edge_y_mm), origin_.y);
        } else {
            pass(x_, i_, Real(box_.edge_x_mm), origin_.x);
        }
    }

    BW_KERNEL bool inside() const {
        return static_cast<unsigned>(i_) < static_cast<unsigned>(box_.nx) &&
               static_cast<unsigned>(j_) < static_cast<unsigned>(box_.ny) &&
               static_cast<unsigned>(k_) < static_cast<unsigned>(box_.nz);
    }
    BW_HOT_PATH Vec3<Real> position() const {
        return {fma(along_, direction_.x, origin_.x), fma(along_, direction_.y, origin_.y),
                fma(along_, direction_.z, origin_.z)};
    }
    BW_KERNEL Vec3<Real> direction() const { return direction_; }
    BW_KERNEL int i() const { return i_; }
    BW_KERNEL int j() const { return j_; }
    BW_KERNEL int k() const { return k_; }
    /// Index of the row of voxels along x.
    BW_KERNEL std::int64_t row() const { return static_cast<std::int64_t>(k_) * box_.ny + j_; }
    /// Index of the voxel, x fastest.
    BW_KERNEL std::int64_t voxel() const { return row() * box_.nx + i_; }
    /// The last face passed was one across the third axis, in the direction of growing k.
    BW_KERNEL bool crossed_k() const { return crossed_k_; }

private:
    struct Axis {
        Real next{};    ///< where the line meets the next face of this axis
        Real inverse{}; ///< 1 / direction component; 0 where the line runs along the faces
        int step = 0;
    };

    BW_KERNEL static int cell(Real at, Real edge, int count, Real along) {
        Real const scaled = at / edge;
        // Not a number compares false and lands in voxel 0: the caller's check of energies sees it
        Real const clamped = scaled > Real{0} ? (scaled < Real(count) ? scaled : Real(count - 1)) : Real{0};
        int const index = static_cast<int>(clamped);
        // On a face, the voxel ahead
        bool const back = along < Real{0} && Real(index) == scaled && index > 0;
        return index < count ? index - (back ? 1 : 0) : count - 1;
    }

    BW_KERNEL static Axis axis(Real at, Real along, Real edge, int index) {
        Real const size = along < Real{0} ? -along : along;
        if (size < Real{1e-14}) {
            return {Real{1e30}, Real{0}, 0};
        }
        Real const inverse = Real{1} / along;
        int const step = along > Real{0} ? 1 : -1;
        Real const face = Real(index + (step > 0 ? 1 : 0)) * edge;
        return {(face - at) * inverse, inverse, step};
    }

    BW_KERNEL void pass(Axis& axis, int& index, Real edge, Real at) {
        along_ = axis.next > along_ ? axis.next : along_;
        index += axis.step;
        Real const face = Real(index + (axis.step > 0 ? 1 : 0)) * edge;
        axis.next = (face - at) * axis.inverse;
    }

    GridBox box_;
    Vec3<Real> origin_{}, direction_{};
    Axis x_{}, y_{}, z_{};
    Real along_{};
    int i_ = 0, j_ = 0, k_ = 0;
    bool crossed_k_ = false;
};

} // namespace BW_TARGET
} // namespace beamwright
