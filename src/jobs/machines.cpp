#include "jobs/machines.hpp"
#include "core/data_files.hpp"
#include "machine/model/machine_json.hpp"
#include "patient/hu_converter.hpp"
#include "tables/material_library.hpp"
#include "tables/proton_materials.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {

namespace {

/// Name, one-line description and trust of each shipped file of a kind.
template <class Describe> NamedAnswer list_of(std::string const& kind, Describe describe) {
    NamedAnswer answer;
    answer.json[kind] = Json::array();
    for (auto const& name : data_names(kind)) {
        Json const entry = describe(name);
        answer.table += fmt::format("{:<28} {}\n", name, entry.value("description", std::string()));
        answer.json[kind].push_back(entry);
    }
    return answer;
}

std::string energies_text(MachineModel const& machine) {
    std::string text = fmt::format("{:>9} {:>10} {:>8} {:>14} {:>8} {:>8} {:>9}\n", "nominal", "mean MeV",
                                   "sigma", "protons/MU", "x mm", "y mm", "gaussians");
    std::size_t const step = std::max<std::size_t>(1, machine.energies.size() / 20);
    for (std::size_t i = 0; i < machine.energies.size(); i += step) {
        auto const& energy = machine.energies[i];
        auto const& first = energy.optics.gaussians.front();
        text += fmt::format("{:9.3f} {:10.3f} {:8.3f} {:14.0f} {:8.2f} {:8.2f} {:9}\n",
                            energy.optics.nominal_energy_MeV, energy.optics.mean_energy_MeV,
                            energy.optics.energy_sigma_MeV, energy.protons_per_MU, first.x.sigma_mm,
                            first.y.sigma_mm, energy.optics.gaussians.size());
    }
    if (step > 1) {
        text += fmt::format("(every {}th of {} energies; --json shows all)\n", step, machine.energies.size());
    }
    return text;
}

std::string shifters_text(MachineModel const& machine) {
    std::string text;
    for (auto const& shifter : machine.range_shifters) {
        text += fmt::format("range shifter {}: {}{}{}\n", shifter.id,
                            shifter.material ? shifter.material->name : "material not known",
                            shifter.thickness_mm ? fmt::format(", {} mm thick", *shifter.thickness_mm) : "",
                            shifter.wet_mm ? fmt::format(", WET {} mm", *shifter.wet_mm) : "");
    }
    return text;
}

} // namespace

NamedAnswer list_machines(JobContext&) {
    return list_of("machines", [](std::string const& name) {
        auto const machine = find_machine(name);
        return Json{{"name", name},
                    {"description", machine.description},
                    {"kind", machine.kind},
                    {"trust", machine.trust},
                    {"energy_min_MeV", machine.energies.front().optics.nominal_energy_MeV},
                    {"energy_max_MeV", machine.energies.back().optics.nominal_energy_MeV}};
    });
}

NamedAnswer list_calibrations(JobContext&) {
    return list_of("calibrations", [](std::string const& name) {
        auto const calibration = find_calibration(name);
        return Json{{"name", name},
                    {"description", calibration.description},
                    {"least_HU", calibration.least_hu},
                    {"most_HU", calibration.most_hu}};
    });
}

NamedAnswer list_materials(JobContext&) {
    auto const& library = MaterialLibrary::shipped();
    NamedAnswer answer;
    answer.json["materials"] = Json::array();
    for (auto const& name : library.names()) {
        auto const& material = library.named(name);
        double const stopping = relative_stopping_power(material, material.density_g_per_cm3, 100);
        answer.json["materials"].push_back({{"name", name},
                                            {"density_g_per_cm3", material.density_g_per_cm3},
                                            {"relative_stopping_power_100MeV", stopping}});
        answer.table += fmt::format("{:<36} {:10.5g} g/cm3   relative stopping power {:.4f}\n", name,
                                    material.density_g_per_cm3, stopping);
    }
    return answer;
}

NamedAnswer show_machine(std::string const& name_or_path, std::string const& virtual_source,
                         std::optional<double> optics_plane_mm, JobContext&) {
    auto const machine = find_machine(name_or_path, machine_file_options(virtual_source, optics_plane_mm));
    NamedAnswer answer{machine_to_json(machine), ""};
    answer.table =
        fmt::format("{}\n{}\ntrust: {}\nsources: {}\noptics plane {} mm upstream of the isocenter\n",
                    machine.name, machine.description, machine.trust, fmt::join(machine.sources, "; "),
                    machine.optics_plane_z_mm) +
        energies_text(machine) + shifters_text(machine);
    return answer;
}

NamedAnswer show_calibration(std::string const& name_or_path, JobContext&) {
    auto const calibration = find_calibration(name_or_path);
    NamedAnswer answer{calibration_to_json(calibration), ""};
    answer.json["table"] = Json::array();
    answer.table = fmt::format("{}\n{}\n{:>8} {:>12} {:>10}  {}\n", calibration.name, calibration.description,
                               "HU", "g/cm3", "RSP", "material");
    for (auto const& row : calibration_table(calibration)) {
        answer.json["table"].push_back({{"HU", row.hu},
                                        {"density_g_per_cm3", row.density_g_per_cm3},
                                        {"relative_stopping_power_100MeV", row.relative_stopping_power},
                                        {"material", row.material}});
        answer.table += fmt::format("{:8.1f} {:12.5f} {:10.4f}  {}\n", row.hu, row.density_g_per_cm3,
                                    row.relative_stopping_power, row.material);
    }
    return answer;
}

} // namespace beamwright
