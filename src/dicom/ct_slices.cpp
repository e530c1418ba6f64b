#include "dicom/ct_slices.hpp"
#include <algorithm>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>

namespace beamwright {
namespace {

constexpr char const* export_again = "export the series again from the scanner or the archive";

/// The item of a functional group of a frame: its own, else the one that all frames share.
DicomItem functional_group(DicomFile const& file, std::vector<DicomItem> const& frames, std::size_t frame,
                           DcmTagKey group) {
    if (frame < frames.size() && frames[frame].has(group)) {
        return frames[frame].first_item(group);
    }
    return file.first_item(DCM_SharedFunctionalGroupsSequence).first_item(group);
}

/// RescaleSlope and RescaleIntercept are what turns stored values into CT numbers; without them there are
/// none.
void read_rescale(DicomItem const& item, ImageSlice& slice) {
    slice.slope = item.number(DCM_RescaleSlope);
    slice.intercept = item.number(DCM_RescaleIntercept);
    if (slice.slope <= 0) {
        item.refuse_element(DCM_RescaleSlope, fmt::format("is {}", slice.slope), "it must be above zero",
                            export_again);
    }
    auto const type = item.text_or(DCM_RescaleType, "HU");
    if (type == "US") {
        item.warn_element(DCM_RescaleType, "is US (unspecified)", "the values are taken as CT numbers in HU");
    } else if (type != "HU") {
        item.refuse_element(DCM_RescaleType, fmt::format("is '{}'", type),
                            "only CT numbers in HU can be turned into tissue",
                            "choose the ordinary CT series");
    }
}

ImageSlice read_common(DicomFile const& file, std::filesystem::path const& path) {
    auto slice = read_slice_identity(file, path);
    slice.gantry_tilt_deg = file.number_or(DCM_GantryDetectorTilt, 0);
    if (auto const modality = file.text_or(DCM_Modality, "CT"); modality != "CT") {
        file.warn_element(DCM_Modality, fmt::format("is '{}'", modality),
                          "the file is a CT image by its SOP class");
    }
    if (file.text_or(DCM_LossyImageCompression, "00") == "01") {
        file.warnings().add("the CT was compressed with loss",
                            "CT numbers may differ from those that were measured",
                            "use the original images if they exist");
    }
    return slice;
}

ImageSlice single_frame(DicomFile const& file, ImageSlice slice) {
    slice.plane.position_mm = read_position(file);
    read_orientation(file, slice.plane);
    read_spacing(file, slice.plane);
    read_rescale(file, slice);
    slice.thickness_mm = file.number_or(DCM_SliceThickness, 0);
    if (slice.layout.frames != 1) {
        file.refuse_element(DCM_NumberOfFrames, fmt::format("is {}", slice.layout.frames),
                            "a CT image of this SOP class has one", export_again);
    }
    return slice;
}

std::vector<ImageSlice> enhanced_frames(DicomFile const& file, ImageSlice const& common) {
    auto const frames = file.items(DCM_PerFrameFunctionalGroupsSequence);
    auto const count = static_cast<std::size_t>(common.layout.frames);
    if (frames.size() != count) {
        file.refuse_element(DCM_PerFrameFunctionalGroupsSequence, fmt::format("has {} items", frames.size()),
                            fmt::format("the image has {} frames", count), export_again);
    }
    std::vector<ImageSlice> slices;
    for (std::size_t i = 0; i < count; ++i) {
        ImageSlice slice = common;
        slice.frame = static_cast<int>(i);
        slice.plane.position_mm = read_position(functional_group(file, frames, i, DCM_PlanePositionSequence));
        read_orientation(functional_group(file, frames, i, DCM_PlaneOrientationSequence), slice.plane);
        auto const measures = functional_group(file, frames, i, DCM_PixelMeasuresSequence);
        read_spacing(measures, slice.plane);
        slice.thickness_mm = measures.number_or(DCM_SliceThickness, 0);
        read_rescale(functional_group(file, frames, i, DCM_PixelValueTransformationSequence), slice);
        slices.push_back(std::move(slice));
    }
    return slices;
}

} // namespace

SeriesKind const& ct_kind() {
    static SeriesKind const kind{"CT",
                                 {DicomKind::ct, DicomKind::enhanced_ct},
                                 "pass --series UID with one of these",
                                 "export the series again, or pass --resample-slices to interpolate"};
    return kind;
}

std::vector<ImageSlice> read_ct_slices(DicomFile const& file, std::filesystem::path const& path) {
    auto const kind = file.kind();
    if (kind != DicomKind::ct && kind != DicomKind::enhanced_ct) {
        return {};
    }
    auto const type = file.texts(DCM_ImageType);
    if (std::find(type.begin(), type.end(), "LOCALIZER") != type.end()) {
        file.warn_element(DCM_ImageType, "is LOCALIZER", "a localizer is no slice; it is passed over");
        return {};
    }
    auto common = read_common(file, path);
    if (kind == DicomKind::ct) {
        return {single_frame(file, std::move(common))};
    }
    if (file.text_or(DCM_PixelPresentation, "MONOCHROME") != "MONOCHROME") {
        file.refuse_element(DCM_PixelPresentation, fmt::format("is '{}'", file.text(DCM_PixelPresentation)),
                            "only MONOCHROME holds CT numbers; this is a color map",
                            "choose the ordinary CT series");
    }
    return enhanced_frames(file, common);
}

} // namespace beamwright
