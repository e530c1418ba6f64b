/// \file  layer_walk.hpp — the beam line before the grid: plates and air across the beam
/// \how   docs/methods/transport.md section 6
/// \fits  plates across gantry z, whole or with openings of straight walls; protons start above and travel towards -z
/// \not   walls at an angle (cut the plate into thinner ones)
/// \proof tests/transport/beam_line_test.cpp
#pragma once
#include "geometry/walk/voxel_walk.hpp"

namespace beamwright {

/// What fills a place; density 0 = vacuum.
struct Medium {
    std::uint32_t material = 0;
    double density_g_per_cm3 = 0;
};

/// One layer; the next begins where it ends. Where an odd number of its walls lies to one side, it is open.
struct BeamLayer {
    double top_z_mm = 0, bottom_z_mm = 0; ///< gantry z, top upstream
    Medium plate;
    Medium opening;                     ///< nothing, without walls
    int first_wall = 0, wall_count = 0; ///< in BeamLineView::walls
};

/// Wall of an opening: a line in gantry x and y, as high as its plate.
struct PlateWall {
    double x0_mm = 0, y0_mm = 0, x1_mm = 0, y1_mm = 0;
};

/// Layers, the source plane on top; the grid may be entered from the last one only.
struct BeamLineView {
    BeamLayer const* layers = nullptr;
    int layer_count = 0;
    PlateWall const* walls = nullptr;
    GridBox grid;
    Mat3<double> to_grid{}; ///< gantry frame to the grid's own frame
    Vec3<double> to_grid_shift_mm{};
};

inline namespace BW_TARGET {

/// Same words as VoxelWalk, over layers. `inside()` ends at the grid, above the source, or where the grid is
/// missed.
class LayerWalk {
public:
    BW_KERNEL explicit LayerWalk(BeamLineView const& line) : line_(line) {}

    BW_KERNEL void start(Vec3<double> position, Vec3<double> direction) {
        layer_ = 0;
        while (layer_ + 1 < line_.layer_count && position.z < line_.layers[layer_].bottom_z_mm) {
            ++layer_;
        }
        look_around(position);
        turn(position, direction);
    }

    BW_KERNEL void turn(Vec3<double> position, Vec3<double> direction) {
        origin_ = position;
        direction_ = direction;
        along_ = 0;
        outside_ = false;
        BeamLayer const& layer = line_.layers[layer_];
        bool const last = layer_ + 1 == line_.layer_count;

        // The face ahead; along the plates there is none
        double const flat = direction.z < 0 ? -direction.z : direction.z;
        double const face = direction.z > 0 ? layer.top_z_mm : layer.bottom_z_mm;
        bool const open = flat < 1e-9 || (last && direction.z < 0);
        next_ = open ? 1e30 : (face - position.z) / direction.z;

        // The grid, from the last layer only
        enters_grid_ = false;
        if (last) {
            auto const crossing = cross_box(line_.grid, line_.to_grid * position + line_.to_grid_shift_mm,
                                            line_.to_grid * direction);
            enters_grid_ = crossing.hit && crossing.enter_mm <= next_;
            next_ = enters_grid_ ? crossing.enter_mm : next_;
        }
        find_wall(position, direction);
        outside_ = next_ >= 1e29;
    }

    BW_KERNEL double to_face_mm() const { return next_ > along_ ? next_ - along_ : 0.0; }
    BW_KERNEL void move(double distance_mm) { along_ += distance_mm; }

    BW_KERNEL void reach_face() {
        along_ = next_;
        if (enters_grid_) {
            outside_ = true;
            return;
        }
        Vec3<double> const here = position();
        if (!at_wall_) {
            layer_ += direction_.z > 0 ? -1 : 1;
            if (layer_ < 0) {
                layer_ = 0;
                outside_ = true;
                return;
            }
        }
        look_around(here + behind_wall_mm * direction_);
        turn(here, direction_);
    }

    BW_KERNEL bool inside() const { return !outside_; }
    /// The walk ended at the grid.
    BW_KERNEL bool at_grid() const { return outside_ && enters_grid_; }
    BW_KERNEL Vec3<double> position() const { return origin_ + along_ * direction_; }
    BW_KERNEL Vec3<double> direction() const { return direction_; }
    BW_KERNEL Medium medium() const {
        return open_ ? line_.layers[layer_].opening : line_.layers[layer_].plate;
    }
    BW_KERNEL std::int64_t voxel() const { return layer_; }
    BW_KERNEL bool crossed_k() const { return false; }
    BW_KERNEL int k() const { return layer_; }

private:
    static constexpr double behind_wall_mm = 1e-6;

    /// In an opening: walls crossed by the ray from here towards +x are odd in number.
    BW_KERNEL void look_around(Vec3<double> at) {
        BeamLayer const& layer = line_.layers[layer_];
        open_ = false;
        for (int i = layer.first_wall; i < layer.first_wall + layer.wall_count; ++i) {
            PlateWall const& wall = line_.walls[i];
            bool const spans = (wall.y0_mm > at.y) != (wall.y1_mm > at.y);
            if (spans && at.x < wall.x0_mm + (at.y - wall.y0_mm) * (wall.x1_mm - wall.x0_mm) /
                                                 (wall.y1_mm - wall.y0_mm)) {
                open_ = !open_;
            }
        }
    }

    /// The nearest wall ahead, if it comes before the face.
    BW_KERNEL void find_wall(Vec3<double> at, Vec3<double> direction) {
        BeamLayer const& layer = line_.layers[layer_];
        at_wall_ = false;
        for (int i = layer.first_wall; i < layer.first_wall + layer.wall_count; ++i) {
            PlateWall const& wall = line_.walls[i];
            double const ex = wall.x1_mm - wall.x0_mm, ey = wall.y1_mm - wall.y0_mm;
            double const across = direction.x * ey - direction.y * ex;
            double const dx = wall.x0_mm - at.x, dy = wall.y0_mm - at.y;
            double const distance = (dx * ey - dy * ex) / across; // nan or inf: along the wall
            double const place =
                (dx * direction.y - dy * direction.x) / across; // 0 to 1 from corner to corner
            if (distance > 0.5 * behind_wall_mm && distance < next_ && place >= 0.0 && place < 1.0) {
                next_ = distance;
                at_wall_ = true;
                enters_grid_ = false;
            }
        }
    }

    BeamLineView line_;
    Vec3<double> origin_{}, direction_{};
    double along_ = 0, next_ = 0;
    int layer_ = 0;
    bool outside_ = false, enters_grid_ = false, open_ = false, at_wall_ = false;
};

} // namespace BW_TARGET
} // namespace beamwright
