#include "registry/funnel.hpp"
#include "report/figures_page.hpp"
#include "report/registry_groups.hpp"
#include "report/registry_report.hpp"
#include "report/text.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace beamwright {

using namespace registry;

namespace report {

namespace {

constexpr std::size_t most_table_rows = 400;
/// Curves of one figure; more cannot be followed by eye.
constexpr std::size_t most_curves = 6;
/// Registries in a funnel: fewer say nothing about what is usual.
constexpr std::size_t least_in_funnel = 4;

Interval first_interval(RateEstimate const& rate) {
    return rate.intervals.empty() ? Interval{rate.rate_per_100000, rate.rate_per_100000}
                                  : rate.intervals.front().interval;
}

/// Said where a series has several periods.
std::string latest_note(RateTable const& rates) {
    bool const several =
        std::any_of(rates.results.begin(), rates.results.end(), [&](RateResult const& result) {
            return result.stratum.period != rates.results.front().stratum.period;
        });
    return several ? " " + word("reg_latest") : std::string();
}

// --- rates by age

XySeries age_series(RateResult const& result, std::string const& name, int color) {
    XySeries series;
    series.name = name;
    series.band = true;
    series.color = color;
    for (auto const& age : result.ages) {
        if (!(age.person_years > 0)) {
            continue; // no persons: no rate
        }
        double const middle = age.age.low_y + (age.age.is_open() ? 2.5 : 0.5 * age.age.width_y());
        std::string const title = fill_in(word("reg_age_point"), {{"age", age.age.label()},
                                                                  {"rate", number(age.rate_per_100000)},
                                                                  {"low", number(age.interval.lower)},
                                                                  {"high", number(age.interval.upper)},
                                                                  {"cases", plain_number(age.cases)}});
        series.points.push_back(
            {middle, age.rate_per_100000, age.interval.lower, age.interval.upper, title, false});
    }
    return series;
}

/// The curves of one figure: with several registries those with most cases, and bands only where they can be seen.
XyPlot age_plot(std::string const& title, std::vector<std::pair<RateResult const*, std::string>> curves) {
    XyPlot plot;
    plot.title = title;
    plot.x_title = word("reg_age_x");
    plot.y_title = word("reg_age_y");
    plot.zero_label = word("reg_age_zero");
    for (int age = 0; age <= 90; age += 10) {
        plot.x_ticks.push_back({static_cast<double>(age), std::to_string(age)});
    }
    std::size_t const all = curves.size();
    if (all > most_curves) {
        std::stable_sort(curves.begin(), curves.end(),
                         [](auto const& a, auto const& b) { return a.first->cases > b.first->cases; });
        curves.resize(most_curves);
    }
    for (auto const& [result, name] : curves) {
        plot.series.push_back(age_series(*result, name, static_cast<int>(plot.series.size())));
        plot.series.back().band = curves.size() <= 3;
        plot.series.back().whiskers = false;
    }
    plot.note = more_note(all, curves.size());
    return plot;
}

/// One registry: a figure per site with its sexes; several: a figure per site and sex with its registries.
FigureSection age_section(RateTable const& rates, Groups const& groups) {
    FigureSection section;
    section.id = "ages";
    section.title = word("reg_age_title");
    std::size_t figures = 0;
    for (auto const& site : groups.sites) {
        std::vector<std::string> const sexes =
            groups.registries.size() > 1 ? groups.sexes : std::vector<std::string>{""};
        for (auto const& sex : sexes) {
            std::vector<std::pair<RateResult const*, std::string>> curves;
            for (auto const* result : site.results) {
                if (sex.empty() || result->stratum.sex == sex) {
                    curves.emplace_back(result, sex.empty() ? sex_word(result->stratum.sex)
                                                            : result->stratum.registry);
                }
            }
            figures += curves.empty() ? 0 : 1;
            if (!curves.empty() && section.plots.size() < most_figures) {
                section.plots.push_back(
                    age_plot(sex.empty() ? site.title : site.title + ", " + sex_word(sex), curves));
            }
        }
    }
    section.note = fill_in(word("reg_age_note"), {{"interval", per_cent(rates.confidence)}}) +
                   latest_note(rates) + " " + more_note(figures, section.plots.size());
    return section;
}

// --- standardized rates

BarRow rate_row(RateResult const& result, std::string const& name, int color) {
    auto const& rate = result.standardized.front().all_ages;
    auto const interval = first_interval(rate);
    return {name,
            {plain_number(result.cases), number(result.crude.rate_per_100000)},
            with_range(rate.rate_per_100000, interval),
            rate.rate_per_100000,
            interval.lower,
            interval.upper,
            color,
            false};
}

std::vector<FunnelPoint> funnel_points(std::vector<RateResult const*> const& results) {
    std::vector<FunnelPoint> points;
    for (auto const* result : results) {
        auto const& rate = result->standardized.front().all_ages;
        double const relative = rate.se_per_100000 > 0 ? rate.rate_per_100000 / rate.se_per_100000 : 0;
        points.push_back({rate.rate_per_100000, relative * relative});
    }
    return points;
}

BarTable caterpillar(RateTable const& rates, ComparableGroup const& group) {
    BarTable table;
    table.title = group.title;
    table.name_column = word(group.rows_are_sites ? "reg_site" : "reg_registry");
    table.columns = {word("reg_cases"), word("reg_crude")};
    table.value_column = fill_in(word("reg_asr"), {{"interval", per_cent(rates.confidence)}});
    table.axis = word("reg_asr_axis");
    double least = HUGE_VAL, most = 0;
    for (std::size_t i = 0; i < group.results.size() && i < most_rows; ++i) {
        table.rows.push_back(rate_row(*group.results[i], group.names[i], group.color));
        least = std::min(least, table.rows.back().low);
        most = std::max(most, table.rows.back().high);
    }
    std::stable_sort(table.rows.begin(), table.rows.end(),
                     [](BarRow const& a, BarRow const& b) { return a.at.value_or(0) > b.at.value_or(0); });
    table.logarithmic = least > 0 && most > 30 * least;
    table.from_zero = !table.logarithmic;
    if (!group.rows_are_sites && group.results.size() > 1) {
        table.reference = funnel_center(funnel_points(group.results));
        table.reference_label = fill_in(word("reg_asr_reference"), {{"rate", number(*table.reference)}});
    }
    table.note = more_note(group.results.size(), table.rows.size());
    return table;
}

FigureSection rates_section(RateTable const& rates, std::vector<ComparableGroup> const& groups) {
    FigureSection section;
    section.id = "rates";
    section.title = word("reg_asr_title");
    for (auto const& group : groups) {
        if (section.bars.size() < most_figures) {
            section.bars.push_back(caterpillar(rates, group));
        }
    }
    if (!section.bars.empty()) {
        section.note = fill_in(word("reg_asr_note"), {{"standard", rates.standard_titles.front()},
                                                      {"interval", per_cent(rates.confidence)},
                                                      {"method", rates.interval_methods.front()}});
        section.note += latest_note(rates) + " " + more_note(groups.size(), section.bars.size());
    }
    return section;
}

// --- funnels

XySeries limit_series(double center, double least, double most, double z, bool upper, std::string name) {
    XySeries series;
    series.name = std::move(name);
    series.draw = z == 0 ? XySeries::Draw::line : z < 2 ? XySeries::Draw::dots : XySeries::Draw::dashes;
    series.color = -1;
    for (int i = 0; i <= 80; ++i) {
        double const information = least * std::pow(most / least, i / 80.0);
        auto const limits = funnel_limits(center, information, z);
        double const y = upper ? limits.upper : limits.lower;
        series.points.push_back({information, y, y, y, "", false});
    }
    return series;
}

XyPlot funnel_plot(ComparableGroup const& group) {
    XyPlot plot;
    plot.title = group.title;
    plot.x_title = word("reg_funnel_x");
    plot.y_title = word("reg_funnel_y");
    plot.x_log = true;
    plot.zero_label = word("reg_age_zero");
    auto const points = funnel_points(group.results);
    double const center = funnel_center(points);
    XySeries inside, outside;
    inside.draw = outside.draw = XySeries::Draw::points;
    inside.color = 0;
    outside.color = 1;
    outside.labelled = true;
    inside.name = word("reg_registry");
    outside.name = word("reg_funnel_beyond");
    double least = HUGE_VAL, most = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!(points[i].information > 0)) {
            continue;
        }
        least = std::min(least, points[i].information);
        most = std::max(most, points[i].information);
        auto const limits = funnel_limits(center, points[i].information, 3.0902323);
        bool const beyond = points[i].rate < limits.lower || points[i].rate > limits.upper;
        (beyond ? outside : inside)
            .points.push_back({points[i].information, points[i].rate, points[i].rate, points[i].rate,
                               group.names[i], false});
    }
    if (inside.points.size() + outside.points.size() < least_in_funnel) {
        return plot;
    }
    least /= 1.6;
    most *= 1.6;
    plot.series = {limit_series(center, least, most, 0, true, word("reg_funnel_center")),
                   limit_series(center, least, most, 1.959964, true, word("reg_funnel_inner")),
                   limit_series(center, least, most, 1.959964, false, ""),
                   limit_series(center, least, most, 3.0902323, true, word("reg_funnel_outer")),
                   limit_series(center, least, most, 3.0902323, false, ""),
                   inside};
    if (!outside.points.empty()) {
        plot.series.push_back(outside);
    }
    return plot;
}

