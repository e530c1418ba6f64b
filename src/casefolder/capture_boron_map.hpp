/// boron_map of capture.json: boron from a volume or a PET. docs/formats/capture.md
#pragma once
#include "core/json.hpp"
#include <optional>
#include <string>

namespace beamwright {

/// Boron from a volume (of a PET): ratio to blood in every voxel, where no structure states its own.
struct CaptureBoronMap {
    std::string file;       ///< in the case folder: NRRD, MetaImage, NIfTI, or a folder of DICOM PET slices
    std::string series_uid; ///< of DICOM: which series, where the folder holds several
    std::string accept_frame_uid;      ///< of DICOM: a frame of reference that differs from the CT's
    std::string unit;                  ///< "ppm" or "SUV"
    std::optional<double> blood_ppm;   ///< the level in blood that belongs to the map
    std::optional<double> ppm_per_SUV; ///< a calibration, with blood_ppm; or
    std::optional<double> blood_SUV;   ///< what the same PET shows in blood
    bool negatives_are_zero = false;   ///< noise of a reconstruction
    double relative_sigma = 0;         ///< one standard deviation, for scenarios
};

Json to_json(CaptureBoronMap const& map);
/// \throws Refusal with file and field.
CaptureBoronMap boron_map_from_json(JsonReader const& json);

} // namespace beamwright
