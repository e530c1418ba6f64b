#include "report/xy_plot.hpp"
#include "report/text.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::report {

namespace {

constexpr double width = 620, height = 380, left = 62, right = 16, top = 12, bottom = 46;
/// Under a logarithmic axis: a gap, then the strip where rates of zero stand.
constexpr double strip_gap = 8, strip = 26;

struct Axis {
    double least, most;
    bool logarithmic;
    double from, to; ///< picture units of least and most

    double place(double value) const {
        double const part =
            logarithmic ? std::log(value / least) / std::log(most / least) : (value - least) / (most - least);
        return from + (to - from) * std::clamp(part, 0.0, 1.0);
    }
};

struct Frame {
    Axis x, y;
    bool zeros;
    double zero_y() const { return height - bottom - 0.5 * strip; }
    /// Where a value stands; zeros of a logarithmic axis in their strip.
    double y_of(double value) const { return y.logarithmic && !(value > 0) ? zero_y() : y.place(value); }
};

template <class Use> void for_points(XyPlot const& plot, Use const& use) {
    for (auto const& series : plot.series) {
        for (auto const& point : series.points) {
            use(series, point);
        }
    }
}

/// Least and greatest of what is drawn; on a logarithmic axis only what is above zero.
struct Range {
    double least = HUGE_VAL, most = -HUGE_VAL;
    void add(double value, bool logarithmic) {
        if (std::isfinite(value) && (!logarithmic || value > 0)) {
            least = std::min(least, value);
            most = std::max(most, value);
        }
    }
};

Axis y_axis(XyPlot const& plot, bool zeros) {
    Range points, ends;
    for_points(plot, [&](XySeries const&, XyPoint const& p) {
        points.add(p.y, plot.y_log);
        ends.add(p.low, plot.y_log);
        ends.add(p.high, plot.y_log);
    });
    if (!(points.least <= points.most)) {
        // Only zeros: the axis shows where their upper limits end
        points = ends.least <= ends.most ? ends : Range{1, 10};
    }
    double least = std::min(points.least, ends.least), most = std::max(points.most, ends.most);
    if (plot.y_log) {
        // An interval that reaches far down must not squeeze the points: a third of a decade below is enough
        least = std::max(least, points.least / 8);
        most = std::min(most, points.most * 8);
        least = plot.y_least.value_or(least / 1.15);
        most = std::max(plot.y_most.value_or(most * 1.15), 2 * least);
    } else {
        double const margin = 0.06 * std::max(most - least, 1e-12 + 0.1 * std::abs(most));
        least = plot.y_least.value_or(least - margin);
        most = plot.y_most.value_or(most + margin);
    }
    return {least, most, plot.y_log, height - bottom - (zeros ? strip + strip_gap : 0), top};
}

Axis x_axis(XyPlot const& plot) {
    Range range;
    for_points(plot, [&](XySeries const&, XyPoint const& p) { range.add(p.x, plot.x_log); });
    double least = range.least, most = range.most;
    if (plot.x_log) {
        least /= 1.2;
        most *= 1.2;
    } else {
        double const margin = std::max(0.03 * (most - least), most > least ? 0.0 : 0.5);
        least -= margin;
        most += margin;
    }
    return {least, most, plot.x_log, left, width - right};
}

std::string y_grid(XyPlot const& plot, Frame const& frame) {
    std::string out;
    auto const ticks =
        plot.y_log ? log_ticks(frame.y.least, frame.y.most) : linear_ticks(frame.y.least, frame.y.most, 6);
    for (auto const& tick : ticks) {
        double const y = frame.y.place(tick.at);
        out += fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/>",
                           tick.text.empty() ? "grid minor" : "grid", left, y, width - right, y);
        if (!tick.text.empty()) {
            out += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 8, y + 4,
                               tick.text);
        }
    }
    if (frame.zeros) {
        double const y = height - bottom - strip;
        // The strip of zeros, and two strokes that break the axis above it
        out += fmt::format("<rect class=\"zeros\" x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\"/>"
                           "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">0</text>"
                           "<path class=\"break\" d=\"M{} {:.1f}l10 -4m-10 8l10 -4\"/>",
                           left, y, width - left - right, strip, left - 8, y + 0.5 * strip + 4, left - 5,
                           y - 0.5 * strip_gap);
        out += fmt::format("<text class=\"zeros-label\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
                           width - right - 6, y + strip - 8, escape_html(plot.zero_label));
    }
    return out;
}

