// Coverage of voxels by stacked contours, good enough to draw outlines: four lines per voxel row, exact along them.
#include "report/scene.hpp"
#include <algorithm>
#include <cmath>
#include <map>

namespace beamwright::report {

namespace {

constexpr int lines_per_voxel = 4;

double part_of(Vec3<double> p, int axis) { return axis == 0 ? p.x : axis == 1 ? p.y : p.z; }

/// The axis across which every contour is flat (to 0.01 mm), or -1.
int stacking_axis(Structure const& structure) {
    for (int axis : {2, 0, 1}) {
        bool flat = true;
        for (auto const& contour : structure.contours) {
            for (auto const& p : contour.points_mm) {
                flat = flat && std::abs(part_of(p, axis) - part_of(contour.points_mm.front(), axis)) < 0.01;
            }
        }
        if (flat) {
            return axis;
        }
    }
    return -1;
}

/// Contours of each plane, by position in units of 0.001 mm.
using Planes = std::map<long, std::vector<Contour const*>>;

/// The nearest plane within reach, or nullptr: half the distance of planes, at least half a voxel.
std::vector<Contour const*> const* plane_at(Planes const& planes, double position_mm, double reach_mm) {
    auto const wanted = std::lround(position_mm * 1000);
    auto above = planes.lower_bound(wanted);
    auto best = planes.end();
    if (above != planes.end()) {
        best = above;
    }
    if (above != planes.begin()) {
        auto const below = std::prev(above);
        if (best == planes.end() || wanted - below->first < best->first - wanted) {
            best = below;
        }
    }
    bool const near =
        best != planes.end() && std::abs(static_cast<double>(best->first - wanted)) <= 1000 * reach_mm;
    return near ? &best->second : nullptr;
}

double plane_distance_mm(Planes const& planes) {
    std::vector<long> gaps;
    for (auto it = planes.begin(); it != planes.end() && std::next(it) != planes.end(); ++it) {
        gaps.push_back(std::next(it)->first - it->first);
    }
    if (gaps.empty()) {
        return 0;
    }
    std::nth_element(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2), gaps.end());
    return static_cast<double>(gaps[gaps.size() / 2]) / 1000;
}

/// Adds what lies between two crossings (fractional indices) to a row of voxels.
void fill(std::vector<float>& row, double from, double to) {
    double const a = std::max(from + 0.5, 0.0), b = std::min(to + 0.5, static_cast<double>(row.size()));
    for (auto i = static_cast<std::size_t>(a); a < b && i < row.size() && static_cast<double>(i) < b; ++i) {
        auto const cell = static_cast<double>(i);
        row[i] += static_cast<float>(std::min(b, cell + 1) - std::max(a, cell)) / lines_per_voxel;
    }
}

/// Frame of a plane in the grid: u runs along rows, v across them, w is the stacking axis.
struct Frame {
    int u, v, w;
    double u0, v0, w0, step;
    int nu, nv, nw;
};

Frame frame_of(Grid const& grid, int axis) {
    int const u = axis == 0 ? 1 : 0, v = axis == 2 ? 1 : 2;
    auto const n = [&](int a) { return grid.size[static_cast<std::size_t>(a)]; };
    return {u,
            v,
            axis,
            part_of(grid.origin_mm, u),
            part_of(grid.origin_mm, v),
            part_of(grid.origin_mm, axis),
            grid.spacing_mm.x,
            n(u),
            n(v),
            n(axis)};
}

/// Coverage of one row of voxels, even-odd over all contours of the plane.
std::vector<float> covered_row(std::vector<Contour const*> const& contours, Frame const& f, int row) {
    std::vector<float> covered(static_cast<std::size_t>(f.nu), 0.0F);
    for (int line = 0; line < lines_per_voxel; ++line) {
        double const v = f.v0 + f.step * (row - 0.5 + (line + 0.5) / lines_per_voxel);
        std::vector<double> crossings;
        for (auto const* contour : contours) {
            auto const& points = contour->points_mm;
            for (std::size_t i = 0; i < points.size(); ++i) {
                auto const &a = points[i], &b = points[(i + 1) % points.size()];
                double const va = part_of(a, f.v), vb = part_of(b, f.v);
                if ((va <= v) != (vb <= v)) {
                    double const ua = part_of(a, f.u), ub = part_of(b, f.u);
                    crossings.push_back((ua + (v - va) / (vb - va) * (ub - ua) - f.u0) / f.step);
                }
            }
        }
        std::sort(crossings.begin(), crossings.end());
        for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
            fill(covered, crossings[i], crossings[i + 1]);
        }
    }
    return covered;
}

