/// Image planes of one series, CT or PET alike: finding them, choosing the series, its geometry. Inside dicom/
/// only.
#pragma once
#include "dicom/file.hpp"
#include "dicom/image_plane.hpp"
#include "dicom/patient_study.hpp"
#include "dicom/pixels.hpp"
#include "geometry/grid.hpp"
#include <functional>

namespace beamwright {

/// One image plane: a single-frame file, or a frame of an enhanced image.
struct ImageSlice {
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

/// What kind of series is looked for, and what a person can do where it is not as it should be.
struct SeriesKind {
    std::string name;               ///< "CT", "PET"
    std::vector<DicomKind> objects; ///< the files that belong to it
    std::string choose;             ///< how one of several series is chosen
    std::string missing;            ///< what to do about missing or uneven slices
};

/// What every image says: patient, series, frame of reference, pixel layout.
ImageSlice read_slice_identity(DicomFile const& file, std::filesystem::path const& path);

/// The slices in one file; none if it is of no use.
using SliceReader = std::function<std::vector<ImageSlice>(DicomFile const&, std::filesystem::path const&)>;

/// Adds what was said while one image was read; what all of a series have in common comes once, not once per file.
void add_once(Warnings const& of_file, std::filesystem::path const& path, SeriesKind const& kind,
              Warnings& warnings);

/// Headers of all slices of that kind among files and folders. \throws Refusal with what was found instead
std::vector<ImageSlice> find_slices(std::vector<std::filesystem::path> const& paths, SeriesKind const& kind,
                                    SliceReader const& read, Warnings& warnings);

/// The slices of the wanted series. \throws Refusal with the list of series if none or several fit.
std::vector<ImageSlice> choose_series(std::vector<ImageSlice> all, std::string const& series_uid,
                                      SeriesKind const& kind);

/// Sorts along the normal and checks sizes, orientation, tilt, doubled and missing slices. Returns the grid
/// of the stack; where slices are uneven (allowed by `resample`), of evenly spaced planes over the same
/// extent.
struct ImageStack {
    std::vector<ImageSlice> slices;
    Grid grid;
    bool uneven = false;
    std::vector<double> along_mm; ///< of the slices, along the normal, from the first
};
ImageStack stack_slices(std::vector<ImageSlice> slices, bool resample, SeriesKind const& kind,
                        Warnings& warnings);

/// Calls use(index, slice, file, pixels) slice by slice, each file opened once (an enhanced one holds several).
using SliceUse = std::function<void(std::size_t, ImageSlice const&, DicomFile const&, StoredPixels const&)>;
void for_each_slice(ImageStack const& stack, SliceUse const& use);

} // namespace beamwright
