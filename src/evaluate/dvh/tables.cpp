#include "evaluate/dvh/tables.hpp"
#include "evaluate/indices/indices.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// RFC 4180: quoted where a name holds a comma, a quote or a line break.
std::string csv_text(std::string const& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
        return text;
    }
    std::string quoted = "\"";
    for (char const c : text) {
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
    return quoted + "\"";
}

Json answers(Dvh const& dvh, DvhQuestions const& questions) {
    Json json = Json::object();
    for (double const percent : questions.dose_at_percent) {
        json[fmt::format("D{:g}_Gy", percent)] = dvh.dose_at_percent(percent);
    }
    for (double const cm3 : questions.dose_at_cm3) {
        auto const dose = dvh.dose_at_cm3(cm3);
        // null: the structure is smaller
        json[fmt::format("D{:g}cc_Gy", cm3)] = dose ? Json(*dose) : Json(nullptr);
    }
    for (double const dose : questions.volume_at_Gy) {
        json[fmt::format("V{:g}Gy_percent", dose)] = dvh.volume_percent_at(dose);
        json[fmt::format("V{:g}Gy_cm3", dose)] = dvh.volume_cm3_at(dose);
    }
    if (questions.prescription_Gy > 0.0) {
        for (double const percent : questions.volume_at_percent) {
            json[fmt::format("V{:g}%_percent", percent)] =
                dvh.volume_percent_at(percent / 100.0 * questions.prescription_Gy);
        }
    }
    return json;
}

Json curve_json(Dvh const& dvh, double step_Gy) {
    Json doses = Json::array(), volumes = Json::array();
    for (auto const& [dose, percent] : dvh.cumulative(step_Gy)) {
        doses.push_back(dose);
        volumes.push_back(percent);
    }
    return {{"dose_Gy", doses}, {"volume_percent", volumes}};
}

} // namespace

std::string dvh_csv(std::vector<StructureDvh> const& dvhs, double step_Gy) {
    std::string csv = "structure_number,structure,dose_Gy,volume_percent,volume_cm3,differential_cm3\n";
    for (auto const& one : dvhs) {
        auto const differential = one.dvh.differential(step_Gy);
        std::size_t row = 0;
        for (auto const& [dose, percent] : one.dvh.cumulative(step_Gy)) {
            double const in_bin = row < differential.size() ? differential[row].second : 0.0;
            csv += fmt::format("{},{},{:.6g},{:.6g},{:.6g},{:.6g}\n", one.number, csv_text(one.name), dose,
                               percent, percent / 100.0 * one.dvh.volume_cm3(), in_bin);
            ++row;
        }
    }
    return csv;
}

Json dvh_json(std::vector<StructureDvh> const& dvhs, DvhQuestions const& questions, double step_Gy) {
    Json list = Json::array();
    for (auto const& one : dvhs) {
        Json json{{"number", one.number},
                  {"name", one.name},
                  {"type", one.type},
                  {"volume_cm3", one.contour_volume_cm3},
                  {"volume_in_dose_grid_cm3", one.dvh.volume_cm3()},
                  {"outside_share", one.outside_share},
                  {"end_cap", name_of(one.end_cap)},
                  {"parts_per_voxel", {one.parts[0], one.parts[1], one.parts[2]}}};
        if (!one.dvh.empty()) {
            json["mean_Gy"] = one.dvh.mean_Gy();
            if (one.mean_uncertainty_Gy) {
                json["mean_uncertainty_Gy"] = *one.mean_uncertainty_Gy;
            }
            json["min_Gy"] = one.dvh.min_Gy();
            json["max_Gy"] = one.dvh.max_Gy();
            json["near_min_D98_Gy"] = one.dvh.near_min_Gy();
            json["near_max_D2_Gy"] = one.dvh.near_max_Gy();
            if (auto const homogeneity = homogeneity_icru83(one.dvh)) {
                json["homogeneity_index"] = *homogeneity;
            }
            json.update(answers(one.dvh, questions));
            json["curve"] = curve_json(one.dvh, step_Gy);
        }
        list.push_back(std::move(json));
    }
    return list;
}

std::string dvh_table(std::vector<StructureDvh> const& dvhs) {
    std::size_t width = 9;
    for (auto const& one : dvhs) {
        width = std::max(width, one.name.size());
    }
    auto table = fmt::format("{:<{}} {:>10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "structure", width, "cm3",
                             "mean Gy", "D98", "D95", "D50", "D5", "D2");
    for (auto const& one : dvhs) {
        auto const& dvh = one.dvh;
        if (dvh.empty()) {
            table += fmt::format("{:<{}} {:>10.3f} no dose\n", one.name, width, one.contour_volume_cm3);
            continue;
        }
        table += fmt::format("{:<{}} {:>10.3f} {:>8.3f} {:>8.3f} {:>8.3f} {:>8.3f} {:>8.3f} {:>8.3f}\n",
                             one.name, width, one.contour_volume_cm3, dvh.mean_Gy(), dvh.dose_at_percent(98),
                             dvh.dose_at_percent(95), dvh.dose_at_percent(50), dvh.dose_at_percent(5),
                             dvh.dose_at_percent(2));
    }
    return table;
}

} // namespace beamwright
