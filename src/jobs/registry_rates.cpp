#include "jobs/registry_rates.hpp"
#include "core/atomic_file.hpp"
#include "core/parallel.hpp"
#include "core/run_record.hpp"
#include "jobs/registry_rates_output.hpp"
#include "registry/input/combine.hpp"
#include "registry/input/read_counts.hpp"
#include "registry/input/site.hpp"
#include "registry/rates/compare_table.hpp"
#include "registry/trend/series.hpp"
#include "report/registry_report.hpp"
#include <chrono>
#include <fmt/format.h>

namespace beamwright {

namespace {

namespace rg = registry;

rg::Layout layout_of(std::string const& word) {
    return word == "tidy"      ? rg::Layout::tidy
           : word == "ci5"     ? rg::Layout::ci5
           : word == "canreg5" ? rg::Layout::canreg5
                               : rg::Layout::automatic;
}

rg::RateOptions rate_options(RegistryRatesRequest const& request) {
    rg::RateOptions options;
    auto const shipped = rg::shipped_standards();
    for (auto const& name : request.standards) {
        options.standards.push_back(rg::find_standard(name, shipped));
    }
    options.methods.clear();
    for (auto const& name : request.intervals) {
        options.methods.push_back(rg::interval_method(name));
    }
    options.confidence = request.confidence_percent / 100;
    options.unknown_age =
        request.unknown_age == "ignore" ? rg::UnknownAge::ignore : rg::UnknownAge::redistribute;
    return options;
}

/// Deaths in the place of cases; indicators of quality belong to cases and are left out.
void take_deaths(rg::CountTable& table) {
    if (!table.columns.deaths) {
        refuse("no deaths to count", "the table has no column 'deaths'",
               "give a table with deaths, or leave --count out");
    }
    for (auto& stratum : table.strata) {
        for (auto& age : stratum.ages) {
            age.cases = age.deaths;
        }
        stratum.cases_unknown_age = stratum.deaths_unknown_age;
        stratum.basis = {};
    }
    table.columns = {};
}

rg::CountTable read_table(RegistryRatesRequest const& request, JobContext& context) {
    rg::ReadOptions options;
    options.layout = layout_of(request.layout);
    options.rules = {request.allow_fractional, request.accept_sites, false, request.open_from_y};
    options.registry = request.registry;
    options.period = request.period;
    options.population = request.population;
    options.site_codes = request.site_codes;
    auto table = rg::read_counts(request.tables, options, context.warnings);
    if (request.group_sites) {
        rg::group_sites(table);
    }
    if (request.both_sexes) {
        rg::add_both_sexes(table);
    }
    if (request.count == "deaths") {
        take_deaths(table);
    }
    return table;
}

/// A table whose age groups are wider than a standard's is usable; say what was added up.
void warn_of_folding(rg::RateTable const& rates, Warnings& warnings) {
    for (std::size_t i = 0; i < rates.standards.size(); ++i) {
        for (auto const& result : rates.results) {
            if (result.standardized[i].age_groups_used < result.ages.size()) {
                warnings.add(fmt::format("{} age groups were added up to {} for the standard {}",
                                         result.ages.size(), result.standardized[i].age_groups_used,
                                         rates.standards[i]),
                             "table and standard share no more edges of age groups",
                             "the methods page registry_rates says what this means for the rates");
                break;
            }
        }
    }
}

rg::RateTable calculate(RegistryRatesRequest const& request, rg::CountTable const& table,
                        rg::RateOptions const& options, JobContext& context) {
    rg::RateTable rates;
    for (auto const& standard : options.standards) {
        rates.standards.push_back(standard.name);
        rates.standard_titles.push_back(standard.title);
    }
    rates.interval_methods = request.intervals;
    rates.confidence = options.confidence;
    rates.results.resize(table.strata.size());
    rg::CountLimits const limits(options.confidence);
    ThreadLimit const threads(context.threads);
    constexpr std::size_t grain = 64;
    parallel_ranges(table.strata.size(), grain, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            rates.results[i] = rg::rates_of(table.strata[i], table.columns, options, limits);
        }
    });
    warn_of_folding(rates, context.warnings);
    if (request.trend) {
        rates.trends = rg::trends_of(
            rates.results, 0,
            {options.confidence,
             request.trend_quantile == "normal" ? rg::TrendQuantile::normal : rg::TrendQuantile::t,
             request.zero_years == "none" ? rg::ZeroYears::none : rg::ZeroYears::drop});
        if (rates.trends.empty()) {
            refuse("no trend in this table", "no series has two or more single years",
                   "give a column 'year', or leave --trend out");
        }
    }
    if (!request.compare.empty()) {
        rates.comparisons =
            rg::compare_table(table, rg::compare_by(request.compare), request.reference,
                              options.standards.front(), rg::ratio_method(request.ratio_interval), options);
    }
    if (!request.sir_reference.empty()) {
        rates.sirs =
            rg::sir_table(table, request.sir_reference, rg::count_method(request.sir_interval), options);
    }
    return rates;
}

