#include "core/data_files.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {

namespace fs = std::filesystem;

fs::path data_dir() {
    if (char const* const named = std::getenv("BEAMWRIGHT_DATA")) {
        if (fs::is_directory(named)) {
            return named;
        }
        refuse(fmt::format("no data folder at '{}'", named),
               "BEAMWRIGHT_DATA names a folder that does not exist",
               "unset BEAMWRIGHT_DATA or point it at the folder 'data' of beamwright");
    }
    std::error_code failed;
    fs::path const program = fs::read_symlink("/proc/self/exe", failed);
    if (!failed) {
        fs::path installed = program.parent_path().parent_path() / BW_INSTALL_DATA_DIR;
        if (fs::is_directory(installed)) {
            return installed;
        }
    }
    if (fs::is_directory(BW_BUILD_DATA_DIR)) {
        return BW_BUILD_DATA_DIR;
    }
    refuse("the shipped data were not found", "neither beside the program nor in its source tree",
           "install with 'cmake --install', or set BEAMWRIGHT_DATA to the folder 'data'");
}

std::vector<std::string> data_names(std::string const& kind) {
    std::vector<std::string> names;
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(data_dir() / kind, failed)) {
        if (entry.path().extension() == ".json") {
            names.push_back(entry.path().stem().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

fs::path find_data_file(std::string const& kind, std::string const& name_or_path) {
    std::error_code failed;
    if (fs::is_regular_file(name_or_path, failed)) {
        return name_or_path;
    }
    auto const names = data_names(kind);
    if (std::find(names.begin(), names.end(), name_or_path) != names.end()) {
        return data_dir() / kind / (name_or_path + ".json");
    }
    refuse(fmt::format("no '{}' among the {}", name_or_path, kind),
           fmt::format("it is neither a file nor one of the shipped names: {}", fmt::join(names, ", ")),
           "use one of these names or the path of a file of your own");
}

} // namespace beamwright
