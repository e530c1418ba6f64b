#include "registry/trend/eapc.hpp"
#include "registry/rates/distributions.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::registry {

namespace {

constexpr double percent = 100;
constexpr int least_years = 3;

/// A straight line through (year, log rate).
struct Line {
    double slope = 0, slope_se = 0, at_mean = 0, mean_year = 0;
};

Line fitted(std::vector<TrendPoint> const& points, int used) {
    Line line;
    double mean_log = 0;
    for (auto const& point : points) {
        if (point.used) {
            line.mean_year += point.year / static_cast<double>(used);
            mean_log += std::log(point.rate_per_100000) / used;
        }
    }
    double squares = 0, products = 0;
    for (auto const& point : points) {
        if (point.used) {
            double const from_mean = point.year - line.mean_year;
            squares += from_mean * from_mean;
            products += from_mean * (std::log(point.rate_per_100000) - mean_log);
        }
    }
    line.slope = products / squares;
    line.at_mean = mean_log;
    double residual = 0;
    for (auto const& point : points) {
        if (point.used) {
            double const off =
                std::log(point.rate_per_100000) - mean_log - line.slope * (point.year - line.mean_year);
            residual += off * off;
        }
    }
    line.slope_se = std::sqrt(residual / (used - 2) / squares);
    return line;
}

double percent_change(double slope) { return percent * std::expm1(slope); }

} // namespace

TrendResult eapc(std::vector<TrendPoint> points, TrendOptions const& options) {
    std::sort(points.begin(), points.end(), [](auto const& a, auto const& b) { return a.year < b.year; });
    TrendResult out;
    out.quantile = options.quantile == TrendQuantile::t ? "t" : "normal";
    out.zero_years = options.zero_years == ZeroYears::drop ? "drop" : "none";
    for (auto& point : points) {
        point.used = point.rate_per_100000 > 0;
        ++(point.used ? out.years_used : out.years_zero);
    }
    out.points = std::move(points);
    if (options.zero_years == ZeroYears::none && out.years_zero > 0) {
        out.why_none = fmt::format("{} years have a rate of zero", out.years_zero);
        return out;
    }
    if (out.years_used < least_years) {
        out.why_none =
            fmt::format("{} years with a rate above zero, {} are needed", out.years_used, least_years);
        return out;
    }
    auto const line = fitted(out.points, out.years_used);
    double const tail = 0.5 * (1 - options.confidence);
    double const freedom = out.years_used - 2;
    double const quantile = options.quantile == TrendQuantile::t ? student_t_quantile(freedom, 1 - tail)
                                                                 : normal_quantile(1 - tail);
    out.has_result = true;
    out.slope = line.slope;
    out.slope_se = line.slope_se;
    out.eapc_percent = percent_change(line.slope);
    out.eapc_interval = {percent_change(line.slope - quantile * line.slope_se),
                         percent_change(line.slope + quantile * line.slope_se)};
    out.p_value = line.slope_se > 0 ? student_t_two_sided_p(freedom, line.slope / line.slope_se)
                                    : (line.slope == 0 ? 1 : 0);
    for (auto& point : out.points) {
        point.fitted_per_100000 = std::exp(line.at_mean + line.slope * (point.year - line.mean_year));
    }
    return out;
}

} // namespace beamwright::registry
