#include "report/figures_page.hpp"
#include "report/registry_report.hpp"
#include "report/text.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

using namespace registry;

namespace report {

namespace {

std::string interval_text(Estimate const& estimate) {
    return estimate.has_interval() ? fill_in(word("reg_to"), {{"low", plain_number(estimate.low)},
                                                              {"high", plain_number(estimate.high)}})
                                   : std::string();
}

std::string rooms_range(DemandAnswer const& answer) {
    return answer.rooms_low < answer.rooms_high
               ? fill_in(word("reg_to"),
                         {{"low", plain_number(answer.rooms_low)}, {"high", plain_number(answer.rooms_high)}})
               : std::string();
}

std::string times(DemandInput const* input) {
    return input == nullptr ? std::string() : "× " + plain_number(input->estimate.value);
}

/// What leads to a step: the factor and what it is.
std::pair<std::string, std::string> factor_of(DemandAnswer const& answer, std::string const& step) {
    if (step == "irradiated") {
        return {times(answer.input("utilization")), word("reg_factor_utilization")};
    }
    if (step == "patients") {
        std::string factor = times(answer.input("eligible_share"));
        std::string detail = word("reg_factor_eligible_" + word_of(*answer.share_of));
        if (auto const* const radical = answer.input("radical_share")) {
            factor = times(radical) + " " + factor;
            detail = word("reg_factor_radical") + " · " + detail;
        }
        return {factor, detail};
    }
    if (step == "courses") {
        auto const* const again = answer.input("retreatment");
        std::string factor = "× " + plain_number(1 + again->estimate.value);
        std::string detail =
            plain_number(100 * again->estimate.value) + " % " + word("reg_factor_retreatment");
        return {factor, again->mark == Trust::left_out ? word("reg_factor_left_out") : detail};
    }
    if (step == "fractions") {
        return {times(answer.input("fractions_per_course")), word("reg_factor_fractions")};
    }
    return {"÷ " + plain_number(answer.fractions_per_room), word("reg_factor_capacity")};
}

Chain chain_of(DemandAnswer const& answer) {
    Chain chain;
    chain.title = title_of(answer.modality);
    for (auto const& step : answer.steps) {
        ChainLink link;
        if (step.key != "cases") {
            std::tie(link.factor, link.factor_detail) = factor_of(answer, step.key);
        }
        bool const last = step.key == "rooms";
        link.last = last;
        link.amount = plain_number(last ? answer.rooms : step.amount.value);
        link.label = word("reg_step_" + step.key);
        link.interval = last ? rooms_range(answer) : interval_text(step.amount);
        chain.links.push_back(link);
    }
    double const hours = answer.input("hours_per_day")->estimate.value,
                 days = answer.input("days_per_year")->estimate.value;
    chain.note = fill_in(word("reg_chain_capacity"),
                         {{"fractions", plain_number(answer.fractions_per_room)},
                          {"hourly", plain_number(answer.fractions_per_room / hours / days)},
                          {"hours", plain_number(hours)},
                          {"days", plain_number(days)}});
    if (answer.rooms_by_patients) {
        chain.note +=
            " " + fill_in(word("reg_chain_patients"),
                          {{"patients", plain_number(answer.input("patients_per_room")->estimate.value)},
                           {"rooms", plain_number(whole_rooms(*answer.rooms_by_patients))}});
    }
    return chain;
}

BarTable rooms_table(std::vector<DemandAnswer> const& answers) {
    BarTable table;
    table.title = word("reg_rooms_title");
    table.name_column = word("reg_modality");
    table.value_column = word("reg_rooms");
    table.axis = word("reg_rooms_axis");
    table.from_zero = true;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        auto const& rooms = answers[i].step("rooms").amount;
        std::string const range = rooms_range(answers[i]);
        table.rows.push_back({title_of(answers[i].modality),
                              {},
                              plain_number(answers[i].rooms) + (range.empty() ? "" : " (" + range + ")"),
                              rooms.value,
                              rooms.low,
                              rooms.high,
                              static_cast<int>(i),
                              false});
    }
    return table;
}

BarTable sensitivity_table(DemandAnswer const& answer, bool alone) {
    BarTable table;
    table.title = alone ? std::string() : title_of(answer.modality);
    table.name_column = word("reg_input");
    table.columns = {word("reg_goes")};
    table.value_column = word("reg_rooms");
    table.axis = word("reg_rooms_axis");
    table.reference = answer.step("rooms").amount.value;
    for (auto const& effect : answer.sensitivities) {
        double const least = std::min(effect.rooms_from, effect.rooms_to);
        double const most = std::max(effect.rooms_from, effect.rooms_to);
        table.rows.push_back(
            {effect.label,
             {plain_number(effect.from) + " – " + plain_number(effect.to)},
             fill_in(word("reg_to"), {{"low", plain_number(least)}, {"high", plain_number(most)}}),
             std::nullopt,
             least,
             most,
             0,
             effect.is_published_range});
    }
    return table;
}

TextTable inputs_table(DemandAnswer const& answer, bool alone) {
    TextTable table;
    table.title = alone ? std::string() : title_of(answer.modality);
    table.columns = {word("reg_input"), word("reg_value"), word("reg_interval"),
                     word("reg_unit"),  word("reg_mark"),  word("reg_source")};
    table.numbers = {false, true, true, false, false, false};
    for (auto const& input : answer.inputs) {
        std::string origin = input.meaning;
        if (!input.source.empty()) {
            origin += (origin.empty() ? "" : ". ") + input.source;
        }
        table.rows.push_back({input.label, plain_number(input.estimate.value), interval_text(input.estimate),
                              input.unit, mark_of(input.mark), origin});
    }
    return table;
}

/// Published figures of the modalities shown that are not the one used; of each only once.
TextTable other_figures(DemandReportInput const& input) {
    TextTable table;
    table.columns = {word("reg_input"), word("reg_modality"), word("reg_value"), word("reg_unit"),
                     word("reg_mark"),  word("reg_meaning"),  word("reg_source")};
    table.numbers = {false, false, true, false, false, false, false};
    for (auto const& figure : input.figures.figures) {
        bool const shown =
            std::any_of(input.answers.begin(), input.answers.end(), [&](DemandAnswer const& answer) {
                auto const* const used = answer.input(figure.parameter);
                bool const its = answer.modality == figure.modality || figure.parameter == "utilization";
                return its &&
                       (used == nullptr || used->source != figure.source || used->meaning != figure.meaning ||
                        used->mark != figure.mark) &&
                       (used != nullptr || figure.parameter == "patients_per_room");
            });
        if (!shown) {
            continue;
        }
        std::string value = figure.value ? plain_number(*figure.value) : "";
        if (figure.low && figure.high) {
            std::string const range = plain_number(*figure.low) + " – " + plain_number(*figure.high);
            value += value.empty() ? range : " (" + range + ")";
        }
        table.rows.push_back({demand_parameter(figure.parameter).label, title_of(figure.modality), value,
                              figure.unit, mark_of(figure.mark), figure.meaning, figure.source});
    }
    return table;
}

std::vector<FigureSection> demand_sections(DemandReportInput const& input) {
    bool const alone = input.answers.size() == 1;
    FigureSection chains, rooms, moves, inputs, others;
    chains.id = "chain";
    chains.title = word("reg_chain_title");
    double error = 0;
    for (auto const& answer : input.answers) {
        error = std::max(error, answer.interval_error);
    }
    chains.note = fill_in(word("reg_chain_note"), {{"draws", plain_number(input.answers.front().draws)},
                                                   {"error", fmt::format("{:.2g}", 100 * error)}});
    rooms.id = "rooms";
    rooms.title = word("reg_rooms_title");
    rooms.bars = {rooms_table(input.answers)};
    rooms.bars.front().title.clear();
    moves.id = "sensitivity";
    moves.title = word("reg_sensitivity_title");
    moves.note = word("reg_sensitivity_note");
    inputs.id = "inputs";
    inputs.title = word("reg_inputs_title");
    inputs.note = word("reg_inputs_note");
    others.id = "other-figures";
    others.title = word("reg_other_title");
    others.tables = {other_figures(input)};
    for (auto const& answer : input.answers) {
        chains.chains.push_back(chain_of(answer));
        moves.bars.push_back(sensitivity_table(answer, alone));
        inputs.tables.push_back(inputs_table(answer, alone));
    }
    return {chains, rooms, moves, inputs, others};
}

} // namespace

} // namespace report

