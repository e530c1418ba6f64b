#include "core/hash.hpp"
#include "report/assets.hpp"
#include "report/dvh_plot.hpp"
#include "report/encode.hpp"
#include "report/payload.hpp"
#include "report/planes.hpp"
#include "report/report.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"
#include <array>
#include <fmt/format.h>

namespace beamwright {

namespace report {

namespace {

/// Of the 15 MB that a report may have; the rest is left for pictures, curves and tables.
constexpr std::size_t most_block_bytes = 12'000'000;
/// Voxel sizes of the embedded volume, finest first; the first that fits is taken.
constexpr double voxel_sizes_mm[] = {2, 2.5, 3, 4, 5, 6, 8};
/// About four bytes of page per voxel; more voxels than this are not even tried.
constexpr std::size_t most_voxels = 4'000'000;

std::string bytes_of_hex(std::string const& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

/// Replaces "{name}" in a text of the table.
std::string filled(std::string text, std::string const& name, std::string const& value) {
    auto const at = text.find("{" + name + "}");
    return at == std::string::npos ? text : text.replace(at, name.size() + 2, value);
}

std::string structure_colors(ReportInput const& input) {
    std::string light, dark;
    for (std::size_t s = 0; s < input.structures.size(); ++s) {
        Rgb const color = input.structures[s].structure.color;
        // 3:1 is what WCAG asks of lines in a plot
        light += fmt::format("--s{}:{};", s, hex(readable_on(color, {255, 255, 255}, 3.2)));
        dark += fmt::format("--s{}:{};", s, hex(readable_on(color, {27, 31, 36}, 3.2)));
    }
    return fmt::format(":root{{{}}}@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}", light,
                       dark);
}

std::string head(ReportInput const& input) {
    std::string const hash = base64(bytes_of_hex(sha256_of(asset_script)));
    return fmt::format(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
        "'unsafe-inline'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" "
        "content=\"light dark\"><title>{} – beamwright</title><style>{}{}</style></head>\n<body>",
        escape_html(word("lang")), hash, escape_html(input.case_label), asset_css,
        structure_colors(input) +
            (input.sections.empty() ? std::string() : std::string(asset_figures_css) + palette_css()));
}

/// A static picture of a plane with its position, and the sides of the patient at its edges.
std::string plane_figure(ReportInput const& input, Scene const& scene, Plane plane,
                         DrawOptions const& options) {
    bool const axial = plane == Plane::axial, coronal = plane == Plane::coronal;
    char const* const key = axial ? "axial" : coronal ? "coronal" : "sagittal";
    std::array<char const*, 4> const sides{plane == Plane::sagittal ? "A" : "R",
                                           plane == Plane::sagittal ? "P" : "L", axial ? "A" : "S",
                                           axial ? "P" : "I"};
    auto const [i, j, k] = scene.focus;
    auto const at = scene.grid.to_patient({double(i), double(j), double(k)});
    std::string const label = fmt::format("{} {} {:.0f} mm", word(key),
                                          axial     ? "z"
                                          : coronal ? "y"
                                                    : "x",
                                          axial     ? at.z
                                          : coronal ? at.y
                                                    : at.x);
    std::string marks;
    for (std::size_t side = 0; side < sides.size(); ++side) {
        marks += fmt::format("<span class=\"e{}\" aria-hidden=\"true\">{}</span>", side, sides[side]);
    }
    Picture const picture = draw_plane(input, scene, plane, options);
    return fmt::format("<figure><div class=\"framed\"><img alt=\"{0}\" width=\"{1}\" height=\"{2}\" "
                       "src=\"data:image/png;base64,{3}\">{4}</div><figcaption>{0}</figcaption></figure>",
                       escape_html(label), picture.width, picture.height, base64(png(picture)), marks);
}

std::string dose_legend(ReportInput const& input, Scene const& scene) {
    std::string rows;
    for (double const percent : isodose_percent) {
        double const dose = percent / 100 * scene.reference_Gy;
        if (dose > scene.max_dose_Gy) {
            continue; // no such line in this dose
        }
        std::string const per_fraction =
            input.fractions > 1 ? "<td class=\"n\">" + number(dose / input.fractions) + "</td>" : "";
        rows += fmt::format("<tr><td><span class=\"key\" style=\"background:{}\"></span>{:g} %</td><td "
                            "class=\"n\">{}</td>{}</tr>",
                            hex(dose_color(percent)), percent, number(dose), per_fraction);
    }
    std::string const unit = " <small>" + escape_html(input.dose_unit) + "</small>";
    std::string const fraction =
        input.fractions > 1
            ? "<th class=\"n\" scope=\"col\">" + escape_html(word("legend_fraction")) + unit + "</th>"
            : "";
    return "<table class=\"legend\"><thead><tr><th scope=\"col\">" + escape_html(word("legend_title")) +
           "</th><th class=\"n\" scope=\"col\">" +
           escape_html(word(input.one_irradiation ? "legend_irradiation" : "legend_course")) + unit +
           "</th>" + fraction + "</tr></thead><tbody>" + rows + "</tbody></table>";
}

std::string picture_section(ReportInput const& input, Scene const& scene) {
    DrawOptions large, small;
    large.longest_side_px = 640;
    small.longest_side_px = 420;
    double const step_Gy = scene.max_dose_Gy / 4094;
    std::string note = filled(word("embedded_note"), "voxel", fmt::format("{:g}", scene.grid.spacing_mm.x));
    note = filled(filled(note, "step", fmt::format("{:.2g}", step_Gy)), "unit", input.dose_unit);
    char const* const reference =
        input.prescription_Gy ? "legend_reference_prescribed" : "legend_reference_max";
    return "<section id=\"picture\" aria-label=\"" + escape_html(word("picture_title")) +
           "\"><div id=\"viewer\" hidden></div>" + "<div id=\"static\"><div class=\"planes\">" +
           plane_figure(input, scene, Plane::axial, large) +
           plane_figure(input, scene, Plane::coronal, small) +
           plane_figure(input, scene, Plane::sagittal, small) + "</div><p class=\"quiet screen\">" +
           escape_html(word("static_note")) + "</p></div><div class=\"below\">" + dose_legend(input, scene) +
           "<p class=\"quiet\">" + escape_html(word(reference)) +
           fmt::format(" ({} {}). ", number(scene.reference_Gy), escape_html(input.dose_unit)) +
           escape_html(note) + "</p></div></section>";
}

std::string section(std::string const& id, std::string const& title_key, std::string const& body) {
    return body.empty() ? body
                        : "<section id=\"" + id + "\"><h2>" + escape_html(word(title_key)) + "</h2>" + body +
                              "</section>\n";
}

std::string paragraphs(std::vector<std::string> const& texts) {
    std::string items;
    for (auto const& text : texts) {
        items += "<li>" + escape_html(text) + "</li>";
    }
    return items.empty() ? items : "<ul>" + items + "</ul>";
}

std::string uncertainty_body(ReportInput const& input, Scene const& scene) {
    if (!scene.has_uncertainty) {
        return {};
    }
    DrawOptions options;
    options.uncertainty = true;
    options.longest_side_px = 420;
    double const top = map_top(scene, 1);
    std::string bar;
    for (int i = 0; i < 24; ++i) {
        bar += fmt::format("<span style=\"background:{}\"></span>",
                           hex(uncertainty_ramp()[static_cast<std::size_t>(i * 255 / 23)]));
    }
    return "<div class=\"side\">" + plane_figure(input, scene, Plane::axial, options) + "<div><p>" +
           escape_html(word("uncertainty_note")) + "</p><div class=\"ramp\" aria-hidden=\"true\">" + bar +
           fmt::format("</div><p class=\"ends\"><span>0 %</span><span>{} %</span></p></div></div>",
                       number(top));
}

std::string dvh_body(ReportInput const& input) {
    std::string const plot = dvh_svg(input);
    return plot.empty()
               ? plot
               : "<div class=\"dvh\"><div class=\"scroll\">" + plot + "</div><div id=\"dvh-side\">" +
                     [&] {
                         std::string keys;
                         for (std::size_t s = 0; s < input.structures.size(); ++s) {
                             if (!input.structures[s].dose_Gy.empty()) {
                                 keys += fmt::format(
                                     "<li><svg class=\"swatch\" viewBox=\"0 0 26 10\" "
                                     "aria-hidden=\"true\"><line x1=\"1\" y1=\"5\" x2=\"25\" y2=\"5\" "
                                     "style=\"stroke:var(--s{0})\" stroke-dasharray=\"{1}\"/></svg>{2}</li>",
                                     s, dash_of(s), escape_html(input.structures[s].structure.name));
                             }
                         }
                         return "<ul class=\"keys\">" + keys + "</ul>";
                     }() +
                     "</div></div>";
}

std::string answer_section(ReportInput const& input) {
    bool uncertain = false;
    for (auto const& entry : input.structures) {
        for (auto const& metric : entry.metrics) {
            uncertain = uncertain || metric.uncertainty;
        }
    }
    return "<section id=\"answer\">" + facts_list(input) + "<h2>" + escape_html(word("goals_title")) +
           "</h2>" + goals_table(input) + "<h2>" + escape_html(word("structures_title")) + "</h2>" +
           structures_table(input) +
           (uncertain ? "<p class=\"quiet\">" +
                            escape_html(word(input.goals.empty() ? "plus_minus_note" : "goal_note")) + "</p>"
                      : "") +
           "</section>";
}

/// Warnings in one line above the answer; the whole text stands below.
std::string warnings_line(ReportInput const& input) {
    std::string problems;
    for (std::size_t i = 0; i < input.warnings.size() && i < 3; ++i) {
        problems += (i == 0 ? "" : " · ") + escape_html(input.warnings[i].problem);
    }
    return input.warnings.empty()
               ? problems
               : fmt::format("<p class=\"warn\"><strong>{} ({})</strong> {} <a href=\"#warnings\">{}</a></p>",
                             escape_html(word("warnings_title")), input.warnings.size(), problems,
                             escape_html(word("warnings_more")));
}

std::string page(ReportInput const& input, Scene const& scene, Payload const& payload) {
    std::string const label = escape_html(input.case_label);
    std::string out = head(input);
    out += "<a class=\"skip\" href=\"#picture\">" + escape_html(word("skip")) + "</a><header><div><h1>" +
           label + "</h1><p class=\"sub\">" +
           escape_html(input.subtitle.empty() ? input.verb : input.subtitle) +
           "</p></div><p class=\"badge\">" + escape_html(word("not_a_device")) + "</p></header>\n<main>";
    out += warnings_line(input);
    out += "<div class=\"first\">" + answer_section(input) + picture_section(input, scene) + "</div>\n";
    out += section("dvh-section", "dvh_title", dvh_body(input));
    for (auto const& card : input.sections) {
        out += section_html(card);
    }
    out += section("beams", "beams_title", input.beams.empty() ? std::string() : beams_table(input));
    out += section("uncertainty", "uncertainty_title", uncertainty_body(input, scene));
    out +=
        section("budget", "budget_title", input.energy_budget.empty() ? std::string() : budget_table(input));
    out +=
        section("warnings", "warnings_title", input.warnings.empty() ? std::string() : warnings_list(input));
    out += section("notes", "notes_title", paragraphs(input.notes));
    out += section("limits", "limits_title",
                   "<p>" + escape_html(word("not_a_device_long")) + "</p>" + paragraphs(input.limits));
    out += section("provenance", "provenance_title", provenance_table(input));
    out += "</main><footer>" + escape_html(word("footer")) + "</footer>\n";
    out +=
        "<script type=\"application/json\" id=\"bw-head\">" + json_for_script(payload.head) + "</script>\n";
    out += "<script type=\"text/plain\" id=\"bw-block\">" + payload.block + "</script>\n";
    out += "<script>" + std::string(asset_script) + "</script></body></html>\n";
    return out;
}

} // namespace

} // namespace report

std::string render_report(ReportInput const& input) {
    using namespace report;
    for (double const voxel_mm : voxel_sizes_mm) {
        bool const last = voxel_mm == *std::rbegin(voxel_sizes_mm);
        Grid const grid = scene_grid(input, voxel_mm);
        if (grid.voxels() > most_voxels && !last) {
            continue;
        }
        Scene const scene = make_scene(input, grid);
        Payload const payload = make_payload(input, scene);
        if (payload.block.size() <= most_block_bytes || last) {
            return page(input, scene, payload);
        }
    }
    return {};
}

} // namespace beamwright
