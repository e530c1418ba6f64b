#include "dicom/dose_in.hpp"
#include "dicom/file.hpp"
#include "dicom/image_plane.hpp"
#include "dicom/pixels.hpp"
#include <algorithm>
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <fmt/format.h>

namespace beamwright {
namespace {

constexpr char const* export_again = "export the dose again from the planning system";

DoseType read_type(DicomFile const& file) {
    auto const word = file.text(DCM_DoseType);
    for (auto const type : {DoseType::physical, DoseType::effective, DoseType::error}) {
        if (word == word_of(type)) {
            return type;
        }
    }
    file.refuse_element(DCM_DoseType, fmt::format("is '{}'", word), "PHYSICAL, EFFECTIVE or ERROR is needed",
                        export_again);
}

DoseSummation read_summation(DicomFile const& file) {
    auto const word = file.text(DCM_DoseSummationType);
    for (auto const summation :
         {DoseSummation::plan, DoseSummation::beam, DoseSummation::fraction, DoseSummation::multi_plan}) {
        if (word == word_of(summation)) {
            return summation;
        }
    }
    file.warn_element(DCM_DoseSummationType, fmt::format("is '{}'", word),
                      "what the dose sums up is not used");
    return DoseSummation::other;
}

void require_Gy(DicomFile const& file) {
    if (auto const units = file.text(DCM_DoseUnits); units != "GY") {
        file.refuse_element(DCM_DoseUnits, fmt::format("is '{}'", units),
                            "a relative dose cannot be compared or evaluated in Gy", "export the dose in Gy");
    }
}

/// Places of the planes along the normal, from the first plane (PS3.3 C.8.8.3.2).
std::vector<double> plane_places(DicomFile const& file, ImagePlane const& plane, int frames) {
    auto offsets = file.numbers(DCM_GridFrameOffsetVector, static_cast<std::size_t>(frames));
    double const first = offsets.front();
    if (first == 0) {
        return offsets; // relative, along the normal
    }
    // Otherwise patient z of each plane, which only axial planes have
    bool const axial = std::abs(std::abs(plane.normal().z) - 1) < 1e-6;
    if (!axial || std::abs(first - plane.position_mm.z) > 0.01) {
        file.refuse_element(DCM_GridFrameOffsetVector, fmt::format("begins with {}", first),
                            axial ? fmt::format("the first plane lies at z = {} mm (ImagePositionPatient)",
                                                plane.position_mm.z)
                                  : "only the offsets of axial planes may be patient positions",
                            export_again);
    }
    for (double& offset : offsets) {
        offset = (offset - first) * plane.normal().z;
    }
    return offsets;
}

/// The grid, with planes ascending along its third axis; `descending` says that the frames run the other way.
Grid read_grid(DicomFile const& file, PixelLayout const& layout, bool& descending) {
    ImagePlane plane;
    plane.position_mm = read_position(file);
    read_orientation(file, plane);
    read_spacing(file, plane);
    Grid grid;
    grid.size = {layout.columns, layout.rows, layout.frames};
    grid.axes = axes_of(plane);
    grid.origin_mm = plane.position_mm;
    grid.spacing_mm = {plane.column_spacing_mm, plane.row_spacing_mm, 1};
    descending = false;
    if (layout.frames == 1) {
        grid.spacing_mm.z = file.number_or(DCM_SliceThickness, 0);
        if (grid.spacing_mm.z <= 0) {
            refuse(fmt::format("{}: the dose is a single plane without a thickness", file.name()),
                   "SliceThickness (0018,0050) is absent, so nothing tells how far the plane reaches",
                   "export a dose with several planes");
        }
        return grid;
    }
    auto const places = plane_places(file, plane, layout.frames);
    double const step = (places.back() - places.front()) / (layout.frames - 1);
    for (std::size_t i = 1; i < places.size(); ++i) {
        if (step == 0 || std::abs(places[i] - places[i - 1] - step) > 0.01 * std::abs(step)) {
            file.refuse_element(
                DCM_GridFrameOffsetVector, fmt::format("steps from {} to {} mm", places[i - 1], places[i]),
                fmt::format("the planes must be evenly spaced (within 1 %); the mean step is {:.4f} mm",
                            step),
                "export the dose on an even grid");
        }
    }
    grid.spacing_mm.z = std::abs(step);
    descending = step < 0;
    if (descending) {
        grid.origin_mm = grid.origin_mm + places.back() * plane.normal();
    }
    return grid;
}

void read_references(DicomFile const& file, DoseObject& dose) {
    if (file.has(DCM_ReferencedRTPlanSequence)) {
        auto const plan = file.first_item(DCM_ReferencedRTPlanSequence);
        dose.plan_uid = plan.text_or(DCM_ReferencedSOPInstanceUID, "");
        dose.plan_class_uid = plan.text_or(DCM_ReferencedSOPClassUID, "");
        if (plan.has(DCM_ReferencedFractionGroupSequence)) {
            auto const group = plan.first_item(DCM_ReferencedFractionGroupSequence);
            dose.fraction_group_number =
                static_cast<int>(group.integer_or(DCM_ReferencedFractionGroupNumber, 1));
            auto const beams = group.items(DCM_ReferencedBeamSequence);
            if (beams.size() == 1) {
                dose.beam_number = static_cast<int>(beams.front().integer(DCM_ReferencedBeamNumber));
            }
        }
    }
    if (file.has(DCM_ReferencedStructureSetSequence)) {
        dose.structure_set_uid =
            file.first_item(DCM_ReferencedStructureSetSequence).text_or(DCM_ReferencedSOPInstanceUID, "");
    }
}

/// Cumulative histograms in cm3 with equal bins, as we write them; others are not needed and passed over.
void read_dvhs(DicomFile const& file, DoseObject& dose) {
    for (auto const& item : file.items(DCM_DVHSequence)) {
        auto const rois = item.items(DCM_DVHReferencedROISequence);
        auto const data = item.numbers(DCM_DVHData);
        bool const plain = item.text_or(DCM_DVHType, "") == "CUMULATIVE" &&
                           item.text_or(DCM_DVHVolumeUnits, "") == "CM3" &&
                           item.text_or(DCM_DoseUnits, "") == "GY";
        if (!plain || rois.size() != 1 || data.empty() || data.size() % 2 != 0) {
            continue;
        }
        DoseDvh dvh;
        dvh.structure_number = static_cast<int>(rois.front().integer(DCM_ReferencedROINumber));
        dvh.bin_Gy = data.front() * item.number_or(DCM_DVHDoseScaling, 1);
        bool equal = true;
        for (std::size_t i = 0; i < data.size(); i += 2) {
            equal = equal && data[i] == data.front();
            dvh.volumes_cm3.push_back(data[i + 1]);
        }
        if (equal) {
            dose.dvhs.push_back(std::move(dvh));
        }
    }
}

void fill(DicomFile const& file, DoseObject& dose, StoredPixels const& pixels, double scaling,
          bool descending) {
    auto const& size = dose.dose_Gy.grid.size;
    std::size_t const plane = static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]);
    auto const frames = static_cast<std::size_t>(size[2]);
    for (std::size_t k = 0; k < frames; ++k) {
        std::size_t const from = (descending ? frames - 1 - k : k) * plane;
        for (std::size_t i = 0; i < plane; ++i) {
            double const value = scaling * static_cast<double>(pixels.value(from + i));
            if (value < 0 && dose.type != DoseType::error) {
                refuse(fmt::format("{}: a dose of {} Gy", file.name(), value), "a dose is not negative",
                       export_again);
            }
            dose.dose_Gy.values[k * plane + i] = static_cast<float>(value);
        }
    }
}

} // namespace

