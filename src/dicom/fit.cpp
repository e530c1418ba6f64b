// Frames, series, patients and places of CT, structures and plan against each other.
#include "dicom/fit.hpp"
#include "geometry/polygon.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <optional>

namespace beamwright {
namespace {

/// A structure may stick out of the CT by this share of its volume (couch edges, skin at the border).
constexpr double most_outside = 0.01;
/// Contours lie in a plane, and in a slice, within this share of the spacing.
constexpr double flat_share = 0.01;
constexpr char const* accept =
    "name the right files, or pass --accept-frame UID if the two coordinate systems are known "
    "to be the same";

std::string words(Structure const& structure) {
    return fmt::format("structure {} '{}'", structure.number, structure.name);
}

std::string shown(std::string const& uid) { return uid.empty() ? "(none)" : uid; }

void check_frame(char const* what, std::string const& frame, CtSeries const& ct, FitOptions const& options,
                 Warnings& warnings) {
    auto const& of_ct = ct.frame_of_reference_uid;
    if (frame == of_ct) {
        if (frame.empty()) {
            warnings.add(fmt::format("neither the CT nor the {} names a frame of reference", what),
                         "that they share one coordinate system cannot be checked");
        }
        return;
    }
    auto const problem =
        fmt::format("the {} has frame of reference {}, the CT has {}", what, shown(frame), shown(of_ct));
    if (!options.accept_frame.empty() && (options.accept_frame == frame || options.accept_frame == of_ct)) {
        warnings.add(problem, "accepted as asked (--accept-frame); coordinates are used as they are");
        return;
    }
    refuse(problem, "coordinates in different frames do not name the same places", accept);
}

void check_series(StructuresIn const& structures, CtSeries const& ct, FitOptions const& options,
                  Warnings& warnings) {
    auto const& referenced = structures.referenced_series_uids;
    auto const has = [&](std::string const& uid) {
        return std::find(referenced.begin(), referenced.end(), uid) != referenced.end();
    };
    if (referenced.empty() || ct.series.series_uid.empty() || has(ct.series.series_uid))
        return;
    auto const problem = fmt::format("the structures were drawn on image series {}, the CT is series {}",
                                     referenced.front(), ct.series.series_uid);
    auto const& accepted = options.accept_frame;
    if (!accepted.empty() &&
        (has(accepted) || accepted == ct.series.series_uid || accepted == ct.frame_of_reference_uid ||
         accepted == structures.set.frame_of_reference_uid)) {
        warnings.add(problem, "accepted as asked (--accept-frame)");
        return;
    }
    refuse(problem, "another scan may show the patient in another state", accept);
}

void check_patient(char const* what, PatientStudy const& patient, CtSeries const& ct, Warnings& warnings) {
    if (patient.patient_id == ct.patient.patient_id)
        return;
    warnings.add(fmt::format("the {} has patient id '{}', the CT has '{}'", what, patient.patient_id,
                             ct.patient.patient_id),
                 "they may belong to different patients", "make sure that they belong together");
}

double component(Vec3<double> const& v, int axis) { return axis == 0 ? v.x : axis == 1 ? v.y : v.z; }

/// Range of one index coordinate over a contour.
std::pair<double, double> range_of(Contour const& contour, Grid const& grid, int axis) {
    double low = INFINITY, high = -INFINITY;
    for (auto const& point : contour.points_mm) {
        double const at = component(grid.to_index(point), axis);
        low = std::min(low, at);
        high = std::max(high, at);
    }
    return {low, high};
}

bool is_flat(Structure const& structure, Grid const& grid, int axis) {
    return std::all_of(structure.contours.begin(), structure.contours.end(), [&](auto const& contour) {
        auto const [low, high] = range_of(contour, grid, axis);
        return high - low <= flat_share;
    });
}

/// The grid axis that all contours of a structure are flat across; slices first.
std::optional<int> flat_axis(Structure const& structure, Grid const& grid) {
    for (int const axis : {2, 0, 1}) {
        if (is_flat(structure, grid, axis))
            return axis;
    }
    return std::nullopt;
}

/// Cuts a polygon at x <= limit (sign +1) or x >= limit (sign -1) of one coordinate (Sutherland and Hodgman
/// 1974). Signed areas of what is left are exact, also where it falls into parts.
Polygon2 cut(Polygon2 const& polygon, bool by_x, double limit, double sign) {
    auto const distance = [&](Point2 p) { return sign * (limit - (by_x ? p.x : p.y)); };
    Polygon2 kept;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        Point2 const a = polygon[i], b = polygon[(i + 1) % polygon.size()];
        double const da = distance(a), db = distance(b);
        if (da >= 0.0)
            kept.push_back(a);
        if ((da >= 0.0) != (db >= 0.0)) {
            double const t = da / (da - db);
            kept.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
        }
    }
    return kept;
}

/// Area, in index units, of what a plane's contours enclose: all of it, and inside the grid.
struct PlaneAreas {
    double all = 0, inside = 0;
};

PlaneAreas areas_of(std::vector<Polygon2> const& contours, double plane, std::array<int, 3> size) {
    PlaneAreas areas;
    // Half a slice more than the outermost slice centers, and rounding
    bool const in_stack = plane >= -0.5 - flat_share && plane <= size[2] - 0.5 + flat_share;
    for (auto const& polygon : even_odd(contours)) {
        areas.all += signed_area_mm2(polygon);
        if (!in_stack)
            continue;
        auto part = cut(polygon, true, size[0] - 0.5, 1.0);
        part = cut(part, true, -0.5, -1.0);
        part = cut(part, false, size[1] - 0.5, 1.0);
        part = cut(part, false, -0.5, -1.0);
        areas.inside += signed_area_mm2(part);
    }
    return areas;
}

void check_flat(Structure const& structure, CtSeries const& ct, Warnings& warnings, int& axis) {
    auto const found = flat_axis(structure, ct.hu.grid);
    if (!found) {
        refuse(fmt::format("the contours of {} are not parallel to the slices of the CT", words(structure)),
               "they leave their plane by more than 1 % of the voxel spacing",
               "draw the structure on this CT");
    }
    axis = *found;
    if (axis != 2) {
        warnings.add(fmt::format("the contours of {} run across the slices of the CT", words(structure)),
                     "they are flat across another axis of the CT and are used as they are");
        return;
    }
    std::size_t between = 0;
    for (auto const& contour : structure.contours) {
        double const at = component(ct.hu.grid.to_index(contour.points_mm.front()), 2);
        if (std::abs(at - std::round(at)) > flat_share)
            ++between;
    }
    if (between > 0) {
        warnings.add(fmt::format("{} of {} contours of {} lie between slices of the CT", between,
                                 structure.contours.size(), words(structure)),
                     "the structure is taken from its own planes");
    }
}

bool inside(Grid const& grid, Vec3<double> point_mm) {
    auto const at = grid.to_index(point_mm);
    for (int axis = 0; axis < 3; ++axis) {
        double const i = component(at, axis);
        if (!(i >= -0.5 && i <= grid.size[static_cast<std::size_t>(axis)] - 0.5))
            return false;
    }
    return true;
}

} // namespace

