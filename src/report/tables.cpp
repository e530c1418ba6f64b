#include "report/tables.hpp"
#include "report/dvh_plot.hpp"
#include "report/text.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::report {

namespace {

std::string cell(std::string const& text) { return "<td>" + text + "</td>"; }
std::string number_cell(std::string const& text) { return "<td class=\"n\">" + text + "</td>"; }
std::string head(std::string const& text, bool of_numbers = false) {
    return fmt::format("<th scope=\"col\"{}>{}</th>", of_numbers ? " class=\"n\"" : "", text);
}
std::string caption(std::string const& key) {
    return "<caption class=\"sr\">" + escape_html(word(key)) + "</caption>";
}

/// "58.87 ± 0.21" with a quiet second part.
std::string value_cell(double value, std::optional<double> uncertainty, std::string const& unit) {
    std::string text = number(value, uncertainty);
    if (uncertainty && std::isfinite(*uncertainty)) {
        text += "<small> ± " + number(*uncertainty, uncertainty) + "</small>";
    }
    return number_cell(unit.empty() ? text : text + " " + escape_html(unit));
}

std::string swatch(std::size_t structure) {
    return fmt::format("<svg class=\"swatch\" viewBox=\"0 0 26 10\" aria-hidden=\"true\"><line x1=\"1\" "
                       "y1=\"5\" x2=\"25\" y2=\"5\" "
                       "style=\"stroke:var(--s{0})\" stroke-dasharray=\"{1}\"/></svg>",
                       structure, dash_of(structure));
}

std::string asked(ReportGoal const& goal) {
    std::string text;
    if (goal.at_least) {
        text = fmt::format("≥ {:g} {}", *goal.at_least, goal.unit);
    }
    if (goal.at_most) {
        text += fmt::format("{}≤ {:g} {}", text.empty() ? "" : ", ", *goal.at_most, goal.unit);
    }
    return escape_html(text);
}

/// The names of all metrics in the order of their first appearance, with their units.
std::vector<std::pair<std::string, std::string>> metric_columns(ReportInput const& input) {
    std::vector<std::pair<std::string, std::string>> columns;
    for (auto const& entry : input.structures) {
        for (auto const& metric : entry.metrics) {
            std::pair<std::string, std::string> const column{metric.name, metric.unit};
            if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
                columns.push_back(column);
            }
        }
    }
    return columns;
}

/// Text of a JSON value: strings as they are, numbers short, lists joined.
std::string plain(Json const& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_number_float()) {
        return fmt::format("{:.6g}", value.get<double>());
    }
    if (value.is_array() &&
        std::all_of(value.begin(), value.end(), [](Json const& v) { return v.is_primitive(); })) {
        std::string text;
        for (auto const& item : value) {
            text += (text.empty() ? "" : " ") + plain(item);
        }
        return text;
    }
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string inputs_rows(Json const& inputs) {
    std::string rows;
    for (auto const& input : inputs) {
        if (input.is_object()) {
            rows += "<tr>" + cell(escape_html(input.value("role", ""))) +
                    cell(escape_html(input.value("name", ""))) + "<td class=\"hash\">" +
                    escape_html(input.value("sha256", "")) + "</td></tr>";
        }
    }
    return rows;
}

} // namespace

GoalState state_of(ReportGoal const& goal) {
    double const two_sigma = 2 * goal.uncertainty.value_or(0);
    bool close = false, met = true;
    for (auto const& [bound, sign] : {std::pair(goal.at_least, 1.0), std::pair(goal.at_most, -1.0)}) {
        if (bound) {
            met = met && sign * (goal.value - *bound) >= 0;
            close = close || std::abs(goal.value - *bound) < two_sigma;
        }
    }
    return !std::isfinite(goal.value) ? GoalState::not_met
           : close                    ? GoalState::too_close
           : met                      ? GoalState::met
                                      : GoalState::not_met;
}

std::string goals_table(ReportInput const& input) {
    if (input.goals.empty()) {
        return "<p class=\"quiet\">" + escape_html(word("no_goals")) + "</p>";
    }
    std::string rows;
    for (auto const& goal : input.goals) {
        auto const state = state_of(goal);
        char const* const name = state == GoalState::met       ? "met"
                                 : state == GoalState::not_met ? "not_met"
                                                               : "too_close";
        char const* const sign = state == GoalState::met ? "✓" : state == GoalState::not_met ? "✕" : "≈";
        rows += "<tr>" + cell(escape_html(goal.structure)) + cell(escape_html(goal.metric)) +
                number_cell(asked(goal)) + value_cell(goal.value, goal.uncertainty, goal.unit) +
                fmt::format(
                    "<td><span class=\"state {}\"><span aria-hidden=\"true\">{}</span> {}</span></td></tr>",
                    name, sign, escape_html(word(std::string("goal_") + name)));
    }
    return "<div class=\"scroll\"><table>" + caption("goals_title") + "<thead><tr>" +
           head(word("structure")) + head(word("metric")) + head(word("asked"), true) +
           head(word("reached"), true) + head(word("result")) + "</tr></thead><tbody>" + rows +
           "</tbody></table></div>";
}