std::string x_grid(XyPlot const& plot, Frame const& frame) {
    auto ticks = plot.x_ticks;
    if (ticks.empty()) {
        ticks = plot.x_log ? log_ticks(frame.x.least, frame.x.most)
                           : linear_ticks(frame.x.least, frame.x.most, 8);
    }
    std::string out;
    double last = -1e9;
    for (auto const& tick : ticks) {
        double const x = frame.x.place(tick.at);
        out += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\"/>", x,
                           top, height - bottom);
        // A label that would touch its neighbour is left out
        if (!tick.text.empty() && x - last >= 7.2 * static_cast<double>(tick.text.size()) + 6) {
            out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x,
                               height - bottom + 17, escape_html(tick.text));
            last = x;
        }
    }
    return out;
}

std::string titles(XyPlot const& plot) {
    return fmt::format("<text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>"
                       "<text class=\"axis\" transform=\"translate(14 {}) rotate(-90)\" "
                       "text-anchor=\"middle\">{}</text>",
                       0.5 * (left + width - right), height - 8, escape_html(plot.x_title),
                       0.5 * (top + height - bottom), escape_html(plot.y_title));
}

std::string color_of(int color) {
    return color < 0 ? std::string("var(--soft)") : fmt::format("var(--c{})", color % plot_colors);
}

char const* dash_of_color(int color) {
    static constexpr std::array<char const*, 4> dashes{"", "8 4", "2 3", "10 3 2 3"};
    return color < 0 ? "" : dashes[static_cast<std::size_t>(color) % dashes.size()];
}

char const* dash_of(XySeries const& series) {
    return series.draw == XySeries::Draw::dashes ? "6 4"
           : series.draw == XySeries::Draw::dots ? "1.5 4"
                                                 : dash_of_color(series.color);
}

bool draws_points(XySeries const& series) {
    return series.draw == XySeries::Draw::points || series.draw == XySeries::Draw::line_and_points;
}

bool drawable(Frame const& frame, XyPoint const& point) {
    return std::isfinite(point.x) && std::isfinite(point.y) && (!frame.x.logarithmic || point.x > 0);
}

/// The interval as one shape per run of points above zero.
std::string band_of(XySeries const& series, Frame const& frame) {
    std::string out, upper, lower;
    auto const close = [&] {
        if (!upper.empty()) {
            out += fmt::format("<path class=\"band\" style=\"fill:{}\" d=\"M{}L{}Z\"/>",
                               color_of(series.color), upper, lower);
        }
        upper.clear();
        lower.clear();
    };
    for (auto const& p : series.points) {
        if (!drawable(frame, p) || (frame.y.logarithmic && !(p.y > 0))) {
            close();
            continue;
        }
        double const floor = frame.y.logarithmic && !(p.low > 0) ? frame.y.least : p.low;
        upper += fmt::format("{}{:.1f} {:.1f}", upper.empty() ? "" : "L", frame.x.place(p.x),
                             frame.y.place(p.high));
        lower.insert(0, fmt::format("{:.1f} {:.1f}{}", frame.x.place(p.x), frame.y.place(floor),
                                    lower.empty() ? "" : "L"));
    }
    close();
    return out;
}