double share_outside(Structure const& structure, Grid const& grid, int axis) {
    // The axis the contours are flat across becomes the third
    int const a = axis == 0 ? 1 : 0, b = axis == 2 ? 1 : 2;
    auto const size_of = [&](int i) { return grid.size[static_cast<std::size_t>(i)]; };
    std::map<long, std::vector<Polygon2>> planes; // by position in thousandths of the spacing
    for (auto const& contour : structure.contours) {
        Polygon2 polygon;
        for (auto const& point : contour.points_mm) {
            auto const at = grid.to_index(point);
            polygon.push_back({component(at, a), component(at, b)});
        }
        double const plane = component(grid.to_index(contour.points_mm.front()), axis);
        planes[std::lround(plane * 1000.0)].push_back(std::move(polygon));
    }
    PlaneAreas sum;
    for (auto const& [key, contours] : planes) {
        auto const areas =
            areas_of(contours, static_cast<double>(key) / 1000.0, {size_of(a), size_of(b), size_of(axis)});
        sum.all += areas.all;
        sum.inside += areas.inside;
    }
    return sum.all > 0.0 ? std::clamp(1.0 - sum.inside / sum.all, 0.0, 1.0) : 0.0;
}

void check_structures_fit_ct(StructuresIn const& structures, CtSeries const& ct, FitOptions const& options,
                             Warnings& warnings) {
    check_frame("structure set", structures.set.frame_of_reference_uid, ct, options, warnings);
    check_series(structures, ct, options, warnings);
    check_patient("structure set", structures.patient, ct, warnings);
    for (auto const& structure : structures.set.structures) {
        if (structure.contours.empty())
            continue;
        int axis = 2;
        check_flat(structure, ct, warnings, axis);
        double const outside = share_outside(structure, ct.hu.grid, axis);
        if (outside >= most_outside && !options.crop_structures) {
            refuse(fmt::format("{} lies outside the CT by {:.1f} % of its volume", words(structure),
                               100.0 * outside),
                   "dose there could not be calculated, so its dose-volume histogram would be wrong",
                   "use the CT it was drawn on, or pass --crop-structures to cut off what lies outside");
        }
        // Rounding of contours that run along the border is no news
        if (outside > 1e-6) {
            warnings.add(fmt::format("{} lies outside the CT by {:.2g} % of its volume", words(structure),
                                     100.0 * outside),
                         "that part is cut off");
        }
    }
}

Plan fitted_to_ct(Plan plan, PatientStudy const& plan_patient, CtSeries const& ct,
                  StructuresIn const* structures, FitOptions const& options, Warnings& warnings) {
    check_frame("plan", plan.frame_of_reference_uid, ct, options, warnings);
    check_patient("plan", plan_patient, ct, warnings);
    if (structures != nullptr && !plan.structure_set_uid.empty() &&
        plan.structure_set_uid != structures->sop_instance_uid) {
        warnings.add(fmt::format("the plan was made with structure set {}, this one is {}",
                                 plan.structure_set_uid, shown(structures->sop_instance_uid)),
                     "the structures may have changed since");
    }
    if (plan.patient_position.empty() && !ct.patient_position.empty()) {
        plan.patient_position = ct.patient_position;
        warnings.add(
            fmt::format("the plan gives no patient position; {} of the CT is used", ct.patient_position),
            "how the patient lies decides where the beams go");
    } else if (!ct.patient_position.empty() && plan.patient_position != ct.patient_position) {
        warnings.add(fmt::format("the plan has the patient in {}, the CT in {}", plan.patient_position,
                                 ct.patient_position),
                     "the plan's position is used", "make sure that the patient is treated that way");
    }
    for (auto const& beam : plan.beams) {
        if (inside(ct.hu.grid, beam.isocenter_mm))
            continue;
        warnings.add(fmt::format("the isocenter of beam {} '{}', ({}, {}, {}) mm, lies outside the CT",
                                 beam.number, beam.name, beam.isocenter_mm.x, beam.isocenter_mm.y,
                                 beam.isocenter_mm.z),
                     "beams usually aim into the patient", "make sure that plan and CT belong together");
    }
    return plan;
}

} // namespace beamwright