std::string render_demand_report(DemandReportInput const& input) {
    using namespace report;
    FiguresPage page;
    page.label = word("reg_demand_label");
    page.subtitle = fill_in(word("reg_demand_subtitle"), {{"cases", plain_number(input.counts.per_year)}});
    page.facts = {{word("reg_fact_cases"), plain_number(input.counts.per_year)},
                  {word("reg_fact_day"), about(input.counts.per_day)},
                  {word("reg_fact_minute"), small_rate_in_words(input.counts.per_minute)},
                  {word("reg_fact_interval"), interval_in_words(input.counts.seconds_between)}};
    for (auto const& answer : input.answers) {
        std::string const range = rooms_range(answer);
        page.facts.push_back({fill_in(word("reg_fact_rooms"), {{"modality", title_of(answer.modality)}}),
                              plain_number(answer.rooms) + (range.empty() ? "" : " (" + range + ")")});
        for (auto const& note : answer.notes) {
            page.notes.push_back(title_of(answer.modality) + ": " + note);
        }
    }
    if (input.answers.size() > 1) {
        page.notes.push_back(word("reg_alone_note"));
    }
    page.sections = demand_sections(input);
    page.limits = {word("reg_limit_demand_1"), word("reg_limit_demand_2"), word("reg_limit_demand_3")};
    page.warnings = input.warnings;
    page.run_record = input.run_record;
    return render_figures_page(page);
}

} // namespace beamwright
