#include "report/dvh_plot.hpp"
#include "report/text.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::report {

namespace {

// The script knows these numbers too (web/report/dvh.js reads them from data attributes)
constexpr double width = 860, height = 430, left = 56, right = 16, top = 14, bottom = 48;

double nice_step(double range, int most_ticks) {
    double const rough = range / most_ticks;
    double const power = std::pow(10, std::floor(std::log10(rough)));
    for (double const factor : {1.0, 2.0, 5.0, 10.0}) {
        if (factor * power >= rough) {
            return factor * power;
        }
    }
    return 10 * power;
}

struct Axes {
    double most_Gy;
    double x(double dose_Gy) const { return left + (width - left - right) * dose_Gy / most_Gy; }
    double y(double percent) const { return top + (height - top - bottom) * (1 - percent / 100); }
};

std::string grid_lines(Axes const& axes, std::string const& unit) {
    std::string out;
    double const step = nice_step(axes.most_Gy, 10);
    for (int line = 0; line * step <= axes.most_Gy * 1.0001; ++line) {
        double const dose = line * step;
        out +=
            fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\"/>"
                        "<text class=\"tick\" x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>",
                        axes.x(dose), top, height - bottom, height - bottom + 18, fmt::format("{:g}", dose));
    }
    for (int percent = 0; percent <= 100; percent += 20) {
        out += fmt::format("<line class=\"grid\" x1=\"{1}\" y1=\"{0:.1f}\" x2=\"{2}\" y2=\"{0:.1f}\"/>"
                           "<text class=\"tick\" x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>",
                           axes.y(percent), left, width - right, left - 8, axes.y(percent) + 4, percent);
    }
    out +=
        fmt::format("<text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{} ({})</text>",
                    0.5 * (left + width - right), height - 8, escape_html(word("dvh_x")), escape_html(unit));
    out += fmt::format(
        "<text class=\"axis\" transform=\"translate(14 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        0.5 * (top + height - bottom), escape_html(word("dvh_y")));
    return out;
}

/// Points of a curve without those that a straight line replaces (to 0.1 of a picture unit).
std::string points_of(ReportStructure const& entry, Axes const& axes) {
    std::string out = fmt::format("{:.1f},{:.1f}", axes.x(0), axes.y(100));
    double last_x = axes.x(0), last_y = axes.y(100);
    std::size_t const n = std::min(entry.dose_Gy.size(), entry.volume_percent.size());
    for (std::size_t i = 0; i < n; ++i) {
        double const x = axes.x(entry.dose_Gy[i]), y = axes.y(entry.volume_percent[i]);
        if (std::abs(x - last_x) + std::abs(y - last_y) >= 1.0 || i + 1 == n) {
            out += fmt::format(" {:.1f},{:.1f}", x, y);
            last_x = x;
            last_y = y;
        }
    }
    return out;
}

} // namespace

std::string dash_of(std::size_t structure) {
    static constexpr std::array<char const*, 4> dashes{"", "9 4", "2 3", "11 3 2 3"};
    return dashes[structure % dashes.size()];
}

std::string dvh_svg(ReportInput const& input) {
    double most_Gy = 0;
    for (auto const& entry : input.structures) {
        most_Gy = entry.dose_Gy.empty() ? most_Gy : std::max(most_Gy, entry.dose_Gy.back());
    }
    if (!(most_Gy > 0)) {
        return {};
    }
    Axes const axes{1.03 * std::max(most_Gy, input.prescription_Gy.value_or(0))};
    std::string out = fmt::format("<svg id=\"dvh\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" "
                                  "data-left=\"{}\" data-right=\"{}\" "
                                  "data-top=\"{}\" data-bottom=\"{}\" data-most=\"{}\">",
                                  width, height, escape_html(word("dvh_title")), left, width - right, top,
                                  height - bottom, axes.most_Gy);
    out += grid_lines(axes, input.dose_unit);
    if (input.prescription_Gy) {
        out += fmt::format("<line class=\"prescribed\" x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\"/>",
                           axes.x(*input.prescription_Gy), top, height - bottom);
    }
    for (std::size_t s = 0; s < input.structures.size(); ++s) {
        auto const& entry = input.structures[s];
        if (!entry.dose_Gy.empty()) {
            out += fmt::format("<polyline class=\"curve\" data-structure=\"{0}\" points=\"{1}\" "
                               "style=\"stroke:var(--s{0})\" "
                               "stroke-dasharray=\"{2}\"{3}><title>{4}</title></polyline>",
                               s, points_of(entry, axes), dash_of(s), entry.shown ? "" : " hidden",
                               escape_html(entry.structure.name));
        }
    }
    out += "<g id=\"dvh-cursor\"></g></svg>";
    return out;
}

} // namespace beamwright::report
