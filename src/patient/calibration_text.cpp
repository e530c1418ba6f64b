#include "core/atomic_file.hpp"
#include "core/text.hpp"
#include "patient/calibration.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <map>

namespace beamwright {

namespace {

constexpr std::size_t most_bytes = std::size_t{16} << 20;

/// Lines with something before a '#'.
std::vector<TextLine> table_lines(std::string_view text) {
    std::vector<TextLine> kept;
    for (auto& line : lines_of(text)) {
        line.text = std::string(trimmed(std::string_view(line.text).substr(0, line.text.find('#'))));
        if (!line.text.empty()) {
            kept.push_back(std::move(line));
        }
    }
    return kept;
}

double number_or_refuse(std::string const& word, std::string const& what, TextLine const& line,
                        std::string const& source) {
    auto const value = number_in_text(word);
    if (!value) {
        refuse_line(source, line.number, fmt::format("{} is '{}'", what, word), "it must be a finite number",
                    "correct the value");
    }
    return *value;
}

void check_rising(double hu, double before, bool first, TextLine const& line, std::string const& source) {
    if (!first && !(hu > before)) {
        refuse_line(source, line.number, fmt::format("{} HU follows {} HU", hu, before),
                    "HU must rise from line to line", "sort the table");
    }
}

std::vector<HuPoint> read_density_lines(std::string_view text, std::string const& source) {
    std::vector<HuPoint> curve;
    for (auto const& line : table_lines(text)) {
        auto const words = words_of(line.text);
        if (words.size() != 2) {
            refuse_line(source, line.number, fmt::format("{} words", words.size()),
                        "a line holds HU and density in g/cm3", "correct the line");
        }
        HuPoint const point{number_or_refuse(words[0], "HU", line, source),
                            number_or_refuse(words[1], "density", line, source)};
        check_rising(point.hu, curve.empty() ? 0 : curve.back().hu, curve.empty(), line, source);
        if (!(point.value > 0 && point.value <= 30)) {
            refuse_line(source, line.number, fmt::format("density {} g/cm3", point.value),
                        "allowed: above 0, at most 30 g/cm3", "correct the value");
        }
        curve.push_back(point);
    }
    return curve;
}

/// Material numbers of a list.dat, "number name" per line.
std::map<int, std::string> read_material_list(std::string_view text, std::string const& source) {
    std::map<int, std::string> names;
    for (auto const& line : table_lines(text)) {
        auto const words = words_of(line.text);
        auto const label = words.size() >= 2 ? number_in_text(words[0]) : std::nullopt;
        if (!label || *label != std::floor(*label) || std::abs(*label) > 1e6) {
            refuse_line(source, line.number, fmt::format("'{}' is not understood", line.text),
                        "a line of the material list holds number and name", "correct the line");
        }
        names[static_cast<int>(*label)] = words[1];
    }
    return names;
}

Material const& mcsquare_material(std::string const& word, std::map<int, std::string> const& list,
                                  TextLine const& line, std::string const& source) {
    auto const& library = MaterialLibrary::shipped();
    auto const label = number_in_text(word);
    Material const* material = nullptr;
    std::string shown = word;
    if (!label) {
        material = library.find(word);
    } else if (list.empty()) {
        material = library.find_mcsquare(static_cast<int>(std::clamp(*label, -1.0, 1e6)));
    } else if (auto const named = list.find(static_cast<int>(std::clamp(*label, -1.0, 1e6)));
               named != list.end()) {
        shown = fmt::format("{} ({})", word, named->second);
        material = library.find(named->second);
    }
    if (!material) {
        refuse_line(source, line.number, fmt::format("material {} is not known", shown),
                    "its composition stands neither in MCsquare's list nor in the material library",
                    "write the calibration as JSON with this composition (docs/formats/calibration.md)");
    }
    return *material;
}

} // namespace

Calibration calibration_from_mcsquare(std::filesystem::path const& density_file,
                                      std::filesystem::path const& material_file,
                                      std::optional<std::filesystem::path> const& material_list) {
    auto const text = [](std::filesystem::path const& file) {
        return NamedText{file.string(), read_file(file, most_bytes)};
    };
    auto calibration =
        calibration_from_mcsquare_text(text(density_file), text(material_file),
                                       material_list ? std::optional(text(*material_list)) : std::nullopt);
    calibration.name = density_file.parent_path().filename().string();
    calibration.sources = {density_file.filename().string(), material_file.filename().string()};
    return calibration;
}

Calibration calibration_from_mcsquare_text(NamedText const& density, NamedText const& material,
                                           std::optional<NamedText> const& material_list) {
    Calibration calibration;
    calibration.name = density.name;
    calibration.description = "MCsquare text pair";
    calibration.curve = read_density_lines(density.text, density.name);
    auto const list = material_list ? read_material_list(material_list->text, material_list->name)
                                    : std::map<int, std::string>{};
    std::string const& source = material.name;
    for (auto const& line : table_lines(material.text)) {
        auto const words = words_of(line.text);
        if (words.size() < 2) {
            refuse_line(source, line.number, fmt::format("'{}' is not understood", line.text),
                        "a line holds HU and material", "correct the line");
        }
        double const hu = number_or_refuse(words[0], "HU", line, source);
        auto& bins = calibration.bins;
        check_rising(hu, bins.empty() ? 0 : bins.back().from_HU, bins.empty(), line, source);
        bins.push_back({hu, mcsquare_material(words[1], list, line, source)});
    }
    if (calibration.curve.empty() || calibration.bins.empty()) {
        refuse(fmt::format("{}: no table", calibration.curve.empty() ? density.name : source),
               "the file holds no lines with values", "check that this is the right file");
    }
    // HU below the first bin take its material, as there: the first bin is the lightest material
    calibration.bins.front().from_HU =
        std::min(calibration.bins.front().from_HU, calibration.curve.front().hu);
    calibration.least_hu = calibration.curve.front().hu;
    calibration.most_hu = calibration.curve.back().hu;
    check_calibration(calibration, density.name);
    return calibration;
}

Calibration calibration_from_csv(std::filesystem::path const& file) {
    auto calibration = calibration_from_csv_text({file.string(), read_file(file, most_bytes)});
    calibration.name = file.stem().string();
    calibration.sources = {file.filename().string()};
    return calibration;
}

Calibration calibration_from_csv_text(NamedText const& table) {
    std::string const& source = table.name;
    Calibration calibration;
    calibration.name = source;
    bool header_read = false;
    for (auto const& line : lines_of(table.text)) {
        if (line.text.empty() || line.text.starts_with('#')) {
            calibration.clamp = calibration.clamp || line.text == "# outside: clamp";
            continue;
        }
        auto const cells = split_at(line.text, ',');
        if (cells.size() != 2) {
            refuse_line(source, line.number, fmt::format("{} values", cells.size()),
                        "a row holds HU and one value", "correct the row");
        }
        if (!header_read) {
            bool const density = cells[1] == "density_g_per_cm3";
            if (cells[0] != "HU" || (!density && cells[1] != "relative_stopping_power")) {
                refuse_line(source, line.number, fmt::format("columns '{}', '{}'", cells[0], cells[1]),
                            "what the values are must stand in the header",
                            "write 'HU,density_g_per_cm3' or 'HU,relative_stopping_power'");
            }
            calibration.curve_is_stopping_power = !density;
            header_read = true;
            continue;
        }
        HuPoint const point{number_or_refuse(cells[0], "HU", line, source),
                            number_or_refuse(cells[1], "value", line, source)};
        check_rising(point.hu, calibration.curve.empty() ? 0 : calibration.curve.back().hu,
                     calibration.curve.empty(), line, source);
        calibration.curve.push_back(point);
    }
    if (calibration.curve.size() < 2) {
        refuse(source + ": no table", "at least two rows are needed", "check that this is the right file");
    }
    calibration.description = "HU table of a clinic; compositions of schneider2000";
    calibration.bins = find_calibration("schneider2000").bins;
    calibration.bins.front().from_HU =
        std::min(calibration.bins.front().from_HU, calibration.curve.front().hu);
    calibration.least_hu = calibration.curve.front().hu;
    calibration.most_hu = calibration.curve.back().hu;
    check_calibration(calibration, source);
    return calibration;
}

} // namespace beamwright
