/// DICOM files to a case folder.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

struct ImportRequest {
    std::vector<std::filesystem::path> inputs; ///< files and folders, searched for CT, RTSTRUCT, RT Ion Plan
    std::filesystem::path case_folder;
    std::string label;                ///< default: name of the case folder
    std::string series_uid;           ///< which CT series, where there are several
    std::string calibration, machine; ///< names or paths; may stay empty until `dose`
    bool resample_slices = false;
    bool crop_structures = false;
    std::string accept_frame_uid;
    std::string patient_position;          ///< used only where the plan has none
    std::optional<long> fraction_group;    ///< needed only where the plan has several
    std::string virtual_source;            ///< as in DoseJobRequest; kept in the case
    std::optional<double> optics_plane_mm; ///< as virtual_source
    std::string couch;    ///< "remove", "keep:NAME": the CT outside the body is air; empty: as it is
    bool replace = false; ///< overwrite an existing case
};

struct ImportAnswer {
    std::filesystem::path case_folder;
    Json summary; ///< ct, structures, plan in brief
};

/// \throws Refusal; on a refusal no case folder is left behind.
ImportAnswer import_case(ImportRequest const& request, JobContext& context);

} // namespace beamwright
