/// \file  layer_walk.hpp — the beam line before the grid: plates and air across the beam
/// \how   docs/methods/transport.md section 6
/// \fits  layers across gantry z without side faces; protons start above and travel towards -z
/// \not   apertures, blocks
/// \proof tests/transport/beam_line_test.cpp
#pragma once
#include "geometry/walk/voxel_walk.hpp"

namespace beamwright {

/// One layer; the next begins where it ends.
struct BeamLayer {
    double top_z_mm = 0, bottom_z_mm = 0; ///< gantry z, top upstream
    double density_g_per_cm3 = 0;         ///< 0 = vacuum
    std::uint32_t material = 0;
};

/// Layers, the source plane on top; the grid may be entered from the last one only.
struct BeamLineView {
    BeamLayer const* layers = nullptr;
    int layer_count = 0;
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
        layer_ += direction_.z > 0 ? -1 : 1;
        if (layer_ < 0) {
            layer_ = 0;
            outside_ = true;
            return;
        }
        turn(here, direction_);
    }

    BW_KERNEL bool inside() const { return !outside_; }
    /// The walk ended at the grid.
    BW_KERNEL bool at_grid() const { return outside_ && enters_grid_; }
    BW_KERNEL Vec3<double> position() const { return origin_ + along_ * direction_; }
    BW_KERNEL Vec3<double> direction() const { return direction_; }
    BW_KERNEL BeamLayer const& layer() const { return line_.layers[layer_]; }
    BW_KERNEL std::int64_t voxel() const { return layer_; }
    BW_KERNEL bool crossed_k() const { return false; }
    BW_KERNEL int k() const { return layer_; }

private:
    BeamLineView line_;
    Vec3<double> origin_{}, direction_{};
    double along_ = 0, next_ = 0;
    int layer_ = 0;
    bool outside_ = false, enters_grid_ = false;
};

} // namespace BW_TARGET
} // namespace beamwright