Outline box_around(Structure const& structure, Grid const& grid) {
    std::array<int, 3> last{-1, -1, -1};
    Outline outline;
    outline.first = grid.size;
    for (auto const& contour : structure.contours) {
        for (auto const& p : contour.points_mm) {
            auto const f = grid.to_index(p);
            for (std::size_t a = 0; a < 3; ++a) {
                double const at = std::clamp(part_of(f, static_cast<int>(a)), -1e6, 1e6);
                outline.first[a] = std::min(outline.first[a], static_cast<int>(std::floor(at)) - 1);
                last[a] = std::max(last[a], static_cast<int>(std::ceil(at)) + 1);
            }
        }
    }
    for (std::size_t a = 0; a < 3; ++a) {
        outline.first[a] = std::clamp(outline.first[a], 0, grid.size[a]);
        outline.size[a] = std::max(0, std::min(last[a], grid.size[a] - 1) - outline.first[a] + 1);
    }
    return outline;
}

} // namespace

Outline outline_of(Structure const& structure, Grid const& grid) {
    int const axis = stacking_axis(structure);
    if (structure.contours.empty() || axis < 0) {
        return {};
    }
    Planes planes;
    for (auto const& contour : structure.contours) {
        if (!contour.points_mm.empty()) {
            planes[std::lround(part_of(contour.points_mm.front(), axis) * 1000)].push_back(&contour);
        }
    }
    Frame const f = frame_of(grid, axis);
    double const reach_mm = 0.5 * std::max(plane_distance_mm(planes), f.step) + 1e-3;
    Outline outline = box_around(structure, grid);
    auto const& [sx, sy, sz] = outline.size;
    outline.filled.assign(
        static_cast<std::size_t>(sx) * static_cast<std::size_t>(sy) * static_cast<std::size_t>(sz), 0);
    auto const first = [&](int a) { return outline.first[static_cast<std::size_t>(a)]; };
    auto const size = [&](int a) { return outline.size[static_cast<std::size_t>(a)]; };
    std::array<std::size_t, 3> const stride{1, static_cast<std::size_t>(sx),
                                            static_cast<std::size_t>(sx) * static_cast<std::size_t>(sy)};
    for (int w = 0; w < size(f.w); ++w) {
        auto const* contours = plane_at(planes, f.w0 + f.step * (first(f.w) + w), reach_mm);
        for (int v = 0; contours != nullptr && v < size(f.v); ++v) {
            auto const row = covered_row(*contours, f, first(f.v) + v);
            for (int u = 0; u < size(f.u); ++u) {
                auto const at = static_cast<std::size_t>(u) * stride[static_cast<std::size_t>(f.u)] +
                                static_cast<std::size_t>(v) * stride[static_cast<std::size_t>(f.v)] +
                                static_cast<std::size_t>(w) * stride[static_cast<std::size_t>(f.w)];
                float const part = std::clamp(
                    row[static_cast<std::size_t>(first(f.u)) + static_cast<std::size_t>(u)], 0.0F, 1.0F);
                outline.filled[at] = static_cast<std::uint8_t>(std::lround(255 * part));
            }
        }
    }
    return outline;
}

} // namespace beamwright::report
