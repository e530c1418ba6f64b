#include "report/registry_groups.hpp"
#include "report/text.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright::report {

using namespace registry;

namespace {

std::string pair_name(ComparisonResult const& pair) {
    auto const part = [&](Stratum const& s) {
        return pair.by == "sex" ? sex_word(s.sex) : pair.by == "registry" ? s.registry : s.period;
    };
    std::string rest = site_title(pair.first);
    rest += pair.by == "sex" ? " · " + pair.first.registry : " · " + sex_word(pair.first.sex);
    return part(pair.first) + " / " + part(pair.second) + " · " + rest;
}

std::string p_text(double p) { return p < 0.001 ? "< 0.001" : fmt::format("{:.3f}", p); }

} // namespace

FigureSection comparison_section(RateTable const& rates) {
    FigureSection section;
    section.id = "comparison";
    section.title = word("reg_ratio_title");
    BarTable table;
    table.name_column = word("reg_ratio_pair");
    table.columns = {word("reg_difference"), word("reg_p")};
    table.value_column = fill_in(word("reg_ratio_value"), {{"interval", per_cent(rates.confidence)}});
    table.axis = word("reg_ratio_axis");
    table.logarithmic = true;
    table.reference = 1;
    table.reference_label = word("reg_ratio_reference");
    for (auto const& pair : rates.comparisons) {
        if (table.rows.size() == most_rows || !(pair.ratio > 0) || !std::isfinite(pair.ratio)) {
            continue;
        }
        auto const& interval = pair.ratio_interval.interval;
        table.rows.push_back({pair_name(pair),
                              {with_range(pair.difference_per_100000, pair.difference_interval.interval),
                               p_text(pair.ratio_p)},
                              with_range(pair.ratio, interval),
                              pair.ratio,
                              interval.lower,
                              interval.upper,
                              0,
                              false});
    }
    table.note = more_note(rates.comparisons.size(), table.rows.size());
    section.bars = {table};
    return section;
}

FigureSection sir_section(RateTable const& rates) {
    FigureSection section;
    section.id = "sir";
    section.title = word("reg_sir_title");
    if (rates.sirs.empty()) {
        return section;
    }
    BarTable table;
    table.name_column = word("reg_registry");
    table.columns = {word("reg_observed"), word("reg_expected")};
    table.value_column = fill_in(word("reg_ratio_value"), {{"interval", per_cent(rates.confidence)}});
    table.axis = word("reg_sir_axis");
    table.logarithmic = true;
    table.reference = 1;
    table.reference_label = fill_in(word("reg_sir_reference"), {{"reference", rates.sirs.front().reference}});
    for (auto const& sir : rates.sirs) {
        if (table.rows.size() < most_rows) {
            table.rows.push_back(
                {sir.stratum.registry + " · " + site_title(sir.stratum) + " · " + sex_word(sir.stratum.sex),
                 {plain_number(sir.observed), plain_number(sir.expected)},
                 with_range(sir.ratio, sir.interval.interval),
                 sir.ratio,
                 sir.interval.interval.lower,
                 sir.interval.interval.upper,
                 0,
                 !(sir.ratio > 0)});
        }
    }
    table.note = more_note(rates.sirs.size(), table.rows.size());
    section.bars = {table};
    return section;
}

} // namespace beamwright::report
