#include "report/scene.hpp"
#include "core/contracts.hpp"
#include "core/parallel.hpp"
#include "report/text.hpp"
#include <algorithm>
#include <cmath>
#include <limits>

namespace beamwright::report {

namespace {

constexpr double margin_mm = 8;
/// Skin and denser; the air around the patient, cushions and blankets are left out.
constexpr int body_HU = -400;

struct Box {
    Vec3<double> least{1e30, 1e30, 1e30}, most{-1e30, -1e30, -1e30};
    void add(Vec3<double> p) {
        least = {std::min(least.x, p.x), std::min(least.y, p.y), std::min(least.z, p.z)};
        most = {std::max(most.x, p.x), std::max(most.y, p.y), std::max(most.z, p.z)};
    }
    bool empty() const { return most.x < least.x; }
};

Box box_of(Grid const& grid) {
    Box box;
    for (int corner = 0; corner < 8; ++corner) {
        auto const at = [&](int axis) {
            return corner >> axis & 1 ? grid.size[static_cast<std::size_t>(axis)] - 1.0 : 0.0;
        };
        box.add(grid.to_patient({at(0), at(1), at(2)}));
    }
    return box;
}

Box body_box(ReportInput const& input) {
    Box box;
    for (auto const& entry : input.structures) {
        if (!input.body_structure.empty() && entry.structure.name == input.body_structure) {
            for (auto const& contour : entry.structure.contours) {
                std::for_each(contour.points_mm.begin(), contour.points_mm.end(),
                              [&](auto const& p) { box.add(p); });
            }
        }
    }
    if (!box.empty()) {
        return box;
    }
    auto const& ct = *input.ct_HU;
    for (int k = 0; k < ct.grid.size[2]; k += 2) {
        for (int j = 0; j < ct.grid.size[1]; j += 2) {
            for (int i = 0; i < ct.grid.size[0]; i += 2) {
                if (ct.at(i, j, k) > body_HU) {
                    box.add(ct.grid.to_patient({double(i), double(j), double(k)}));
                }
            }
        }
    }
    return box.empty() ? box_of(ct.grid) : box;
}

/// Trilinear; `outside` beyond half a voxel around the outer centers.
template <class Value> float sample(Volume<Value> const& volume, Vec3<double> f, float outside) {
    std::array<double, 3> const at{f.x, f.y, f.z};
    std::array<int, 3> below{}, above{};
    std::array<float, 3> part{};
    for (std::size_t a = 0; a < 3; ++a) {
        int const last = volume.grid.size[a] - 1;
        if (!(at[a] >= -0.5 && at[a] <= last + 0.5)) {
            return outside;
        }
        double const c = std::clamp(at[a], 0.0, double(last));
        below[a] = std::min(static_cast<int>(c), last);
        above[a] = std::min(below[a] + 1, last);
        part[a] = static_cast<float>(c - below[a]);
    }
    float sum = 0;
    for (unsigned corner = 0; corner < 8; ++corner) {
        auto const pick = [&](unsigned a) { return (corner >> a & 1U) != 0 ? above[a] : below[a]; };
        auto const weight = [&](unsigned a) { return (corner >> a & 1U) != 0 ? part[a] : 1 - part[a]; };
        sum += weight(0) * weight(1) * weight(2) * static_cast<float>(volume.at(pick(0), pick(1), pick(2)));
    }
    return sum;
}

/// Calls set(index, patient position) for every voxel.
template <class Set> void for_voxels(Grid const& grid, Set const& set) {
    parallel_ranges(static_cast<std::size_t>(grid.size[2]), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t k = first; k < last; ++k) {
            for (int j = 0; j < grid.size[1]; ++j) {
                for (int i = 0; i < grid.size[0]; ++i) {
                    set(grid.index(i, j, static_cast<int>(k)),
                        grid.to_patient({double(i), double(j), double(k)}));
                }
            }
        }
    });
}

std::vector<std::int16_t> scene_ct(Volume<std::int16_t> const& ct, Grid const& grid) {
    std::vector<std::int16_t> values(grid.voxels());
    double const quarter = 0.25 * grid.spacing_mm.x;
    for_voxels(grid, [&](std::size_t at, Vec3<double> p) {
        // The mean of eight points: less noise than one, less blur than the whole voxel
        float sum = 0;
        for (int c = 0; c < 8; ++c) {
            Vec3<double> const shift{c & 1 ? quarter : -quarter, c & 2 ? quarter : -quarter,
                                     c & 4 ? quarter : -quarter};
            sum += sample(ct, ct.grid.to_index(p + shift), -1024.0F);
        }
        values[at] = static_cast<std::int16_t>(std::clamp(std::lround(sum / 8), -1024L, 3071L));
    });
    return values;
}

std::vector<float> scene_map(Volume<float> const& volume, Grid const& grid, float outside) {
    std::vector<float> values(grid.voxels());
    for_voxels(grid, [&](std::size_t at, Vec3<double> p) {
        values[at] = sample(volume, volume.grid.to_index(p), outside);
    });
    return values;
}

/// Relative uncertainty in percent where the dose is at least a tenth of the reference; elsewhere it says nothing.
std::vector<float> scene_uncertainty(ReportInput const& input, Scene const& scene) {
    auto values = scene_map(*input.relative_uncertainty, scene.grid, std::numeric_limits<float>::quiet_NaN());
    auto const& dose = scene.maps[0].values;
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] =
            dose[i] >= 0.1 * scene.reference_Gy ? 100 * values[i] : std::numeric_limits<float>::quiet_NaN();
    }
    return values;
}

