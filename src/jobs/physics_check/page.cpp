// The report of the validation suite: the tests first, what failed, then each case with its curves.
#include "jobs/physics_check/results.hpp"
#include "report/figures_page.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright::physics_check {

namespace {

using namespace report;

/// Points of a figure; more cannot be told apart.
constexpr std::size_t most_points = 400;

XySeries series_of(PlotLine const& line, int color) {
    XySeries series;
    series.name = line.name;
    series.draw = line.theirs              ? XySeries::Draw::dashes
                  : line.curve.size() < 40 ? XySeries::Draw::line_and_points
                                           : XySeries::Draw::line;
    series.color = line.theirs && color == 0 ? -1 : color;
    series.band = line.curve.size() >= 40;
    std::size_t const every = 1 + line.curve.size() / most_points;
    for (std::size_t i = 0; i < line.curve.size(); i += every) {
        double const y = line.curve.y[i], sigma = line.curve.sigma.empty() ? 0 : line.curve.sigma[i];
        series.points.push_back({line.curve.x[i], y, y - sigma, y + sigma, "", false});
    }
    return series;
}

XyPlot plot_of(Plot const& plot) {
    XyPlot out;
    out.title = plot.title;
    out.note = plot.note;
    out.x_title = plot.x_title;
    out.y_title = plot.y_title;
    out.y_log = plot.y_log;
    int color = 0;
    for (auto const& line : plot.lines) {
        out.series.push_back(series_of(line, color++));
    }
    return out;
}

TextTable table_of(CaseResult const& one) {
    TextTable table;
    table.columns = {"figure", "value", "bar", "verdict", "ours and theirs", "reference"};
    table.numbers = {false, true, true, false, false, false};
    for (auto const& figure : one.outcome.figures) {
        table.rows.push_back({figure.what, value_text(figure), bar_text(figure), to_string(figure.verdict()),
                              figure.detail, figure.reference});
    }
    std::vector<std::string> reasons;
    for (auto const& figure : one.outcome.figures) {
        if (!figure.because.empty() &&
            std::find(reasons.begin(), reasons.end(), figure.because) == reasons.end()) {
            reasons.push_back(figure.because);
        }
    }
    if (!reasons.empty()) {
        table.note = fmt::format("Why the bars are what they are: {}.", fmt::join(reasons, "; "));
    }
    return table;
}

FigureSection section_of(CaseResult const& one) {
    FigureSection section;
    auto const& outcome = one.outcome;
    section.id = one.text->name;
    section.title = fmt::format("{}. {}: {}", fmt::join(one.text->acceptance, ", "), one.text->title,
                                to_string(outcome.verdict()));
    section.note = one.text->claim;
    if (!one.text->would_catch.empty()) {
        section.note += " Would catch: " + one.text->would_catch + ".";
    }
    for (auto const& note : outcome.notes) {
        section.note += " " + note + ".";
    }
    if (outcome.histories > 0) {
        section.note += fmt::format(" {:.3g} histories, {:.0f} CPU s.", outcome.histories, outcome.cpu_s);
    }
    for (auto const& plot : outcome.plots) {
        section.plots.push_back(plot_of(plot));
    }
    section.tables.push_back(table_of(one));
    if (!outcome.missing.empty() || !outcome.tests.empty()) {
        TextTable list;
        list.columns = {outcome.missing.empty() ? "Test in the test command" : "Reference that is missing"};
        for (auto const& word : outcome.missing.empty() ? outcome.tests : outcome.missing) {
            list.rows.push_back({word});
        }
        section.tables.push_back(list);
    }
    return section;
}

FigureSection overview(SuiteResult const& suite) {
    FigureSection section;
    section.id = "tests";
    section.title = "Acceptance tests";
    section.note =
        "passed: within its bar. failed: beyond it by more than 6.4 standard uncertainties. undecided: "
        "beyond it, "
        "but by less than that. NOT RUN: the reference is missing or the case was left out; never passed.";
    TextTable table;
    table.columns = {"test", "what", "verdict", "cases"};
    for (auto const& test : verdicts_by_test(suite)) {
        std::vector<std::string> names;
        for (auto const& one : suite.cases) {
            if (one.text->answers(test.number)) {
                names.push_back(one.text->name);
            }
        }
        table.rows.push_back({std::to_string(test.number), test.title, to_string(test.verdict),
                              fmt::format("{}", fmt::join(names, ", "))});
    }
    TextTable beyond;
    beyond.title = "Beyond their bars";
    beyond.columns = {"case", "figure", "value", "bar", "verdict", "ours and theirs"};
    beyond.numbers = {false, false, true, true, false, false};
    for (auto const& one : suite.cases) {
        for (auto const& figure : one.outcome.figures) {
            if (figure.verdict() == Verdict::failed || figure.verdict() == Verdict::undecided) {
                beyond.rows.push_back({one.text->name, figure.what, value_text(figure), bar_text(figure),
                                       to_string(figure.verdict()), figure.detail});
            }
        }
    }
    section.tables = {beyond, table};
    return section;
}

} // namespace

std::string suite_page(SuiteResult const& suite) {
    FiguresPage page;
    page.label = fmt::format("Validation of the {} engine", suite.settings.particle);
    page.subtitle = fmt::format("beamwright check physics, {} engine{}", engine_of(suite.settings.target),
                                suite.settings.fast ? ", fast subset" : "");
    page.badge = "Research software, not a medical device";
    std::array<int, 6> counts{};
    double histories = 0, cpu_s = 0, imbalance = 0;
    for (auto const& one : suite.cases) {
        ++counts.at(static_cast<std::size_t>(one.outcome.verdict()));
        histories += one.outcome.histories;
        cpu_s += one.outcome.cpu_s;
        imbalance = std::max(imbalance, one.outcome.worst_imbalance);
    }
    for (auto const verdict : {Verdict::passed, Verdict::failed, Verdict::undecided, Verdict::not_run,
                               Verdict::in_tests, Verdict::reported}) {
        page.facts.push_back(
            {"cases " + to_string(verdict), std::to_string(counts.at(static_cast<std::size_t>(verdict)))});
    }
    page.facts.push_back(
        {suite.settings.particle + "s", fmt::format("{:.3g} in {:.0f} CPU s", histories, cpu_s)});
    if (suite.settings.particle == "proton") {
        page.facts.push_back({"worst energy balance", fmt::format("{:.1e}", imbalance)});
    }
    page.sections.push_back(overview(suite));
    for (auto const& one : suite.cases) {
        page.sections.push_back(section_of(one));
    }
    page.warnings = suite.warnings.all();
    page.notes = {suite.settings.particle == "proton" ? "Differences are ours less theirs. Curves of other "
                                                        "codes are computed, not measured; only CATANA and "
                                                        "Clatterbridge are measurements."
                                                      : "Differences are ours less theirs. Curves of other "
                                                        "codes are computed, not measured; only FiR 1 is "
                                                        "measured.",
                  "A right engine fails falsely once in a million runs: each place is granted 6.4 standard "
                  "uncertainties "
                  "(1e-10), and a run judges fewer than 10,000 places."};
    page.limits = {"References lie outside the program and are named by --reference. What is listed as in "
                   "the test command "
                   "is judged there, not here."};
    page.run_record = suite.run_record;
    return render_figures_page(page);
}

} // namespace beamwright::physics_check
