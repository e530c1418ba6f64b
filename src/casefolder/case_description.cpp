#include "casefolder/case_description.hpp"
#include "core/refusal.hpp"
#include <array>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

namespace beamwright {

namespace {

struct SourceField {
    char const* key;
    std::string DicomSource::*member;
};

constexpr std::array<SourceField, 18> source_fields{{
    {"patient_name", &DicomSource::patient_name},
    {"patient_id", &DicomSource::patient_id},
    {"patient_birth_date", &DicomSource::patient_birth_date},
    {"patient_sex", &DicomSource::patient_sex},
    {"study_instance_uid", &DicomSource::study_instance_uid},
    {"study_id", &DicomSource::study_id},
    {"study_date", &DicomSource::study_date},
    {"study_time", &DicomSource::study_time},
    {"study_description", &DicomSource::study_description},
    {"accession_number", &DicomSource::accession_number},
    {"referring_physician_name", &DicomSource::referring_physician_name},
    {"frame_of_reference_uid", &DicomSource::frame_of_reference_uid},
    {"position_reference_indicator", &DicomSource::position_reference_indicator},
    {"ct_series_instance_uid", &DicomSource::ct_series_instance_uid},
    {"ct_manufacturer", &DicomSource::ct_manufacturer},
    {"ct_model", &DicomSource::ct_model},
    {"structure_set_sop_instance_uid", &DicomSource::structure_set_sop_instance_uid},
    {"plan_sop_instance_uid", &DicomSource::plan_sop_instance_uid},
}};

char const* unit_word(DoseGoal::Unit unit) {
    return unit == DoseGoal::Unit::Gy ? "Gy" : unit == DoseGoal::Unit::percent ? "percent" : "cm3";
}

/// A file name inside the case folder: never a way out of it.
std::string own_file(JsonReader const& json) {
    std::string name = json.text(); // not const: it is handed on
    std::filesystem::path const path(name);
    bool bad =
        path.is_absolute() || name.find('\0') != std::string::npos || name.find('\\') != std::string::npos;
    for (auto const& part : path) {
        bad = bad || part == ".." || part == ".";
    }
    if (bad || name.empty()) {
        json.refuse_here(fmt::format("'{}' is not a file of this case", name),
                         "a case holds its own files; paths that lead out of the folder are not followed",
                         "copy the file into the case folder and write its name");
    }
    return name;
}

DicomSource read_source(JsonReader const& json) {
    std::vector<std::string> known;
    known.reserve(source_fields.size());
    for (auto const& field : source_fields) {
        known.emplace_back(field.key);
    }
    DicomSource source;
    if (!json.raw().is_object()) {
        json.allow_only({});
    }
    for (auto const& [key, value] : json.raw().items()) {
        bool found = false;
        for (auto const& field : source_fields) {
            if (key == field.key) {
                source.*field.member = json[key].text();
                found = true;
            }
        }
        if (!found) {
            std::string const near = nearest_word(key, known);
            json.refuse_here(fmt::format("unknown key '{}'", key),
                             "it is not among the references kept for export",
                             near.empty() ? "remove it" : fmt::format("did you mean '{}'?", near));
        }
    }
    return source;
}

StructureOverride read_override(JsonReader const& json) {
    json.allow_only({"structure", "ct_HU", "material", "density_g_per_cm3"});
    StructureOverride change;
    change.structure = json["structure"].text();
    if (auto const hu = json.find("ct_HU")) {
        change.ct_HU = hu->number_in(-1024, 30000);
    }
    change.material = json.text_or("material", "");
    if (auto const density = json.find("density_g_per_cm3")) {
        change.density_g_per_cm3 = density->number_in(1e-6, 25);
    }
    if (change.ct_HU.has_value() == change.density_g_per_cm3.has_value() ||
        change.material.empty() == change.density_g_per_cm3.has_value()) {
        json.refuse_here("does not say one thing",
                         "an override is either 'ct_HU', or 'material' with 'density_g_per_cm3'",
                         "give one of the two");
    }
    return change;
}

DoseGoal read_goal(JsonReader const& json) {
    json.allow_only({"structure", "metric", "at_least_Gy", "at_most_Gy", "at_least_percent",
                     "at_most_percent", "at_least_cm3", "at_most_cm3"});
    DoseGoal goal;
    goal.structure = json["structure"].text();
    goal.metric = json["metric"].text();
    goal.unit = unit_of_metric(json["metric"]);
    bool const volume = goal.metric.front() == 'V';
    if (volume && (json.has("at_least_cm3") || json.has("at_most_cm3"))) {
        goal.unit = DoseGoal::Unit::cm3;
    }
    std::string const unit = unit_word(goal.unit);
    for (auto const& [key, value] : json.raw().items()) {
        if (key.rfind("at_", 0) != 0) {
            continue;
        }
        if (key.size() < unit.size() || key.compare(key.size() - unit.size(), unit.size(), unit) != 0) {
            json.refuse_here(fmt::format("'{}' has the wrong unit for {}", key, goal.metric),
                             volume ? "a volume is in percent or in cm3 (one of them)"
                                    : "a dose is in Gy per course",
                             fmt::format("write 'at_least_{0}' or 'at_most_{0}'", unit));
        }
        (key.rfind("at_least", 0) == 0 ? goal.at_least : goal.at_most) = json[key].number_in(0, 1e6);
    }
    if (!goal.at_least && !goal.at_most) {
        json.refuse_here("asks for nothing", "neither a least nor a most value is given",
                         fmt::format("add 'at_least_{0}' or 'at_most_{0}'", unit));
    }
    return goal;
}

Json goal_to_json(DoseGoal const& goal) {
    Json json{{"structure", goal.structure}, {"metric", goal.metric}};
    if (goal.at_least) {
        json[fmt::format("at_least_{}", unit_word(goal.unit))] = *goal.at_least;
    }
    if (goal.at_most) {
        json[fmt::format("at_most_{}", unit_word(goal.unit))] = *goal.at_most;
    }
    return json;
}

Json override_to_json(StructureOverride const& change) {
    Json json{{"structure", change.structure}};
    if (change.ct_HU) {
        json["ct_HU"] = *change.ct_HU;
    } else {
        json["material"] = change.material;
        json["density_g_per_cm3"] = change.density_g_per_cm3.value_or(0);
    }
    return json;
}

/// The number after the first letter and what follows it; nothing if there is no number.
std::optional<std::pair<double, std::string>> number_and_rest(std::string const& metric) {
    double value = 0;
    auto const* const end = metric.data() + metric.size();
    auto const [rest, error] = std::from_chars(metric.data() + 1, end, value, std::chars_format::fixed);
    return error == std::errc{} && value >= 0 && value <= 1e6
               ? std::optional(std::pair(value, std::string(rest, end)))
               : std::nullopt;
}

} // namespace

DoseGoal::Unit unit_of_metric(JsonReader const& json) {
    std::string const metric = json.text();
    if (metric == "mean" || metric == "min" || metric == "max") {
        return DoseGoal::Unit::Gy;
    }
    if (auto const parts = metric.size() > 1 ? number_and_rest(metric) : std::nullopt) {
        auto const& [value, rest] = *parts;
        if (metric[0] == 'D' && ((value <= 100 && (rest.empty() || rest == "%")) || rest == "cc")) {
            return DoseGoal::Unit::Gy;
        }
        if (metric[0] == 'V' && (rest == "Gy" || rest == "%")) {
            return DoseGoal::Unit::percent;
        }
    }
    json.refuse_here(fmt::format("'{}' is not a metric", metric),
                     "known: D95 (percent), D0.03cc, V20Gy, V95%, mean, min, max",
                     "write one of these forms");
}

Json migrated(JsonReader const& document, int newest, std::vector<Migration> const& steps) {
    int version = static_cast<int>(document["schema_version"].integer_in(0, 1'000'000));
    if (version > newest) {
        document["schema_version"].refuse_here(fmt::format("schema {} is newer than this program", version),
                                               fmt::format("this program reads up to schema {}", newest),
                                               "use the program that wrote it, or a newer one");
    }
    Json json = document.raw();
    for (; version < newest; ++version) {
        Migration const* found = nullptr;
        for (auto const& step : steps) {
            found = step.from == version ? &step : found;
        }
        if (!found) {
            document["schema_version"].refuse_here(
                fmt::format("schema {} is not read any more", version),
                fmt::format("this program writes schema {}", newest),
                "open it with an older version of the program and save it");
        }
        found->change(json);
        json["schema_version"] = version + 1;
    }
    return json;
}

Json to_json(CaseDescription const& c) {
    auto const or_null = [](std::string const& text) { return text.empty() ? Json() : Json(text); };
    Json json{{"schema_version", case_schema_version}, {"label", c.label}, {"note", c.note}};
    json["ct_file"] = or_null(c.ct_file);
    json["structures_file"] = or_null(c.structures_file);
    json["plan_file"] = or_null(c.plan_file);
    if (!c.capture_file.empty()) {
        json["capture_file"] = c.capture_file;
    }
    json["machine"] = or_null(c.machine);
    json["calibration"] = or_null(c.calibration);
    json["body_structure"] = or_null(c.body_structure);
    if (!c.virtual_source.empty()) {
        json["virtual_source"] = c.virtual_source;
    }
    if (c.optics_plane_mm) {
        json["optics_plane_mm"] = *c.optics_plane_mm;
    }
    if (c.outside_body) {
        json["outside_body"] = {{"as", "air"}, {"keep", c.outside_body->keep}};
    }
    json["prescription"] = Json();
    if (c.prescription) {
        json["prescription"] = {{"structure", c.prescription->structure},
                                {"dose_Gy", c.prescription->dose_Gy}};
    }
    json["goals"] = Json::array();
    for (auto const& goal : c.goals) {
        json["goals"].push_back(goal_to_json(goal));
    }
    json["overrides"] = Json::array();
    for (auto const& change : c.overrides) {
        json["overrides"].push_back(override_to_json(change));
    }
    json["dicom_source"] = Json::object();
    for (auto const& field : source_fields) {
        if (!(c.source.*field.member).empty()) {
            json["dicom_source"][field.key] = c.source.*field.member;
        }
    }
    return json;
}

CaseDescription case_from_json(JsonReader const& document) {
    // No older schema exists yet; a step is added here with the change that needs it
    auto const json =
        JsonReader::from_text(migrated(document, case_schema_version, {}).dump(), document.source());
    json.allow_only({"schema_version", "label", "note", "ct_file", "structures_file", "plan_file",
                     "capture_file", "machine", "virtual_source", "optics_plane_mm", "calibration",
                     "body_structure", "outside_body", "prescription", "goals", "overrides", "dicom_source"});
    CaseDescription c;
    c.label = json["label"].text();
    c.note = json.text_or("note", "");
    auto const file_or_none = [&](std::string_view key) {
        auto const found = json.find(key);
        return found ? own_file(*found) : std::string();
    };
    c.ct_file = file_or_none("ct_file");
    c.structures_file = file_or_none("structures_file");
    c.plan_file = file_or_none("plan_file");
    c.capture_file = file_or_none("capture_file");
    c.machine = json.text_or("machine", "");
    c.calibration = json.text_or("calibration", "");
    c.body_structure = json.text_or("body_structure", "");
    c.virtual_source = json.text_or("virtual_source", "");
    if (auto const plane = json.find("optics_plane_mm")) {
        c.optics_plane_mm = plane->number_in(-10'000, 10'000);
    }
    if (auto const outside = json.find("outside_body")) {
        outside->allow_only({"as", "keep"});
        if ((*outside)["as"].text() != "air") {
            (*outside)["as"].refuse_here("is not known", "it says as what the CT outside the body counts",
                                         "write air, or leave outside_body out to keep the CT");
        }
        c.outside_body.emplace();
        if (auto const keep = outside->find("keep")) {
            for (auto const& name : keep->items()) {
                c.outside_body->keep.push_back(name.text());
            }
        }
    }
    if (auto const asked = json.find("prescription")) {
        asked->allow_only({"structure", "dose_Gy"});
        c.prescription = Prescription{(*asked)["structure"].text(), (*asked)["dose_Gy"].number_in(1e-6, 1e4)};
    }
    if (auto const goals = json.find("goals")) {
        for (auto const& goal : goals->items()) {
            c.goals.push_back(read_goal(goal));
        }
    }
    if (auto const overrides = json.find("overrides")) {
        for (auto const& change : overrides->items()) {
            c.overrides.push_back(read_override(change));
        }
    }
    if (auto const source = json.find("dicom_source")) {
        c.source = read_source(*source);
    }
    return c;
}

} // namespace beamwright