RunRecord record_of(RegistryRatesRequest const& request, JobContext const& context, double wall_s,
                    double cpu_s) {
    RunRecord record;
    record.verb = "registry rates";
    record.command = context.command;
    for (auto const& table : request.tables) {
        record.add_input("table", table);
    }
    if (!request.population.empty()) {
        record.add_input("population", request.population);
    }
    for (auto const& standard : request.standards) {
        std::error_code failed;
        if (std::filesystem::is_regular_file(standard, failed)) {
            record.add_input("standard population", standard);
        }
    }
    record.warnings = context.warnings.all();
    record.wall_s = wall_s;
    record.cpu_s = cpu_s;
    return record;
}

void write_files(RegistryRatesRequest const& request, rg::RateTable const& rates) {
    auto const write = [&](std::filesystem::path const& file, auto const& make) {
        if (!file.empty()) {
            write_atomically(file, std::string_view(make(rates)));
        }
    };
    write(request.rates_csv, rates_csv);
    write(request.ages_csv, ages_csv);
    write(request.comparisons_csv, comparisons_csv);
    write(request.trends_csv, trends_csv);
}

} // namespace

RegistryRatesAnswer registry_rates(RegistryRatesRequest const& request, JobContext& context) {
    auto const start = std::chrono::steady_clock::now();
    double const cpu_before_s = process_cpu_s();
    auto const options = rate_options(request);
    auto const table = read_table(request, context);
    RegistryRatesAnswer answer;
    answer.rates = calculate(request, table, options, context);
    for (auto const& warning : context.warnings.all()) {
        context.messages.warn(warning);
    }
    write_files(request, answer.rates);
    if (!request.json) {
        answer.table = rates_text(answer.rates);
    }
    if (request.json || !request.report_file.empty()) {
        double const wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        auto const record = record_of(request, context, wall_s, process_cpu_s() - cpu_before_s);
        if (request.json) {
            answer.json = rates_json(answer.rates);
            answer.json["count"] = request.count;
            answer.json["warnings"] = to_json(context.warnings);
            answer.json["run"] = record.to_json();
        }
        if (!request.report_file.empty()) {
            write_atomically(request.report_file,
                             std::string_view(render_rates_report({answer.rates,
                                                                   request.tables.front().filename().string(),
                                                                   record.to_json(),
                                                                   context.warnings.all(),
                                                                   {}})));
            context.messages.say(fmt::format("report: {}", request.report_file.string()));
        }
    }
    return answer;
}

RegistryRatesAnswer list_standards() {
    RegistryRatesAnswer answer;
    answer.json["standards"] = Json::array();
    for (auto const& standard : rg::shipped_standards()) {
        answer.table += fmt::format("{:<18} {}\n", standard.name, standard.title);
        answer.json["standards"].push_back({{"name", standard.name},
                                            {"title", standard.title},
                                            {"aliases", standard.aliases},
                                            {"source", standard.source},
                                            {"trust", standard.trust},
                                            {"age_groups", standard.parts.size()}});
    }
    return answer;
}

RegistryRatesAnswer list_sites() {
    RegistryRatesAnswer answer;
    answer.json["sites"] = Json::array();
    for (auto const& site : rg::listed_sites()) {
        answer.table += fmt::format("{:<16} {}{}\n", site.icd10, site.words,
                                    site.is_group ? "" : "  (not a group of --group-sites)");
        answer.json["sites"].push_back(
            {{"icd10", site.icd10}, {"words", site.words}, {"group", site.is_group}});
    }
    return answer;
}

} // namespace beamwright
