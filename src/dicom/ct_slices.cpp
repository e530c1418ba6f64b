#include "dicom/ct_slices.hpp"
#include <algorithm>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>
#include <map>
#include <tuple>

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
void read_rescale(DicomItem const& item, CtSlice& slice) {
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

void read_common(DicomFile const& file, CtSlice& slice) {
    slice.patient = read_patient_study(file);
    slice.series = read_series_info(file);
    slice.frame_of_reference_uid = file.text_or(DCM_FrameOfReferenceUID, "");
    slice.patient_position = file.text_or(DCM_PatientPosition, "");
    slice.instance_uid = file.text_or(DCM_SOPInstanceUID, "");
    slice.layout = read_pixel_layout(file);
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
}

CtSlice single_frame(DicomFile const& file, CtSlice slice) {
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

std::vector<CtSlice> enhanced_frames(DicomFile const& file, CtSlice const& common) {
    auto const frames = file.items(DCM_PerFrameFunctionalGroupsSequence);
    auto const count = static_cast<std::size_t>(common.layout.frames);
    if (frames.size() != count) {
        file.refuse_element(DCM_PerFrameFunctionalGroupsSequence, fmt::format("has {} items", frames.size()),
                            fmt::format("the image has {} frames", count), export_again);
    }
    std::vector<CtSlice> slices;
    for (std::size_t i = 0; i < count; ++i) {
        CtSlice slice = common;
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

/// What must be the same for all slices of one volume.
auto group_of(CtSlice const& slice) {
    return std::tie(slice.series.series_uid, slice.frame_of_reference_uid, slice.patient.patient_id);
}
using Group = std::tuple<std::string, std::string, std::string>;

struct Summary {
    std::size_t count = 0;
    CtSlice const* example = nullptr;
};

std::string listed(std::map<Group, Summary> const& groups) {
    std::string text;
    std::size_t shown = 0;
    for (auto const& [group, summary] : groups) {
        if (++shown > 20) {
            text += fmt::format("; and {} more", groups.size() - 20);
            break;
        }
        text += fmt::format("{}series {} ({} images, '{}', frame of reference {}, patient '{}')",
                            text.empty() ? "" : "; ", std::get<0>(group), summary.count,
                            summary.example->series.series_description,
                            std::get<1>(group).empty() ? "none" : std::get<1>(group), std::get<2>(group));
    }
    return text;
}

} // namespace

std::vector<CtSlice> read_ct_slices(DicomFile const& file, std::filesystem::path const& path) {
    auto const kind = file.kind();
    if (kind != DicomKind::ct && kind != DicomKind::enhanced_ct) {
        return {};
    }
    auto const type = file.texts(DCM_ImageType);
    if (std::find(type.begin(), type.end(), "LOCALIZER") != type.end()) {
        file.warn_element(DCM_ImageType, "is LOCALIZER", "a localizer is no slice; it is passed over");
        return {};
    }
    CtSlice common;
    common.file = path;
    read_common(file, common);
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

std::vector<CtSlice> choose_series(std::vector<CtSlice> all, std::string const& series_uid) {
    std::map<Group, Summary> every, wanted;
    for (auto const& slice : all) {
        auto const add = [&](std::map<Group, Summary>& to) {
            auto& summary = to[Group(group_of(slice))];
            ++summary.count;
            summary.example = &slice;
        };
        add(every);
        if (series_uid.empty() || slice.series.series_uid == series_uid) {
            add(wanted);
        }
    }
    if (wanted.empty()) {
        refuse(fmt::format("no CT series {}", series_uid), "the files hold " + listed(every),
               "pass --series UID with one of these");
    }
    if (wanted.size() > 1) {
        bool const one_series = std::all_of(wanted.begin(), wanted.end(), [&](auto const& entry) {
            return std::get<0>(entry.first) == std::get<0>(wanted.begin()->first);
        });
        refuse(one_series ? "one CT series mixes patients or frames of reference"
                          : fmt::format("{} CT series, but one is needed", wanted.size()),
               listed(wanted),
               one_series ? "name only the files that belong together"
                          : "pass --series UID with one of these");
    }
    std::erase_if(all, [&](CtSlice const& slice) {
        return !series_uid.empty() && slice.series.series_uid != series_uid;
    });
    return all;
}

} // namespace beamwright
