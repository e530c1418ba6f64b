/// The contours of a structure as a stack of slabs: where each plane begins and ends.
/// docs/methods/structure_masks.md
#pragma once
#include "core/refusal.hpp"
#include "geometry/polygon.hpp"
#include "patient/structures.hpp"
#include <string>
#include <vector>

namespace beamwright {

/// What the first and the last contour plane of a stack stand for.
enum class EndCap {
    full_slice, ///< a whole plane distance, as every plane: the stack reaches half a distance beyond. Area x
                ///< distance.
    half_slice, ///< half a plane distance: the stack ends at its end planes. A lone plane stands for a whole
                ///< distance.
    none        ///< as half_slice, and a lone plane has no volume at all
};
std::string name_of(EndCap end_cap);
/// "full_slice", "half_slice" or "none". \throws Refusal
EndCap end_cap_named(std::string const& name);

struct StackOptions {
    EndCap end_cap = EndCap::full_slice;
    /// Plane distance of a structure drawn in a single plane (the CT's slice distance); 0: not known, no
    /// volume.
    double lone_plane_mm = 0;
};

/// One plane: what its contours enclose (even-odd), taken to hold from low_mm to high_mm along the normal.
struct ContourPlane {
    double position_mm = 0, low_mm = 0, high_mm = 0;
    std::vector<Polygon2> outline; ///< coordinates along u and v; as `even_odd` returns
    double area_mm2 = 0;
};

/// Patient position = a * u + b * v + position * normal; u, v, normal are orthonormal and right-handed.
struct ContourStack {
    Vec3<double> u{1, 0, 0}, v{0, 1, 0}, normal{0, 0, 1};
    std::vector<ContourPlane> planes; ///< ascending; slabs do not overlap
    double volume_cm3() const;        ///< exact: sum of area x thickness
};

/// Normal of the contour planes: a patient axis where they are flat across it, else that of the largest
/// contour. \throws Refusal as stack_contours does.
Vec3<double> contour_normal(Structure const& structure);

/// Planes nearer than 0.05 mm are one plane. Between two planes the slab border lies halfway; where they are
/// more than three median distances apart the structure is taken to end and begin anew (warned, as are filled
/// gaps). \throws Refusal naming the structure if its contours are not planar and parallel within 0.05 mm.
ContourStack stack_contours(Structure const& structure, StackOptions const& options, Warnings& warnings);

/// Analytic volume of the stacked contours; 0 for an empty structure.
double contour_volume_cm3(Structure const& structure, EndCap end_cap = EndCap::full_slice,
                          double lone_plane_mm = 0);

} // namespace beamwright
