#include "report/bar_table.hpp"
#include "report/text.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::report {

namespace {

/// Positions in percent of the cell, so that bars fill any width without bending circles.
struct Scale {
    double least, most;
    bool logarithmic;
    double percent(double value) const {
        double const part = logarithmic ? std::log(std::max(value, least) / least) / std::log(most / least)
                                        : (value - least) / (most - least);
        return 2 + 96 * std::clamp(part, 0.0, 1.0);
    }
};

Scale scale_of(BarTable const& table) {
    double least = HUGE_VAL, most = -HUGE_VAL;
    auto const add = [&](double value) {
        if (std::isfinite(value) && (!table.logarithmic || value > 0)) {
            least = std::min(least, value);
            most = std::max(most, value);
        }
    };
    for (auto const& row : table.rows) {
        add(row.low);
        add(row.high);
        if (row.at) {
            add(*row.at);
        }
    }
    if (table.reference) {
        add(*table.reference);
    }
    if (!(least <= most)) {
        return {0, 1, false};
    }
    if (table.logarithmic) {
        return {least / 1.1, most * 1.1, true};
    }
    double const margin = std::max(0.04 * (most - least), 1e-9 + 0.02 * std::abs(most));
    return {table.from_zero ? 0 : least - margin, most + margin, false};
}

std::vector<XyTick> ticks_of(Scale const& scale) {
    return scale.logarithmic ? log_ticks(scale.least, scale.most) : linear_ticks(scale.least, scale.most, 6);
}

std::string bar_svg(BarTable const& table, BarRow const& row, Scale const& scale) {
    std::string out = "<svg class=\"bar-row\" width=\"100%\" height=\"22\" aria-hidden=\"true\">";
    for (auto const& tick : ticks_of(scale)) {
        out += fmt::format("<line class=\"grid\" x1=\"{0:.2f}%\" x2=\"{0:.2f}%\" y1=\"-4\" y2=\"26\"/>",
                           scale.percent(tick.at));
    }
    if (table.reference) {
        out += fmt::format("<line class=\"reference\" x1=\"{0:.2f}%\" x2=\"{0:.2f}%\" y1=\"-6\" y2=\"28\"/>",
                           scale.percent(*table.reference));
    }
    double const from = scale.percent(std::min(row.low, row.high)),
                 to = scale.percent(std::max(row.low, row.high));
    std::string const color = fmt::format("style=\"--m:var(--c{})\"", row.color % plot_colors);
    if (row.at) {
        out += fmt::format("<line class=\"interval\" {} x1=\"{:.2f}%\" x2=\"{:.2f}%\" y1=\"11\" y2=\"11\"/>"
                           "<circle class=\"mark{}\" {} cx=\"{:.2f}%\" cy=\"11\" r=\"4.5\"/>",
                           color, from, to, row.pale ? " hollow" : "", color, scale.percent(*row.at));
    } else {
        out += fmt::format(
            "<rect class=\"range{}\" {} x=\"{:.2f}%\" width=\"{:.2f}%\" y=\"4\" height=\"14\" rx=\"2\"/>",
            row.pale ? " pale" : "", color, from, std::max(to - from, 0.3));
    }
    return out + "</svg>";
}

std::string axis_svg(BarTable const& table, Scale const& scale) {
    std::string out = "<svg class=\"bar-axis\" width=\"100%\" height=\"18\" aria-hidden=\"true\">";
    double last = -100;
    for (auto const& tick : ticks_of(scale)) {
        double const at = scale.percent(tick.at);
        double const need = 1.9 * static_cast<double>(tick.text.size()) + 3;
        if (!tick.text.empty() && at - last >= need) {
            out += fmt::format("<text x=\"{:.2f}%\" y=\"12\" text-anchor=\"middle\">{}</text>", at,
                               plain_number(tick.at));
            last = at;
        }
    }
    out += "</svg>";
    if (table.reference && !table.reference_label.empty()) {
        out += "<p class=\"quiet reference-label\">" + escape_html(table.reference_label) + "</p>";
    }
    return out;
}

} // namespace

std::string bar_table_html(BarTable const& table) {
    if (table.rows.empty()) {
        return {};
    }
    Scale const scale = scale_of(table);
    std::string head = "<th scope=\"col\">" + escape_html(table.name_column) + "</th>";
    for (auto const& column : table.columns) {
        head += "<th scope=\"col\" class=\"n extra\">" + escape_html(column) + "</th>";
    }
    head += "<th scope=\"col\" class=\"n\">" + escape_html(table.value_column) + "</th><th scope=\"col\">" +
            escape_html(table.axis) + "</th>";
    std::string rows;
    for (auto const& row : table.rows) {
        rows += "<tr><th scope=\"row\">" + escape_html(row.name) + "</th>";
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            rows += "<td class=\"n extra\">" +
                    escape_html(i < row.cells.size() ? row.cells[i] : std::string()) + "</td>";
        }
        rows += "<td class=\"n\">" + escape_html(row.value) + "</td><td class=\"bar-cell\">" +
                bar_svg(table, row, scale) + "</td></tr>";
    }
    return "<div class=\"scroll\"><table class=\"bars\"><caption class=\"sr\">" + escape_html(table.title) +
           "</caption><thead><tr>" + head + "</tr></thead><tbody>" + rows +
           fmt::format("</tbody><tfoot><tr><td colspan=\"{}\"></td><td class=\"bar-cell\">",
                       2 + table.columns.size()) +
           axis_svg(table, scale) + "</td></tr></tfoot></table></div>";
}

} // namespace beamwright::report
