/// Structure sets as DICOM objects, and a plain CT to put them on.
#pragma once
#include "dicom/fit.hpp"
#include "rt_builder.hpp"
#include <fmt/format.h>
#include <gmock/gmock.h>

namespace beamwright::test {

inline constexpr char const* test_frame = "1.2.3.9";
inline constexpr char const* test_series = "1.2.3.8";

inline DcmDataset structures_dataset() {
    DcmDataset set_;
    set(set_, DCM_SOPClassUID, UID_RTStructureSetStorage);
    set(set_, DCM_SOPInstanceUID, "1.2.3.7");
    set(set_, DCM_Modality, "RTSTRUCT");
    set(set_, DCM_StructureSetLabel, "Set 1");
    set(set_, DCM_PatientID, "P1");
    set(set_, DCM_PatientName, "Doe^Jane");
    auto& frame = item_of(set_, DCM_ReferencedFrameOfReferenceSequence);
    set(frame, DCM_FrameOfReferenceUID, test_frame);
    auto& study = item_of(frame, DCM_RTReferencedStudySequence);
    set(item_of(study, DCM_RTReferencedSeriesSequence), DCM_SeriesInstanceUID, test_series);
    return set_;
}

/// Structure `index` (0, 1, ...) with number index + 1.
inline void add_structure(DcmDataset& set_, int index, std::string const& name,
                          std::string const& type = "ORGAN") {
    auto const number = std::to_string(index + 1);
    auto& definition = item_of(set_, DCM_StructureSetROISequence, index);
    set(definition, DCM_ROINumber, number);
    set(definition, DCM_ROIName, name);
    set(definition, DCM_ReferencedFrameOfReferenceUID, test_frame);
    auto& observation = item_of(set_, DCM_RTROIObservationsSequence, index);
    set(observation, DCM_ObservationNumber, number);
    set(observation, DCM_ReferencedROINumber, number);
    set(observation, DCM_RTROIInterpretedType, type);
    auto& contours = item_of(set_, DCM_ROIContourSequence, index);
    set(contours, DCM_ReferencedROINumber, number);
    set(contours, DCM_ROIDisplayColor, "255\\128\\0");
}

inline DcmItem& add_contour(DcmDataset& set_, int index, std::string const& data, int points,
                            std::string const& type = "CLOSED_PLANAR") {
    auto& structure = item_of(set_, DCM_ROIContourSequence, index);
    auto& contour = item_of(structure, DCM_ContourSequence, -2); // -2: a new one at the end
    set(contour, DCM_ContourGeometricType, type);
    set(contour, DCM_NumberOfContourPoints, std::to_string(points));
    set(contour, DCM_ContourData, data);
    return contour;
}

/// An upright rectangle in the plane z.
inline DcmItem& add_box(DcmDataset& set_, int index, double x0, double x1, double y0, double y1, double z) {
    auto const data =
        fmt::format("{1:.6g}\\{3:.6g}\\{0:.6g}\\{2:.6g}\\{3:.6g}\\{0:.6g}\\{2:.6g}\\{4:.6g}\\{0:.6g}\\"
                    "{1:.6g}\\{4:.6g}\\{0:.6g}",
                    z, x0, x1, y0, y1);
    return add_contour(set_, index, data, 4);
}

/// 50 x 40 x 20 voxels of 2 x 2 x 3 mm, first voxel at 0.
inline CtSeries plain_ct() {
    CtSeries ct;
    Grid grid;
    grid.size = {50, 40, 20};
    grid.spacing_mm = {2, 2, 3};
    ct.hu.grid = grid;
    ct.frame_of_reference_uid = test_frame;
    ct.series.series_uid = test_series;
    ct.patient.patient_id = "P1";
    ct.patient_position = "HFS";
    return ct;
}

struct StructuresRead {
    StructuresIn in;
    Warnings warnings;
};

inline StructuresRead read_set(DcmDataset const& dataset) {
    StructuresRead result;
    auto const file = DicomFile::from_bytes(bytes_of(dataset), "rs.dcm", result.warnings);
    result.in = read_structures(file);
    return result;
}

} // namespace beamwright::test
