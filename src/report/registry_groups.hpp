/// Which rates stand together in a figure, what they are called there, and the tables of all of them.
#pragma once
#include "registry/rates/results.hpp"
#include "report/figures_page.hpp"

namespace beamwright::report {

/// "men", "women", "both sexes"
std::string sex_word(std::string const& sex);
/// "Trachea, bronchus and lung (C33-C34)"
std::string site_title(registry::Stratum const& stratum);

/// The results of one site: registries and sexes, of each the latest period only.
struct SiteGroup {
    std::string title;
    double cases = 0;
    std::vector<registry::RateResult const*> results;
};

struct Groups {
    std::vector<SiteGroup> sites; ///< most cases first
    std::vector<std::string> registries, sexes, periods;
    /// What tells this stratum from others of its site: registry where there are several, sex.
    std::string name_in_site(registry::Stratum const& stratum) const;
};
Groups groups_of(registry::RateTable const& rates);

/// Rows that may be compared: registries of one site and sex, or sites of one sex where there is one registry.
struct ComparableGroup {
    std::string title;
    bool rows_are_sites = false;
    int color = 0;
    std::vector<registry::RateResult const*> results;
    std::vector<std::string> names; ///< of the rows
};
std::vector<ComparableGroup> comparable_groups(Groups const& groups);

/// "95"
std::string per_cent(double confidence);
/// "12.3 (11.1 to 13.6)"
std::string with_range(double value, registry::Interval const& interval);
/// "7 more are in the CSV and JSON output.", or nothing
std::string more_note(std::size_t all, std::size_t shown);
/// Figures and rows that a section shows at most.
inline constexpr std::size_t most_figures = 12, most_rows = 60;

std::string subtitle_of(Groups const& groups);
std::vector<ReportFact> rate_facts(registry::RateTable const& rates, Groups const& groups);
FigureSection all_rates_section(registry::RateTable const& rates, std::size_t most);
FigureSection quality_section(registry::RateTable const& rates, std::size_t most);
FigureSection comparison_section(registry::RateTable const& rates);
FigureSection sir_section(registry::RateTable const& rates);

} // namespace beamwright::report
