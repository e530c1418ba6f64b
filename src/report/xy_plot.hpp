/// Curves, points and bands over two axes as SVG; a rate of zero on a logarithmic axis has a place of its own.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace beamwright::report {

struct XyPoint {
    double x = 0, y = 0;
    double low = 0, high = 0; ///< interval; equal to y: none
    std::string title;        ///< shown by the browser over the point
    bool hollow = false;      ///< not used in a fit, or of a lesser kind
};

struct XySeries {
    enum class Draw { line, dashes, dots, points, line_and_points };
    std::string name; ///< empty: not in the legend
    std::vector<XyPoint> points;
    Draw draw = Draw::line_and_points;
    bool band = false;     ///< the interval as a band instead of bars
    int color = 0;         ///< 0 to 7; -1: gray
    bool whiskers = true;  ///< bars of the interval where there is no band; with neither, zeros show no limit
    bool labelled = false; ///< the title of each point stands beside it
};

struct XyTick {
    double at = 0;
    std::string text;
};

struct XyPlot {
    std::string title, note, x_title, y_title;
    std::vector<XySeries> series;
    bool y_log = true, x_log = false;
    std::vector<XyTick> x_ticks;           ///< empty: made from the data
    std::optional<double> y_least, y_most; ///< else from the data
    std::string zero_label;                ///< words of the strip of zeros under a logarithmic axis
};

inline constexpr int plot_colors = 8;

/// Lines over two linear axes from 0 on, still without lines.
XyPlot line_plot(std::string title, std::string note, std::string x_title, std::string y_title);
/// A line through points without intervals. \pre equal sizes
XySeries plain_line(std::string name, int color, std::vector<double> const& x, std::vector<double> const& y);

/// The plot without its title; empty if no series has a point.
std::string xy_svg(XyPlot const& plot);
/// Its legend as a list; empty for fewer than two named series.
std::string xy_legend(XyPlot const& plot);

/// Ticks of a linear axis (1, 2, 5 times a power of ten) and of a logarithmic one.
std::vector<XyTick> linear_ticks(double least, double most, int about);
std::vector<XyTick> log_ticks(double least, double most);

} // namespace beamwright::report
