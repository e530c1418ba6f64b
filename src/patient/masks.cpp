#include "patient/masks.hpp"
#include "core/contracts.hpp"
#include "geometry/coverage.hpp"
#include "geometry/resample.hpp"
#include <algorithm>
#include <cmath>
#include <map>

namespace beamwright {

namespace {

double component(Vec3<double> v, int axis) { return axis == 0 ? v.x : axis == 1 ? v.y : v.z; }

/// The index axis of the grid that runs along the normal, or -1.
int axis_along(Grid const& grid, Vec3<double> normal) {
    constexpr double parallel = 1.0 - 5e-11; // 1e-5 rad: 5 um over 500 mm
    for (int axis = 0; axis < 3; ++axis) {
        if (std::abs(dot(grid.axes.column(axis), normal)) >= parallel) {
            return axis;
        }
    }
    return -1;
}

/// Slices of a mask across one grid axis; the pixel coverage of a contour plane is kept while slices need it.
class MaskSlicer {
public:
    MaskSlicer(ContourStack const& stack, Grid const& grid, int axis)
        : stack_(stack), grid_(grid), axis_(axis), a_(axis == 0 ? 1 : 0), b_(axis == 2 ? 1 : 2) {
        // Slab borders as face positions of the grid: voxel k reaches from k to k + 1
        for (auto const& plane : stack.planes) {
            double const one = face_of(plane.low_mm), other = face_of(plane.high_mm);
            slabs_.push_back({std::min(one, other), std::max(one, other)});
        }
    }

    void visit(std::function<void(MaskBlock const&)> const& visit) {
        auto const n = static_cast<double>(grid_.size[static_cast<std::size_t>(axis_)]);
        double least = n, most = 0.0;
        for (auto const& slab : slabs_) {
            least = std::min(least, slab.low);
            most = std::max(most, slab.high);
        }
        int const first = static_cast<int>(std::max(0.0, std::floor(least)));
        int const last = static_cast<int>(std::min(n, std::ceil(most)));
        for (int k = first; k < last; ++k) {
            visit_slice(k, visit);
        }
    }

private:
    struct Slab {
        double low, high;
    };

    double face_of(double position_mm) const {
        return component(grid_.to_index(position_mm * stack_.normal), axis_) + 0.5;
    }

    Coverage const& coverage_of(std::size_t plane) {
        auto const known = coverages_.find(plane);
        if (known != coverages_.end()) {
            return known->second;
        }
        auto const& source = stack_.planes[plane];
        std::vector<Polygon2> pixels;
        pixels.reserve(source.outline.size());
        for (auto const& polygon : source.outline) {
            Polygon2 mapped;
            mapped.reserve(polygon.size());
            for (auto const point : polygon) {
                auto const ijk = grid_.to_index(point.x * stack_.u + point.y * stack_.v +
                                                source.position_mm * stack_.normal);
                mapped.push_back({component(ijk, a_) + 0.5, component(ijk, b_) + 0.5});
            }
            pixels.push_back(std::move(mapped));
        }
        if (signed_area_mm2(pixels) < 0.0) { // the grid's plane is seen from behind
            for (auto& polygon : pixels) {
                std::reverse(polygon.begin(), polygon.end());
            }
        }
        return coverages_
            .emplace(plane, pixel_coverage(pixels, grid_.size[static_cast<std::size_t>(a_)],
                                           grid_.size[static_cast<std::size_t>(b_)]))
            .first->second;
    }

    void visit_slice(int k, std::function<void(MaskBlock const&)> const& visit) {
        std::erase_if(coverages_, [&](auto const& entry) { return overlap(entry.first, k) <= 0.0; });
        // The block around all planes that reach into this slice
        int low_a = grid_.size[static_cast<std::size_t>(a_)], high_a = 0;
        int low_b = grid_.size[static_cast<std::size_t>(b_)], high_b = 0;
        std::vector<std::pair<double, Coverage const*>> parts;
        for (std::size_t plane = 0; plane < slabs_.size(); ++plane) {
            double const share = overlap(plane, k);
            if (share <= 0.0 || coverage_of(plane).empty()) {
                continue;
            }
            auto const& coverage = coverage_of(plane);
            parts.emplace_back(share, &coverage);
            low_a = std::min(low_a, coverage.first_x);
            high_a = std::max(high_a, coverage.first_x + coverage.width);
            low_b = std::min(low_b, coverage.first_y);
            high_b = std::max(high_b, coverage.first_y + coverage.height);
        }
        if (parts.empty()) {
            return;
        }
        MaskBlock block{{}, {}, {}};
        set(block.first, low_a, low_b, k);
        set(block.size, high_a - low_a, high_b - low_b, 1);
        if (parts.size() == 1 && parts.front().first == 1.0) {
            block.weight = parts.front().second->share;
            visit(block);
            return;
        }
        auto const width = static_cast<std::size_t>(high_a - low_a);
        sum_.assign(width * static_cast<std::size_t>(high_b - low_b), 0.0);
        for (auto const& [share, coverage] : parts) {
            for (int j = 0; j < coverage->height; ++j) {
                auto const row = static_cast<std::size_t>(coverage->first_y - low_b + j) * width +
                                 static_cast<std::size_t>(coverage->first_x - low_a);
                for (int i = 0; i < coverage->width; ++i) {
                    sum_[row + static_cast<std::size_t>(i)] += share * coverage->at(i, j);
                }
            }
        }
        block.weight = sum_;
        visit(block);
    }

