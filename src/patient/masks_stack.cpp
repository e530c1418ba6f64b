#include "patient/masks_stack.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>

namespace beamwright {

namespace {

constexpr double same_plane_mm = 0.05;
constexpr double gap_of_median = 3.0, filled_of_median = 1.5;

struct Spread {
    double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();
};

Spread spread_along(Contour const& contour, Vec3<double> direction) {
    Spread spread;
    for (auto const& point : contour.points_mm) {
        double const position = dot(point, direction);
        spread.least = std::min(spread.least, position);
        spread.most = std::max(spread.most, position);
    }
    return spread;
}

bool all_flat(Structure const& structure, Vec3<double> normal) {
    return std::all_of(structure.contours.begin(), structure.contours.end(), [&](Contour const& contour) {
        auto const spread = spread_along(contour, normal);
        return contour.points_mm.size() < 3 || spread.most - spread.least <= same_plane_mm;
    });
}

/// Newell's area vector: its length is the area, its direction the normal.
Vec3<double> area_vector(Contour const& contour) {
    Vec3<double> sum{};
    auto const& points = contour.points_mm;
    for (std::size_t n = 1; n + 1 < points.size(); ++n) {
        sum = sum + 0.5 * cross(points[n] - points[0], points[n + 1] - points[0]);
    }
    return sum;
}

void set_axes(ContourStack& stack, Structure const& structure) {
    Vec3<double> const x{1, 0, 0}, y{0, 1, 0}, z{0, 0, 1};
    if (all_flat(structure, z)) {
        return;
    }
    if (all_flat(structure, y)) {
        stack.u = z, stack.v = x, stack.normal = y;
        return;
    }
    if (all_flat(structure, x)) {
        stack.u = y, stack.v = z, stack.normal = x;
        return;
    }
    // Oblique: the normal of the largest contour
    Vec3<double> largest{};
    for (auto const& contour : structure.contours) {
        auto const area = area_vector(contour);
        if (norm(area) > norm(largest)) {
            largest = area;
        }
    }
    auto const normal = norm(largest) > 0.0 ? normalized(largest) : z;
    if (!all_flat(structure, normal)) {
        refuse(fmt::format("structure '{}' (number {}) has contours that are not parallel planes",
                           structure.name, structure.number),
               fmt::format("some points lie more than {} mm off the plane of their contour", same_plane_mm),
               "draw or export the structure on parallel slices");
    }
    double const steepest = std::abs(normal.x) > std::abs(normal.y) && std::abs(normal.x) > std::abs(normal.z)
                                ? normal.x
                            : std::abs(normal.y) > std::abs(normal.z) ? normal.y
                                                                      : normal.z;
    stack.normal = steepest < 0.0 ? -1.0 * normal : normal;
    auto const helper = std::abs(stack.normal.x) < 0.7 ? x : y;
    stack.u = normalized(helper - dot(helper, stack.normal) * stack.normal);
    stack.v = cross(stack.normal, stack.u);
}

struct PlacedContour {
    double position_mm;
    Polygon2 polygon;
};

std::vector<PlacedContour> placed_contours(ContourStack const& stack, Structure const& structure) {
    std::vector<PlacedContour> placed;
    for (auto const& contour : structure.contours) {
        if (contour.points_mm.size() < 3) {
            continue;
        }
        PlacedContour one{0.0, {}};
        one.polygon.reserve(contour.points_mm.size());
        for (auto const& point : contour.points_mm) {
            one.position_mm += dot(point, stack.normal) / static_cast<double>(contour.points_mm.size());
            one.polygon.push_back({dot(point, stack.u), dot(point, stack.v)});
        }
        placed.push_back(std::move(one));
    }
    std::stable_sort(placed.begin(), placed.end(),
                     [](auto const& a, auto const& b) { return a.position_mm < b.position_mm; });
    return placed;
}

void group_into_planes(ContourStack& stack, std::vector<PlacedContour> const& placed,
                       Structure const& structure, Warnings& warnings) {
    for (std::size_t first = 0; first < placed.size();) {
        std::size_t last = first;
        std::vector<Polygon2> polygons;
        double position_mm = 0.0;
        for (; last < placed.size() && placed[last].position_mm - placed[first].position_mm <= same_plane_mm;
             ++last) {
            polygons.push_back(placed[last].polygon);
            position_mm += placed[last].position_mm;
        }
        ContourPlane plane;
        plane.position_mm = position_mm / static_cast<double>(last - first);
        plane.outline = even_odd(polygons);
        plane.area_mm2 = signed_area_mm2(plane.outline);
        if (plane.area_mm2 <= 0.0 && polygons.size() > 1) {
            warnings.add(
                fmt::format("structure '{}' has contours at {:.2f} mm that cancel each other", structure.name,
                            plane.position_mm),
                "overlapping contours of one plane combine by XOR, and a doubled contour leaves nothing",
                "check the structure for doubled contours");
        }
        stack.planes.push_back(std::move(plane));
        first = last;
    }
}

double median_distance_mm(std::vector<ContourPlane> const& planes) {
    std::vector<double> distances;
    for (std::size_t n = 1; n < planes.size(); ++n) {
        distances.push_back(planes[n].position_mm - planes[n - 1].position_mm);
    }
    if (distances.empty()) {
        return 0.0;
    }
    auto const middle = distances.begin() + static_cast<std::ptrdiff_t>((distances.size() - 1) / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    return *middle;
}

/// Sets low and high of the planes [first, last), which follow each other without a gap.
void set_slabs(std::vector<ContourPlane>& planes, std::size_t first, std::size_t last, double lone_mm,
               EndCap end_cap) {
    for (auto n = first + 1; n < last; ++n) {
        double const middle = 0.5 * (planes[n - 1].position_mm + planes[n].position_mm);
        planes[n - 1].high_mm = planes[n].low_mm = middle;
    }
    bool const lone = last - first == 1;
    if (lone) {
        double const reach = end_cap == EndCap::none ? 0.0 : 0.5 * lone_mm;
        planes[first].low_mm = planes[first].position_mm - reach;
        planes[first].high_mm = planes[first].position_mm + reach;
        return;
    }
    double const share = end_cap == EndCap::full_slice ? 1.0 : 0.0;
    auto& bottom = planes[first];
    auto& top = planes[last - 1];
    bottom.low_mm = bottom.position_mm - share * (bottom.high_mm - bottom.position_mm);
    top.high_mm = top.position_mm + share * (top.position_mm - top.low_mm);
}

void set_all_slabs(ContourStack& stack, Structure const& structure, StackOptions const& options,
                   Warnings& warnings) {
    auto& planes = stack.planes;
    double const median_mm = median_distance_mm(planes);
    double const lone_mm = median_mm > 0.0 ? median_mm : options.lone_plane_mm;
    int gaps = 0, filled = 0;
    double at_mm = 0.0;
    std::size_t first = 0;
    for (std::size_t n = 1; n <= planes.size(); ++n) {
        double const distance_mm =
            n < planes.size() ? planes[n].position_mm - planes[n - 1].position_mm : 0.0;
        bool const gap = distance_mm > gap_of_median * median_mm * 1.01;
        if (distance_mm > filled_of_median * median_mm) {
            ++(gap ? gaps : filled);
            at_mm = planes[n - 1].position_mm;
        }
        if (n == planes.size() || gap) {
            set_slabs(planes, first, n, lone_mm, options.end_cap);
            first = n;
        }
    }
    if (gaps + filled > 0) {
        warnings.add(
            fmt::format(
                "structure '{}' has {} larger distance(s) between its contour planes, one at {:.2f} mm",
                structure.name, gaps + filled, at_mm),
            fmt::format(
                "its planes are {:.2f} mm apart (median); {} gap(s) up to three times that were filled, "
                "at {} larger one(s) it was taken to end and begin anew",
                median_mm, filled, gaps),
            "check that no contour is missing there");
    }
}

} // namespace

std::string name_of(EndCap end_cap) {
    return end_cap == EndCap::full_slice   ? "full_slice"
           : end_cap == EndCap::half_slice ? "half_slice"
                                           : "none";
}

EndCap end_cap_named(std::string const& name) {
    for (auto const end_cap : {EndCap::full_slice, EndCap::half_slice, EndCap::none}) {
        if (name == name_of(end_cap)) {
            return end_cap;
        }
    }
    refuse(fmt::format("unknown end-cap rule '{}'", name), "the rules are full_slice, half_slice and none",
           "choose one of them");
}

double ContourStack::volume_cm3() const {
    double sum_mm3 = 0.0;
    for (auto const& plane : planes) {
        sum_mm3 += plane.area_mm2 * (plane.high_mm - plane.low_mm);
    }
    return sum_mm3 * 1e-3;
}

Vec3<double> contour_normal(Structure const& structure) {
    ContourStack stack;
    set_axes(stack, structure);
    return stack.normal;
}

ContourStack stack_contours(Structure const& structure, StackOptions const& options, Warnings& warnings) {
    ContourStack stack;
    set_axes(stack, structure);
    group_into_planes(stack, placed_contours(stack, structure), structure, warnings);
    set_all_slabs(stack, structure, options, warnings);
    return stack;
}

double contour_volume_cm3(Structure const& structure, EndCap end_cap, double lone_plane_mm) {
    Warnings ignored;
    return stack_contours(structure, {end_cap, lone_plane_mm}, ignored).volume_cm3();
}

} // namespace beamwright