FigureSection funnel_section(std::vector<ComparableGroup> const& groups) {
    FigureSection section;
    section.id = "funnel";
    section.title = word("reg_funnel_title");
    section.note = word("reg_funnel_note");
    for (auto const& group : groups) {
        if (!group.rows_are_sites && group.results.size() >= least_in_funnel &&
            section.plots.size() < most_figures) {
            auto plot = funnel_plot(group);
            if (!plot.series.empty()) {
                section.plots.push_back(std::move(plot));
            }
        }
    }
    return section;
}

// --- trends

void add_trend(XyPlot& plot, TrendResult const& trend, std::string const& name, int color) {
    XySeries points, fit;
    points.name = name;
    points.draw = XySeries::Draw::points;
    points.color = fit.color = color;
    fit.draw = XySeries::Draw::dashes;
    for (auto const& p : trend.points) {
        points.points.push_back(
            {static_cast<double>(p.year), p.rate_per_100000, p.interval.lower, p.interval.upper,
             fmt::format("{}: {}", p.year, with_range(p.rate_per_100000, p.interval)), !p.used});
        if (trend.has_result) {
            fit.points.push_back({static_cast<double>(p.year), p.fitted_per_100000, p.fitted_per_100000,
                                  p.fitted_per_100000, "", false});
        }
    }
    plot.series.push_back(std::move(points));
    plot.series.push_back(std::move(fit));
    plot.note +=
        (plot.note.empty() ? "" : " ") +
        (trend.has_result ? fill_in(word("reg_trend_result"),
                                    {{"who", name},
                                     {"eapc", fmt::format("{:+.2f}", trend.eapc_percent)},
                                     {"low", fmt::format("{:+.2f}", trend.eapc_interval.lower)},
                                     {"high", fmt::format("{:+.2f}", trend.eapc_interval.upper)}})
                          : fill_in(word("reg_trend_none"), {{"who", name}, {"why", trend.why_none}}));
}

