#include "core/atomic_file.hpp"
#include "core/text.hpp"
#include "machine/model/machine_json.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <map>

namespace beamwright {

namespace {

/// Lines that say something: no comments, no empty ones.
class BdlLines {
public:
    BdlLines(std::string_view text, std::string source) : source_(std::move(source)) {
        for (auto& line : lines_of(text)) {
            auto const hash = line.text.find('#');
            line.text = std::string(trimmed(std::string_view(line.text).substr(0, hash)));
            if (!line.text.empty()) {
                lines_.push_back(std::move(line));
            }
        }
    }
    bool done() const { return next_ >= lines_.size(); }
    TextLine const& peek() const { return lines_[next_]; }
    TextLine const& take(std::string const& wanted) {
        if (done()) {
            refuse(fmt::format("{}: ends before {}", source_, wanted), "the file is cut short",
                   "export the beam data library again");
        }
        return lines_[next_++];
    }
    double take_number(std::string const& wanted) {
        auto const& line = take(wanted);
        auto const value = number_in_text(words_of(line.text).front());
        if (!value) {
            refuse_line(source_, line.number, fmt::format("'{}' is no number", line.text),
                        wanted + " belongs here", "correct the line");
        }
        return *value;
    }
    std::string const& source() const { return source_; }

private:
    std::string source_;
    std::vector<TextLine> lines_;
    std::size_t next_ = 0;
};

Material shifter_material(std::string const& value, TextLine const& line, std::string const& source) {
    auto const& library = MaterialLibrary::shipped();
    auto const label = number_in_text(value);
    auto const* const material =
        label ? library.find_mcsquare(static_cast<int>(std::clamp(*label, -1.0, 1e6))) : library.find(value);
    if (!material) {
        refuse_line(source, line.number, fmt::format("RS_material '{}' is not known", value),
                    "it is neither a number of MCsquare's material list nor a name of the material library",
                    "write a known one, or convert the machine to JSON and give the composition");
    }
    return *material;
}

/// "RS_ID = RS_Block", "RS_WET = 74.1", ...; a new RS_ID starts the next shifter.
void read_shifter_line(TextLine const& line, std::vector<RangeShifterModel>& shifters,
                       std::string const& source) {
    auto const parts = split_at(line.text, '=');
    if (parts.size() != 2 || parts[1].empty()) {
        refuse_line(source, line.number, fmt::format("'{}' is not understood", line.text),
                    "range shifter lines read 'RS_key = value'", "correct the line");
    }
    std::string const &key = parts[0], &value = parts[1];
    if (key == "RS_ID" || shifters.empty()) {
        shifters.push_back({});
        shifters.back().id = key == "RS_ID" ? value : "RS";
    }
    auto& shifter = shifters.back();
    auto const number = [&](double least, double most) {
        auto const found = number_in_text(value);
        if (!found || !(*found >= least && *found <= most)) {
            refuse_line(source, line.number, fmt::format("{} is '{}'", key, value),
                        fmt::format("allowed: {} to {}", least, most), "correct the value");
        }
        return *found;
    };
    if (key == "RS_material") {
        shifter.material = shifter_material(value, line, source);
        if (shifter.density_g_per_cm3 == 0) {
            shifter.density_g_per_cm3 = shifter.material->density_g_per_cm3;
        }
    } else if (key == "RS_density") {
        shifter.density_g_per_cm3 = number(0.001, 30);
    } else if (key == "RS_WET") {
        shifter.wet_mm = number(0.01, 1000);
    } else if (key == "RS_type" && value == "analog") {
        refuse_line(source, line.number, "an analog range shifter",
                    "its thickness changes during the field; only fixed (binary) shifters are known",
                    "remove it if the plan does not use it");
    } else if (key != "RS_ID" && key != "RS_type") {
        std::vector<std::string> const known{"RS_ID", "RS_type", "RS_material", "RS_density", "RS_WET"};
        auto const near = nearest_word(key, known);
        refuse_line(source, line.number, fmt::format("unknown key '{}'", key),
                    "known: RS_ID, RS_type, RS_material, RS_density, RS_WET",
                    near.empty() ? "remove it" : fmt::format("did you mean '{}'?", near));
    }
}

/// Column name to place in a row.
using Columns = std::map<std::string, std::size_t, std::less<>>;

Columns read_columns(TextLine const& line, std::string const& source) {
    static std::vector<std::string> const known{
        "NominalEnergy", "MeanEnergy",    "EnergySpread",  "ProtonsMU",    "Weight1",       "SpotSize1x",
        "Divergence1x",  "Correlation1x", "SpotSize1y",    "Divergence1y", "Correlation1y", "Weight2",
        "SpotSize2x",    "Divergence2x",  "Correlation2x", "SpotSize2y",   "Divergence2y",  "Correlation2y"};
    Columns columns;
    for (auto const& name : words_of(line.text)) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            auto const near = nearest_word(name, known);
            refuse_line(source, line.number, fmt::format("unknown column '{}'", name),
                        "the columns of the UPenn layout are expected",
                        near.empty() ? "correct the header" : fmt::format("did you mean '{}'?", near));
        }
        columns.emplace(name, columns.size());
    }
    std::size_t const needed = columns.contains("Weight2") ? 18 : 11;
    for (std::size_t i = 0; i < needed; ++i) {
        if (!columns.contains(known[i])) {
            refuse_line(source, line.number, fmt::format("column '{}' is missing", known[i]),
                        "one Gaussian needs 11 columns, two need 18", "correct the header");
        }
    }
    return columns;
}

