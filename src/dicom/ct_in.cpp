#include "dicom/ct_in.hpp"
#include "dicom/ct_slices.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <optional>

namespace beamwright {
namespace {

namespace fs = std::filesystem;
constexpr std::int16_t air_HU = -1000;
constexpr double most_padding_HU = -900; ///< padding above this could be taken for tissue

/// Turns the stored values of one slice into CT numbers, with padding as air.
class HuConverter {
public:
    explicit HuConverter(CtSeries& series) : series_(series) {}

    void convert(ImageSlice const& slice, StoredPixels const& pixels,
                 std::optional<PixelPadding> const& padding, std::int16_t* out) {
        std::size_t const count = slice.layout.pixels_per_frame();
        std::size_t const first = count * static_cast<std::size_t>(slice.frame);
        for (std::size_t i = 0; i < count; ++i) {
            std::int64_t const stored = pixels.value(first + i);
            double const exact = slice.slope * static_cast<double>(stored) + slice.intercept;
            if (padding && padding->holds(stored)) {
                if (exact > most_padding_HU) {
                    tissue_like(slice, stored, exact);
                }
                ++series_.padded_voxels;
                out[i] = air_HU;
                continue;
            }
            double const rounded = std::round(exact);
            if (std::abs(rounded) > std::numeric_limits<std::int16_t>::max()) {
                no_ct_number(slice, stored, exact);
            }
            series_.most_rounding_HU = std::max(series_.most_rounding_HU, std::abs(exact - rounded));
            out[i] = static_cast<std::int16_t>(rounded);
        }
    }

private:
    [[noreturn]] static void no_ct_number(ImageSlice const& slice, std::int64_t stored, double exact) {
        std::string why =
            fmt::format("RescaleSlope {} and RescaleIntercept {}; CT numbers lie within 32767 HU",
                        slice.slope, slice.intercept);
        // Small negative numbers written as unsigned ones look like this
        auto const& layout = slice.layout;
        std::int64_t const wrapped = stored - (std::int64_t{1} << layout.bits_stored);
        if (!layout.is_signed && slice.slope * static_cast<double>(wrapped) + slice.intercept >= -1100) {
            why += fmt::format(
                "; PixelRepresentation (0028,0103) says unsigned, but read as signed the value is "
                "{} HU",
                slice.slope * static_cast<double>(wrapped) + slice.intercept);
        }
        refuse(fmt::format("{}: stored value {} is a CT number of {} HU", slice.file.string(), stored, exact),
               why, "export the series again");
    }