/// Middle of the prescribed structure, else the place of the greatest dose.
std::array<int, 3> focus_of(ReportInput const& input, Scene const& scene) {
    Box box;
    for (auto const& entry : input.structures) {
        if (!input.prescription_structure.empty() && entry.structure.name == input.prescription_structure) {
            for (auto const& contour : entry.structure.contours) {
                std::for_each(contour.points_mm.begin(), contour.points_mm.end(),
                              [&](auto const& p) { box.add(p); });
            }
        }
    }
    auto const& size = scene.grid.size;
    auto const inside = [&](double value, std::size_t a) {
        return std::clamp(static_cast<int>(std::lround(value)), 0, size[a] - 1);
    };
    if (!box.empty()) {
        auto const f = scene.grid.to_index(0.5 * (box.least + box.most));
        return {inside(f.x, 0), inside(f.y, 1), inside(f.z, 2)};
    }
    auto const& dose = scene.maps[0].values;
    auto const most = static_cast<int>(std::max_element(dose.begin(), dose.end()) - dose.begin());
    return {most % size[0], most / size[0] % size[1], most / (size[0] * size[1])};
}

template <class Value> Slice cut(Grid const& grid, Plane plane, int at, Value const& value) {
    auto const [nx, ny, nz] = grid.size;
    Slice slice = plane == Plane::axial     ? Slice(nx, ny)
                  : plane == Plane::coronal ? Slice(nx, nz)
                                            : Slice(ny, nz);
    for (int y = 0; y < slice.height; ++y) {
        for (int x = 0; x < slice.width; ++x) {
            // Rows from the top: the greatest z first where z is vertical
            slice.at(x, y) = plane == Plane::axial     ? value(x, y, at)
                             : plane == Plane::coronal ? value(x, at, nz - 1 - y)
                                                       : value(at, x, nz - 1 - y);
        }
    }
    return slice;
}

} // namespace

Grid scene_grid(ReportInput const& input, double voxel_mm) {
    BW_EXPECT(input.ct_HU != nullptr && input.ct_HU->grid.voxels() > 0);
    Box const ct = box_of(input.ct_HU->grid), body = body_box(input);
    Grid grid;
    grid.spacing_mm = {voxel_mm, voxel_mm, voxel_mm};
    std::array<double, 3> const ct_least{ct.least.x, ct.least.y, ct.least.z},
        ct_most{ct.most.x, ct.most.y, ct.most.z};
    std::array<double, 3> const least{body.least.x, body.least.y, body.least.z},
        most{body.most.x, body.most.y, body.most.z};
    std::array<double, 3> origin{};
    for (std::size_t a = 0; a < 3; ++a) {
        double const from = std::clamp(least[a] - margin_mm, ct_least[a], ct_most[a]);
        double const to = std::clamp(most[a] + margin_mm, from, std::max(from, ct_most[a]));
        grid.size[a] = std::max(2, static_cast<int>(std::floor((to - from) / voxel_mm)) + 1);
        origin[a] = 0.5 * (from + to) - 0.5 * voxel_mm * (grid.size[a] - 1);
    }
    grid.origin_mm = {origin[0], origin[1], origin[2]};
    return grid;
}

Scene make_scene(ReportInput const& input, Grid const& grid) {
    BW_EXPECT(input.dose_Gy != nullptr && input.dose_Gy->grid.voxels() > 0);
    Scene scene;
    scene.grid = grid;
    scene.ct_HU = scene_ct(*input.ct_HU, scene.grid);
    scene.maps.push_back({input.dose_name, input.dose_unit, scene_map(*input.dose_Gy, scene.grid, 0.0F)});
    for (float const dose : scene.maps[0].values) {
        scene.max_dose_Gy = std::max(scene.max_dose_Gy, static_cast<double>(dose));
    }
    scene.reference_Gy = input.prescription_Gy.value_or(scene.max_dose_Gy);
    if (input.relative_uncertainty != nullptr) {
        scene.has_uncertainty = true;
        scene.maps.push_back({word("uncertainty_map"), "%", scene_uncertainty(input, scene)});
    }
    for (auto const& map : input.maps) {
        BW_EXPECT(map.values != nullptr);
        scene.maps.push_back({map.name, map.unit,
                              scene_map(*map.values, scene.grid, std::numeric_limits<float>::quiet_NaN())});
    }
    for (auto const& entry : input.structures) {
        scene.outlines.push_back(outline_of(entry.structure, scene.grid));
    }
    scene.focus = focus_of(input, scene);
    return scene;
}

Slice slice_of(Grid const& grid, std::vector<float> const& values, Plane plane, int at) {
    return cut(grid, plane, at, [&](int i, int j, int k) { return values[grid.index(i, j, k)]; });
}

Slice slice_of(Grid const& grid, std::vector<std::int16_t> const& values, Plane plane, int at) {
    return cut(grid, plane, at,
               [&](int i, int j, int k) { return static_cast<float>(values[grid.index(i, j, k)]); });
}

Slice slice_of(Grid const& grid, Outline const& o, Plane plane, int at) {
    return cut(grid, plane, at, [&](int i, int j, int k) {
        int const x = i - o.first[0], y = j - o.first[1], z = k - o.first[2];
        bool const inside = x >= 0 && y >= 0 && z >= 0 && x < o.size[0] && y < o.size[1] && z < o.size[2];
        auto const index = (static_cast<std::size_t>(z) * static_cast<std::size_t>(o.size[1]) +
                            static_cast<std::size_t>(y)) *
                               static_cast<std::size_t>(o.size[0]) +
                           static_cast<std::size_t>(x);
        return inside ? static_cast<float>(o.filled[index]) : 0.0F;
    });
}

} // namespace beamwright::report
