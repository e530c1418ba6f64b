/// A PET series from DICOM files: one volume of standardized uptake (SUV by body weight) in patient coordinates.
#pragma once
#include "core/refusal.hpp"
#include "dicom/patient_study.hpp"
#include "geometry/grid.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// What made SUV of activities.
struct SuvFromActivity {
    double weight_kg = 0, activity_Bq = 0, half_life_s = 0;
    std::string decay_correction;  ///< "START" or "ADMIN"
    double min_from_injection = 0; ///< to the time that the activities were corrected to; 0 for ADMIN
    std::string reference_from;    ///< which element says that time; empty for ADMIN
};

/// What the values of a PET were, and how they became SUV.
struct PetUptake {
    std::string units;                            ///< Units (0054,1001)
    double SUV_per_value = 1;                     ///< times the rescaled value; for BQML: SUV per Bq/ml
    std::optional<SuvFromActivity> from_activity; ///< of BQML only
};

struct PetSeries {
    /// g/ml; index 0 along image rows, 1 along image columns, 2 along the slice normal (ascending)
    Volume<float> suv;
    PetUptake uptake;
    PatientStudy patient;
    SeriesInfo series;
    std::string frame_of_reference_uid;       ///< may be empty
    std::size_t padded_voxels = 0;            ///< outside the scan, set to 0
    std::vector<std::filesystem::path> files; ///< that were used, in slice order
};

/// Reads the static PET in a folder (searched through); other DICOM objects there are passed over. `series_uid` chooses
/// one of several. \throws Refusal for several or other series, several images at one place, missing or uneven slices,
/// values that are no SUV by body weight and cannot be turned into it, and every file that cannot be read.
/// docs/methods/boron_distribution.md
PetSeries read_pet(std::filesystem::path const& folder, std::string const& series_uid, Warnings& warnings);

} // namespace beamwright
