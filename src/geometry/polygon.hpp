/// Polygons in a plane (mm) and their exact even-odd combination. docs/methods/structure_masks.md
#pragma once
#include <vector>

namespace beamwright {

struct Point2 {
    double x = 0, y = 0;
    friend bool operator==(Point2 const&, Point2 const&) = default;
};

/// Closed; the last point joins the first.
using Polygon2 = std::vector<Point2>;

/// Positive when the points run counter-clockwise (x to the right, y up).
double signed_area_mm2(Polygon2 const& polygon);
/// Sum over polygons: the area of what `even_odd` returns, holes subtracted.
double signed_area_mm2(std::vector<Polygon2> const& polygons);

/// Combines polygons by the even-odd rule (a point belongs if an odd number of boundaries surrounds it):
/// holes, keyholes, several parts, self-crossing outlines. The result does not overlap itself; outer outlines
/// run counter-clockwise, holes clockwise. Points are rounded to 1e-5 mm. \throws Refusal if a coordinate is
/// not finite or beyond 1e4 mm.
std::vector<Polygon2> even_odd(std::vector<Polygon2> const& polygons);

struct Box2 {
    Point2 least, most;
    bool empty() const { return !(least.x <= most.x && least.y <= most.y); }
};

/// Smallest upright box around all points; empty() where there are none.
Box2 bounding_box(std::vector<Polygon2> const& polygons);

} // namespace beamwright
