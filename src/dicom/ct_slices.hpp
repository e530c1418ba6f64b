/// The steps of reading a CT: headers of all slices, the choice of one series, its geometry. Inside dicom/
/// only.
#pragma once
#include "dicom/ct_in.hpp"
#include "dicom/file.hpp"
#include "dicom/image_plane.hpp"
#include "dicom/pixels.hpp"

namespace beamwright {

/// One CT plane: a single-frame file, or a frame of an enhanced CT.
struct CtSlice {
    std::filesystem::path file;
    int frame = 0;
    PatientStudy patient;
    SeriesInfo series;
    std::string frame_of_reference_uid, patient_position, instance_uid;
    PixelLayout layout;
    ImagePlane plane;
    double slope = 1, intercept = 0;
    double thickness_mm = 0, gantry_tilt_deg = 0; ///< 0 where not stated
};

/// The slices in one file (none if it holds no CT; localizers are passed over with a warning).
std::vector<CtSlice> read_ct_slices(DicomFile const& file, std::filesystem::path const& path);

/// The slices of the wanted series. \throws Refusal with the list of series if none or several fit.
std::vector<CtSlice> choose_series(std::vector<CtSlice> all, std::string const& series_uid);

/// Sorts along the normal and checks sizes, orientation, tilt, doubled and missing slices. Returns the grid
/// of the stack; where slices are uneven (allowed by `resample`), of evenly spaced planes over the same
/// extent.
struct CtStack {
    std::vector<CtSlice> slices;
    Grid grid;
    bool uneven = false;
    std::vector<double> along_mm; ///< of the slices, along the normal, from the first
};
CtStack stack_slices(std::vector<CtSlice> slices, bool resample, Warnings& warnings);

} // namespace beamwright
