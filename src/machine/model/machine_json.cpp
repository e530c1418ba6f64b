#include "machine/model/machine_json.hpp"
#include "tables/material_library.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr char const* format_name = "beamwright machine 1";

AxisOptics read_axis(JsonReader const& json) {
    json.allow_only({"sigma_mm", "divergence_rad", "correlation"});
    return {json["sigma_mm"].number_in(1e-6, 100), json["divergence_rad"].number_in(0, 0.1),
            json["correlation"].number_in(-1, 1)};
}

/// The spread, whose unit stands in the key: MeV, percent of the mean or percent of the nominal energy.
double read_energy_sigma_MeV(JsonReader const& json, EnergyOptics const& optics) {
    auto const in_MeV = json.find("energy_sigma_MeV");
    auto const of_mean = json.find("energy_sigma_percent_of_mean");
    auto const of_nominal = json.find("energy_sigma_percent_of_nominal");
    if (int{in_MeV.has_value()} + int{of_mean.has_value()} + int{of_nominal.has_value()} != 1) {
        json.refuse_here("the energy spread must be given once",
                         "its unit stands in the key: energy_sigma_MeV, energy_sigma_percent_of_mean or "
                         "energy_sigma_percent_of_nominal",
                         "write exactly one of these keys");
    }
    if (in_MeV) {
        return in_MeV->number_in(0, 50);
    }
    return of_mean ? of_mean->number_in(0, 20) * 0.01 * optics.mean_energy_MeV
                   : of_nominal->number_in(0, 20) * 0.01 * optics.nominal_energy_MeV;
}

MachineEnergy read_energy(JsonReader const& json) {
    json.allow_only({"nominal_MeV", "mean_MeV", "energy_sigma_MeV", "energy_sigma_percent_of_mean",
                     "energy_sigma_percent_of_nominal", "protons_per_MU", "gaussians"});
    MachineEnergy energy;
    auto& optics = energy.optics;
    optics.nominal_energy_MeV = json["nominal_MeV"].number_in(1, 255);
    optics.mean_energy_MeV = json["mean_MeV"].number_in(1, 250);
    optics.energy_sigma_MeV = read_energy_sigma_MeV(json, optics);
    energy.protons_per_MU = json["protons_per_MU"].number_in(1, 1e15);
    auto const gaussians = json["gaussians"];
    if (gaussians.size() < 1 || gaussians.size() > 2) {
        gaussians.refuse_here(fmt::format("holds {} Gaussians", gaussians.size()), "one or two are known",
                              "give one or two");
    }
    for (auto const& item : gaussians.items()) {
        item.allow_only({"weight", "x", "y"});
        optics.gaussians.push_back(
            {item["weight"].number_in(0, 1), read_axis(item["x"]), read_axis(item["y"])});
    }
    return energy;
}

/// A number of millimeters, or "parallel" for a virtual source at infinity.
double read_virtual_source_mm(JsonReader const& json) {
    if (json.raw().is_string()) {
        if (json.text() == "parallel") {
            return 0;
        }
        json.refuse_here("is neither a number nor \"parallel\"", "found \"" + json.text() + "\"",
                         "write the distance from isocenter to scanning center in mm");
    }
    return json.number_in(1, 1e9);
}

RangeShifterModel read_range_shifter(JsonReader const& json) {
    json.allow_only(
        {"id", "aliases", "material", "density_g_per_cm3", "thickness_mm", "wet_mm", "isocenter_to_tray_mm"});
    RangeShifterModel shifter;
    shifter.id = json["id"].text();
    if (auto const aliases = json.find("aliases")) {
        for (auto const& alias : aliases->items()) {
            shifter.aliases.push_back(alias.text());
        }
    }
    if (auto const material = json.find("material")) {
        if (material->raw().is_string()) {
            auto const* const known = MaterialLibrary::shipped().find(material->text());
            if (!known) {
                material->refuse_here(fmt::format("no material named '{}'", material->text()),
                                      "it is not in the material library",
                                      "name one of data/materials/standard.json, or write name, "
                                      "density_g_per_cm3 and mass_fractions here");
            }
            shifter.material = *known;
        } else {
            material->allow_only({"name", "density_g_per_cm3", "mass_fractions", "mean_excitation_eV"});
            shifter.material = read_material(*material);
        }
        shifter.density_g_per_cm3 = shifter.material->density_g_per_cm3;
    }
    if (auto const density = json.find("density_g_per_cm3")) {
        shifter.density_g_per_cm3 = density->number_in(0.001, 30);
    }
    auto const length = [&](char const* key) {
        auto const found = json.find(key);
        return found ? std::optional(found->number_in(0.01, 1000)) : std::nullopt;
    };
    shifter.thickness_mm = length("thickness_mm");
    shifter.wet_mm = length("wet_mm");
    shifter.isocenter_to_tray_mm = length("isocenter_to_tray_mm");
    return shifter;
}

