/// What DICOM files hold and what is wrong with them, without a case.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright {

struct InspectAnswer {
    Json json;
    std::string table;
    bool problems = false; ///< something that an import would refuse
};

InspectAnswer inspect_files(std::vector<std::filesystem::path> const& paths, JobContext& context);

} // namespace beamwright
