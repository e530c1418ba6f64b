/// Verbs: registry rates, registry standards, registry sites; the verbs of demand stand in registry_demand.cpp.
#include "cli/app.hpp"
#include "cli/options.hpp"
#include "jobs/registry_rates.hpp"

namespace beamwright::cli {

namespace {

struct Typed {
    std::vector<std::string> tables;
    std::string population, site_codes, rates_csv, ages_csv, comparisons_csv, trends_csv, report;
    int open_from_y = 0;
    CLI::Option* has_open_from = nullptr;
};

void add_table_options(CLI::App* verb, RegistryRatesRequest& r, Typed& t) {
    char const* const group = "Table";
    verb->add_option("table", t.tables,
                     "tidy CSV, CI5 detailed CSV, or CanReg5 inc.tsv (docs/formats/registry_tables.md)")
        ->required();
    verb->add_option("--layout", r.layout, "auto, tidy, ci5 or canreg5")
        ->check(CLI::IsMember({"auto", "tidy", "ci5", "canreg5"}))
        ->capture_default_str()
        ->group(group);
    verb->add_option("--population", t.population, "CanReg5: pop.tsv with the person-years")->group(group);
    verb->add_option("--site-codes", t.site_codes, "CI5: file with lines like 010,Oesophagus (C15)")
        ->group(group);
    verb->add_option("--registry", r.registry, "name of the registry, where the layout holds none")
        ->group(group);
    verb->add_option("--period", r.period, "years of a CI5 table, 2013-2017")->group(group);
    verb->add_flag("--allow-fractional", r.allow_fractional, "cases and deaths need not be whole numbers")
        ->group(group);
    verb->add_flag("--accept-sites", r.accept_sites, "take sites that are not of the list as they are")
        ->group(group);
    verb->add_flag("--group-sites", r.group_sites,
                   "add ICD-10 codes up to the usual groups (beamwright registry sites)")
        ->group(group);
    verb->add_flag("--both-sexes", r.both_sexes, "add series of both sexes together")->group(group);
    t.has_open_from = verb->add_option("--open-from", t.open_from_y, "pool all ages from here on: 75, 80, 85")
                          ->check(CLI::Range(1, 120))
                          ->group(group);
    verb->add_option("--count", r.count, "cases, or deaths for mortality")
        ->check(CLI::IsMember({"cases", "deaths"}))
        ->capture_default_str()
        ->group(group);
}

void add_rate_options(CLI::App* verb, RegistryRatesRequest& r) {
    char const* const group = "Rates";
    verb->add_option("--standard", r.standards,
                     "standard population, by name or CSV file; repeat, the first one leads")
        ->allow_extra_args(false)
        ->capture_default_str()
        ->group(group);
    verb->add_option("--interval", r.intervals,
                     "gamma, tiwari, midp, normal, lognormal, dobson_exact, dobson_byar, ...; repeat, the "
                     "first one leads")
        ->allow_extra_args(false)
        ->capture_default_str()
        ->group(group);
    verb->add_option("--confidence", r.confidence_percent, "of all intervals [%]")
        ->check(within(50, 99.999))
        ->capture_default_str()
        ->group(group);
    verb->add_option("--unknown-age", r.unknown_age, "redistribute (rates x total / known) or ignore")
        ->check(CLI::IsMember({"redistribute", "ignore"}))
        ->capture_default_str()
        ->group(group);
}

void add_question_options(CLI::App* verb, RegistryRatesRequest& r) {
    char const* const trend = "Trend";
    verb->add_flag("--trend", r.trend, "annual percent change of each series with single years")
        ->group(trend);
    verb->add_option("--trend-quantile", r.trend_quantile, "t or normal")
        ->check(CLI::IsMember({"t", "normal"}))
        ->capture_default_str()
        ->group(trend);
    verb->add_option("--zero-years", r.zero_years, "years with a rate of zero: drop, or none for no result")
        ->check(CLI::IsMember({"drop", "none"}))
        ->capture_default_str()
        ->group(trend);
    char const* const compare = "Comparison";
    verb->add_option("--compare", r.compare, "ratio and difference by sex, registry or year")
        ->check(CLI::IsMember({"sex", "registry", "year"}))
        ->group(compare);
    verb->add_option("--reference", r.reference, "what to compare with; default: female, else the first")
        ->group(compare);
    verb->add_option("--ratio-interval", r.ratio_interval, "lognormal, power or f")
        ->check(CLI::IsMember({"lognormal", "power", "f"}))
        ->capture_default_str()
        ->group(compare);
    verb->add_option("--sir-reference", r.sir_reference, "registry whose rates give the expected cases (SIR)")
        ->group(compare);
    verb->add_option("--sir-interval", r.sir_interval, "exact, byar or midp")
        ->check(CLI::IsMember({"exact", "byar", "midp"}))
        ->capture_default_str()
        ->group(compare);
}

void add_file_options(CLI::App* verb, Typed& t) {
    char const* const group = "Files";
    verb->add_option("--csv", t.rates_csv, "write the rates to this CSV file")->group(group);
    verb->add_option("--ages-csv", t.ages_csv, "write the age-specific rates")->group(group);
    verb->add_option("--compare-csv", t.comparisons_csv, "write ratios, differences and SIRs")->group(group);
    verb->add_option("--trend-csv", t.trends_csv, "write the trends")->group(group);
    verb->add_option("--report", t.report, "write a report page to this HTML file")->group(group);
}

void add_rates(App& app, CLI::App* registry) {
    auto const r = std::make_shared<RegistryRatesRequest>();
    auto const t = std::make_shared<Typed>();
    auto* const verb = app.add_verb(
        registry, "rates",
        "Rates of a cancer registry: crude, standardized, truncated, cumulative; trends; comparisons.",
        "  beamwright registry rates examples/registry/counts.csv\n"
        "  beamwright registry rates examples/registry/counts.csv --standard segi --standard who --compare "
        "sex\n"
        "  beamwright registry rates examples/registry/counts.csv --trend --report rates.html --csv "
        "rates.csv\n"
        "  beamwright registry rates inc.tsv --population pop.tsv --registry Oldtown --json",
        [&app, r, t] {
            r->tables.assign(t->tables.begin(), t->tables.end());
            r->population = t->population;
            r->site_codes = t->site_codes;
            r->rates_csv = t->rates_csv;
            r->ages_csv = t->ages_csv;
            r->comparisons_csv = t->comparisons_csv;
            r->trends_csv = t->trends_csv;
            r->report_file = t->report;
            r->open_from_y = given(t->has_open_from, t->open_from_y);
            r->json = app.common().json;
            auto context = app.job_context("rates");
            auto const answer = registry_rates(*r, context);
            app.print(answer.json, answer.table);
            return done;
        });
    add_table_options(verb, *r, *t);
    add_rate_options(verb, *r);
    add_question_options(verb, *r);
    add_file_options(verb, *t);
}

} // namespace

void add_registry_verb(App& app) {
    auto* const registry = app.root()->add_subcommand(
        "registry", "Cancer-registry statistics: how many patients, how many treatment rooms.");
    registry->require_subcommand(1);
    registry->footer(
        "Examples:\n  beamwright registry rates examples/registry/counts.csv --compare sex\n"
        "  beamwright registry demand --cases 3120000\n  beamwright registry counts --cases 3120000");
    add_rates(app, registry);
    app.add_verb(registry, "standards", "The standard populations that --standard knows.",
                 "  beamwright registry standards", [&app] {
                     auto const answer = list_standards();
                     app.print(answer.json, answer.table);
                     return done;
                 });
    app.add_verb(registry, "sites", "The sites that tables may name, with their ICD-10 codes.",
                 "  beamwright registry sites", [&app] {
                     auto const answer = list_sites();
                     app.print(answer.json, answer.table);
                     return done;
                 });
    add_registry_demand_verbs(app, registry);
}

} // namespace beamwright::cli