FigureSection trend_section(RateTable const& rates, Groups const& groups) {
    FigureSection section;
    section.id = "trend";
    section.title = word("reg_trend_title");
    section.note = word("reg_trend_note");
    std::vector<std::string> sites;
    for (auto const& trend : rates.trends) {
        std::string const site = site_title(trend.stratum);
        auto const found = std::find(sites.begin(), sites.end(), site);
        auto const at = static_cast<std::size_t>(found - sites.begin());
        if (found == sites.end()) {
            if (sites.size() == most_figures) {
                continue;
            }
            sites.push_back(site);
            XyPlot plot;
            plot.title = site;
            plot.x_title = word("reg_trend_x");
            plot.y_title = word("reg_trend_y");
            plot.zero_label = word("reg_trend_zero");
            section.plots.push_back(std::move(plot));
        }
        auto& plot = section.plots[at];
        int const color = static_cast<int>(plot.series.size() / 2);
        if (color < plot_colors) {
            add_trend(plot, trend, groups.name_in_site(trend.stratum), color);
        }
    }
    return section;
}

} // namespace

} // namespace report

std::string render_rates_report(RatesReportInput const& input) {
    using namespace report;
    auto const& rates = input.rates;
    Groups const groups = groups_of(rates);
    auto const comparable = comparable_groups(groups);
    FiguresPage page;
    page.label = input.label;
    page.subtitle = subtitle_of(groups);
    page.facts = rate_facts(rates, groups);
    page.sections = {rates_section(rates, comparable),
                     funnel_section(comparable),
                     age_section(rates, groups),
                     trend_section(rates, groups),
                     comparison_section(rates),
                     sir_section(rates),
                     quality_section(rates, most_table_rows),
                     all_rates_section(rates, most_table_rows)};
    page.notes = input.notes;
    page.limits = {word("reg_limit_rates_1"), word("reg_limit_rates_2")};
    page.warnings = input.warnings;
    page.run_record = input.run_record;
    return render_figures_page(page);
}

} // namespace beamwright
