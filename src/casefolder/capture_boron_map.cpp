#include "casefolder/capture_boron_map.hpp"
#include <fmt/format.h>

namespace beamwright {

CaptureBoronMap boron_map_from_json(JsonReader const& json) {
    json.allow_only({"file", "series", "accept_frame", "unit", "blood_ppm", "ppm_per_SUV", "blood_SUV",
                     "negatives_are_zero", "relative_sigma"});
    CaptureBoronMap map;
    map.file = json["file"].text();
    if (map.file.empty() || map.file.find('\0') != std::string::npos) {
        json["file"].refuse_here("names no file", "the map is a volume file or a folder in the case folder",
                                 "write its path relative to the case folder");
    }
    map.series_uid = json.text_or("series", "");
    map.accept_frame_uid = json.text_or("accept_frame", "");
    map.unit = json["unit"].text();
    if (map.unit != "ppm" && map.unit != "SUV") {
        json["unit"].refuse_here(
            fmt::format("is '{}'", map.unit), "boron comes in ppm or as standardized uptake",
            "write ppm or SUV; of a PET in Bq/ml give the folder of its DICOM files, from "
            "which SUV is calculated");
    }
    auto const positive = [&](char const* key) {
        auto const found = json.find(key);
        return found ? std::optional(found->number_in(1e-6, 1e6)) : std::nullopt;
    };
    map.blood_ppm = positive("blood_ppm");
    map.ppm_per_SUV = positive("ppm_per_SUV");
    if (auto const found = json.find("blood_SUV")) {
        map.blood_SUV = found->number_in(1e-3, 100); // what was injected, spread over the body, is 1
    }
    bool const by_level = map.blood_ppm && !map.blood_SUV && (map.unit == "ppm") == !map.ppm_per_SUV;
    bool const by_blood = map.unit == "SUV" && map.blood_SUV && !map.blood_ppm && !map.ppm_per_SUV;
    if (!by_level && !by_blood) {
        json.refuse_here("does not say how the map goes with the blood",
                         "boron follows the blood: the map is taken relative to it",
                         map.unit == "ppm" ? "give blood_ppm, the level in blood that belongs to the map"
                                           : "give blood_SUV, or ppm_per_SUV with blood_ppm");
    }
    if (auto const zero = json.find("negatives_are_zero")) {
        map.negatives_are_zero = zero->boolean();
    }
    if (auto const sigma = json.find("relative_sigma")) {
        map.relative_sigma = sigma->number_in(0, 2);
    }
    return map;
}

Json to_json(CaptureBoronMap const& map) {
    Json json{{"file", map.file}, {"unit", map.unit}};
    for (auto const& [key, uid] :
         {std::pair("series", map.series_uid), std::pair("accept_frame", map.accept_frame_uid)}) {
        if (!uid.empty()) {
            json[key] = uid;
        }
    }
    auto const add = [&](char const* key, std::optional<double> const& value) {
        if (value) {
            json[key] = *value;
        }
    };
    add("blood_ppm", map.blood_ppm);
    add("ppm_per_SUV", map.ppm_per_SUV);
    add("blood_SUV", map.blood_SUV);
    json["negatives_are_zero"] = map.negatives_are_zero;
    json["relative_sigma"] = map.relative_sigma;
    return json;
}

} // namespace beamwright