MachineEnergy read_energy(TextLine const& line, Columns const& columns, std::string const& source) {
    auto const words = words_of(line.text);
    if (words.size() != columns.size()) {
        refuse_line(source, line.number, fmt::format("{} values", words.size()),
                    fmt::format("the header names {} columns", columns.size()), "correct the row");
    }
    auto const value = [&](std::string const& name) {
        auto const number = number_in_text(words[columns.at(name)]);
        if (!number) {
            refuse_line(source, line.number, fmt::format("{} is '{}'", name, words[columns.at(name)]),
                        "it must be a finite number", "correct the value");
        }
        return *number;
    };
    auto const axis = [&](std::string const& which) {
        return AxisOptics{value("SpotSize" + which), value("Divergence" + which),
                          value("Correlation" + which)};
    };
    MachineEnergy energy;
    auto& optics = energy.optics;
    optics.nominal_energy_MeV = value("NominalEnergy");
    optics.mean_energy_MeV = value("MeanEnergy");
    // The spread is percent of the nominal energy in this layout
    optics.energy_sigma_MeV = 0.01 * value("EnergySpread") * optics.nominal_energy_MeV;
    energy.protons_per_MU = value("ProtonsMU");
    double const first = value("Weight1");
    double const second = columns.contains("Weight2") ? value("Weight2") : 0.0;
    if (!(first > 0 && second >= 0 && std::abs(first + second - 1) < 0.01)) {
        refuse_line(source, line.number, fmt::format("weights {} and {}", first, second),
                    "they are shares of the protons and sum to 1", "correct the weights");
    }
    optics.gaussians.push_back({first / (first + second), axis("1x"), axis("1y")});
    if (second > 0) {
        optics.gaussians.push_back({second / (first + second), axis("2x"), axis("2y")});
    }
    return energy;
}

void read_table(BdlLines& lines, MachineModel& machine) {
    double const count = lines.take_number("the number of energies");
    if (!(count >= 1 && count <= 10000 && count == std::floor(count))) {
        refuse(fmt::format("{}: {} energies", lines.source(), count),
               "a whole number from 1 to 10000 is expected", "correct the line after 'Beam parameters'");
    }
    auto const columns = read_columns(lines.take("the column names"), lines.source());
    for (int i = 0; i < static_cast<int>(count); ++i) {
        machine.energies.push_back(
            read_energy(lines.take(fmt::format("row {} of {}", i + 1, count)), columns, lines.source()));
    }
}

} // namespace

MachineModel machine_from_bdl(std::filesystem::path const& file) {
    auto machine = machine_from_bdl_text(read_file(file, std::size_t{64} << 20), file.string());
    machine.name = file.stem().string();
    machine.sources = {file.filename().string()};
    return machine;
}

MachineModel machine_from_bdl_text(std::string_view text, std::string const& source) {
    BdlLines lines(text, source);
    MachineModel machine;
    machine.name = source;
    machine.kind = "other";
    machine.trust = "as the file";
    std::optional<double> plane;
    while (!lines.done()) {
        auto const line = lines.take("a section");
        if (line.text.starts_with("--")) {
            machine.description = line.text;
        } else if (line.text == "Nozzle exit to Isocenter distance") {
            plane = lines.take_number("the nozzle distance");
        } else if (line.text == "SMX to Isocenter distance") {
            machine.virtual_source_x_mm = lines.take_number("the SMX distance");
        } else if (line.text == "SMY to Isocenter distance") {
            machine.virtual_source_y_mm = lines.take_number("the SMY distance");
        } else if (line.text == "Range Shifter parameters") {
            while (!lines.done() && lines.peek().text.starts_with("RS_")) {
                read_shifter_line(lines.take("a range shifter"), machine.range_shifters, lines.source());
            }
        } else if (line.text == "Beam parameters") {
            read_table(lines, machine);
        } else {
            refuse_line(
                lines.source(), line.number, fmt::format("'{}' is not understood", line.text),
                "a double-Gaussian (UPenn) beam data library is expected; polynomial (Grevillot) ones "
                "are not read",
                "convert the machine to JSON (docs/formats/machine.md)");
        }
    }
    if (!plane || !machine.virtual_source_x_mm || !machine.virtual_source_y_mm) {
        refuse(fmt::format("{}: nozzle, SMX or SMY distance is missing", lines.source()),
               "without them the spots cannot be aimed", "export the beam data library again");
    }
    machine.optics_plane_z_mm = *plane;
    check_machine(machine, lines.source());
    return machine;
}

} // namespace beamwright
