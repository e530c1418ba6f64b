/// Where the program's shipped data lie: tables, machines, calibrations, phantoms.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright {

/// The data folder: $BEAMWRIGHT_DATA, else beside the installed program, else the source tree it was built
/// from. \throws Refusal if none of them exists.
std::filesystem::path data_dir();

/// A name ("generic_cyclotron") or a path of a shipped or own data file of one kind ("machines"):
/// a path that exists wins, else data_dir()/kind/name.json. \throws Refusal listing the names that exist.
std::filesystem::path find_data_file(std::string const& kind, std::string const& name_or_path);

/// Names (without extension) of the shipped files of one kind, sorted.
std::vector<std::string> data_names(std::string const& kind);

} // namespace beamwright
