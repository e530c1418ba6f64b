#include "casefolder/plan_file.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace beamwright {

namespace {

constexpr std::array<std::string_view, 8> patient_positions{"HFS",  "FFS",  "HFP",  "FFP",
                                                            "HFDL", "HFDR", "FFDL", "FFDR"};

Json optional_number(std::optional<double> const& value) { return value ? Json(*value) : Json(); }

Json beam_head(TreatmentBeam const& beam) {
    Json json{{"number", beam.number},
              {"name", beam.name},
              {"machine_name", beam.machine_name},
              {"gantry_deg", beam.gantry_deg},
              {"couch_deg", beam.couch_deg},
              {"table_pitch_deg", beam.table_pitch_deg},
              {"table_roll_deg", beam.table_roll_deg},
              {"isocenter_mm", {beam.isocenter_mm.x, beam.isocenter_mm.y, beam.isocenter_mm.z}},
              {"snout_position_mm", optional_number(beam.snout_position_mm)},
              {"virtual_source_x_mm", optional_number(beam.virtual_source_x_mm)},
              {"virtual_source_y_mm", optional_number(beam.virtual_source_y_mm)},
              {"meterset_MU", beam.meterset_MU},
              {"range_shifters", Json::array()}};
    for (auto const& shifter : beam.range_shifters) {
        json["range_shifters"].push_back(
            {{"id", shifter.id},
             {"isocenter_to_tray_mm", optional_number(shifter.isocenter_to_tray_mm)},
             {"wet_mm", optional_number(shifter.wet_mm)}});
    }
    for (auto const& block : beam.blocks) {
        json["blocks"].push_back({{"id", block.id},
                                  {"type", block.is_aperture ? "aperture" : "shielding"},
                                  {"material", block.material},
                                  {"thickness_mm", block.thickness_mm},
                                  {"isocenter_to_downstream_mm", block.isocenter_to_downstream_mm},
                                  {"divergent", block.divergent},
                                  {"outline_x_mm", block.x_mm},
                                  {"outline_y_mm", block.y_mm}});
    }
    for (auto const& filter : beam.ridge_filters) {
        Json steps = Json::array();
        for (auto const& step : filter.steps) {
            steps.push_back({{"width_mm", step.width_mm}, {"height_mm", step.height_mm}});
        }
        json["ridge_filters"].push_back({{"id", filter.id},
                                         {"material", filter.material},
                                         {"isocenter_to_downstream_mm", filter.isocenter_to_downstream_mm},
                                         {"along", filter.along_x ? "x" : "y"},
                                         {"period_mm", filter.period_mm},
                                         {"half_width_mm", filter.half_width_mm},
                                         {"steps", steps}});
    }
    return json;
}

std::string layer_to_text(Layer const& layer) {
    std::vector<double> x, y, meterset;
    for (auto const& spot : layer.spots) {
        x.push_back(spot.x_mm);
        y.push_back(spot.y_mm);
        meterset.push_back(spot.meterset_MU);
    }
    std::string const size =
        layer.spot_fwhm_mm ? fmt::format(" \"spot_fwhm_mm\": [{}],", fmt::join(*layer.spot_fwhm_mm, ","))
                           : std::string();
    return fmt::format("    {{\"energy_MeV\": {},{}\n     \"spot_x_mm\": [{}],\n     \"spot_y_mm\": [{}],\n"
                       "     \"spot_meterset_MU\": [{}]}}",
                       layer.energy_MeV, size, fmt::join(x, ","), fmt::join(y, ","),
                       fmt::join(meterset, ","));
}

Layer read_layer(JsonReader const& json) {
    json.allow_only({"energy_MeV", "spot_fwhm_mm", "spot_x_mm", "spot_y_mm", "spot_meterset_MU"});
    Layer layer;
    layer.energy_MeV = json["energy_MeV"].number_in(0.1, 1000);
    if (auto const size = json.find("spot_fwhm_mm")) {
        layer.spot_fwhm_mm = {size->at(0).number_in(0, 1000), size->at(1).number_in(0, 1000)};
    }
    auto const x = json["spot_x_mm"].numbers(), y = json["spot_y_mm"].numbers();
    auto const meterset = json["spot_meterset_MU"].numbers();
    if (x.size() != y.size() || x.size() != meterset.size()) {
        json.refuse_here("lists of a layer differ in length",
                         fmt::format("{} x, {} y, {} metersets", x.size(), y.size(), meterset.size()),
                         "give each spot its x, y and meterset");
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (meterset[i] < 0) {
            json["spot_meterset_MU"].at(i).refuse_here("is negative", fmt::format("{} MU", meterset[i]),
                                                       "a spot has 0 MU or more");
        }
        layer.spots.push_back({x[i], y[i], meterset[i]});
    }
    return layer;
}

RangeShifterSetting read_shifter(JsonReader const& json) {
    json.allow_only({"id", "isocenter_to_tray_mm", "wet_mm"});
    RangeShifterSetting shifter;
    shifter.id = json["id"].text();
    if (auto const distance = json.find("isocenter_to_tray_mm")) {
        shifter.isocenter_to_tray_mm = distance->number_in(-2000, 10000);
    }
    if (auto const wet = json.find("wet_mm")) {
        shifter.wet_mm = wet->number_in(0, 1000);
    }
    return shifter;
}

BlockSetting read_block(JsonReader const& json) {
    json.allow_only({"id", "type", "material", "thickness_mm", "isocenter_to_downstream_mm", "divergent",
                     "outline_x_mm", "outline_y_mm"});
    BlockSetting block;
    block.id = json["id"].text();
    auto const type = json["type"].text();
    if (type != "aperture" && type != "shielding") {
        json["type"].refuse_here("is no type of block", fmt::format("it is '{}'", type),
                                 "write aperture (open within its outline) or shielding (solid within it)");
    }
    block.is_aperture = type == "aperture";
    block.material = json.text_or("material", "");
    block.thickness_mm = json["thickness_mm"].number_in(0, 1000);
    block.isocenter_to_downstream_mm = json["isocenter_to_downstream_mm"].number_in(0, 5000);
    block.divergent = json["divergent"].boolean();
    block.x_mm = json["outline_x_mm"].numbers();
    block.y_mm = json["outline_y_mm"].numbers();
    if (block.x_mm.size() != block.y_mm.size() || block.x_mm.size() < 3) {
        json.refuse_here("has no outline", fmt::format("{} x and {} y", block.x_mm.size(), block.y_mm.size()),
                         "give each of three or more corners its x and y");
    }
    return block;
}

RidgeFilterSetting read_ridge_filter(JsonReader const& json) {
    json.allow_only(
        {"id", "material", "isocenter_to_downstream_mm", "along", "period_mm", "half_width_mm", "steps"});
    RidgeFilterSetting filter;
    filter.id = json["id"].text();
    filter.material = json["material"].text();
    filter.isocenter_to_downstream_mm = json["isocenter_to_downstream_mm"].number_in(0, 5000);
    auto const along = json["along"].text();
    if (along != "x" && along != "y") {
        json["along"].refuse_here("is no axis", fmt::format("it is '{}'", along),
                                  "write x or y: the gantry axis along which the bars follow each other");
    }
    filter.along_x = along == "x";
    filter.period_mm = json["period_mm"].number_in(0.01, 100);
    filter.half_width_mm = json.number_or("half_width_mm", filter.half_width_mm);
    for (auto const& step : json["steps"].items()) {
        step.allow_only({"width_mm", "height_mm"});
        filter.steps.push_back({step["width_mm"].number_in(0, 100), step["height_mm"].number_in(0, 500)});
    }
    return filter;
}

void read_spots(JsonReader const& json, TreatmentBeam& beam) {
    double sum_MU = 0;
    for (auto const& layer : json["layers"].items()) {
        beam.layers.push_back(read_layer(layer));
        for (auto const& spot : beam.layers.back().spots) {
            sum_MU += spot.meterset_MU;
        }
    }
    beam.meterset_MU = json["meterset_MU"].number_in(0, 1e9);
    // Metersets pass through decimal text in DICOM (16 characters), never worse than 1e-6; 1e-4 is already a
    // mistake
    if (std::abs(beam.meterset_MU - sum_MU) > 1e-4 * std::max(beam.meterset_MU, sum_MU)) {
        json["meterset_MU"].refuse_here(
            "does not match the spots",
            fmt::format("{} MU stated, the spots sum to {} MU", beam.meterset_MU, sum_MU),
            "correct the beam's meterset or its spots");
    }
}

TreatmentBeam read_beam(JsonReader const& json) {
    json.allow_only({"number", "name", "machine_name", "gantry_deg", "couch_deg", "table_pitch_deg",
                     "table_roll_deg", "isocenter_mm", "snout_position_mm", "virtual_source_x_mm",
                     "virtual_source_y_mm", "meterset_MU", "range_shifters", "blocks", "ridge_filters",
                     "layers"});
    TreatmentBeam beam;
    beam.number = static_cast<int>(json["number"].integer_in(0, 1'000'000));
    beam.name = json["name"].text();
    beam.machine_name = json.text_or("machine_name", "");
    beam.gantry_deg = json["gantry_deg"].number_in(-360, 360);
    beam.couch_deg = json["couch_deg"].number_in(-360, 360);
    beam.table_pitch_deg = json.number_or("table_pitch_deg", 0);
    beam.table_roll_deg = json.number_or("table_roll_deg", 0);
    auto const isocenter = json["isocenter_mm"].numbers();
    if (isocenter.size() != 3) {
        json["isocenter_mm"].refuse_here("is not a point", fmt::format("it has {} numbers", isocenter.size()),
                                         "write [x, y, z] in DICOM patient coordinates, mm");
    }
    beam.isocenter_mm = {isocenter[0], isocenter[1], isocenter[2]};
    if (auto const snout = json.find("snout_position_mm")) {
        beam.snout_position_mm = snout->number_in(-1000, 10000);
    }
    if (auto const distance = json.find("virtual_source_x_mm")) {
        beam.virtual_source_x_mm = distance->number_in(0, 1e6);
    }
    if (auto const distance = json.find("virtual_source_y_mm")) {
        beam.virtual_source_y_mm = distance->number_in(0, 1e6);
    }
    if (auto const shifters = json.find("range_shifters")) {
        for (auto const& shifter : shifters->items()) {
            beam.range_shifters.push_back(read_shifter(shifter));
        }
    }
    if (auto const blocks = json.find("blocks")) {
        for (auto const& block : blocks->items()) {
            beam.blocks.push_back(read_block(block));
        }
    }
    if (auto const filters = json.find("ridge_filters")) {
        for (auto const& filter : filters->items()) {
            beam.ridge_filters.push_back(read_ridge_filter(filter));
        }
    }
    read_spots(json, beam);
    return beam;
}

} // namespace

