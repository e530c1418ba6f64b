#include "report/registry_groups.hpp"
#include "report/text.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace beamwright::report {

using namespace registry;

namespace {

void add_once(std::vector<std::string>& names, std::string const& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
    }
}

/// Later period of two; years decide, words where there are none.
bool is_later(Stratum const& a, Stratum const& b) {
    return a.last_year != b.last_year ? a.last_year > b.last_year : a.period > b.period;
}

std::string optional_number(std::optional<double> const& value) {
    return value ? fmt::format("{:.2f}", *value) : "–";
}

std::string estimate_text(double value, std::vector<NamedInterval> const& intervals) {
    return intervals.empty() ? number(value) : with_range(value, intervals.front().interval);
}

std::string cumulative_text(std::optional<CumulativeEstimate> const& cumulative) {
    return cumulative ? estimate_text(cumulative->rate_percent, cumulative->rate_intervals)
                      : std::string("–");
}

} // namespace

std::string per_cent(double confidence) { return plain_number(100 * confidence); }

std::string with_range(double value, Interval const& interval) {
    auto const upper = std::isfinite(interval.upper) ? number(interval.upper) : std::string("∞");
    return number(value) + " (" +
           fill_in(word("reg_to"), {{"low", number(interval.lower)}, {"high", upper}}) + ")";
}

std::string more_note(std::size_t all, std::size_t shown) {
    return all > shown ? fill_in(word("reg_more"), {{"n", std::to_string(all - shown)}}) : std::string();
}

std::string sex_word(std::string const& sex) {
    return sex == "male" || sex == "female" || sex == "both" ? word("reg_" + sex) : sex;
}

std::string site_title(Stratum const& stratum) {
    return stratum.icd10.empty() ? stratum.site : fmt::format("{} ({})", stratum.site, stratum.icd10);
}

std::string Groups::name_in_site(Stratum const& stratum) const {
    std::string sex = sex_word(stratum.sex);
    if (registries.size() <= 1) {
        return sex;
    }
    return sexes.size() <= 1 ? stratum.registry : stratum.registry + ", " + sex;
}

Groups groups_of(RateTable const& rates) {
    Groups groups;
    // The latest period of each registry, sex and site
    std::map<std::tuple<std::string, std::string, std::string>, RateResult const*> latest;
    for (auto const& result : rates.results) {
        auto const& s = result.stratum;
        add_once(groups.registries, s.registry);
        add_once(groups.sexes, s.sex);
        add_once(groups.periods, s.period);
        auto& kept = latest[{s.registry, s.sex, s.site}];
        if (kept == nullptr || is_later(s, kept->stratum)) {
            kept = &result;
        }
    }
    for (auto const& result : rates.results) {
        auto const& s = result.stratum;
        if (latest.at({s.registry, s.sex, s.site}) != &result) {
            continue;
        }
        std::string const title = site_title(s);
        auto found = std::find_if(groups.sites.begin(), groups.sites.end(),
                                  [&](SiteGroup const& group) { return group.title == title; });
        if (found == groups.sites.end()) {
            found = groups.sites.insert(groups.sites.end(), {title, 0, {}});
        }
        found->cases += result.cases;
        found->results.push_back(&result);
    }
    std::stable_sort(groups.sites.begin(), groups.sites.end(),
                     [](SiteGroup const& a, SiteGroup const& b) { return a.cases > b.cases; });
    return groups;
}

std::vector<ComparableGroup> comparable_groups(Groups const& groups) {
    std::vector<ComparableGroup> all;
    bool const sites = groups.registries.size() <= 1;
    auto const group_of = [&](std::string const& title) -> ComparableGroup& {
        auto const found = std::find_if(all.begin(), all.end(),
                                        [&](ComparableGroup const& group) { return group.title == title; });
        if (found != all.end()) {
            return *found;
        }
        all.emplace_back();
        all.back().title = title;
        all.back().rows_are_sites = sites;
        return all.back();
    };
    for (auto const& site : groups.sites) {
        for (auto const* result : site.results) {
            auto const& s = result->stratum;
            if (result->standardized.empty()) {
                continue;
            }
            auto& group = group_of(sites ? sex_word(s.sex) : site.title + ", " + sex_word(s.sex));
            auto const sex =
                std::find(groups.sexes.begin(), groups.sexes.end(), s.sex) - groups.sexes.begin();
            group.color = static_cast<int>(sex);
            group.results.push_back(result);
            group.names.push_back(sites ? site.title : s.registry);
        }
    }
    return all;
}

