/// The HTML report of a result, made anew from its files.
#pragma once
#include "jobs/context.hpp"
#include <filesystem>
#include <string>

namespace beamwright {

struct ReportRequest {
    std::filesystem::path case_folder;
    std::string result_name = "dose";
    std::filesystem::path output; ///< empty = report.html in the result folder
};

/// \returns the path of the report.
std::filesystem::path make_report(ReportRequest const& request, JobContext& context);

} // namespace beamwright
