/// A page of figures and tables without a volume: plots, bars with intervals, chains, tables. Same frame, style and
/// words as the dose report; no script at all, so everything works without JavaScript.
#pragma once
#include "report/figure_section.hpp"
#include "report/report.hpp"

namespace beamwright::report {

struct FiguresPage {
    std::string label, subtitle;
    std::string badge; ///< empty: that of registry figures
    std::vector<ReportFact> facts;
    std::vector<FigureSection> sections;
    std::vector<Warning> warnings;
    std::vector<std::string> notes, limits;
    Json run_record = Json::object();
};

/// The whole page as text; a function of its input.
std::string render_figures_page(FiguresPage const& page);

} // namespace beamwright::report
