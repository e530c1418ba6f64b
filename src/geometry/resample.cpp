#include "geometry/resample.hpp"
#include "core/parallel.hpp"
#include "core/refusal.hpp"
#include <fmt/format.h>
#include <type_traits>

namespace beamwright {

namespace {

double component(Vec3<double> v, int axis) { return axis == 0 ? v.x : axis == 1 ? v.y : v.z; }

template <class Value> Value stored(double value) {
    if constexpr (std::is_integral_v<Value>) {
        return static_cast<Value>(std::lround(value));
    } else {
        return static_cast<Value>(value);
    }
}

Vec3<double> unit_index(int axis) {
    return {axis == 0 ? 1.0 : 0.0, axis == 1 ? 1.0 : 0.0, axis == 2 ? 1.0 : 0.0};
}

/// Steps in memory of the three indices of a grid.
std::array<std::size_t, 3> strides(Grid const& grid) {
    auto const nx = static_cast<std::size_t>(grid.size[0]), ny = static_cast<std::size_t>(grid.size[1]);
    return {1, nx, nx * ny};
}

/// One row of a box-averaged volume: the y and z overlaps summed first, then along x.
struct OverlapRow {
    std::array<AxisOverlap, 3> overlap;
    std::array<std::size_t, 3> step; ///< in the source's memory, along the target's indices
    double outside;

