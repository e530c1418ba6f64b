#include "jobs/registry_demand_text.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

using namespace registry;

namespace {

/// A planning figure in few digits: "3,120,000", "0.483", "19.4".
std::string shown(double value) {
    return std::abs(value) >= 1000 ? grouped(value) : fmt::format("{:.4g}", value);
}

std::string shown_interval(Estimate const& estimate) {
    return estimate.has_interval() ? fmt::format("({} to {})", shown(estimate.low), shown(estimate.high))
                                   : std::string();
}

Json estimate_json(Estimate const& estimate) {
    Json json{{"value", estimate.value}};
    if (estimate.has_interval()) {
        json["low"] = estimate.low;
        json["high"] = estimate.high;
    }
    return json;
}

Json input_json(DemandInput const& input) {
    Json json{{"parameter", input.key}, {"option", input.option}};
    json.update(estimate_json(input.estimate));
    json["unit"] = input.unit;
    json["mark"] = mark_of(input.mark);
    json["source"] = input.source;
    json["meaning"] = input.meaning;
    if (input.published_range) {
        json["published_range"] = {input.published_range->first, input.published_range->second};
    }
    return json;
}

Json answer_json(DemandAnswer const& answer) {
    Json json{{"modality", word_of(answer.modality)},
              {"rooms", answer.rooms},
              {"rooms_low", answer.rooms_low},
              {"rooms_high", answer.rooms_high}};
    if (answer.share_of) {
        json["eligible_share_of"] = word_of(*answer.share_of);
    }
    json["steps"] = Json::array();
    for (auto const& step : answer.steps) {
        Json one{{"step", step.key}};
        one.update(estimate_json(step.amount));
        one["unit"] = step.unit;
        json["steps"].push_back(one);
    }
    json["fractions_per_room_and_year"] = answer.fractions_per_room;
    json["fractions_per_new_case"] = answer.fractions_per_new_case;
    if (answer.rooms_by_patients) {
        json["rooms_by_patients_per_room"] = {{"before_rounding", *answer.rooms_by_patients},
                                              {"rooms", whole_rooms(*answer.rooms_by_patients)}};
    }
    json["inputs"] = Json::array();
    for (auto const& input : answer.inputs) {
        json["inputs"].push_back(input_json(input));
    }
    json["sensitivities"] = Json::array();
    for (auto const& effect : answer.sensitivities) {
        json["sensitivities"].push_back(
            {{"parameter", effect.key},
             {"from", effect.from},
             {"to", effect.to},
             {"rooms_from", effect.rooms_from},
             {"rooms_to", effect.rooms_to},
             {"ends", effect.is_published_range ? "other published figures" : "interval"}});
    }
    json["interval_error_relative"] = answer.interval_error;
    json["notes"] = answer.notes;
    return json;
}

std::string chain_text(DemandAnswer const& answer) {
    std::string text = fmt::format("\n{}\n", title_of(answer.modality));
    for (auto const& step : answer.steps) {
        text += fmt::format("  {:<32} {:>12} {}\n", step.label, shown(step.amount.value),
                            shown_interval(step.amount));
    }
    std::string const range =
        answer.rooms_low < answer.rooms_high
            ? fmt::format("({} to {})", grouped(answer.rooms_low), grouped(answer.rooms_high))
            : std::string();
    text += fmt::format("  {:<32} {:>12} {}\n", "ROOMS", grouped(answer.rooms), range);
    text += fmt::format("  one room gives {} fractions a year", shown(answer.fractions_per_room));
    if (answer.rooms_by_patients) {
        text += fmt::format("; by {} patients a room and year: {} rooms",
                            shown(answer.input("patients_per_room")->estimate.value),
                            grouped(whole_rooms(*answer.rooms_by_patients)));
    }
    return text + "\n";
}

std::string inputs_text(DemandAnswer const& answer) {
    std::string text = "  from\n";
    for (auto const& input : answer.inputs) {
        std::string const origin = input.source.empty() ? input.meaning : input.source;
        text += fmt::format("    {:<28} {:>10} {:<22} {:<8} {}\n", input.label, shown(input.estimate.value),
                            shown_interval(input.estimate), mark_of(input.mark), origin);
    }
    for (auto const& note : answer.notes) {
        text += fmt::format("  note: {}\n", note);
    }
    return text;
}

} // namespace

