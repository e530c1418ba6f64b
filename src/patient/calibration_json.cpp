#include "core/data_files.hpp"
#include "patient/calibration.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr char const* format_name = "beamwright calibration 1";

std::vector<HuPoint> read_curve(JsonReader const& json) {
    std::vector<HuPoint> curve;
    for (auto const& point : json.items()) {
        if (point.size() != 2) {
            point.refuse_here("is not a pair", "a point of the curve is [HU, value]", "write [HU, value]");
        }
        curve.push_back({point.at(0).number_in(-32768, 65535), point.at(1).number_in(1e-6, 30)});
        if (curve.size() > 1 && !(curve.back().hu > curve[curve.size() - 2].hu)) {
            point.refuse_here(fmt::format("{} HU follows {} HU", curve.back().hu, curve[curve.size() - 2].hu),
                              "HU must rise from point to point", "sort the table");
        }
    }
    return curve;
}

std::vector<HuBin> read_bins(JsonReader const& json) {
    std::vector<HuBin> bins;
    for (auto const& item : json.items()) {
        item.allow_only(
            {"from_HU", "material", "name", "density_g_per_cm3", "mass_fractions", "mean_excitation_eV"});
        HuBin bin;
        bin.from_HU = item["from_HU"].number_in(-32768, 65535);
        if (!bins.empty() && !(bin.from_HU > bins.back().from_HU)) {
            item["from_HU"].refuse_here(fmt::format("{} HU follows {} HU", bin.from_HU, bins.back().from_HU),
                                        "bins must rise", "sort them");
        }
        if (auto const name = item.find("material")) {
            auto const* const known = MaterialLibrary::shipped().find(name->text());
            if (!known) {
                name->refuse_here(
                    fmt::format("no material named '{}'", name->text()), "it is not in the material library",
                    "see data/materials/standard.json, or write name, density and mass_fractions");
            }
            bin.material = *known;
        } else {
            bin.material = read_material(item);
        }
        bins.push_back(std::move(bin));
    }
    return bins;
}

void read_limits(JsonReader const& json, Calibration& calibration) {
    json.allow_only({"least", "most", "outside"});
    calibration.least_hu = json["least"].number_in(-32768, 65535);
    calibration.most_hu = json["most"].number_in(calibration.least_hu, 65535);
    auto const outside = json["outside"].text();
    if (outside != "clamp" && outside != "refuse") {
        json["outside"].refuse_here(fmt::format("'{}' is not known", outside),
                                    "it says what happens to HU outside the limits: clamp or refuse",
                                    "write one of these");
    }
    calibration.clamp = outside == "clamp";
}

/// Compositions of another calibration, which must hold them itself: no chains, no circles.
std::vector<HuBin> bins_of_base(JsonReader const& base) {
    auto const file = find_data_file("calibrations", base.text());
    if (JsonReader::from_file(file).has("base")) {
        base.refuse_here(fmt::format("'{}' has no compositions itself", base.text()),
                         "it takes them from another calibration", "name one that has 'materials'");
    }
    return load_calibration(file).bins;
}

std::vector<ScannerPattern> read_scanners(JsonReader const& json) {
    std::vector<ScannerPattern> scanners;
    for (auto const& item : json.items()) {
        item.allow_only({"manufacturer", "model", "kvp"});
        scanners.push_back(
            {item["manufacturer"].text(), item.text_or("model", ""), item.number_or("kvp", 0)});
    }
    return scanners;
}

} // namespace

Calibration calibration_from_json(JsonReader const& json) {
    json.allow_only({"format", "name", "description", "sources", "hu_limits", "warn_above_HU", "scanners",
                     "density_g_per_cm3", "relative_stopping_power", "energy_MeV", "materials", "base"});
    if (json["format"].text() != format_name) {
        json["format"].refuse_here("is not a calibration of this version",
                                   fmt::format("expected \"{}\"", format_name),
                                   "see docs/formats/calibration.md");
    }
    Calibration calibration;
    calibration.name = json["name"].text();
    calibration.description = json.text_or("description", "");
    if (auto const sources = json.find("sources")) {
        for (auto const& item : sources->items()) {
            calibration.sources.push_back(item.text());
        }
    }
    read_limits(json["hu_limits"], calibration);
    if (auto const above = json.find("warn_above_HU")) {
        calibration.warn_above_hu = above->number();
    }
    if (auto const scanners = json.find("scanners")) {
        calibration.scanners = read_scanners(*scanners);
    }
    if (json.has("density_g_per_cm3") == json.has("relative_stopping_power")) {
        json.refuse_here("one curve is needed", "either density_g_per_cm3 or relative_stopping_power",
                         "write exactly one of them");
    }
    calibration.curve_is_stopping_power = json.has("relative_stopping_power");
    calibration.curve = read_curve(
        json[calibration.curve_is_stopping_power ? "relative_stopping_power" : "density_g_per_cm3"]);
    if (auto const energy = json.find("energy_MeV")) {
        calibration.energy_MeV = energy->number_in(10, 250);
    }
    if (json.has("base") == json.has("materials")) {
        json.refuse_here("compositions are needed once",
                         "either 'materials' (bins) or 'base' (the name of a calibration that has them)",
                         "write exactly one of them");
    }
    if (auto const base = json.find("base")) {
        calibration.bins = bins_of_base(*base);
        calibration.bins.front().from_HU = std::min(calibration.bins.front().from_HU, calibration.least_hu);
    } else {
        calibration.bins = read_bins(json["materials"]);
    }
    check_calibration(calibration, json.source());
    return calibration;
}

Json calibration_to_json(Calibration const& calibration) {
    Json json{{"format", format_name},
              {"name", calibration.name},
              {"description", calibration.description},
              {"sources", calibration.sources}};
    json["hu_limits"] = Json{{"least", calibration.least_hu},
                             {"most", calibration.most_hu},
                             {"outside", calibration.clamp ? "clamp" : "refuse"}};
    if (calibration.warn_above_hu) {
        json["warn_above_HU"] = *calibration.warn_above_hu;
    }
    json["scanners"] = Json::array();
    for (auto const& scanner : calibration.scanners) {
        json["scanners"].push_back(
            Json{{"manufacturer", scanner.manufacturer}, {"model", scanner.model}, {"kvp", scanner.kvp}});
    }
    Json curve = Json::array();
    for (auto const& point : calibration.curve) {
        curve.push_back(Json::array({point.hu, point.value}));
    }
    json[calibration.curve_is_stopping_power ? "relative_stopping_power" : "density_g_per_cm3"] = curve;
    json["energy_MeV"] = calibration.energy_MeV;
    json["materials"] = Json::array();
    for (auto const& bin : calibration.bins) {
        Json item{{"from_HU", bin.from_HU}};
        item.update(material_to_json(bin.material));
        json["materials"].push_back(item);
    }
    return json;
}

} // namespace beamwright
