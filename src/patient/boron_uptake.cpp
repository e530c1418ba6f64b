#include "patient/boron_uptake.hpp"
#include "core/data_files.hpp"
#include "core/refusal.hpp"
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {

namespace {

constexpr char const* format_name = "beamwright boron uptake 1";

std::vector<UptakeFigure> read_figures(JsonReader const& json, char const* key, double most) {
    std::vector<UptakeFigure> figures;
    for (auto const& item : json[key].items()) {
        item.allow_only({"tissue", "value", "low", "high", "range_means", "source"});
        UptakeFigure figure;
        figure.tissue = item["tissue"].text();
        figure.value = item["value"].number_in(0, most);
        figure.source = item["source"].text();
        figure.range_means = item.text_or("range_means", "");
        if (item.has("low") || item.has("high")) {
            figure.low = item["low"].number_in(0, figure.value);
            figure.high = item["high"].number_in(figure.value, most);
        }
        figures.push_back(std::move(figure));
    }
    return figures;
}

} // namespace

BoronUptake boron_uptake_from_json(JsonReader const& json) {
    json.allow_only(
        {"format", "name", "compound", "description", "trust", "sources", "tissue_to_blood", "blood_ppm"});
    if (json["format"].text() != format_name) {
        json["format"].refuse_here(fmt::format("is '{}'", json["format"].text()),
                                   fmt::format("this program reads '{}'", format_name),
                                   "name a file of boron uptake");
    }
    BoronUptake uptake{json["name"].text(),
                       json["compound"].text(),
                       json["description"].text(),
                       json["trust"].text(),
                       {},
                       {},
                       {}};
    for (auto const& source : json["sources"].items()) {
        uptake.sources.push_back(source.text());
    }
    uptake.tissue_to_blood = read_figures(json, "tissue_to_blood", 100);
    uptake.blood_ppm = read_figures(json, "blood_ppm", 10000);
    if (uptake.tissue_to_blood.empty()) {
        json["tissue_to_blood"].refuse_here("is empty", "boron in tissue follows from the ratios",
                                            "list one at least");
    }
    return uptake;
}

BoronUptake find_boron_uptake(std::string const& name_or_path) {
    return boron_uptake_from_json(JsonReader::from_file(find_data_file("boron_uptake", name_or_path)));
}

UptakeFigure const& uptake_of(BoronUptake const& uptake, std::string const& tissue) {
    std::vector<std::string> known;
    for (auto const& figure : uptake.tissue_to_blood) {
        if (figure.tissue == tissue) {
            return figure;
        }
        known.push_back(figure.tissue);
    }
    refuse(fmt::format("'{}' has no tissue-to-blood ratio of '{}'", uptake.name, tissue),
           fmt::format("it has: {}", fmt::join(known, ", ")), "name one of them, or state the ratio");
}

} // namespace beamwright
