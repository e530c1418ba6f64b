/// A result to files that other programs read.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include "jobs/weighting.hpp"
#include <filesystem>
#include <string>

namespace beamwright {

struct ExportRequest {
    std::filesystem::path case_folder;
    std::string result_name = "dose";
    std::filesystem::path output_folder; ///< created if absent
    std::string format = "dicom";        ///< dicom, nrrd, mha, nii
    int bits = 16;                       ///< of RTDOSE pixels: 16 or 32
    bool per_beam = false;
    WeightingWords weighting; ///< also a dose weighted with this model: RTDOSE of type EFFECTIVE, or a volume
    bool let = false;         ///< also LETd and LETt: as volumes (NRRD beside RTDOSE) ...
    bool let_as_rtdose = false; ///< ... and LETd as an RTDOSE with units RELATIVE
};

struct ExportAnswer {
    Json json; ///< files[] with path, what it is, largest value, quantization error
};

ExportAnswer export_result(ExportRequest const& request, JobContext& context);

} // namespace beamwright