std::string structures_table(ReportInput const& input) {
    auto const columns = metric_columns(input);
    std::string top =
        head(word("structure")) + head(escape_html(word("volume")) + " <small>cm³</small>", true);
    for (auto const& [name, unit] : columns) {
        top += head(escape_html(name) + " <small>" + escape_html(unit) + "</small>", true);
    }
    std::string rows;
    for (std::size_t s = 0; s < input.structures.size(); ++s) {
        auto const& entry = input.structures[s];
        rows += "<tr><th scope=\"row\">" + swatch(s) + escape_html(entry.structure.name) + "</th>" +
                number_cell(number(entry.volume_cm3));
        for (auto const& [name, unit] : columns) {
            auto const found =
                std::find_if(entry.metrics.begin(), entry.metrics.end(),
                             [&, n = name, u = unit](auto const& m) { return m.name == n && m.unit == u; });
            rows += found == entry.metrics.end() ? number_cell("")
                                                 : value_cell(found->value, found->uncertainty, "");
        }
        rows += "</tr>";
    }
    return "<div class=\"scroll\"><table class=\"answer\">" + caption("structures_title") + "<thead><tr>" +
           top + "</tr></thead><tbody>" + rows + "</tbody></table></div>";
}

std::string beams_table(ReportInput const& input) {
    std::string rows;
    for (auto const& beam : input.beams) {
        rows += "<tr><th scope=\"row\">" + fmt::format("{} ", beam.number) + escape_html(beam.name) +
                "</th>" + cell(escape_html(beam.machine)) +
                number_cell(fmt::format("{:g}°", beam.gantry_deg)) +
                number_cell(fmt::format("{:g}°", beam.couch_deg)) +
                number_cell(fmt::format("{}", beam.layers)) + number_cell(fmt::format("{}", beam.spots)) +
                number_cell(fmt::format("{:.1f} – {:.1f}", beam.energy_min_MeV, beam.energy_max_MeV)) +
                number_cell(number(beam.meterset_MU)) +
                number_cell(beam.protons ? fmt::format("{:.3g}", *beam.protons) : "") +
                cell(beam.range_shifter.empty() ? "–" : escape_html(beam.range_shifter)) + "</tr>";
    }
    return "<div class=\"scroll\"><table>" + caption("beams_title") + "<thead><tr>" + head(word("beam")) +
           head(word("machine")) + head(word("gantry"), true) + head(word("couch"), true) +
           head(word("layers"), true) + head(word("spots"), true) +
           head(escape_html(word("energies")) + " <small>MeV</small>", true) +
           head(escape_html(word("meterset")) + " <small>MU</small>", true) + head(word("protons"), true) +
           head(word("range_shifter")) + "</tr></thead><tbody>" + rows + "</tbody></table></div>";
}

std::string budget_table(ReportInput const& input) {
    std::string bar, rows;
    for (std::size_t i = 0; i < input.energy_budget.size(); ++i) {
        auto const& share = input.energy_budget[i];
        double const percent = std::isfinite(share.fraction) ? 100 * share.fraction : 0;
        bar += fmt::format("<span class=\"part p{}\" style=\"flex-grow:{:.4f}\"></span>", i % 6,
                           std::max(percent, 0.0));
        rows += fmt::format("<tr><td><span class=\"part key p{}\"></span>{}</td>", i % 6,
                            escape_html(share.label)) +
                number_cell(fmt::format("{:.2f} %", percent)) + "</tr>";
    }
    return "<div class=\"bar\" aria-hidden=\"true\">" + bar +
           "</div><div class=\"scroll\"><table class=\"narrow\">" + caption("budget_title") + "<tbody>" +
           rows + "</tbody></table></div>";
}

std::string provenance_table(ReportInput const& input) {
    auto const& record = input.run_record;
    std::string rows, hashes;
    for (auto const& [key, value] : record.items()) {
        if (key == "inputs") {
            hashes = inputs_rows(value);
        } else if (key != "warnings" && key != "outputs") {
            rows += "<tr><th scope=\"row\">" + escape_html(key) + "</th><td class=\"code\">" +
                    escape_html(plain(value)) + "</td></tr>";
        }
    }
    std::string out = "<div class=\"scroll\"><table class=\"narrow\">" + caption("provenance_title") +
                      "<tbody>" + rows + "</tbody></table></div>";
    if (!hashes.empty()) {
        out += "<h3>" + escape_html(word("inputs")) + "</h3><div class=\"scroll\"><table>" +
               caption("inputs") + "<thead><tr>" + head(word("role")) + head(word("file")) + head("SHA-256") +
               "</tr></thead><tbody>" + hashes + "</tbody></table></div>";
    }
    return out;
}

std::string warnings_list(ReportInput const& input) {
    std::string items;
    for (auto const& warning : input.warnings) {
        items += "<li><strong>" + escape_html(warning.problem) + "</strong>";
        if (!warning.why.empty()) {
            items += "<br>" + escape_html(warning.why);
        }
        if (!warning.what_to_do.empty()) {
            items += "<br><em>" + escape_html(warning.what_to_do) + "</em>";
        }
        items += "</li>";
    }
    return "<ul>" + items + "</ul>";
}

std::string facts_list(ReportInput const& input) {
    std::string out;
    for (auto const& fact : input.facts) {
        out += "<div><dt>" + escape_html(fact.label) + "</dt><dd>" + escape_html(fact.value) + "</dd></div>";
    }
    return out.empty() ? out : "<dl class=\"facts\">" + out + "</dl>";
}

} // namespace beamwright::report