Json counts_json(CountRates const& counts) {
    return {{"per_year", counts.per_year},
            {"days_in_year", counts.days_in_year},
            {"per_day", counts.per_day},
            {"per_hour", counts.per_hour},
            {"per_minute", counts.per_minute},
            {"seconds_between", counts.seconds_between},
            {"in_words",
             {{"per_day", about(counts.per_day)},
              {"per_minute", small_rate_in_words(counts.per_minute)},
              {"interval", interval_in_words(counts.seconds_between)}}}};
}

std::string counts_text(CountRates const& counts, std::string const& what) {
    return fmt::format("{:<22} {} a year ({} days)\n"
                       "  a day                {} ({:.1f})\n"
                       "  a minute             {} ({:.3g})\n"
                       "                       {}\n",
                       what, grouped(counts.per_year), counts.days_in_year, about(counts.per_day),
                       counts.per_day, small_rate_in_words(counts.per_minute), counts.per_minute,
                       interval_in_words(counts.seconds_between));
}

Json demand_json(std::vector<DemandAnswer> const& answers, CountRates const& counts) {
    Json json;
    json["cases"] = counts_json(counts);
    json["modalities"] = Json::array();
    for (auto const& answer : answers) {
        json["modalities"].push_back(answer_json(answer));
    }
    json["seed"] = answers.front().seed;
    json["draws"] = answers.front().draws;
    return json;
}

std::string demand_text(std::vector<DemandAnswer> const& answers, CountRates const& counts) {
    std::string text = counts_text(counts, "new cases");
    for (auto const& answer : answers) {
        text += chain_text(answer) + inputs_text(answer);
    }
    double error = 0;
    for (auto const& answer : answers) {
        error = std::max(error, answer.interval_error);
    }
    text += fmt::format(
        "\n( ) 95 % from {} draws of the inputs' intervals, seed {}; inputs taken as independent; ends of "
        "the rooms good to {:.2g} %\n",
        grouped(answers.front().draws), answers.front().seed, 100 * error);
    if (answers.size() > 1) {
        text += "each modality on its own: patients of one are not taken off another\n";
    }
    return text;
}

Json figures_json(DemandFigures const& figures) {
    Json json;
    json["figures"] = Json::array();
    for (auto const& figure : figures.figures) {
        Json one{{"parameter", figure.parameter}, {"modality", word_of(figure.modality)}};
        for (auto const& [key, number] : {std::pair("value", figure.value), std::pair("low", figure.low),
                                          std::pair("high", figure.high)}) {
            one[key] = number ? Json(*number) : Json(nullptr);
        }
        one["unit"] = figure.unit;
        one["meaning"] = figure.meaning;
        one["source"] = figure.source;
        one["mark"] = mark_of(figure.mark);
        one["default"] = figure.is_default;
        json["figures"].push_back(one);
    }
    return json;
}

std::string figures_text(DemandFigures const& figures) {
    std::string text;
    for (Modality const modality : {Modality::xray, Modality::proton, Modality::bnct}) {
        text += fmt::format("{}\n", title_of(modality));
        for (auto const& figure : figures.figures) {
            if (figure.modality != modality) {
                continue;
            }
            std::string number = figure.value ? shown(*figure.value) : "";
            if (figure.low || figure.high) {
                number +=
                    fmt::format("{}({} to {})", number.empty() ? "" : " ",
                                figure.low ? shown(*figure.low) : "", figure.high ? shown(*figure.high) : "");
            }
            text += fmt::format("{} {:<24} {:<20} {:<30} {:<12}\n      {}\n      {}\n",
                                figure.is_default ? "*" : " ", demand_parameter(figure.parameter).option,
                                number, figure.unit, mark_of(figure.mark), figure.meaning, figure.source);
        }
    }
    return text +
           "\n* default. P printed by its source, P-COMMERCIAL a provider's own claim (never a default).\n"
           "Not published, to be given: --fractions for protons; --eligible and --setup-minutes for neutron "
           "capture.\n";
}

} // namespace beamwright
