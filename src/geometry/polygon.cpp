#include "geometry/polygon.hpp"
#include "core/refusal.hpp"
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <polyclipping/clipper.hpp>

namespace beamwright {

namespace {

/// Clipper works on integers; 1e-5 mm keeps 1e4 mm inside its fast 64-bit range (1.07e9).
constexpr double steps_per_mm = 1e5;
constexpr double most_mm = 1e4;

ClipperLib::Path to_clipper(Polygon2 const& polygon) {
    ClipperLib::Path path;
    path.reserve(polygon.size());
    for (auto const point : polygon) {
        if (!(std::abs(point.x) <= most_mm && std::abs(point.y) <= most_mm)) {
            refuse(fmt::format("a contour point at ({}, {}) mm", point.x, point.y),
                   fmt::format("coordinates must be numbers within {} mm", most_mm),
                   "export the structures again");
        }
        path.emplace_back(static_cast<ClipperLib::cInt>(std::llround(point.x * steps_per_mm)),
                          static_cast<ClipperLib::cInt>(std::llround(point.y * steps_per_mm)));
    }
    return path;
}

Polygon2 from_clipper(ClipperLib::Path const& path) {
    Polygon2 polygon;
    polygon.reserve(path.size());
    for (auto const& point : path) {
        polygon.push_back(
            {static_cast<double>(point.X) / steps_per_mm, static_cast<double>(point.Y) / steps_per_mm});
    }
    return polygon;
}

} // namespace

double signed_area_mm2(Polygon2 const& polygon) {
    if (polygon.size() < 3) {
        return 0.0;
    }
    // Relative to the first point: no cancellation far from the origin
    auto const origin = polygon.front();
    double twice = 0.0;
    for (std::size_t n = 1; n + 1 < polygon.size(); ++n) {
        auto const a = polygon[n], b = polygon[n + 1];
        twice += (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y);
    }
    return 0.5 * twice;
}

double signed_area_mm2(std::vector<Polygon2> const& polygons) {
    double sum = 0.0;
    for (auto const& polygon : polygons) {
        sum += signed_area_mm2(polygon);
    }
    return sum;
}

std::vector<Polygon2> even_odd(std::vector<Polygon2> const& polygons) {
    ClipperLib::Clipper clipper;
    for (auto const& polygon : polygons) {
        // AddPath drops what has no area (fewer than three distinct points)
        clipper.AddPath(to_clipper(polygon), ClipperLib::ptSubject, true);
    }
    ClipperLib::Paths result;
    clipper.Execute(ClipperLib::ctUnion, result, ClipperLib::pftEvenOdd, ClipperLib::pftEvenOdd);
    std::vector<Polygon2> combined;
    combined.reserve(result.size());
    for (auto const& path : result) {
        combined.push_back(from_clipper(path));
    }
    return combined;
}

Box2 bounding_box(std::vector<Polygon2> const& polygons) {
    constexpr double far = std::numeric_limits<double>::infinity();
    Box2 box{{far, far}, {-far, -far}};
    for (auto const& polygon : polygons) {
        for (auto const point : polygon) {
            box.least = {std::min(box.least.x, point.x), std::min(box.least.y, point.y)};
            box.most = {std::max(box.most.x, point.x), std::max(box.most.y, point.y)};
        }
    }
    return box;
}

} // namespace beamwright
