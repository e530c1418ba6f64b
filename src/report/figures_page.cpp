#include "report/figures_page.hpp"
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

std::string head(FiguresPage const& page) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta "
        "name=\"color-scheme\" content=\"light dark\"><title>{} – beamwright</title><style>{}{}{}</style>"
        "</head>\n<body class=\"figures\">",
        escape_html(word("lang")), escape_html(page.label), asset_css, asset_figures_css, palette_css());
}

std::string list_section(char const* id, char const* title, std::vector<std::string> const& texts) {
    std::string items;
    for (auto const& text : texts) {
        items += "<li>" + escape_html(text) + "</li>";
    }
    return items.empty() ? items
                         : fmt::format("<section id=\"{}\"><h2>{}</h2><ul>{}</ul></section>\n", id,
                                       escape_html(word(title)), items);
}

} // namespace

std::string render_figures_page(FiguresPage const& page) {
    // The frame of the dose report: its lists and tables take this much of its input
    ReportInput frame;
    frame.facts = page.facts;
    frame.warnings = page.warnings;
    frame.run_record = page.run_record;
    std::string out = head(page);
    out += "<header><div><h1>" + escape_html(page.label) + "</h1><p class=\"sub\">" +
           escape_html(page.subtitle) + "</p></div><p class=\"badge\">" +
           escape_html(page.badge.empty() ? word("reg_badge") : page.badge) + "</p></header>\n<main>";
    if (!page.facts.empty()) {
        out += "<section id=\"answer\" aria-label=\"" + escape_html(word("answer_title")) + "\">" +
               facts_list(frame) + "</section>\n";
    }
    for (auto const& section : page.sections) {
        out += section_html(section);
    }
    if (!page.warnings.empty()) {
        out += "<section id=\"warnings\"><h2>" + escape_html(word("warnings_title")) + "</h2>" +
               warnings_list(frame) + "</section>\n";
    }
    out += list_section("notes", "notes_title", page.notes);
    out += list_section("limits", "limits_title", page.limits);
    out += "<section id=\"provenance\"><h2>" + escape_html(word("provenance_title")) + "</h2>" +
           provenance_table(frame) + "</section>\n";
    return out + "</main><footer>" + escape_html(word("footer")) + "</footer></body></html>\n";
}

} // namespace beamwright::report
