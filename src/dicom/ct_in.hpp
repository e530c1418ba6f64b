/// A CT series from DICOM files: one volume of CT numbers in patient coordinates, checked, nothing guessed.
#pragma once
#include "core/refusal.hpp"
#include "dicom/patient_study.hpp"
#include "geometry/grid.hpp"
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright {

struct CtOptions {
    std::string series_uid;       ///< which series, where the files hold several; empty: the only one
    bool resample_slices = false; ///< allow unevenly spaced slices to be interpolated (with a warning)
};

struct CtSeries {
    /// index 0 along image rows, 1 along image columns, 2 along the slice normal (ascending)
    Volume<std::int16_t> hu;
    PatientStudy patient;
    SeriesInfo series;
    std::string frame_of_reference_uid; ///< may be empty
    std::string patient_position;       ///< "HFS", ...; may be empty
    /// greatest change by rounding to whole HU (0 where slope and intercept are whole)
    double most_rounding_HU = 0;
    std::size_t padded_voxels = 0;            ///< voxels outside the scan that were set to air (-1000 HU)
    std::vector<std::string> instance_uids;   ///< of the slices (for structure references)
    std::vector<std::filesystem::path> files; ///< that were used, in slice order
    bool resampled = false;
};

/// Reads the CT in files or folders (searched through); other DICOM objects there are passed over.
/// \throws Refusal for several series (listed), missing, doubled or uneven slices, gantry tilt, missing
/// rescale, and every file that cannot be read. docs/methods/dicom_geometry.md
CtSeries read_ct(std::vector<std::filesystem::path> const& paths, CtOptions const& options,
                 Warnings& warnings);

} // namespace beamwright
