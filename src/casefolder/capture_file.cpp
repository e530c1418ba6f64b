#include "casefolder/capture_file.hpp"
#include <charconv>
#include <fmt/format.h>

namespace beamwright {

namespace {

Json to_json(CaptureStructure const& s) {
    Json json{{"boron_to_blood", s.boron_to_blood},
              {"boron_relative_sigma", s.boron_relative_sigma},
              {"weights_tissue", s.weights_tissue},
              {"isoeffective_tissue", s.isoeffective_tissue}};
    if (!s.structure.empty()) {
        json["structure"] = s.structure;
    }
    if (!s.material.empty()) {
        json["material"] = s.material;
    }
    return json;
}

CaptureStructure read_structure(JsonReader const& json, bool named) {
    json.allow_only({"structure", "material", "boron_to_blood", "boron_relative_sigma", "weights_tissue",
                     "isoeffective_tissue"});
    CaptureStructure s;
    if (named) {
        s.structure = json["structure"].text();
        s.material = json.text_or("material", "");
    } else if (json.has("structure") || json.has("material")) {
        json.refuse_here("names a structure or material", "it holds where no structure does",
                         "put it into the list 'structures'");
    }
    s.boron_to_blood = json["boron_to_blood"].number_in(0, 100);
    if (auto const sigma = json.find("boron_relative_sigma")) {
        s.boron_relative_sigma = sigma->number_in(0, 2);
    }
    s.weights_tissue = json["weights_tissue"].text();
    s.isoeffective_tissue = json["isoeffective_tissue"].text();
    return s;
}

bool is_figure(std::string const& figure) {
    if (figure == "max" || figure == "mean") {
        return true;
    }
    double cm3 = 0;
    bool const framed = figure.size() > 3 && figure.starts_with("D") && figure.ends_with("cc");
    auto const* const from = figure.data() + 1;
    auto const* const to = figure.data() + figure.size() - 2;
    return framed && std::from_chars(from, to, cm3).ptr == to && cm3 > 0;
}

CaptureLimit read_limit(JsonReader const& json) {
    json.allow_only({"structure", "dose", "figure", "dose_Gy"});
    CaptureLimit limit;
    limit.structure = json["structure"].text();
    auto const dose = json["dose"].text();
    if (dose != "weighted" && dose != "isoeffective") {
        json["dose"].refuse_here("is no kind of dose", fmt::format("it is '{}'", dose),
                                 "write weighted or isoeffective");
    }
    limit.dose = dose == "weighted" ? LimitKind::weighted : LimitKind::isoeffective;
    limit.figure = json["figure"].text();
    if (!is_figure(limit.figure)) {
        json["figure"].refuse_here("is not understood", fmt::format("it is '{}'", limit.figure),
                                   "write max, mean or D2cc (any number of cm3)");
    }
    limit.dose_Gy = json["dose_Gy"].number_in(1e-3, 1e4);
    return limit;
}

void read_placement(JsonReader const& json, CapturePlan& plan) {
    json.allow_only(
        {"target", "target_mm", "gantry_deg", "couch_deg", "patient_position", "skin_to_port_mm"});
    plan.target = json.text_or("target", "");
    if (auto const point = json.find("target_mm")) {
        auto const mm = point->numbers();
        if (mm.size() != 3) {
            point->refuse_here("is not a point", fmt::format("it has {} numbers", mm.size()),
                               "write [x, y, z] in DICOM patient coordinates, mm");
        }
        plan.target_mm = Vec3<double>{mm[0], mm[1], mm[2]};
    }
    if (plan.target.empty() == !plan.target_mm) {
        json.refuse_here(plan.target.empty() ? "has no target" : "has two targets",
                         "the axis of the port goes through the middle of a structure or through a point",
                         "give either target (a structure) or target_mm");
    }
    plan.gantry_deg = json["gantry_deg"].number_in(-360, 360);
    plan.couch_deg = json["couch_deg"].number_in(-360, 360);
    plan.patient_position = json.text_or("patient_position", "HFS");
    plan.skin_to_port_mm = json["skin_to_port_mm"].number_in(0, 5000);
}

void read_blood(JsonReader const& json, CapturePlan& plan) {
    json.allow_only({"ppm", "samples", "curve", "start_min", "relative_sigma"});
    if (auto const ppm = json.find("ppm")) {
        plan.blood_ppm = ppm->number_in(0, 1000);
    }
    if (auto const samples = json.find("samples")) {
        for (auto const& sample : samples->items()) {
            auto const pair = sample.numbers();
            if (pair.size() != 2) {
                sample.refuse_here("is no sample", fmt::format("it has {} numbers", pair.size()),
                                   "write [minutes, ppm]");
            }
            plan.blood_samples.push_back({pair[0], pair[1]});
        }
    }
    if (plan.blood_ppm.has_value() == !plan.blood_samples.empty()) {
        json.refuse_here("says the level twice or not at all",
                         "boron is either a constant level or follows samples", "give ppm or samples");
    }
    plan.blood_curve = json.text_or("curve", "exponential");
    if (plan.blood_curve != "constant" && plan.blood_curve != "exponential" &&
        plan.blood_curve != "biexponential") {
        json["curve"].refuse_here("is no curve", fmt::format("it is '{}'", plan.blood_curve),
                                  "write constant, exponential or biexponential");
    }
    plan.start_min = json.number_or("start_min", 0);
    if (auto const sigma = json.find("relative_sigma")) {
        plan.blood_relative_sigma = sigma->number_in(0, 2);
    }
}

Json blood_to_json(CapturePlan const& plan) {
    Json blood{{"relative_sigma", plan.blood_relative_sigma}};
    if (plan.blood_ppm) {
        blood["ppm"] = *plan.blood_ppm;
        return blood;
    }
    blood["curve"] = plan.blood_curve;
    blood["start_min"] = plan.start_min;
    for (auto const& sample : plan.blood_samples) {
        blood["samples"].push_back({sample.min, sample.ppm});
    }
    return blood;
}

} // namespace

std::string capture_to_text(CapturePlan const& plan) {
    Json placement{{"gantry_deg", plan.gantry_deg},
                   {"couch_deg", plan.couch_deg},
                   {"patient_position", plan.patient_position},
                   {"skin_to_port_mm", plan.skin_to_port_mm}};
    if (plan.target_mm) {
        placement["target_mm"] = {plan.target_mm->x, plan.target_mm->y, plan.target_mm->z};
    } else {
        placement["target"] = plan.target;
    }
    Json json{{"schema_version", 1},
              {"label", plan.label},
              {"port", plan.port},
              {"placement", placement},
              {"blood", blood_to_json(plan)},
              {"weights", plan.weights},
              {"isoeffective", plan.isoeffective},
              {"elsewhere", to_json(plan.elsewhere)},
              {"structures", Json::array()},
              {"limits", Json::array()},
              {"longest_min", plan.longest_min},
              {"position_sigma_mm", plan.position_sigma_mm}};
    if (!plan.tissue_map.empty()) {
        json["tissue_map"] = plan.tissue_map;
    }
    if (plan.amount) {
        json["amount"] = *plan.amount;
    }
    for (auto const& s : plan.structures) {
        json["structures"].push_back(to_json(s));
    }
    for (auto const& limit : plan.limits) {
        json["limits"].push_back({{"structure", limit.structure},
                                  {"dose", limit.dose == LimitKind::weighted ? "weighted" : "isoeffective"},
                                  {"figure", limit.figure},
                                  {"dose_Gy", limit.dose_Gy}});
    }
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

CapturePlan capture_from_json(JsonReader const& json) {
    json.allow_only({"schema_version", "label", "port", "amount", "placement", "blood", "tissue_map",
                     "weights", "isoeffective", "elsewhere", "structures", "limits", "longest_min",
                     "position_sigma_mm"});
    json["schema_version"].integer_in(1, 1);
    CapturePlan plan;
    plan.label = json.text_or("label", "");
    plan.port = json["port"].text();
    if (auto const amount = json.find("amount")) {
        plan.amount = amount->number_in(1e-12, 1e12);
    }
    read_placement(json["placement"], plan);
    read_blood(json["blood"], plan);
    plan.tissue_map = json.text_or("tissue_map", "");
    plan.weights = json["weights"].text();
    plan.isoeffective = json["isoeffective"].text();
    plan.elsewhere = read_structure(json["elsewhere"], false);
    for (auto const& s : json["structures"].items()) {
        plan.structures.push_back(read_structure(s, true));
    }
    for (auto const& limit : json["limits"].items()) {
        plan.limits.push_back(read_limit(limit));
    }
    if (plan.limits.empty()) {
        json["limits"].refuse_here("is empty", "the irradiation time follows from the limit reached first",
                                   "give at least one limit, for example Brain max 12.5 Gy weighted");
    }
    if (auto const longest = json.find("longest_min")) {
        plan.longest_min = longest->number_in(0.01, 10000);
    }
    if (auto const sigma = json.find("position_sigma_mm")) {
        plan.position_sigma_mm = sigma->number_in(0, 100);
    }
    return plan;
}

} // namespace beamwright