    /// Share of slice k that the slab of a plane fills; rounding residues become 0 or 1.
    double overlap(std::size_t plane, int k) const {
        double const share =
            std::min(slabs_[plane].high, k + 1.0) - std::max(slabs_[plane].low, static_cast<double>(k));
        constexpr double residue = 1e-9;
        return share < residue ? 0.0 : share > 1.0 - residue ? 1.0 : share;
    }

    void set(std::array<int, 3>& triple, int a, int b, int k) const {
        triple[static_cast<std::size_t>(a_)] = a;
        triple[static_cast<std::size_t>(b_)] = b;
        triple[static_cast<std::size_t>(axis_)] = k;
    }

    ContourStack const& stack_;
    Grid const& grid_;
    int axis_, a_, b_;
    std::vector<Slab> slabs_;
    std::map<std::size_t, Coverage> coverages_;
    std::vector<double> sum_;
};

/// Collects blocks into the smallest block around them.
StructureMask collected(ContourStack const& stack, Grid const& grid, int axis) {
    std::array<int, 3> low = grid.size, high{0, 0, 0};
    std::vector<std::pair<MaskBlock, std::vector<float>>> blocks;
    MaskSlicer(stack, grid, axis).visit([&](MaskBlock const& block) {
        for (std::size_t a = 0; a < 3; ++a) {
            low[a] = std::min(low[a], block.first[a]);
            high[a] = std::max(high[a], block.first[a] + block.size[a]);
        }
        blocks.emplace_back(block, std::vector<float>(block.weight.begin(), block.weight.end()));
    });
    StructureMask mask;
    if (blocks.empty()) {
        return mask;
    }
    mask.first = low;
    mask.size = {high[0] - low[0], high[1] - low[1], high[2] - low[2]};
    Grid part;
    part.size = mask.size;
    mask.weight.assign(part.voxels(), 0.0F);
    for (auto& [block, weight] : blocks) {
        std::size_t n = 0;
        for (int k = 0; k < block.size[2]; ++k) {
            for (int j = 0; j < block.size[1]; ++j) {
                auto const row = part.index(block.first[0] - low[0], block.first[1] - low[1] + j,
                                            block.first[2] - low[2] + k);
                std::copy_n(weight.begin() + static_cast<std::ptrdiff_t>(n), block.size[0],
                            mask.weight.begin() + static_cast<std::ptrdiff_t>(row));
                n += static_cast<std::size_t>(block.size[0]);
            }
        }
        weight = {};
    }
    return mask;
}

/// A grid along the contours' axes around the whole stack.
Grid aligned_grid(ContourStack const& stack, double pitch_mm) {
    Box2 box{{1e30, 1e30}, {-1e30, -1e30}};
    for (auto const& plane : stack.planes) {
        auto const one = bounding_box(plane.outline);
        if (!one.empty()) {
            box = {{std::min(box.least.x, one.least.x), std::min(box.least.y, one.least.y)},
                   {std::max(box.most.x, one.most.x), std::max(box.most.y, one.most.y)}};
        }
    }
    Grid grid;
    if (box.empty()) {
        return grid;
    }
    double const low = stack.planes.front().low_mm, high = stack.planes.back().high_mm;
    // At most 2e8 cells: a coarser mask is less exact, never too large
    double const volume_mm3 = (box.most.x - box.least.x) * (box.most.y - box.least.y) * (high - low);
    double const pitch = std::max(pitch_mm, std::cbrt(volume_mm3 / 2e8));
    auto const cells = [&](double extent) { return static_cast<int>(std::ceil(extent / pitch)) + 1; };
    grid.size = {cells(box.most.x - box.least.x), cells(box.most.y - box.least.y), cells(high - low)};
    grid.spacing_mm = {pitch, pitch, pitch};
    grid.axes = Mat3<double>{stack.u, stack.v, stack.normal}.transposed();
    grid.origin_mm = box.least.x * stack.u + box.least.y * stack.v + low * stack.normal;
    return grid;
}

/// Smallest block of grid voxels around a box of another grid.
void set_block(StructureMask& mask, Grid const& grid, Grid const& box) {
    Vec3<double> least{1e30, 1e30, 1e30}, most{-1e30, -1e30, -1e30};
    for (int corner = 0; corner < 8; ++corner) {
        auto const at = [&](int bit, int n) { return (corner >> bit & 1) != 0 ? n - 0.5 : -0.5; };
        auto const ijk =
            grid.to_index(box.to_patient({at(0, box.size[0]), at(1, box.size[1]), at(2, box.size[2])}));
        least = {std::min(least.x, ijk.x), std::min(least.y, ijk.y), std::min(least.z, ijk.z)};
        most = {std::max(most.x, ijk.x), std::max(most.y, ijk.y), std::max(most.z, ijk.z)};
    }
    for (int axis = 0; axis < 3; ++axis) {
        auto const a = static_cast<std::size_t>(axis);
        double const n = grid.size[a];
        int const first = static_cast<int>(std::clamp(std::floor(component(least, axis) + 0.5), 0.0, n));
        int const last = static_cast<int>(std::clamp(std::ceil(component(most, axis) + 0.5), 0.0, n));
        mask.first[a] = first;
        mask.size[a] = std::max(0, last - first);
    }
}

/// Weight of the exact mask `fine` at a place, cell by cell.
struct FineMask {
    Grid grid;
    StructureMask mask;
    double at(Vec3<double> patient_mm) const {
        auto const ijk = grid.to_index(patient_mm);
        double const x = std::floor(ijk.x + 0.5), y = std::floor(ijk.y + 0.5), z = std::floor(ijk.z + 0.5);
        bool const inside =
            x >= 0 && y >= 0 && z >= 0 && x < grid.size[0] && y < grid.size[1] && z < grid.size[2];
        return inside ? mask.at(static_cast<int>(x), static_cast<int>(y), static_cast<int>(z)) : 0.0;
    }
};

StructureMask oblique_mask(ContourStack const& stack, Grid const& grid) {
    double const pitch_mm = 0.5 * std::min({grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z});
    FineMask fine{aligned_grid(stack, pitch_mm), {}};
    fine.mask = collected(stack, fine.grid, 2);
    StructureMask mask;
    if (fine.mask.empty()) {
        return mask;
    }
    set_block(mask, grid, fine.grid);
    constexpr int samples = 4;
    auto const place = [](int voxel, int s) { return voxel + (s + 0.5) / samples - 0.5; };
    for (int k = mask.first[2]; k < mask.first[2] + mask.size[2]; ++k) {
        for (int j = mask.first[1]; j < mask.first[1] + mask.size[1]; ++j) {
            for (int i = mask.first[0]; i < mask.first[0] + mask.size[0]; ++i) {
                double sum = 0.0;
                for (int s = 0; s < samples * samples * samples; ++s) {
                    sum += fine.at(grid.to_patient({place(i, s % samples), place(j, s / samples % samples),
                                                    place(k, s / (samples * samples))}));
                }
                mask.weight.push_back(static_cast<float>(sum / (samples * samples * samples)));
            }
        }
    }
    return mask;
}

} // namespace

float StructureMask::at(int i, int j, int k) const {
    int const x = i - first[0], y = j - first[1], z = k - first[2];
    if (x < 0 || y < 0 || z < 0 || x >= size[0] || y >= size[1] || z >= size[2]) {
        return 0.0F;
    }
    return weight[(static_cast<std::size_t>(z) * static_cast<std::size_t>(size[1]) +
                   static_cast<std::size_t>(y)) *
                      static_cast<std::size_t>(size[0]) +
                  static_cast<std::size_t>(x)];
}

void visit_mask(ContourStack const& stack, Grid const& grid,
                std::function<void(MaskBlock const&)> const& visit) {
    int const axis = axis_along(grid, stack.normal);
    if (axis >= 0) {
        MaskSlicer(stack, grid, axis).visit(visit);
        return;
    }
    auto const mask = oblique_mask(stack, grid);
    if (!mask.empty()) {
        std::vector<double> const weight(mask.weight.begin(), mask.weight.end());
        visit({mask.first, mask.size, weight});
    }
}

StructureMask make_mask(ContourStack const& stack, Grid const& grid) {
    int const axis = axis_along(grid, stack.normal);
    auto mask = axis >= 0 ? collected(stack, grid, axis) : oblique_mask(stack, grid);
    double const volume_cm3 = stack.volume_cm3();
    double const outside = volume_cm3 > 0.0 ? 1.0 - mask_volume_cm3(mask, grid) / volume_cm3 : 0.0;
    mask.outside_share = outside > 1e-6 ? outside : 0.0; // weights are floats
    return mask;
}

StructureMask make_mask(Structure const& structure, Grid const& grid, StackOptions const& options,
                        Warnings& warnings) {
    return make_mask(stack_contours(structure, with_lone_plane(options, grid, structure), warnings), grid);
}

double mask_volume_cm3(StructureMask const& mask, Grid const& grid) {
    double sum = 0.0;
    for (float const weight : mask.weight) {
        sum += static_cast<double>(weight);
    }
    return sum * grid.voxel_cm3();
}

StackOptions with_lone_plane(StackOptions options, Grid const& grid, Structure const& structure) {
    if (options.lone_plane_mm <= 0.0) {
        auto const normal = contour_normal(structure);
        int nearest = 0;
        for (int axis = 1; axis < 3; ++axis) {
            if (std::abs(dot(grid.axes.column(axis), normal)) >
                std::abs(dot(grid.axes.column(nearest), normal))) {
                nearest = axis;
            }
        }
        options.lone_plane_mm = component(grid.spacing_mm, nearest);
    }
    return options;
}

} // namespace beamwright
