#include "core/atomic_file.hpp"
#include "core/data_files.hpp"
#include "core/text.hpp"
#include "machine/model/machine_json.hpp"
#include <algorithm>
#include <fmt/ranges.h>

namespace beamwright {

MachineFileOptions machine_file_options(std::string const& virtual_source,
                                        std::optional<double> optics_plane_mm) {
    MachineFileOptions options;
    options.optics_plane_z_mm = optics_plane_mm;
    if (virtual_source == "parallel") {
        options.virtual_source_x_mm = options.virtual_source_y_mm = 0;
    } else if (!virtual_source.empty()) {
        auto const pieces = split_at(virtual_source, ',');
        auto const x = number_in_text(pieces.front()), y = number_in_text(pieces.back());
        if (pieces.size() != 2 || !x || !y || !(*x >= 100 && *x <= 100000) || !(*y >= 100 && *y <= 100000)) {
            refuse(fmt::format("--virtual-source '{}' is not understood", virtual_source),
                   "it is the distance from the isocenter to the scanning center in x and y, 100 to 100000 "
                   "mm, or "
                   "parallel",
                   "for example --virtual-source 2000,2560");
        }
        options.virtual_source_x_mm = x;
        options.virtual_source_y_mm = y;
    }
    return options;
}

MachineModel load_machine(std::filesystem::path const& file, MachineFileOptions const& options) {
    std::string ending = file.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    MachineModel machine;
    if (ending == ".json") {
        machine = machine_from_json(JsonReader::from_file(file));
    } else if (ending == ".csv") {
        return machine_from_csv(file, options);
    } else if (ending == ".txt" || ending == ".bdl") {
        machine = machine_from_bdl(file);
    } else {
        refuse(fmt::format("'{}' is no machine file by its name", file.string()),
               "known: .json (this program), .csv (beam model table), .txt or .bdl (MCsquare)",
               "rename or convert it");
    }
    if (options.optics_plane_z_mm) {
        refuse(fmt::format("{}: states its optics plane ({} mm) itself", file.string(),
                           machine.optics_plane_z_mm),
               "the optics hold at that plane only", "leave out --optics-plane");
    }
    machine.virtual_source_x_mm =
        options.virtual_source_x_mm ? options.virtual_source_x_mm : machine.virtual_source_x_mm;
    machine.virtual_source_y_mm =
        options.virtual_source_y_mm ? options.virtual_source_y_mm : machine.virtual_source_y_mm;
    check_machine(machine, file.string());
    return machine;
}

MachineModel find_machine(std::string const& name_or_path, MachineFileOptions const& options) {
    return load_machine(find_data_file("machines", name_or_path), options);
}

std::optional<MachineModel> machine_for_treatment_name(std::string const& treatment_machine_name) {
    for (auto const& name : data_names("machines")) {
        auto const machine = find_machine(name);
        auto const& known = machine.treatment_machine_names;
        if (name == treatment_machine_name || machine.name == treatment_machine_name ||
            std::find(known.begin(), known.end(), treatment_machine_name) != known.end()) {
            return machine;
        }
    }
    return std::nullopt;
}

MachineModel machine_for_plan(std::vector<std::string> const& treatment_machine_names,
                              std::optional<std::string> const& name_or_path,
                              MachineFileOptions const& options) {
    if (name_or_path) {
        return find_machine(*name_or_path, options);
    }
    std::optional<MachineModel> machine;
    for (auto const& name : treatment_machine_names) {
        auto const found = machine_for_treatment_name(name);
        if (!found) {
            refuse(fmt::format("the plan's machine '{}' maps to no machine file", name),
                   fmt::format("machines that exist: {}", fmt::join(data_names("machines"), ", ")),
                   "pass --machine NAME or --machine FILE");
        }
        if (machine && machine->name != found->name) {
            refuse(fmt::format("the beams need two machines: '{}' and '{}'", machine->name, found->name),
                   "one dose is calculated with one machine", "pass --machine, or split the plan");
        }
        machine = found;
    }
    if (!machine) {
        refuse("no machine is named", "the plan has no beams that name one",
               fmt::format("pass --machine with one of: {}", fmt::join(data_names("machines"), ", ")));
    }
    return *machine;
}

} // namespace beamwright