std::pair<double, double> read_span(JsonReader const& json, double least, double most) {
    if (json.size() != 2) {
        json.refuse_here("is not a pair", "it holds the least and the greatest value", "write [least, most]");
    }
    double const low = json.at(0).number_in(least, most);
    return {low, json.at(1).number_in(low, most)};
}

MachineLimits read_limits(JsonReader const& json) {
    json.allow_only({"energies_MeV", "spot_meterset_MU", "scan_field_mm"});
    MachineLimits limits;
    if (auto const energies = json.find("energies_MeV")) {
        limits.energies_MeV = energies->numbers();
    }
    if (auto const meterset = json.find("spot_meterset_MU")) {
        meterset->allow_only({"least", "most"});
        if (auto const least = meterset->find("least")) {
            limits.least_MU = least->number_in(0, 1e6);
        }
        if (auto const most = meterset->find("most")) {
            limits.most_MU = most->number_in(limits.least_MU.value_or(0), 1e9);
        }
    }
    if (auto const field = json.find("scan_field_mm")) {
        field->allow_only({"x", "y"});
        auto const [least_x, most_x] = read_span((*field)["x"], -2000, 2000);
        auto const [least_y, most_y] = read_span((*field)["y"], -2000, 2000);
        limits.scan_field = ScanField{least_x, most_x, least_y, most_y};
    }
    return limits;
}

std::vector<std::string> read_texts(JsonReader const& json, char const* key) {
    std::vector<std::string> texts;
    if (auto const list = json.find(key)) {
        for (auto const& item : list->items()) {
            texts.push_back(item.text());
        }
    }
    return texts;
}

void check_format(JsonReader const& json) {
    if (json["format"].text() != format_name) {
        json["format"].refuse_here("is not a machine file of this version",
                                   fmt::format("expected \"{}\"", format_name),
                                   "see docs/formats/machine.md");
    }
    auto const kind = json["kind"].text();
    if (kind != "cyclotron" && kind != "synchrotron" && kind != "other") {
        json["kind"].refuse_here(fmt::format("'{}' is not known", kind),
                                 "known: cyclotron, synchrotron, other", "write one of these");
    }
    auto const medium = json["medium_after_plane"].text();
    if (medium != "air" && medium != "vacuum") {
        json["medium_after_plane"].refuse_here(fmt::format("'{}' is not known", medium), "known: air, vacuum",
                                               "write one of these");
    }
}

Json axis_to_json(AxisOptics const& axis) {
    return {{"sigma_mm", axis.sigma_mm},
            {"divergence_rad", axis.divergence_rad},
            {"correlation", axis.correlation}};
}

Json energy_to_json(MachineEnergy const& energy) {
    Json json{{"nominal_MeV", energy.optics.nominal_energy_MeV},
              {"mean_MeV", energy.optics.mean_energy_MeV},
              {"energy_sigma_MeV", energy.optics.energy_sigma_MeV},
              {"protons_per_MU", energy.protons_per_MU}};
    for (auto const& one : energy.optics.gaussians) {
        json["gaussians"].push_back(
            Json{{"weight", one.weight}, {"x", axis_to_json(one.x)}, {"y", axis_to_json(one.y)}});
    }
    return json;
}

Json shifter_to_json(RangeShifterModel const& shifter) {
    Json json{{"id", shifter.id}};
    if (!shifter.aliases.empty()) {
        json["aliases"] = shifter.aliases;
    }
    if (shifter.material) {
        json["material"] = material_to_json(*shifter.material);
    }
    if (shifter.density_g_per_cm3 > 0) {
        json["density_g_per_cm3"] = shifter.density_g_per_cm3;
    }
    auto const put = [&](char const* key, std::optional<double> const& value) {
        if (value) {
            json[key] = *value;
        }
    };
    put("thickness_mm", shifter.thickness_mm);
    put("wet_mm", shifter.wet_mm);
    put("isocenter_to_tray_mm", shifter.isocenter_to_tray_mm);
    return json;
}