DoseObject read_rtdose(DicomFile const& file) {
    file.expect_kind(DicomKind::dose);
    require_Gy(file);
    DoseObject dose;
    dose.type = read_type(file);
    dose.summation = read_summation(file);
    dose.comment = file.text_or(DCM_DoseComment, "");
    dose.patient = read_patient_study(file);
    dose.series = read_series_info(file);
    dose.frame_of_reference_uid = file.text_or(DCM_FrameOfReferenceUID, "");
    dose.sop_instance_uid = file.text_or(DCM_SOPInstanceUID, "");
    read_references(file, dose);
    read_dvhs(file, dose);
    double const scaling = file.number(DCM_DoseGridScaling);
    if (scaling <= 0) {
        file.refuse_element(DCM_DoseGridScaling, fmt::format("is {}", scaling), "it must be above zero",
                            export_again);
    }
    auto const layout = read_pixel_layout(file);
    bool descending = false;
    Grid const grid = read_grid(file, layout, descending);
    auto const pixels = read_pixels(file, layout);
    dose.dose_Gy = Volume<float>(grid);
    fill(file, dose, pixels, scaling, descending);
    return dose;
}

DoseObject read_rtdose(std::filesystem::path const& file, Warnings& warnings) {
    return read_rtdose(DicomFile::open(file, warnings));
}

char const* word_of(DoseType type) {
    return type == DoseType::physical ? "PHYSICAL" : type == DoseType::effective ? "EFFECTIVE" : "ERROR";
}

char const* word_of(DoseUnits units) { return units == DoseUnits::gray ? "GY" : "RELATIVE"; }

char const* word_of(DoseSummation summation) {
    switch (summation) {
    case DoseSummation::plan:
        return "PLAN";
    case DoseSummation::beam:
        return "BEAM";
    case DoseSummation::fraction:
        return "FRACTION";
    case DoseSummation::multi_plan:
        return "MULTI_PLAN";
    case DoseSummation::other:
        break;
    }
    return "OTHER";
}

Volume<float> const& physical_Gy(DoseObject const& dose, std::string const& name) {
    if (dose.type != DoseType::physical) {
        refuse(fmt::format("{}: the dose is {}, but physical dose is needed", name, word_of(dose.type)),
               "DoseType (3004,0004): an effective dose contains a biological factor that the file does not "
               "state",
               "name the factor explicitly, or export the physical dose");
    }
    return dose.dose_Gy;
}

void check_dose_belongs(DoseObject const& dose, std::string const& name,
                        std::string const& frame_of_reference_uid, std::string const& plan_uid,
                        Warnings& warnings) {
    if (dose.frame_of_reference_uid.empty() || frame_of_reference_uid.empty()) {
        warnings.add(fmt::format("{}: it cannot be checked that the dose lies in the frame of the CT", name),
                     "FrameOfReferenceUID (0020,0052) is not stated in both", "check positions on a picture");
    } else if (dose.frame_of_reference_uid != frame_of_reference_uid) {
        refuse(fmt::format("{}: the dose is in another frame of reference than the CT", name),
               fmt::format("FrameOfReferenceUID (0020,0052) is {} there and {} in the CT",
                           dose.frame_of_reference_uid, frame_of_reference_uid),
               "export dose and CT of one plan");
    }
    if (!plan_uid.empty() && dose.plan_uid != plan_uid) {
        warnings.add(fmt::format("{}: the dose belongs to another plan", name),
                     fmt::format("it refers to {}, the plan here is {}",
                                 dose.plan_uid.empty() ? "no plan" : dose.plan_uid, plan_uid),
                     "compare only if the plans are the same treatment");
    }
}

} // namespace beamwright
