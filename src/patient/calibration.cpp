#include "patient/calibration.hpp"
#include "core/data_files.hpp"
#include <algorithm>
#include <cctype>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool matches(ScannerPattern const& pattern, ScannerInfo const& scanner) {
    return lower(pattern.manufacturer) == lower(scanner.manufacturer) &&
           (pattern.model.empty() || lower(pattern.model) == lower(scanner.model)) &&
           (pattern.kvp == 0 || std::abs(pattern.kvp - scanner.kvp) < 0.5);
}

} // namespace

void check_calibration(Calibration const& calibration, std::string const& source) {
    auto const need = [&](bool holds, std::string const& problem, std::string const& why) {
        if (!holds) {
            refuse(source + ": " + problem, why, "correct the calibration");
        }
    };
    need(calibration.curve.size() >= 2, fmt::format("{} points in the curve", calibration.curve.size()),
         "at least two are needed");
    for (std::size_t i = 0; i < calibration.curve.size(); ++i) {
        auto const& point = calibration.curve[i];
        need(std::isfinite(point.hu) && std::isfinite(point.value) && point.value > 0 && point.value <= 30,
             fmt::format("{} at {} HU", point.value, point.hu), "density and stopping power are above 0");
        need(i == 0 || point.hu > calibration.curve[i - 1].hu,
             fmt::format("{} HU follows {} HU", point.hu, i == 0 ? 0 : calibration.curve[i - 1].hu),
             "HU must rise from point to point");
    }
    need(calibration.least_hu >= calibration.curve.front().hu &&
             calibration.most_hu <= calibration.curve.back().hu && calibration.least_hu < calibration.most_hu,
         fmt::format("limits {} to {} HU", calibration.least_hu, calibration.most_hu),
         fmt::format("the curve holds {} to {} HU", calibration.curve.front().hu,
                     calibration.curve.back().hu));
    need(!calibration.bins.empty(), "no compositions", "every HU needs one");
    for (std::size_t i = 1; i < calibration.bins.size(); ++i) {
        need(calibration.bins[i].from_HU > calibration.bins[i - 1].from_HU,
             fmt::format("composition from {} HU follows {} HU", calibration.bins[i].from_HU,
                         calibration.bins[i - 1].from_HU),
             "bins must rise");
    }
    need(calibration.bins.front().from_HU <= calibration.least_hu,
         fmt::format("no composition below {} HU", calibration.bins.front().from_HU),
         fmt::format("the limits begin at {} HU", calibration.least_hu));
}

Calibration load_calibration(std::filesystem::path const& file_or_folder) {
    namespace fs = std::filesystem;
    std::error_code failed;
    if (fs::is_directory(file_or_folder, failed)) {
        auto const list = file_or_folder / "list.dat";
        return calibration_from_mcsquare(
            file_or_folder / "HU_Density_Conversion.txt", file_or_folder / "HU_Material_Conversion.txt",
            fs::is_regular_file(list, failed) ? std::optional(list) : std::nullopt);
    }
    auto const ending = lower(file_or_folder.extension().string());
    if (ending == ".json") {
        return calibration_from_json(JsonReader::from_file(file_or_folder));
    }
    if (ending == ".csv") {
        return calibration_from_csv(file_or_folder);
    }
    refuse(fmt::format("'{}' is no calibration by its name", file_or_folder.string()),
           "known: .json (this program), .csv (HU table), a folder with HU_Density_Conversion.txt and "
           "HU_Material_Conversion.txt (MCsquare)",
           "rename or convert it");
}

Calibration find_calibration(std::string const& name_or_path) {
    std::error_code failed;
    if (std::filesystem::is_directory(name_or_path, failed)) {
        return load_calibration(name_or_path);
    }
    return load_calibration(find_data_file("calibrations", name_or_path));
}

Calibration calibration_for(std::optional<std::string> const& name_or_path, ScannerInfo const& scanner) {
    if (name_or_path) {
        return find_calibration(*name_or_path);
    }
    auto const names = data_names("calibrations");
    std::optional<Calibration> found;
    for (auto const& name : names) {
        auto const candidate = find_calibration(name);
        if (!std::any_of(candidate.scanners.begin(), candidate.scanners.end(),
                         [&](ScannerPattern const& pattern) { return matches(pattern, scanner); })) {
            continue;
        }
        if (found) {
            refuse(fmt::format("two calibrations are mapped to the scanner: '{}' and '{}'", found->name,
                               candidate.name),
                   fmt::format("scanner: {} {}, {} kV", scanner.manufacturer, scanner.model, scanner.kvp),
                   "say which with --calibration NAME");
        }
        found = candidate;
    }
    if (!found) {
        refuse("no CT calibration is chosen",
               fmt::format("none is mapped to the scanner ({} {}, {} kV); calibrations that exist: {}",
                           scanner.manufacturer.empty() ? "no manufacturer stated" : scanner.manufacturer,
                           scanner.model, scanner.kvp, fmt::join(names, ", ")),
               "pass --calibration NAME or --calibration FILE");
    }
    return *found;
}

} // namespace beamwright