Json limits_to_json(MachineLimits const& limits) {
    Json json = Json::object();
    if (!limits.energies_MeV.empty()) {
        json["energies_MeV"] = limits.energies_MeV;
    }
    if (limits.least_MU) {
        json["spot_meterset_MU"]["least"] = *limits.least_MU;
    }
    if (limits.most_MU) {
        json["spot_meterset_MU"]["most"] = *limits.most_MU;
    }
    if (auto const& field = limits.scan_field) {
        json["scan_field_mm"] =
            Json{{"x", {field->least_x_mm, field->most_x_mm}}, {"y", {field->least_y_mm, field->most_y_mm}}};
    }
    return json;
}

} // namespace

MachineModel machine_from_json(JsonReader const& json) {
    json.allow_only({"format", "name", "description", "kind", "trust", "sources", "treatment_machine_names",
                     "optics_plane_z_mm", "virtual_source_mm", "medium_after_plane", "limits",
                     "energy_switch_s", "dose_rate_MU_per_s", "range_shifters", "energies"});
    check_format(json);
    MachineModel machine;
    machine.name = json["name"].text();
    machine.description = json.text_or("description", "");
    machine.kind = json["kind"].text();
    machine.trust = json["trust"].text();
    machine.sources = read_texts(json, "sources");
    machine.treatment_machine_names = read_texts(json, "treatment_machine_names");
    machine.optics_plane_z_mm = json["optics_plane_z_mm"].number_in(0, 10000);
    if (auto const distance = json.find("virtual_source_mm")) {
        distance->allow_only({"x", "y"});
        machine.virtual_source_x_mm = read_virtual_source_mm((*distance)["x"]);
        machine.virtual_source_y_mm = read_virtual_source_mm((*distance)["y"]);
    }
    machine.air_after_plane = json["medium_after_plane"].text() == "air";
    if (auto const limits = json.find("limits")) {
        machine.limits = read_limits(*limits);
    }
    if (auto const seconds = json.find("energy_switch_s")) {
        machine.energy_switch_s = seconds->number_in(0, 1000);
    }
    if (auto const rate = json.find("dose_rate_MU_per_s")) {
        machine.dose_rate_MU_per_s = rate->number_in(1e-6, 1e9);
    }
    if (auto const shifters = json.find("range_shifters")) {
        for (auto const& item : shifters->items()) {
            machine.range_shifters.push_back(read_range_shifter(item));
        }
    }
    for (auto const& item : json["energies"].items()) {
        machine.energies.push_back(read_energy(item));
    }
    check_machine(machine, json.source());
    return machine;
}

Json machine_to_json(MachineModel const& machine) {
    Json json{{"format", format_name},
              {"name", machine.name},
              {"description", machine.description},
              {"kind", machine.kind},
              {"trust", machine.trust},
              {"sources", machine.sources},
              {"treatment_machine_names", machine.treatment_machine_names},
              {"optics_plane_z_mm", machine.optics_plane_z_mm}};
    if (machine.virtual_source_x_mm && machine.virtual_source_y_mm) {
        auto const shown = [](double distance) { return distance > 0 ? Json(distance) : Json("parallel"); };
        json["virtual_source_mm"] =
            Json{{"x", shown(*machine.virtual_source_x_mm)}, {"y", shown(*machine.virtual_source_y_mm)}};
    }
    json["medium_after_plane"] = machine.air_after_plane ? "air" : "vacuum";
    json["limits"] = limits_to_json(machine.limits);
    if (machine.energy_switch_s) {
        json["energy_switch_s"] = *machine.energy_switch_s;
    }
    if (machine.dose_rate_MU_per_s) {
        json["dose_rate_MU_per_s"] = *machine.dose_rate_MU_per_s;
    }
    json["range_shifters"] = Json::array();
    for (auto const& shifter : machine.range_shifters) {
        json["range_shifters"].push_back(shifter_to_json(shifter));
    }
    for (auto const& energy : machine.energies) {
        json["energies"].push_back(energy_to_json(energy));
    }
    return json;
}

} // namespace beamwright