std::string subtitle_of(Groups const& groups) {
    std::string const who =
        groups.registries.size() == 1
            ? groups.registries.front()
            : fill_in(word("reg_registries_many"), {{"n", std::to_string(groups.registries.size())}});
    if (groups.periods.empty()) {
        return fill_in(word("reg_rates_subtitle_no_period"), {{"registries", who}});
    }
    auto const [first, last] = std::minmax_element(groups.periods.begin(), groups.periods.end());
    return fill_in(word("reg_rates_subtitle"),
                   {{"registries", who}, {"period", *first == *last ? *first : *first + " … " + *last}});
}

std::vector<ReportFact> rate_facts(RateTable const& rates, Groups const& groups) {
    double cases = 0;
    for (auto const& result : rates.results) {
        cases += result.cases;
    }
    std::vector<ReportFact> facts{{word("reg_fact_total"), plain_number(cases)},
                                  {word("reg_fact_sites"), std::to_string(groups.sites.size())},
                                  {word("reg_fact_registries"), std::to_string(groups.registries.size())}};
    std::string methods;
    for (auto const& method : rates.interval_methods) {
        methods += (methods.empty() ? "" : " · ") + method;
    }
    if (!rates.standard_titles.empty()) {
        facts.push_back({word("reg_fact_standard"), rates.standard_titles.front()});
    }
    facts.push_back(
        {word("reg_fact_method"), fmt::format("{} %, {}", plain_number(100 * rates.confidence), methods)});
    return facts;
}

FigureSection all_rates_section(RateTable const& rates, std::size_t most) {
    FigureSection section;
    section.id = "all-rates";
    section.title = word("reg_all_title");
    section.note = word("reg_all_note");
    TextTable table;
    table.columns = {word("reg_registry"), word("reg_site"),  word("reg_sex"),
                     word("reg_period"),   word("reg_cases"), word("reg_fact_person_years"),
                     word("reg_crude")};
    for (auto const& title : rates.standard_titles) {
        table.columns.push_back(title);
    }
    table.columns.insert(table.columns.end(),
                         {word("reg_truncated"), word("reg_cumulative_64"), word("reg_cumulative_74")});
    table.numbers.assign(table.columns.size(), true);
    std::fill_n(table.numbers.begin(), 4, false);
    for (auto const& result : rates.results) {
        if (table.rows.size() == most) {
            break;
        }
        auto const& s = result.stratum;
        std::vector<std::string> row{s.registry,
                                     site_title(s),
                                     sex_word(s.sex),
                                     s.period,
                                     plain_number(result.cases),
                                     plain_number(result.person_years),
                                     number(result.crude.rate_per_100000)};
        for (auto const& standard : result.standardized) {
            row.push_back(estimate_text(standard.all_ages.rate_per_100000, standard.all_ages.intervals));
        }
        auto const* const first = result.standardized.empty() ? nullptr : &result.standardized.front();
        row.push_back(first != nullptr && first->truncated_35_64
                          ? number(first->truncated_35_64->rate_per_100000)
                          : std::string("–"));
        row.push_back(cumulative_text(result.cumulative_0_64));
        row.push_back(cumulative_text(result.cumulative_0_74));
        table.rows.push_back(std::move(row));
    }
    table.note = more_note(rates.results.size(), table.rows.size());
    section.tables = {table};
    return section;
}

FigureSection quality_section(RateTable const& rates, std::size_t most) {
    FigureSection section;
    section.id = "quality";
    section.title = word("reg_quality_title");
    TextTable table;
    table.columns = {word("reg_registry"), word("reg_site"), word("reg_sex"), word("reg_period"),
                     word("reg_mv"),       word("reg_dco"),  word("reg_mi"),  word("reg_unknown_age")};
    table.numbers = {false, false, false, false, true, true, true, true};
    for (auto const& result : rates.results) {
        auto const& q = result.quality;
        bool const any = q.microscopically_verified_percent || q.death_certificate_only_percent ||
                         q.mortality_to_incidence || q.unknown_age_percent.value_or(0) > 0;
        if (any && table.rows.size() < most) {
            table.rows.push_back(
                {result.stratum.registry, site_title(result.stratum), sex_word(result.stratum.sex),
                 result.stratum.period, optional_number(q.microscopically_verified_percent),
                 optional_number(q.death_certificate_only_percent), optional_number(q.mortality_to_incidence),
                 optional_number(q.unknown_age_percent)});
        }
    }
    section.tables = {table};
    return section;
}

} // namespace beamwright::report
