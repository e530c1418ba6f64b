/// Trilinear value of a volume at any place. docs/methods/resampling.md
#pragma once
#include "geometry/grid.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

/// Lower node and share of the upper one along one axis with n nodes; clamped to the outermost nodes.
struct LinearPlace {
    int node;
    double share;
};
inline LinearPlace linear_place(double index, int n) {
    double const held = std::clamp(index, 0.0, static_cast<double>(n - 1));
    int const node = std::min(static_cast<int>(held), std::max(n - 2, 0));
    return {node, held - node};
}

/// Value at fractional index coordinates; outside the outermost centers the nearest face value holds.
template <class Value> double interpolated(Volume<Value> const& volume, Vec3<double> ijk) {
    auto const& size = volume.grid.size;
    auto const x = linear_place(ijk.x, size[0]), y = linear_place(ijk.y, size[1]),
               z = linear_place(ijk.z, size[2]);
    std::size_t const step_x = size[0] > 1 ? 1 : 0;
    std::size_t const step_y = size[1] > 1 ? static_cast<std::size_t>(size[0]) : 0;
    std::size_t const step_z =
        size[2] > 1 ? static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) : 0;
    Value const* const v = volume.values.data() + volume.grid.index(x.node, y.node, z.node);
    auto const mix = [](double a, double b, double share) { return a + share * (b - a); };
    auto const along_x = [&](std::size_t offset) {
        return mix(static_cast<double>(v[offset]), static_cast<double>(v[offset + step_x]), x.share);
    };
    return mix(mix(along_x(0), along_x(step_y), y.share),
               mix(along_x(step_z), along_x(step_z + step_y), y.share), z.share);
}

/// Whether fractional index coordinates lie within the outer faces of the grid.
inline bool within_faces(Grid const& grid, Vec3<double> ijk) {
    constexpr double rounding = 1e-9;
    auto const inside = [](double index, int n) {
        return index >= -0.5 - rounding && index <= n - 0.5 + rounding;
    };
    return inside(ijk.x, grid.size[0]) && inside(ijk.y, grid.size[1]) && inside(ijk.z, grid.size[2]);
}

} // namespace beamwright
