/// A regular grid of voxels in DICOM patient coordinates (LPS, mm), and values on it.
#pragma once
#include "core/contracts.hpp"
#include "lanes/vec3.hpp"
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace beamwright {

/// Voxel (i, j, k) is centered at origin + axes * (i*spacing.x, j*spacing.y, k*spacing.z).
struct Grid {
    std::array<int, 3> size{0, 0, 0};
    Vec3<double> origin_mm{};               ///< center of voxel (0, 0, 0)
    Vec3<double> spacing_mm{1.0, 1.0, 1.0}; ///< all > 0
    Mat3<double> axes{}; ///< orthonormal; column a is the direction of index a; may be left-handed

    std::size_t voxels() const {
        return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
               static_cast<std::size_t>(size[2]);
    }
    /// x (index 0) runs fastest.
    std::size_t index(int i, int j, int k) const {
        return (static_cast<std::size_t>(k) * static_cast<std::size_t>(size[1]) +
                static_cast<std::size_t>(j)) *
                   static_cast<std::size_t>(size[0]) +
               static_cast<std::size_t>(i);
    }
    double voxel_cm3() const { return spacing_mm.x * spacing_mm.y * spacing_mm.z * 1e-3; }
    /// Patient position of fractional index coordinates (0 is the center of the first voxel).
    Vec3<double> to_patient(Vec3<double> ijk) const {
        return origin_mm +
               axes * Vec3<double>{ijk.x * spacing_mm.x, ijk.y * spacing_mm.y, ijk.z * spacing_mm.z};
    }
    Vec3<double> to_index(Vec3<double> patient_mm) const {
        auto const local = axes.transposed() * (patient_mm - origin_mm);
        return {local.x / spacing_mm.x, local.y / spacing_mm.y, local.z / spacing_mm.z};
    }
    friend bool operator==(Grid const&, Grid const&) = default;
};

/// Values on a grid, x fastest.
template <class Value> struct Volume {
    Grid grid;
    std::vector<Value> values;

    Volume() = default;
    explicit Volume(Grid const& g, Value fill = Value{}) : grid(g), values(g.voxels(), fill) {}
    Value& at(int i, int j, int k) { return values[grid.index(i, j, k)]; }
    Value const& at(int i, int j, int k) const { return values[grid.index(i, j, k)]; }
};

/// x' = rotation * x + shift_mm.
struct RigidTransform {
    Mat3<double> rotation{};
    Vec3<double> shift_mm{};
    Vec3<double> point(Vec3<double> p) const { return rotation * p + shift_mm; }
    Vec3<double> direction(Vec3<double> d) const { return rotation * d; }
    RigidTransform inverse() const {
        auto const back = rotation.transposed();
        return {back, -1.0 * (back * shift_mm)};
    }
};

} // namespace beamwright