/// A line through the points above zero; it breaks where a zero stands between them.
std::string line_of(XySeries const& series, Frame const& frame) {
    std::string path;
    bool pen = false;
    for (auto const& p : series.points) {
        bool const on = drawable(frame, p) && (!frame.y.logarithmic || p.y > 0);
        if (on) {
            path += fmt::format("{}{:.1f} {:.1f}", pen ? "L" : "M", frame.x.place(p.x), frame.y.place(p.y));
        }
        pen = on;
    }
    char const* const dash = dash_of(series);
    return path.empty()
               ? path
               : fmt::format("<path class=\"curve\" style=\"stroke:{}\" stroke-dasharray=\"{}\" d=\"{}\"/>",
                             color_of(series.color), dash, path);
}

/// A mark whose shape follows the color, so that series are told apart without it.
std::string mark_at(double x, double y, int color, bool hollow, std::string const& title) {
    std::string shape;
    char const* tag = "path";
    switch (color < 0 ? 0 : color % 4) {
    case 1:
        tag = "rect";
        shape = fmt::format("x=\"{:.1f}\" y=\"{:.1f}\" width=\"7\" height=\"7\"", x - 3.5, y - 3.5);
        break;
    case 2:
        shape = fmt::format("d=\"M{:.1f} {:.1f}l4.6 8h-9.2z\"", x, y - 5);
        break;
    case 3:
        shape = fmt::format("d=\"M{:.1f} {:.1f}l4.8 4.8l-4.8 4.8l-4.8 -4.8z\"", x, y - 4.8);
        break;
    default:
        tag = "circle";
        shape = fmt::format("cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.8\"", x, y);
    }
    return fmt::format("<{0} class=\"mark{1}\" style=\"--m:{2}\" {3}>{4}</{0}>", tag, hollow ? " hollow" : "",
                       color_of(color), shape,
                       title.empty() ? std::string() : "<title>" + escape_html(title) + "</title>");
}

/// Labels beside points, where they hit neither each other nor the frame; the rest keep their title alone.
class Labels {
public:
    std::string beside(double x, double y, std::string const& text) {
        double const wide = 6.0 * static_cast<double>(text.size());
        for (auto const& [dx, dy] :
             {std::pair(8.0, 4.0), std::pair(-8.0 - wide, 4.0), std::pair(-0.5 * wide, -9.0),
              std::pair(-0.5 * wide, 17.0), std::pair(8.0, 15.0), std::pair(-8.0 - wide, -8.0)}) {
            Box const box{x + dx, y + dy - 10, x + dx + wide, y + dy + 2};
            bool const inside =
                box.x0 > left && box.x1 < width - right && box.y0 > top && box.y1 < height - bottom;
            bool const free = std::none_of(taken_.begin(), taken_.end(), [&](Box const& other) {
                return box.x0 < other.x1 && other.x0 < box.x1 && box.y0 < other.y1 && other.y0 < box.y1;
            });
            if (inside && free) {
                taken_.push_back(box);
                return fmt::format("<text class=\"point-label\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", x + dx,
                                   y + dy, escape_html(text));
            }
        }
        return {};
    }
    void keep_free(double x, double y) { taken_.push_back({x - 5, y - 5, x + 5, y + 5}); }

private:
    struct Box {
        double x0, y0, x1, y1;
    };
    std::vector<Box> taken_;
};

std::string whisker_of(XySeries const& series, Frame const& frame, XyPoint const& p, double x, double y) {
    bool const zero = frame.y.logarithmic && !(p.y > 0);
    if (!(p.low < p.y || p.high > p.y) ||
        (zero ? !series.band && !series.whiskers : series.band || !series.whiskers)) {
        return {};
    }
    double const to = frame.y_of(std::isfinite(p.high) ? p.high : frame.y.most);
    // An end at zero runs down to the foot of the axis
    double const from = zero ? y : frame.y.logarithmic && !(p.low > 0) ? frame.y.from : frame.y.place(p.low);
    return fmt::format(
        "<line class=\"whisker{}\" style=\"stroke:{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" "
        "y2=\"{:.1f}\"/>",
        zero ? " from-zero" : "", color_of(series.color), x, from, x, to);
}

