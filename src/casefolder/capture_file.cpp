#include "casefolder/capture_file.hpp"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

Json to_json(CaptureStructure const& s) {
    Json json{{"boron_relative_sigma", s.boron_relative_sigma},
              {"weights_tissue", s.weights_tissue},
              {"isoeffective_tissue", s.isoeffective_tissue}};
    if (s.boron_to_blood) {
        json["boron_to_blood"] = *s.boron_to_blood;
    }
    if (!s.structure.empty()) {
        json["structure"] = s.structure;
    }
    if (!s.material.empty()) {
        json["material"] = s.material;
    }
    return json;
}

CaptureStructure read_structure(JsonReader const& json, bool named, bool has_map) {
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
    if (json.has("boron_to_blood") || !has_map) { // required where no map says it
        s.boron_to_blood = json["boron_to_blood"].number_in(0, 100);
    }
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

void read_placement(JsonReader const& json, CaptureField& field) {
    json.allow_only(
        {"target", "target_mm", "gantry_deg", "couch_deg", "patient_position", "skin_to_port_mm"});
    field.target = json.text_or("target", "");
    if (auto const point = json.find("target_mm")) {
        auto const mm = point->numbers();
        if (mm.size() != 3) {
            point->refuse_here("is not a point", fmt::format("it has {} numbers", mm.size()),
                               "write [x, y, z] in DICOM patient coordinates, mm");
        }
        field.target_mm = Vec3<double>{mm[0], mm[1], mm[2]};
    }
    if (field.target.empty() == !field.target_mm) {
        json.refuse_here(field.target.empty() ? "has no target" : "has two targets",
                         "the axis of the port goes through the middle of a structure or through a point",
                         "give either target (a structure) or target_mm");
    }
    field.gantry_deg = json["gantry_deg"].number_in(-360, 360);
    field.couch_deg = json["couch_deg"].number_in(-360, 360);
    field.patient_position = json.text_or("patient_position", "HFS");
    field.skin_to_port_mm = json["skin_to_port_mm"].number_in(0, 5000);
}

CaptureField read_field(JsonReader const& json) {
    CaptureField field;
    field.port = json["port"].text();
    if (auto const amount = json.find("amount")) {
        field.amount = amount->number_in(1e-12, 1e12);
    }
    read_placement(json["placement"], field);
    return field;
}

/// Either one field at the top of the file, or a list with names and shares.
void read_fields(JsonReader const& json, CapturePlan& plan) {
    auto const list = json.find("fields");
    if (!list) {
        plan.fields.push_back(read_field(json));
        return;
    }
    for (auto const* key : {"port", "amount", "placement"}) {
        if (json.has(key)) {
            json[key].refuse_here("stands beside 'fields'", "each field has its own",
                                  "put it into a field, or leave out 'fields'");
        }
    }
    if (list->size() < 1 || list->size() > most_capture_fields) {
        list->refuse_here(fmt::format("has {} fields", list->size()),
                          fmt::format("an irradiation has 1 to {}", most_capture_fields), "list the fields");
    }
    double sum = 0;
    for (auto const& item : list->items()) {
        item.allow_only({"name", "port", "amount", "placement", "share"});
        auto field = read_field(item);
        field.name = item["name"].text();
        bool const taken = std::any_of(plan.fields.begin(), plan.fields.end(),
                                       [&](auto const& other) { return other.name == field.name; });
        if (taken || field.name.empty()) {
            item["name"].refuse_here(fmt::format("is '{}'", field.name), "each field needs a name of its own",
                                     "rename it");
        }
        field.share = item["share"].number_in(1e-6, 1e6);
        sum += field.share;
        plan.fields.push_back(field);
    }
    for (auto& field : plan.fields) {
        field.share /= sum;
    }
    if (auto const pause = json.find("pause_min")) {
        plan.pause_min = pause->number_in(0, 1440);
    }
}

Json to_json(CaptureField const& field) {
    Json placement{{"gantry_deg", field.gantry_deg},
                   {"couch_deg", field.couch_deg},
                   {"patient_position", field.patient_position},
                   {"skin_to_port_mm", field.skin_to_port_mm}};
    if (field.target_mm) {
        placement["target_mm"] = {field.target_mm->x, field.target_mm->y, field.target_mm->z};
    } else {
        placement["target"] = field.target;
    }
    Json json{{"port", field.port}};
    if (field.amount) {
        json["amount"] = *field.amount;
    }
    json["placement"] = placement;
    return json;
}

void fields_to_json(CapturePlan const& plan, Json& json) {
    if (plan.fields.size() == 1 && plan.fields[0].name.empty()) {
        json.update(to_json(plan.fields[0]));
        return;
    }
    json["fields"] = Json::array();
    for (auto const& field : plan.fields) {
        auto one = to_json(field);
        one["name"] = field.name;
        one["share"] = field.share;
        json["fields"].push_back(one);
    }
    json["pause_min"] = plan.pause_min;
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
            if (!(std::abs(pair[0]) <= 1e5) || !(pair[1] >= 0 && pair[1] <= 1000)) {
                sample.refuse_here(fmt::format("is {} ppm at {} min", pair[1], pair[0]),
                                   "levels lie between 0 and 1000 ppm, times within 1e5 min",
                                   "correct the sample");
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
    if (auto const start = json.find("start_min")) {
        plan.start_min = start->number_in(-1e5, 1e5);
    }
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
    Json json{{"schema_version", 1}, {"label", plan.label}};
    fields_to_json(plan, json);
    json["blood"] = blood_to_json(plan);
    if (plan.boron_map) {
        json["boron_map"] = to_json(*plan.boron_map);
    }
    json["weights"] = plan.weights;
    json["isoeffective"] = plan.isoeffective;
    json["elsewhere"] = to_json(plan.elsewhere);
    json["structures"] = Json::array();
    json["limits"] = Json::array();
    json["longest_min"] = plan.longest_min;
    json["position_sigma_mm"] = plan.position_sigma_mm;
    for (auto const& [key, name] :
         {std::pair("normal_tissue", plan.normal_tissue), std::pair("tumor_tissue", plan.tumor_tissue)}) {
        if (!name.empty()) {
            json[key] = name;
        }
    }
    if (!plan.tissue_map.empty()) {
        json["tissue_map"] = plan.tissue_map;
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

namespace {

void read_tissues(JsonReader const& json, CapturePlan& plan) {
    bool const has_map = plan.boron_map.has_value();
    plan.elsewhere = read_structure(json["elsewhere"], false, has_map);
    for (auto const& item : json["structures"].items()) {
        auto const s = read_structure(item, true, has_map);
        for (auto const& other : plan.structures) {
            if (other.structure == s.structure) {
                item["structure"].refuse_here(fmt::format("is '{}' again", s.structure),
                                              "a structure has one boron ratio and one kind of tissue",
                                              "remove one of the two");
            }
        }
        plan.structures.push_back(s);
    }
    if (plan.structures.size() > 250) {
        json["structures"].refuse_here(fmt::format("has {} entries", plan.structures.size()),
                                       "at most 250 tissues are told apart", "leave some out");
    }
    for (auto [key, name] :
         {std::pair("normal_tissue", &plan.normal_tissue), std::pair("tumor_tissue", &plan.tumor_tissue)}) {
        std::string const wanted = json.text_or(key, "");
        *name = wanted;
        bool const known = wanted.empty() || wanted == "elsewhere" ||
                           std::any_of(plan.structures.begin(), plan.structures.end(),
                                       [&](auto const& s) { return s.structure == wanted; });
        if (!known) {
            json[key].refuse_here(fmt::format("is '{}'", wanted),
                                  "it fills the beam axis with the tissue of an entry of 'structures'",
                                  "name one of them, or elsewhere");
        }
    }
}

} // namespace

CapturePlan capture_from_json(JsonReader const& json) {
    json.allow_only({"schema_version", "label", "port", "amount", "placement", "fields", "pause_min", "blood",
                     "boron_map", "tissue_map", "weights", "isoeffective", "elsewhere", "structures",
                     "limits", "longest_min", "position_sigma_mm", "normal_tissue", "tumor_tissue"});
    json["schema_version"].integer_in(1, 1);
    CapturePlan plan;
    plan.label = json.text_or("label", "");
    read_fields(json, plan);
    if (json.has("pause_min") && plan.fields.size() < 2) {
        json["pause_min"].refuse_here("has no meaning with one field", "it is the time between two",
                                      "leave it out");
    }
    read_blood(json["blood"], plan);
    if (auto const map = json.find("boron_map")) {
        plan.boron_map = boron_map_from_json(*map);
    }
    plan.tissue_map = json.text_or("tissue_map", "");
    plan.weights = json["weights"].text();
    plan.isoeffective = json["isoeffective"].text();
    read_tissues(json, plan);
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