    template <class Value> void operator()(Value const* source, int j, int k, Value* row, int nx) const {
        auto const& ys = overlap[1].shares[static_cast<std::size_t>(j)];
        auto const& zs = overlap[2].shares[static_cast<std::size_t>(k)];
        for (int i = 0; i < nx; ++i) {
            auto const& xs = overlap[0].shares[static_cast<std::size_t>(i)];
            double sum = 0.0, covered = 0.0;
            for (std::size_t c = 0; c < zs.size(); ++c) {
                for (std::size_t b = 0; b < ys.size(); ++b) {
                    Value const* const line =
                        source + at(0, i) + at(1, j) + b * step[1] + at(2, k) + c * step[2];
                    double const share = zs[c] * ys[b];
                    for (std::size_t a = 0; a < xs.size(); ++a) {
                        sum += share * xs[a] * static_cast<double>(line[a * step[0]]);
                        covered += share * xs[a];
                    }
                }
            }
            row[i] = stored<Value>(covered > 1.0 - 1e-12 ? sum / covered : sum + (1.0 - covered) * outside);
        }
    }
    std::size_t at(int axis, int cell) const {
        auto const a = static_cast<std::size_t>(axis);
        return static_cast<std::size_t>(overlap[a].first[static_cast<std::size_t>(cell)]) * step[a];
    }
};

} // namespace

Grid isotropic_grid(Grid const& cover, double voxel_mm) {
    if (!(voxel_mm > 0.0 && std::isfinite(voxel_mm))) {
        refuse(fmt::format("a voxel of {} mm", voxel_mm), "a voxel needs a size above 0",
               "give a size like 2");
    }
    Grid grid = cover;
    grid.spacing_mm = {voxel_mm, voxel_mm, voxel_mm};
    double voxels = 1.0;
    std::array<double, 3> first{};
    for (int axis = 0; axis < 3; ++axis) {
        auto const a = static_cast<std::size_t>(axis);
        double const extent_mm = cover.size[a] * component(cover.spacing_mm, axis);
        // A voxel of rounding (1e-9 of the extent) is not worth another one
        double const count = std::max(1.0, std::ceil(extent_mm / voxel_mm * (1.0 - 1e-9)));
        voxels *= count;
        if (!(voxels <= 2e9)) {
            refuse(fmt::format("a grid of {} mm voxels", voxel_mm), "it would have more than 2e9 voxels",
                   "choose larger voxels");
        }
        grid.size[a] = static_cast<int>(count);
        first[a] =
            0.5 * (cover.size[a] - 1.0) - 0.5 * (count - 1.0) * voxel_mm / component(cover.spacing_mm, axis);
    }
    grid.origin_mm = cover.to_patient({first[0], first[1], first[2]});
    return grid;
}

Grid refined_grid(Grid const& grid, std::array<int, 3> parts) {
    BW_EXPECT(parts[0] > 0 && parts[1] > 0 && parts[2] > 0);
    Grid fine = grid;
    std::array<double, 3> first{};
    for (std::size_t a = 0; a < 3; ++a) {
        fine.size[a] = grid.size[a] * parts[a];
        first[a] = -0.5 + 0.5 / parts[a];
    }
    fine.spacing_mm = {grid.spacing_mm.x / parts[0], grid.spacing_mm.y / parts[1],
                       grid.spacing_mm.z / parts[2]};
    fine.origin_mm = grid.to_patient({first[0], first[1], first[2]});
    return fine;
}

Grid cropped_grid(Grid const& grid, std::array<int, 3> first, std::array<int, 3> size) {
    Grid part = grid;
    part.size = size;
    part.origin_mm = grid.to_patient(
        {static_cast<double>(first[0]), static_cast<double>(first[1]), static_cast<double>(first[2])});
    return part;
}

std::optional<AxisMatch> matching_axes(Grid const& source, Grid const& target) {
    constexpr double parallel = 1.0 - 5e-11; // cosine of 1e-5 rad
    AxisMatch match{};
    for (int t = 0; t < 3; ++t) {
        int found = -1;
        for (int s = 0; s < 3; ++s) {
            double const cosine = dot(target.axes.column(t), source.axes.column(s));
            if (std::abs(cosine) >= parallel) {
                found = s;
                match.direction[static_cast<std::size_t>(t)] = cosine > 0.0 ? 1 : -1;
            }
        }
        if (found < 0) {
            return std::nullopt;
        }
        match.source_axis[static_cast<std::size_t>(t)] = found;
    }
    return match;
}

AxisOverlap axis_overlap(Grid const& source, Grid const& target, int axis) {
    auto const match = matching_axes(source, target);
    BW_EXPECT(match.has_value());
    auto const a = static_cast<std::size_t>(axis);
    int const source_axis = match->source_axis[a];
    int const n = source.size[static_cast<std::size_t>(source_axis)];
    // Face positions of target cells in units of source cells, counted from the source's lower face
    double const start =
        component(source.to_index(target.to_patient(-0.5 * unit_index(axis))), source_axis) + 0.5;
    double const step =
        match->direction[a] * component(target.spacing_mm, axis) / component(source.spacing_mm, source_axis);
    AxisOverlap overlap;
    for (int t = 0; t < target.size[a]; ++t) {
        double const one = start + t * step, other = start + (t + 1) * step;
        double const low = std::clamp(std::min(one, other), 0.0, static_cast<double>(n));
        double const high = std::clamp(std::max(one, other), 0.0, static_cast<double>(n));
        constexpr double rounding = 1e-9;
        int const first = std::min(static_cast<int>(std::floor(low + rounding)), n - 1);
        std::vector<double> shares;
        for (int s = first; s < high - rounding; ++s) {
            shares.push_back((std::min(high, s + 1.0) - std::max(low, static_cast<double>(s))) /
                             std::abs(step));
        }
        overlap.first.push_back(first);
        overlap.shares.push_back(std::move(shares));
    }
    return overlap;
}

template <class Value>
Volume<Value> resample_linear(Volume<Value> const& source, Grid const& target, Value outside) {
    if (source.grid == target) {
        return source; // bit for bit
    }
    Volume<Value> result(target, outside);
    // Index coordinates are affine: one start and one step per axis
    auto const origin = source.grid.to_index(target.to_patient({}));
    auto const along_x = source.grid.to_index(target.to_patient(unit_index(0))) - origin;
    auto const along_y = source.grid.to_index(target.to_patient(unit_index(1))) - origin;
    auto const along_z = source.grid.to_index(target.to_patient(unit_index(2))) - origin;
    auto const rows = static_cast<std::size_t>(target.size[1]) * static_cast<std::size_t>(target.size[2]);
    parallel_ranges(rows, 64, [&](std::size_t first, std::size_t last) {
        for (auto row = first; row < last; ++row) {
            int const j = static_cast<int>(row % static_cast<std::size_t>(target.size[1]));
            int const k = static_cast<int>(row / static_cast<std::size_t>(target.size[1]));
            auto const start = origin + static_cast<double>(j) * along_y + static_cast<double>(k) * along_z;
            Value* const out = result.values.data() + target.index(0, j, k);
            for (int i = 0; i < target.size[0]; ++i) {
                auto const place = start + static_cast<double>(i) * along_x;
                if (within_faces(source.grid, place)) {
                    out[i] = stored<Value>(interpolated(source, place));
                }
            }
        }
    });
    return result;
}

template <class Value>
Volume<Value> resample_conservative(Volume<Value> const& source, Grid const& target, Value outside) {
    auto const match = matching_axes(source.grid, target);
    if (!match) {
        refuse("cannot average a volume onto a rotated grid", "box overlap needs parallel axes",
               "choose a grid along the axes of the volume, or resample it linearly");
    }
    auto const memory = strides(source.grid);
    OverlapRow row_of{{axis_overlap(source.grid, target, 0), axis_overlap(source.grid, target, 1),
                       axis_overlap(source.grid, target, 2)},
                      {memory[static_cast<std::size_t>(match->source_axis[0])],
                       memory[static_cast<std::size_t>(match->source_axis[1])],
                       memory[static_cast<std::size_t>(match->source_axis[2])]},
                      static_cast<double>(outside)};
    Volume<Value> result(target, outside);
    auto const rows = static_cast<std::size_t>(target.size[1]) * static_cast<std::size_t>(target.size[2]);
    parallel_ranges(rows, 16, [&](std::size_t first, std::size_t last) {
        for (auto row = first; row < last; ++row) {
            int const j = static_cast<int>(row % static_cast<std::size_t>(target.size[1]));
            int const k = static_cast<int>(row / static_cast<std::size_t>(target.size[1]));
            row_of(source.values.data(), j, k, result.values.data() + target.index(0, j, k), target.size[0]);
        }
    });
    return result;
}

template Volume<float> resample_linear(Volume<float> const&, Grid const&, float);
template Volume<double> resample_linear(Volume<double> const&, Grid const&, double);
template Volume<std::int16_t> resample_linear(Volume<std::int16_t> const&, Grid const&, std::int16_t);
template Volume<float> resample_conservative(Volume<float> const&, Grid const&, float);
template Volume<double> resample_conservative(Volume<double> const&, Grid const&, double);
template Volume<std::int16_t> resample_conservative(Volume<std::int16_t> const&, Grid const&, std::int16_t);

} // namespace beamwright