std::string plan_to_text(Plan const& plan) {
    Json head{{"schema_version", 1},
              {"label", plan.label},
              {"patient_position", plan.patient_position},
              {"fractions", plan.fractions},
              {"sop_instance_uid", plan.sop_instance_uid},
              {"frame_of_reference_uid", plan.frame_of_reference_uid},
              {"structure_set_uid", plan.structure_set_uid}};
    auto const opened = [](Json const& json) {
        std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
        text.pop_back(); // without the closing brace: the large lists follow
        return text;
    };
    std::string out = opened(head) + ",\n \"beams\": [";
    char const* separator = "\n  ";
    for (auto const& beam : plan.beams) {
        std::vector<std::string> layers;
        for (auto const& layer : beam.layers) {
            layers.push_back(layer_to_text(layer));
        }
        out += separator + opened(beam_head(beam)) +
               fmt::format(",\n   \"layers\": [\n{}]}}", fmt::join(layers, ",\n"));
        separator = ",\n  ";
    }
    return out + "\n ]\n}\n";
}

Plan plan_from_json(JsonReader const& json) {
    json.allow_only({"schema_version", "label", "patient_position", "fractions", "beams", "sop_instance_uid",
                     "frame_of_reference_uid", "structure_set_uid"});
    json["schema_version"].integer_in(1, 1);
    Plan plan;
    plan.label = json.text_or("label", "");
    plan.patient_position = json.text_or("patient_position", "");
    bool const known = std::find(patient_positions.begin(), patient_positions.end(), plan.patient_position) !=
                       patient_positions.end();
    if (!known && !plan.patient_position.empty()) {
        json["patient_position"].refuse_here(fmt::format("unknown position '{}'", plan.patient_position),
                                             fmt::format("known: {}", fmt::join(patient_positions, ", ")),
                                             "use one of these");
    }
    plan.fractions = static_cast<int>(json["fractions"].integer_in(1, 1000));
    plan.sop_instance_uid = json.text_or("sop_instance_uid", "");
    plan.frame_of_reference_uid = json.text_or("frame_of_reference_uid", "");
    plan.structure_set_uid = json.text_or("structure_set_uid", "");
    std::set<int> numbers;
    for (auto const& item : json["beams"].items()) {
        plan.beams.push_back(read_beam(item));
        if (!numbers.insert(plan.beams.back().number).second) {
            item["number"].refuse_here(fmt::format("beam number {} stands twice", plan.beams.back().number),
                                       "results are kept per beam number", "give each beam its own number");
        }
    }
    return plan;
}

} // namespace beamwright
