// Slices to a stack: order, spacing, tilt. docs/methods/dicom_geometry.md
#include "dicom/image_slices.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>

namespace beamwright {
namespace {

constexpr char const* export_again = "export the series again from the scanner or the archive";
constexpr double same_direction = 1e-4; ///< 0.05 mm over 500 mm
constexpr double most_uneven = 0.01;    ///< of the slice spacing (docs/methods/dicom_geometry.md)
constexpr double doubled_mm = 0.01;     ///< two slices nearer than this are one position
constexpr double most_sideways = 0.1;   ///< of a pixel: sideways shift of a slice that is still no tilt

std::string place(ImageSlice const& slice) {
    auto const p = slice.plane.position_mm;
    return fmt::format("({:.2f}, {:.2f}, {:.2f}) mm", p.x, p.y, p.z);
}

/// Memory is taken for what headers claim; a file too short for it, however compressed, is refused before.
void check_claim(ImageSlice const& slice) {
    constexpr std::uintmax_t most_compression = 4000, header_bytes = 4096;
    std::error_code failed;
    auto const bytes = std::filesystem::file_size(slice.file, failed);
    auto const claimed = std::uintmax_t{slice.layout.pixels_per_frame()} *
                         static_cast<std::uintmax_t>(slice.layout.bits_allocated / 8);
    if (!failed && claimed > most_compression * bytes + header_bytes) {
        refuse(fmt::format("{} claims {} x {} pixels but has {} bytes", slice.file.string(),
                           slice.layout.columns, slice.layout.rows, bytes),
               "no compression is that strong: its pixels are missing", "export the series again");
    }
}

/// Sizes, spacings and orientations must be those of the first slice.
void check_alike(ImageSlice const& first, ImageSlice const& slice) {
    auto const differs = [&](std::string const& what) {
        refuse(fmt::format("{}: {} than in the other slices", slice.file.string(), what),
               fmt::format("compared with {}; slices of one volume are alike", first.file.string()),
               export_again);
    };
    if (slice.layout.rows != first.layout.rows || slice.layout.columns != first.layout.columns) {
        differs(fmt::format("{} x {} pixels, other", slice.layout.columns, slice.layout.rows));
    }
    auto const near = [](double a, double b) { return std::abs(a - b) <= 1e-4 * b; };
    if (!near(slice.plane.row_spacing_mm, first.plane.row_spacing_mm) ||
        !near(slice.plane.column_spacing_mm, first.plane.column_spacing_mm)) {
        differs(fmt::format("pixel spacing {} x {} mm, other", slice.plane.row_spacing_mm,
                            slice.plane.column_spacing_mm));
    }
    if (norm(slice.plane.row - first.plane.row) > same_direction ||
        norm(slice.plane.column - first.plane.column) > same_direction) {
        differs("another orientation");
    }
}

/// A stack whose slices shift sideways is sheared: a tilted gantry.
void check_tilt(std::vector<ImageSlice> const& slices) {
    auto const& first = slices.front().plane;
    auto const n = first.normal();
    double const pixel_mm = std::min(first.row_spacing_mm, first.column_spacing_mm);
    double worst_mm = 0;
    for (auto const& slice : slices) {
        auto const shift = slice.plane.position_mm - first.position_mm;
        worst_mm = std::max(worst_mm, norm(shift - dot(shift, n) * n));
    }
    if (worst_mm > most_sideways * pixel_mm) {
        auto const whole = slices.back().plane.position_mm - first.position_mm;
        double const along = dot(whole, n);
        double const tilt = std::atan2(norm(whole - along * n), along) * 180 / std::numbers::pi;
        refuse(
            fmt::format("the slices are sheared: gantry tilt {:.2f} degrees", tilt),
            fmt::format(
                "they shift sideways by up to {:.2f} mm (folder {}); a volume of upright voxels needs slices "
                "straight above each other",
                worst_mm, slices.front().file.parent_path().string()),
            "export the series resampled without tilt, or scan without tilt");
    }
}

/// The lower of the two middle values where their number is even.
double median(std::vector<double> values) {
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Refuses doubled slices always, missing and uneven ones unless they may be interpolated. Returns whether
/// uneven.
bool check_spacing(ImageStack const& stack, double spacing_mm, bool resample, SeriesKind const& kind) {
    bool uneven = false;
    for (std::size_t i = 1; i < stack.slices.size(); ++i) {
        auto const& below = stack.slices[i - 1];
        auto const& above = stack.slices[i];
        double const step = stack.along_mm[i] - stack.along_mm[i - 1];
        if (step < doubled_mm) {
            refuse(fmt::format("two slices at {}", place(above)),
                   fmt::format("files {} and {}", below.file.string(), above.file.string()),
                   "remove the one that does not belong to the scan");
        }
        if (std::abs(step - spacing_mm) <= most_uneven * spacing_mm) {
            continue;
        }
        uneven = true;
        if (!resample) {
            double const missing = std::round(step / spacing_mm) - 1;
            bool const gap = missing >= 1 && std::abs(step - (missing + 1) * spacing_mm) < 0.05 * spacing_mm;
            refuse(
                gap ? fmt::format("{:.0f} {} slice(s) missing between {} and {}", missing, kind.name,
                                  place(below), place(above))
                    : fmt::format("the slice spacing changes between {} and {}", place(below), place(above)),
                fmt::format("it is {:.3f} mm there and {:.3f} mm elsewhere ({} slices, folder {})", step,
                            spacing_mm, stack.slices.size(), above.file.parent_path().string()),
                kind.missing);
        }
    }
    return uneven;
}

/// One slice has no neighbor that tells the spacing; its stated thickness does.
Grid one_slice(ImageSlice const& slice, Grid grid, Warnings& warnings) {
    if (slice.thickness_mm <= 0 || slice.thickness_mm > 100) {
        refuse(
            fmt::format("{}: the series has a single slice without a thickness", slice.file.string()),
            "SliceThickness (0018,0050) is absent or not usable, so nothing tells how far the slice reaches",
            "name the whole series");
    }
    if (slice.gantry_tilt_deg != 0) {
        refuse(fmt::format("{}: a single slice with gantry tilt {} degrees", slice.file.string(),
                           slice.gantry_tilt_deg),
               "a tilted gantry shears the volume that the slice belongs to", "scan without tilt");
    }
    warnings.add(fmt::format("{}: the series has a single slice", slice.file.string()),
                 fmt::format("it is taken to be {} mm thick, as it says", slice.thickness_mm),
                 "name the whole series");
    grid.spacing_mm.z = slice.thickness_mm;
    return grid;
}

} // namespace

ImageStack stack_slices(std::vector<ImageSlice> slices, bool resample, SeriesKind const& kind,
                        Warnings& warnings) {
    auto const n = slices.front().plane.normal();
    for (auto const& slice : slices) {
        check_alike(slices.front(), slice);
        check_claim(slice);
    }
    auto const along = [&](ImageSlice const& slice) { return dot(slice.plane.position_mm, n); };
    std::stable_sort(slices.begin(), slices.end(),
                     [&](ImageSlice const& a, ImageSlice const& b) { return along(a) < along(b); });
    ImageStack stack;
    stack.slices = std::move(slices);
    for (auto const& slice : stack.slices) {
        stack.along_mm.push_back(along(slice) - along(stack.slices.front()));
    }
    auto const& first = stack.slices.front();
    int const count = static_cast<int>(stack.slices.size());
    stack.grid.size = {first.layout.columns, first.layout.rows, count};
    stack.grid.origin_mm = first.plane.position_mm;
    stack.grid.spacing_mm = {first.plane.column_spacing_mm, first.plane.row_spacing_mm, 1};
    stack.grid.axes = axes_of(first.plane);
    if (count == 1) {
        stack.grid = one_slice(first, stack.grid, warnings);
        return stack;
    }
    std::vector<double> steps;
    for (std::size_t i = 1; i < stack.along_mm.size(); ++i) {
        steps.push_back(stack.along_mm[i] - stack.along_mm[i - 1]);
    }
    double const spacing_mm = median(steps);
    stack.uneven = check_spacing(stack, spacing_mm, resample, kind);
    check_tilt(stack.slices);
    double const extent_mm = stack.along_mm.back();
    stack.grid.spacing_mm.z = stack.uneven ? spacing_mm : extent_mm / (count - 1);
    if (stack.uneven) {
        double const planes = std::floor(extent_mm / spacing_mm + 1e-6) + 1;
        if (planes > 4096) {
            refuse(fmt::format("{:.0f} interpolated slices would be needed", planes),
                   fmt::format("the stack is {:.1f} mm long, most slices are {:.3f} mm apart", extent_mm,
                               spacing_mm),
                   export_again);
        }
        stack.grid.size[2] = static_cast<int>(planes);
        warnings.add(fmt::format("the {} slices are unevenly spaced and were interpolated to {:.3f} mm",
                                 kind.name, spacing_mm),
                     "--resample-slices was given", "compare with an evenly spaced series if there is one");
    }
    return stack;
}

} // namespace beamwright