/// \param dodge zeros of several series at one place stand beside each other
std::string points_of(XySeries const& series, Frame const& frame, double dodge, Labels& labels) {
    std::string out;
    for (auto const& p : series.points) {
        if (!drawable(frame, p)) {
            continue;
        }
        bool const zero = frame.y.logarithmic && !(p.y > 0);
        double const x = frame.x.place(p.x) + (zero ? dodge : 0), y = frame.y_of(p.y);
        out += whisker_of(series, frame, p, x, y) + mark_at(x, y, series.color, p.hollow || zero, p.title);
        labels.keep_free(x, y);
    }
    for (auto const& p : series.points) {
        if (series.labelled && drawable(frame, p) && !p.title.empty()) {
            out += labels.beside(frame.x.place(p.x), frame.y_of(p.y), p.title);
        }
    }
    return out;
}

std::string series_svg(XySeries const& series, Frame const& frame, double dodge, Labels& labels) {
    std::string out = series.band ? band_of(series, frame) : "";
    if (series.draw != XySeries::Draw::points) {
        out += line_of(series, frame);
    }
    if (draws_points(series)) {
        out += points_of(series, frame, dodge, labels);
    }
    return "<g>" + out + "</g>";
}

} // namespace

std::string xy_svg(XyPlot const& plot) {
    bool any = false, zeros = false;
    for_points(plot, [&](XySeries const&, XyPoint const& p) {
        any = true;
        zeros = zeros || (plot.y_log && std::isfinite(p.y) && !(p.y > 0));
    });
    if (!any) {
        return {};
    }
    Frame const frame{x_axis(plot), y_axis(plot, zeros), zeros};
    std::string out = fmt::format("<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
                                  width, height, escape_html(plot.title));
    out += x_grid(plot, frame) + y_grid(plot, frame) + titles(plot);
    Labels labels;
    auto const with_points = std::count_if(plot.series.begin(), plot.series.end(), draws_points);
    double const step = with_points > 4 ? 3.6 : 5.2;
    double dodge = -0.5 * step * static_cast<double>(with_points - 1);
    for (auto const& series : plot.series) {
        out += series_svg(series, frame, dodge, labels);
        dodge += draws_points(series) ? step : 0;
    }
    return out + "</svg>";
}

std::string xy_legend(XyPlot const& plot) {
    std::string items;
    int named = 0;
    for (auto const& series : plot.series) {
        if (series.name.empty()) {
            continue;
        }
        ++named;
        bool const line = series.draw != XySeries::Draw::points;
        char const* const dash = dash_of(series);
        items += fmt::format(
            "<li><svg class=\"swatch\" viewBox=\"0 0 26 10\" aria-hidden=\"true\">{}{}</svg>{}</li>",
            line ? fmt::format("<line x1=\"1\" y1=\"5\" x2=\"25\" y2=\"5\" style=\"stroke:{}\" "
                               "stroke-dasharray=\"{}\"/>",
                               color_of(series.color), dash)
                 : std::string(),
            draws_points(series) ? mark_at(13, 5, series.color, false, {}) : std::string(),
            escape_html(series.name));
    }
    return named >= 1 && plot.series.size() > 1 ? "<ul class=\"keys row\">" + items + "</ul>" : std::string();
}

XyPlot line_plot(std::string title, std::string note, std::string x_title, std::string y_title) {
    XyPlot plot;
    plot.title = std::move(title);
    plot.note = std::move(note);
    plot.x_title = std::move(x_title);
    plot.y_title = std::move(y_title);
    plot.y_log = false;
    plot.y_least = 0.0;
    return plot;
}

XySeries plain_line(std::string name, int color, std::vector<double> const& x, std::vector<double> const& y) {
    XySeries series;
    series.name = std::move(name);
    series.draw = XySeries::Draw::line;
    series.color = color;
    series.whiskers = false;
    for (std::size_t i = 0; i < x.size(); ++i) {
        series.points.push_back({x[i], y[i], y[i], y[i], {}});
    }
    return series;
}

} // namespace beamwright::report
