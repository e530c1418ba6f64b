#include "volume/text_header.hpp"
#include "core/refusal.hpp"
#include "volume/packed.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <string>

namespace beamwright {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_header_bytes = std::size_t{1} << 16;

std::string first_bytes(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    std::string bytes(most_header_bytes, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

std::string trimmed(std::string text) {
    auto const blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.back())) {
        text.pop_back();
    }
    auto const start = std::find_if_not(text.begin(), text.end(), blank);
    return {start, text.end()};
}

/// Fields "key<separator>value" of the header lines; `last_key` ends the header where it is met.
std::map<std::string, std::string> fields_of(std::string const& bytes, char separator,
                                             std::string const& last_key) {
    std::map<std::string, std::string> fields;
    for (std::size_t start = 0; start < bytes.size();) {
        auto const end = std::min(bytes.find('\n', start), bytes.size());
        auto const line = trimmed(bytes.substr(start, end - start));
        start = end + 1;
        if (line.empty() && last_key.empty()) {
            break; // NRRD: a blank line ends the header
        }
        auto const mark = line.find(separator);
        if (mark == std::string::npos || line.front() == '#') {
            continue;
        }
        auto const key = trimmed(line.substr(0, mark));
        fields.emplace(key, trimmed(line.substr(mark + 1)));
        if (key == last_key) {
            break;
        }
    }
    return fields;
}

[[noreturn]] void refuse_file(fs::path const& file, std::string const& problem, std::string const& why,
                              std::string const& what_to_do) {
    refuse(fmt::format("'{}': {}", file.string(), problem), why, what_to_do);
}

void require_beside(fs::path const& file, std::string const& data_file) {
    if (data_file.find('/') != std::string::npos || data_file.find('\\') != std::string::npos ||
        data_file.find('%') != std::string::npos || data_file.rfind("LIST", 0) == 0) {
        refuse_file(file, fmt::format("its values lie in '{}'", data_file),
                    "a detached data file must be one file in the same folder",
                    "write the volume as one file (.nrrd or .mha)");
    }
}

bool means_mm(std::string const& units) {
    auto rest = units;
    for (std::string const name : {"\"mm\"", "\"millimeters\"", "\"millimeter\""}) {
        for (auto at = rest.find(name); at != std::string::npos; at = rest.find(name)) {
            rest.erase(at, name.size());
        }
    }
    return trimmed(rest).empty();
}

} // namespace

void check_meta_values(fs::path const& file, std::size_t bytes) {
    auto const text = first_bytes(file);
    auto const fields = fields_of(text, '=', "ElementDataFile");
    auto const data_file = fields.contains("ElementDataFile") ? fields.at("ElementDataFile") : std::string{};
    bool const local = data_file == "LOCAL" || data_file == "Local" || data_file == "local";
    std::size_t start = 0;
    if (local) {
        start = std::min(text.find('\n', text.find("ElementDataFile")), text.size() - 1) + 1;
    }
    auto const source = local ? file : file.parent_path() / data_file;
    std::ifstream in(source, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(start));
    std::error_code failed;
    auto const size = fs::file_size(source, failed);
    auto const compressed = fields.find("CompressedData");
    bool const packed =
        compressed != fields.end() && (compressed->second.starts_with('T') || compressed->second == "1");
    std::size_t const held = failed || size < start ? 0 : packed ? unpacked_length(in, bytes) : size - start;
    if (held < bytes || (packed && held != bytes)) {
        refuse_file(file, fmt::format("it holds {} bytes of values, not {}", held, bytes),
                    "the file is cut short or its packed values are broken", "copy or write it again");
    }
}

void check_nrrd_header(fs::path const& file) {
    auto const text = first_bytes(file);
    if (!text.starts_with("NRRD0")) {
        refuse_file(file, "it is no NRRD file", "it does not begin with 'NRRD000'",
                    "check that this is the right file");
    }
    auto const fields = fields_of(text, ':', "");
    if (!fields.contains("space directions") || !fields.contains("space origin")) {
        refuse_file(file, "it does not say where its voxels are",
                    "the fields 'space directions' and 'space origin' are both needed",
                    "write it again with position and orientation");
    }
    if (fields.at("space directions").find("none") != std::string::npos) {
        refuse_file(file, "one of its axes has no direction",
                    "a volume has one number per voxel and three axes in space",
                    "write each component as a volume of its own");
    }
    if (!fields.contains("space")) {
        refuse_file(file, "it does not name its coordinate system",
                    "the field 'space' is missing, so left could be taken for right",
                    "write it again with 'space: left-posterior-superior' or another anatomical space");
    }
    if (auto const units = fields.find("space units"); units != fields.end() && !means_mm(units->second)) {
        refuse_file(file, fmt::format("its space units are {}", units->second), "positions are read in mm",
                    "convert the volume to mm");
    }
    for (auto const* const key : {"data file", "datafile"}) {
        if (auto const data = fields.find(key); data != fields.end()) {
            require_beside(file, data->second);
        }
    }
}

void check_meta_header(fs::path const& file) {
    auto const fields = fields_of(first_bytes(file), '=', "ElementDataFile");
    if (!fields.contains("DimSize")) {
        refuse_file(file, "it is no MetaImage header", "the field DimSize is missing",
                    "check that this is the right file");
    }
    // The reader does not come back from a negative number of dimensions
    if (auto const dimensions = fields.find("NDims");
        dimensions != fields.end() && (dimensions->second.size() != 1 || dimensions->second.front() < '1' ||
                                       dimensions->second.front() > '4')) {
        refuse_file(file, fmt::format("its number of dimensions is '{}'", dimensions->second),
                    "a volume has three", "check that this is the right file");
    }
    if (!fields.contains("ElementSpacing")) {
        refuse_file(file, "it does not say its voxel size", "the field ElementSpacing is missing",
                    "write it again with its spacing");
    }
    if (!fields.contains("Offset") && !fields.contains("Position") && !fields.contains("Origin")) {
        refuse_file(file, "it does not say where its voxels are", "the field Offset is missing",
                    "write it again with its position");
    }
    if (auto const data = fields.find("ElementDataFile"); data != fields.end()) {
        require_beside(file, data->second);
    }
}

} // namespace beamwright
