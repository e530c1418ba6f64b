/// DVHs, metrics and gamma of a calculated dose, or of DICOM files without a case.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include "jobs/weighting.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

struct EvaluateRequest {
    std::filesystem::path case_folder; ///< either a case and a result ...
    std::string result_name = "dose";
    std::filesystem::path dose_file;       ///< ... or a dose (RTDOSE, NRRD, MHA, NIfTI) ...
    std::filesystem::path structures_file; ///< ... and an RTSTRUCT
    std::vector<std::string> structures;   ///< names; empty = all
    double prescription_Gy = 0;            ///< for conformity and V_x%; 0 = none
    std::string end_cap = "full_slice";
    std::filesystem::path dvh_csv; ///< where to write curves; empty = nowhere
    bool accept_effective = false; ///< a dose of type EFFECTIVE may be evaluated, and is named so
    std::string accept_frame_uid;
    WeightingWords weighting;
    // Gamma
    std::filesystem::path reference_dose; ///< empty = no gamma
    double dose_difference_percent = 2, distance_mm = 2, cutoff_percent = 10;
    bool local_gamma = false;
    std::filesystem::path gamma_volume; ///< where to write the map; empty = nowhere
};

struct EvaluateAnswer {
    Json json;
    std::string table; ///< for a person
};

EvaluateAnswer evaluate_dose(EvaluateRequest const& request, JobContext& context);

} // namespace beamwright