    [[noreturn]] static void tissue_like(ImageSlice const& slice, std::int64_t stored, double exact) {
        refuse(fmt::format("{}: pixels hold the padding value {}, which is also {} HU", slice.file.string(),
                           stored, exact),
               "PixelPaddingValue (0028,0120) marks pixels outside the scan, but this value is also that of "
               "tissue: "
               "which is meant cannot be told",
               "export the series without pixel padding");
    }
    CtSeries& series_;
};

/// A position that contradicts the image axes is worth a look; the axes are what counts.
void check_patient_position(ImageSlice const& slice, Warnings& warnings) {
    // Usual axes of an axial image by position: x, y of the row direction, then of the column direction
    static std::map<std::string, std::array<double, 4>> const usual{
        {"HFS", {1, 0, 0, 1}},   {"HFP", {-1, 0, 0, -1}}, {"FFS", {-1, 0, 0, 1}}, {"FFP", {1, 0, 0, -1}},
        {"HFDL", {0, -1, 1, 0}}, {"HFDR", {0, 1, -1, 0}}, {"FFDL", {0, 1, 1, 0}}, {"FFDR", {0, -1, -1, 0}}};
    auto const& plane = slice.plane;
    auto const known = usual.find(slice.patient_position);
    if (known == usual.end()) {
        warnings.add(
            slice.patient_position.empty()
                ? "the CT does not say the patient position"
                : fmt::format("patient position '{}' of the CT is not known", slice.patient_position),
            "the orientation of the images (0020,0037) is used, which tells the patient axes");
    } else if (std::abs(plane.normal().z) > 0.9) {
        auto const& u = known->second;
        if (plane.row.x * u[0] + plane.row.y * u[1] < 0.7 ||
            plane.column.x * u[2] + plane.column.y * u[3] < 0.7) {
            warnings.add(
                fmt::format("patient position {} contradicts the image axes", slice.patient_position),
                fmt::format(
                    "rows run along ({:.3f}, {:.3f}, {:.3f}), columns along ({:.3f}, {:.3f}, {:.3f}); the "
                    "axes are used",
                    plane.row.x, plane.row.y, plane.row.z, plane.column.x, plane.column.y, plane.column.z),
                "check left and right on a picture");
        }
    }
}

/// The volume of the slices as they lie.
Volume<std::int16_t> read_values(ImageStack const& stack, CtSeries& series) {
    Grid as_scanned = stack.grid;
    as_scanned.size[2] = static_cast<int>(stack.slices.size());
    Volume<std::int16_t> volume(as_scanned);
    HuConverter converter(series);
    for_each_slice(stack, [&](std::size_t k, ImageSlice const& slice, DicomFile const& file,
                              StoredPixels const& pixels) {
        converter.convert(slice, pixels, read_padding(file, slice.layout),
                          volume.values.data() + k * slice.layout.pixels_per_frame());
    });
    return volume;
}

/// Linear interpolation between the two nearest slices.
Volume<std::int16_t> interpolated(Volume<std::int16_t> const& scanned, ImageStack const& stack) {
    Volume<std::int16_t> even(stack.grid);
    std::size_t const plane =
        static_cast<std::size_t>(stack.grid.size[0]) * static_cast<std::size_t>(stack.grid.size[1]);
    for (int k = 0; k < stack.grid.size[2]; ++k) {
        double const at = k * stack.grid.spacing_mm.z;
        auto const above = std::upper_bound(stack.along_mm.begin() + 1, stack.along_mm.end() - 1, at);
        auto const upper = static_cast<std::size_t>(above - stack.along_mm.begin());
        double const step = stack.along_mm[upper] - stack.along_mm[upper - 1];
        double const share = std::clamp((at - stack.along_mm[upper - 1]) / step, 0.0, 1.0);
        for (std::size_t i = 0; i < plane; ++i) {
            double const a = scanned.values[(upper - 1) * plane + i], b = scanned.values[upper * plane + i];
            even.values[static_cast<std::size_t>(k) * plane + i] =
                static_cast<std::int16_t>(std::round(a + share * (b - a)));
        }
    }
    return even;
}

void warn_about(CtSeries const& series, Warnings& warnings) {
    if (series.frame_of_reference_uid.empty()) {
        warnings.add(
            "the CT has no frame of reference",
            "structures, plan and dose cannot be checked to belong to it by FrameOfReferenceUID (0020,0052)");
    }
    if (series.most_rounding_HU > 0) {
        warnings.add(
            fmt::format("CT numbers were rounded to whole HU, by at most {:.3f} HU", series.most_rounding_HU),
            "RescaleSlope or RescaleIntercept is not whole");
    }
    if (series.padded_voxels > 0) {
        warnings.add(
            fmt::format("{} voxels outside the scan were set to air ({} HU)", series.padded_voxels, air_HU),
            "they hold the PixelPaddingValue (0028,0120)");
    }
}

} // namespace

CtSeries read_ct(std::vector<fs::path> const& paths, CtOptions const& options, Warnings& warnings) {
    auto found = find_slices(paths, ct_kind(), read_ct_slices, warnings);
    auto const stack = stack_slices(choose_series(std::move(found), options.series_uid, ct_kind()),
                                    options.resample_slices, ct_kind(), warnings);
    auto const& first = stack.slices.front();
    CtSeries series;
    series.patient = first.patient;
    series.series = first.series;
    series.frame_of_reference_uid = first.frame_of_reference_uid;
    series.patient_position = first.patient_position;
    check_patient_position(first, warnings);
    for (auto const& slice : stack.slices) {
        if (slice.patient_position != first.patient_position) {
            refuse("slices of one series state different patient positions",
                   fmt::format("'{}' in {}, '{}' in {}", first.patient_position, first.file.string(),
                               slice.patient_position, slice.file.string()),
                   "export the series again");
        }
        series.files.push_back(slice.file);
        series.instance_uids.push_back(slice.instance_uid);
    }
    series.hu = read_values(stack, series);
    if (stack.uneven) {
        series.hu = interpolated(series.hu, stack);
        series.resampled = true;
    }
    warn_about(series, warnings);
    return series;
}

} // namespace beamwright
