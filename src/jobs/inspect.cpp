#include "jobs/inspect.hpp"
#include "dicom/inspect.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace {

std::string text_of(Json const& json, std::string_view key) {
    auto const found = json.find(key);
    return found == json.end()        ? std::string("-")
           : found->is_string()       ? found->get<std::string>()
           : found->is_number_float() ? fmt::format("{:.6g}", found->get<double>())
                                      : found->dump();
}

std::string plan_text(Json const& plan) {
    std::string text;
    for (auto const& beam : plan.value("beams", Json::array())) {
        text += fmt::format("  beam {}: {} layers, {} spots, {} MU, {} to {} MeV\n", text_of(beam, "number"),
                            text_of(beam, "layers"), text_of(beam, "spots"), text_of(beam, "meterset_MU"),
                            text_of(beam, "energy_min_MeV"), text_of(beam, "energy_max_MeV"));
    }
    return text;
}

std::string structures_text(Json const& structures) {
    std::string text;
    for (auto const& structure : structures) {
        text += fmt::format("  {:<32} {:>12} cm3, {} contours\n", text_of(structure, "name"),
                            text_of(structure, "volume_cm3"), text_of(structure, "contours"));
    }
    return text;
}

/// Members that are plain values, on one line.
std::string plain_members(Json const& object) {
    std::string text;
    for (auto const& [key, value] : object.items()) {
        if (!value.is_structured() && key != "file" && key != "kind") {
            text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key, text_of(object, key));
        }
    }
    return text;
}

} // namespace

InspectAnswer inspect_files(std::vector<std::filesystem::path> const& paths, JobContext&) {
    InspectAnswer answer;
    answer.json = inspect(paths);
    auto const& json = answer.json;
    for (auto const& object : json.value("objects", Json::array())) {
        answer.table += fmt::format("{}  {}\n  {}\n", text_of(object, "kind"), text_of(object, "file"),
                                    plain_members(object));
        answer.table += plan_text(object);
        if (object.contains("structures")) {
            answer.table += structures_text(object["structures"]);
        }
    }
    auto const list = [&](char const* key, char const* head) {
        for (auto const& entry : json.value(key, Json::array())) {
            answer.table += fmt::format("{}: {}\n  why:   {}\n  do:    {}\n", head, text_of(entry, "problem"),
                                        text_of(entry, "why"), text_of(entry, "do"));
        }
    };
    list("warnings", "warning");
    list("problems", "problem");
    answer.problems = !json.value("problems", Json::array()).empty();
    if (!answer.problems) {
        answer.table += "no problems found\n";
    }
    return answer;
}

} // namespace beamwright
