#include "report/figure_section.hpp"
#include "report/assets.hpp"
#include "report/bar_table.hpp"
#include "report/colors.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::report {

namespace {
/// Okabe and Ito (2008), told apart with any kind of color vision; made readable on the page's light and dark cards.
constexpr std::array<Rgb, plot_colors> palette{{{0, 114, 178},
                                                {213, 94, 0},
                                                {0, 158, 115},
                                                {204, 121, 167},
                                                {86, 180, 233},
                                                {230, 159, 0},
                                                {100, 100, 110},
                                                {140, 80, 160}}};
} // namespace

std::string palette_css() {
    std::string light, dark;
    for (std::size_t c = 0; c < palette.size(); ++c) {
        // 3:1 is what WCAG asks of lines in a plot
        light += fmt::format("--c{}:{};", c, hex(readable_on(palette[c], {255, 255, 255}, 3.2)));
        dark += fmt::format("--c{}:{};", c, hex(readable_on(palette[c], {27, 31, 36}, 4.0)));
    }
    return fmt::format(":root{{{}}}@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}", light,
                       dark);
}

namespace {

std::string quiet(std::string const& text) {
    return text.empty() ? text : "<p class=\"quiet\">" + escape_html(text) + "</p>";
}

std::string chain_html(Chain const& chain) {
    std::string links;
    for (auto const& link : chain.links) {
        links += fmt::format("<li{}>", link.last ? " class=\"last\"" : "");
        if (!link.factor.empty()) {
            links += "<div class=\"factor\"><b>" + escape_html(link.factor) + "</b><span>" +
                     escape_html(link.factor_detail) + "</span></div>";
        }
        links += "<div class=\"amount\"><b>" + escape_html(link.amount) + "</b><span>" +
                 escape_html(link.label) + "</span>" +
                 (link.interval.empty() ? "" : "<small>" + escape_html(link.interval) + "</small>") +
                 "</div></li>";
    }
    return "<div class=\"chain-card\"><h3>" + escape_html(chain.title) + "</h3><ol class=\"chain\">" + links +
           "</ol>" + quiet(chain.note) + "</div>";
}

std::string plot_html(XyPlot const& plot) {
    std::string const svg = xy_svg(plot);
    return svg.empty()
               ? svg
               : "<figure class=\"chart\"><h3>" + escape_html(plot.title) + "</h3><div class=\"scroll\">" +
                     svg + "</div>" + xy_legend(plot) + quiet(plot.note) + "</figure>";
}

std::string bars_html(BarTable const& table) {
    std::string const body = bar_table_html(table);
    return body.empty() ? body
                        : "<div class=\"bars-block\">" +
                              (table.title.empty() ? "" : "<h3>" + escape_html(table.title) + "</h3>") +
                              body + quiet(table.note) + "</div>";
}

std::string table_html(TextTable const& table) {
    if (table.rows.empty()) {
        return {};
    }
    auto const number_class = [&](std::size_t c) {
        return c < table.numbers.size() && table.numbers[c] ? " class=\"n\"" : "";
    };
    std::string out = table.title.empty() ? "" : "<h3>" + escape_html(table.title) + "</h3>";
    out += "<div class=\"scroll\"><table class=\"plain\"><caption class=\"sr\">" + escape_html(table.title) +
           "</caption><thead><tr>";
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        out += fmt::format("<th scope=\"col\"{}>", number_class(c)) + escape_html(table.columns[c]) + "</th>";
    }
    out += "</tr></thead><tbody>";
    for (auto const& row : table.rows) {
        out += "<tr>";
        for (std::size_t c = 0; c < row.size(); ++c) {
            out += c == 0 ? "<th scope=\"row\">" + escape_html(row[c]) + "</th>"
                          : fmt::format("<td{}>", number_class(c)) + escape_html(row[c]) + "</td>";
        }
        out += "</tr>";
    }
    return out + "</tbody></table></div>" + quiet(table.note);
}

} // namespace

std::string section_html(FigureSection const& section) {
    std::string chains, plots, body;
    for (auto const& chain : section.chains) {
        chains += chain_html(chain);
    }
    for (auto const& plot : section.plots) {
        plots += plot_html(plot);
    }
    body += chains.empty() ? "" : "<div class=\"chains\">" + chains + "</div>";
    body += plots.empty() ? "" : "<div class=\"charts\">" + plots + "</div>";
    for (auto const& table : section.bars) {
        body += bars_html(table);
    }
    for (auto const& table : section.tables) {
        body += table_html(table);
    }
    return body.empty()
               ? body
               : "<section id=\"" + escape_html(section.id) + "\"><h2>" + escape_html(section.title) +
                     "</h2>" + quiet(section.note) + body + "</section>\n";
}

std::string plain_number(double value) {
    if (!std::isfinite(value)) {
        return value > 0 ? "∞" : "–";
    }
    value = value == 0 ? 0.0 : value; // no "-0"
    std::string digits =
        std::abs(value) >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
    if (std::abs(value) < 1000) {
        return digits;
    }
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        text += i > 0 && (digits.size() - i) % 3 == 0 && digits[i - 1] != '-' ? "," : "";
        text += digits[i];
    }
    return text;
}

} // namespace beamwright::report
