#include "registry/demand/table_cases.hpp"
#include "registry/input/site.hpp"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <tuple>

namespace beamwright::registry {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

std::string shown_site(Stratum const& stratum) {
    return stratum.icd10.empty() ? stratum.site : fmt::format("{} ({})", stratum.site, stratum.icd10);
}

bool is_all_sites(Stratum const& stratum) {
    auto const site = lower(stratum.site);
    return site.starts_with("all sites") || site.starts_with("all cancers") || site == "all";
}

std::string listed(std::set<std::string> const& names) {
    std::vector<std::string> shown(names.begin(), names.end());
    bool const more = shown.size() > 20;
    shown.resize(std::min<std::size_t>(shown.size(), 20));
    return fmt::format("{}{}", fmt::join(shown, "; "), more ? "; ..." : "");
}

/// The site that a word means: its name or ICD-10 group, else the only one whose name holds the word.
std::string site_of(CountTable const& table, std::string const& word) {
    std::set<std::string> holding, all;
    auto const meant = site_from_text(word);
    for (auto const& [stratum, ages, unknown, deaths, basis] : table.strata) {
        bool const code = meant && meant->icd10 == stratum.icd10;
        if (code || lower(stratum.site) == lower(word) || lower(stratum.icd10) == lower(word)) {
            return stratum.site;
        }
        if (lower(stratum.site).find(lower(word)) != std::string::npos) {
            holding.insert(stratum.site);
        }
        all.insert(shown_site(stratum));
    }
    if (holding.size() != 1) {
        refuse(holding.empty() ? fmt::format("no site '{}' in the table", word)
                               : fmt::format("'{}' means several sites: {}", word, listed(holding)),
               "its sites are: " + listed(all), "name one of them with --site");
    }
    return *holding.begin();
}

/// Sites to count: those named, else the row of all sites, else every one.
std::set<std::string> sites_of(CountTable const& table, std::vector<std::string> const& words,
                               Warnings& warnings) {
    std::set<std::string> sites, totals;
    for (auto const& word : words) {
        sites.insert(site_of(table, word));
    }
    if (!sites.empty()) {
        return sites;
    }
    for (auto const& entry : table.strata) {
        sites.insert(entry.stratum.site);
        if (is_all_sites(entry.stratum)) {
            totals.insert(entry.stratum.site);
        }
    }
    if (totals.size() > 1) {
        warnings.add(fmt::format("the table has {} rows of all sites: {}", totals.size(), listed(totals)),
                     fmt::format("'{}' was counted", *totals.begin()),
                     "name the one that you mean with --site");
        totals = {*totals.begin()};
    }
    return totals.empty() ? sites : totals;
}

bool wanted(Stratum const& stratum, TableCasesRequest const& request) {
    auto const& names = request.registries;
    bool const registry = names.empty() || std::any_of(names.begin(), names.end(), [&](auto const& name) {
                              return lower(name) == lower(stratum.registry);
                          });
    return registry &&
           (!request.year || (stratum.first_year <= *request.year && *request.year <= stratum.last_year));
}

double cases_in(CountStratum const& entry) {
    double sum = entry.cases_unknown_age;
    for (auto const& age : entry.ages) {
        sum += age.cases;
    }
    return sum;
}

double person_years_in(CountStratum const& entry) {
    double sum = 0;
    for (auto const& age : entry.ages) {
        sum += age.person_years;
    }
    return sum;
}

/// What stands in the table for one registry, site and period: both sexes, or male and female.
struct Cell {
    double sexes = 0, both = 0, person_years_sexes = 0, person_years_both = 0;
    bool has_both = false;
    double years = 1;
};

struct Sums {
    double cases = 0;
    /// Persons are the same for every site: the greatest of a registry and period counts once
    std::map<std::pair<std::string, std::string>, double> person_years, years;
};

Sums sums_of(CountTable const& table, TableCasesRequest const& request, std::set<std::string> const& sites) {
    std::map<std::tuple<std::string, std::string, std::string>, Cell> cells;
    for (auto const& entry : table.strata) {
        auto const& stratum = entry.stratum;
        if (sites.count(stratum.site) == 0 || !wanted(stratum, request)) {
            continue;
        }
        auto& cell = cells[{stratum.registry, stratum.period, stratum.site}];
        cell.years = stratum.first_year > 0 ? stratum.last_year - stratum.first_year + 1 : 1;
        if (stratum.sex == "both") {
            cell.has_both = true;
            cell.both += cases_in(entry);
            cell.person_years_both += person_years_in(entry);
        } else {
            cell.sexes += cases_in(entry);
            cell.person_years_sexes += person_years_in(entry);
        }
    }
    Sums sums;
    for (auto const& [key, cell] : cells) {
        auto const place = std::pair(std::get<0>(key), std::get<1>(key));
        sums.cases += cell.has_both ? cell.both : cell.sexes;
        auto& persons = sums.person_years[place];
        persons = std::max(persons, cell.has_both ? cell.person_years_both : cell.person_years_sexes);
        sums.years[place] = cell.years;
    }
    return sums;
}

} // namespace

TableCases cases_of_table(CountTable const& table, TableCasesRequest const& request, Warnings& warnings) {
    auto const sites = sites_of(table, request.sites, warnings);
    auto const sums = sums_of(table, request, sites);
    if (!(sums.cases > 0)) {
        refuse("the table has no cases of what was asked",
               fmt::format("site {}{}{}", listed(sites),
                           request.year ? fmt::format(", year {}", *request.year) : std::string(),
                           request.registries.empty()
                               ? std::string()
                               : fmt::format(", registry {}", fmt::join(request.registries, ", "))),
               "name a site, year and registry that the table holds");
    }
    // Each registry gives its mean of the years that it has; registries add up
    std::map<std::string, double> years_of, person_years_of;
    for (auto const& [place, years] : sums.years) {
        years_of[place.first] += years;
        person_years_of[place.first] += sums.person_years.at(place);
    }
    TableCases out;
    out.counted = sums.cases;
    out.years = years_of.begin()->second;
    for (auto const& [registry, years] : years_of) {
        if (years != out.years) {
            refuse(fmt::format("'{}' has {} years and '{}' {}", years_of.begin()->first, out.years, registry,
                               years),
                   "a mean over different years would weigh registries by their years",
                   "choose one year with --year, or one registry with --registry");
        }
        out.persons += person_years_of.at(registry) / years;
    }
    double scale = 1 / out.years;
    if (request.population) {
        if (!(out.persons > 0)) {
            refuse("the table has no person-years", "cases cannot be scaled to a population without them",
                   "leave --population out, or give the persons in the table");
        }
        scale *= *request.population / out.persons;
        warnings.add(
            fmt::format("cases are scaled from {:.0f} to {:.0f} persons", out.persons, *request.population),
            "this takes the same crude rate for all; ages and places that differ change it",
            "use an estimate of the country where there is one (--cases)");
    }
    auto const counted = poisson_count(sums.cases);
    out.per_year = {counted.value * scale, counted.low * scale, counted.high * scale};
    bool const no_years = std::all_of(table.strata.begin(), table.strata.end(),
                                      [](auto const& entry) { return entry.stratum.first_year == 0; });
    out.source = fmt::format("{:.0f} cases counted, {}; {}", sums.cases, listed(sites),
                             no_years         ? std::string("the table names no year: taken as one year")
                             : out.years == 1 ? std::string("one year")
                                              : fmt::format("mean of {:g} years", out.years));
    return out;
}

} // namespace beamwright::registry
