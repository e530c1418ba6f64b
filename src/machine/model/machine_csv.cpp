#include "core/atomic_file.hpp"
#include "core/text.hpp"
#include "machine/model/machine_json.hpp"
#include <array>
#include <fmt/ranges.h>

namespace beamwright {

namespace {

constexpr std::array<std::string_view, 10> columns{
    "energy_nominal_MeV", "energy_real_MeV", "energy_sigma_MeV", "protons_per_MU", "sigma_x_mm",
    "sigma_y_mm",         "div_x_rad",       "div_y_rad",        "cor_xx",         "cor_yy"};

/// "... defined 500 mm upstream of the isocentre ..." in a comment.
std::optional<double> plane_in_comment(std::string const& comment) {
    auto const words = words_of(comment);
    for (std::size_t i = 0; i + 2 < words.size(); ++i) {
        if (words[i + 1] == "mm" && words[i + 2] == "upstream") {
            return number_in_text(words[i]);
        }
    }
    return std::nullopt;
}

MachineEnergy energy_of_row(std::array<double, 10> const& row) {
    MachineEnergy energy;
    energy.optics.nominal_energy_MeV = row[0];
    energy.optics.mean_energy_MeV = row[1];
    energy.optics.energy_sigma_MeV = row[2];
    energy.protons_per_MU = row[3];
    energy.optics.gaussians = {{1.0, {row[4], row[6], row[8]}, {row[5], row[7], row[9]}}};
    return energy;
}

std::array<double, 10> read_row(TextLine const& line, std::string const& source) {
    auto const cells = split_at(line.text, ',');
    if (cells.size() != columns.size()) {
        refuse_line(source, line.number, fmt::format("{} values", cells.size()),
                    fmt::format("a row holds {}: {}", columns.size(), fmt::join(columns, ", ")),
                    "correct the row");
    }
    std::array<double, 10> row{};
    for (std::size_t i = 0; i < row.size(); ++i) {
        auto const value = number_in_text(cells[i]);
        if (!value) {
            refuse_line(source, line.number, fmt::format("{} is '{}'", columns[i], cells[i]),
                        "it must be a finite number", "correct the value");
        }
        row[i] = *value;
    }
    return row;
}

void check_header(TextLine const& line, std::string const& source) {
    auto const names = split_at(line.text, ',');
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i >= names.size() || names[i] != columns[i]) {
            refuse_line(source, line.number,
                        i < names.size() ? fmt::format("column '{}' where '{}' belongs", names[i], columns[i])
                                         : fmt::format("column '{}' is missing", columns[i]),
                        fmt::format("units stand in the names; expected {}", fmt::join(columns, ",")),
                        "name the columns so (and convert their units)");
        }
    }
    if (names.size() != columns.size()) {
        refuse_line(source, line.number, fmt::format("column '{}' is not known", names[columns.size()]),
                    fmt::format("expected {}", fmt::join(columns, ",")), "remove it");
    }
}

} // namespace

MachineModel machine_from_csv(std::filesystem::path const& file, MachineFileOptions const& options) {
    auto machine = machine_from_csv_text(read_file(file, std::size_t{64} << 20), file.string(), options);
    machine.name = file.stem().string();
    machine.sources = {file.filename().string()};
    return machine;
}

MachineModel machine_from_csv_text(std::string_view text, std::string const& source,
                                   MachineFileOptions const& options) {
    MachineModel machine;
    machine.name = source;
    machine.kind = "other";
    machine.trust = "as the file";
    auto plane = options.optics_plane_z_mm;
    bool header_read = false;
    for (auto const& line : lines_of(text)) {
        if (line.text.starts_with('#')) {
            machine.description.append(machine.description.empty() ? "" : " ");
            machine.description.append(trimmed(std::string_view(line.text).substr(1)));
            plane = plane ? plane : plane_in_comment(line.text);
        } else if (!line.text.empty() && !header_read) {
            check_header(line, source);
            header_read = true;
        } else if (!line.text.empty()) {
            machine.energies.push_back(energy_of_row(read_row(line, source)));
        }
    }
    if (!plane) {
        refuse(fmt::format("{}: the plane of the optics is not stated", source),
               "spot sizes hold at one distance from the isocenter, which this layout does not carry",
               "pass --optics-plane MM, or write '# ... 500 mm upstream ...' in a comment of the file");
    }
    machine.optics_plane_z_mm = *plane;
    machine.virtual_source_x_mm = options.virtual_source_x_mm;
    machine.virtual_source_y_mm = options.virtual_source_y_mm;
    check_machine(machine, source);
    return machine;
}

} // namespace beamwright
