/// Verbs: registry demand, registry counts, registry figures.
#include "jobs/registry_demand.hpp"
#include "cli/app.hpp"
#include "cli/options.hpp"

namespace beamwright::cli {

namespace {

/// Options that only need their words: what they mean is checked by the model, which knows units and bounds.
struct FigureOption {
    char const *key, *name, *sentence, *group;
};
constexpr FigureOption figure_options[] = {
    {"utilization", "--utilization", "share of new cases that need radiotherapy", "Patients"},
    {"eligible_share", "--eligible",
     "share that gets this modality (proton: published default; bnct: must be given)", "Patients"},
    {"radical_share", "--radical-share", "share treated with radical intent, for --eligible-of radical",
     "Patients"},
    {"retreatment", "--retreatment", "courses added per first course (0.25 = 25 % come again)", "Courses"},
    {"fractions_per_course", "--fractions", "fractions per course (proton: must be given)", "Courses"},
    {"fractions_per_hour", "--fractions-per-hour", "fractions an hour in one room", "Room"},
    {"minutes_per_fraction", "--minutes",
     "minutes in the room per fraction (proton, or instead of the above)", "Room"},
    {"irradiation_minutes", "--irradiation-minutes", "minutes of irradiation (bnct)", "Room"},
    {"setup_minutes", "--setup-minutes", "minutes in the room beside irradiation (bnct: must be given)",
     "Room"},
    {"hours_per_day", "--hours-per-day", "hours a day", "Room"},
    {"days_per_year", "--days-per-year", "days a year", "Room"},
    {"patients_per_room", "--patients-per-room", "patients a room and year, for the cross-check", "Room"},
};

void add_figure_options(CLI::App* verb, std::shared_ptr<RegistryDemandRequest> const& r) {
    for (auto const& option : figure_options) {
        verb->add_option(option.name, r->figures[option.key], option.sentence)
            ->type_name("VALUE[:LOW:HIGH]")
            ->allow_extra_args(false)
            ->group(option.group);
    }
    verb->add_option("--eligible-of", r->share_of,
                     "what --eligible is a share of: new_cases, irradiated or radical")
        ->type_name("WHOLE")
        ->allow_extra_args(false)
        ->group("Patients");
}

void add_demand(App& app, CLI::App* registry) {
    auto const r = std::make_shared<RegistryDemandRequest>();
    struct Typed {
        std::string table, report;
        int year = 0;
        double population = 0;
        CLI::Option *has_year = nullptr, *has_population = nullptr;
    };
    auto const t = std::make_shared<Typed>();
    auto* const verb = app.add_verb(
        registry, "demand", "Treatment rooms that the patients of a country or region need.",
        "  beamwright registry demand --cases 3120000\n"
        "  beamwright registry demand --table counts.csv --site Lung --report lung.html\n"
        "  beamwright registry demand --cases 500000 --modality proton --fractions 25:20:30\n"
        "  beamwright registry demand --cases 500000 --modality bnct --eligible 0.005 --setup-minutes 30\n"
        "  beamwright registry demand --cases 500000 --modality xray,proton --fractions proton=25 --json\n"
        "A figure is VALUE or VALUE:LOW:HIGH (95 % interval); with several modalities proton=VALUE.\n"
        "'beamwright registry figures' lists defaults and sources.",
        [&app, r, t] {
            r->table = t->table;
            r->report_file = t->report;
            r->year = given(t->has_year, t->year);
            r->population = given(t->has_population, t->population);
            auto context = app.job_context("demand");
            auto const answer = registry_demand(*r, context);
            app.print(answer.json, answer.table);
            return done;
        });
    verb->add_option("--modality", r->modalities, "xray, proton, bnct; several with commas")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->capture_default_str();
    char const* const cases = "New cases";
    verb->add_option("--cases", r->cases, "new cases a year")->type_name("N[:LOW:HIGH]")->group(cases);
    verb->add_option("--table", t->table, "count them in this table (the layouts of 'registry rates')")
        ->group(cases);
    verb->add_option("--site", r->sites, "site of the table, by name or ICD-10 group; repeat; default: all")
        ->allow_extra_args(false)
        ->group(cases);
    verb->add_option("--registry", r->registries, "registry of the table; repeat; default: all")
        ->allow_extra_args(false)
        ->group(cases);
    t->has_year =
        verb->add_option("--year", t->year, "rows of this year only; also says if it is a leap year")
            ->check(within(1583, 9999))
            ->group(cases);
    t->has_population =
        verb->add_option("--population", t->population, "scale the table's cases to this many persons")
            ->check(within(1, 2e10))
            ->group(cases);
    add_figure_options(verb, r);
    verb->add_option("--seed", r->seed, "seed of the drawn intervals")
        ->capture_default_str()
        ->group("Output");
    verb->add_option("--report", t->report, "write a report page to this HTML file")->group("Output");
}

void add_counts(App& app, CLI::App* registry) {
    auto const r = std::make_shared<RegistryCountsRequest>();
    struct Typed {
        double deaths = 0, all_deaths = 0;
        int year = 0;
        CLI::Option *has_deaths = nullptr, *has_all_deaths = nullptr, *has_year = nullptr;
    };
    auto const t = std::make_shared<Typed>();
    auto* const verb =
        app.add_verb(registry, "counts", "A year's count as people understand it: a day, a minute.",
                     "  beamwright registry counts --cases 3120000\n"
                     "  beamwright registry counts --cases 3120000 --deaths 2700000 --all-deaths "
                     "20000000",
                     [&app, r, t] {
                         r->deaths = given(t->has_deaths, t->deaths);
                         r->all_deaths = given(t->has_all_deaths, t->all_deaths);
                         r->year = given(t->has_year, t->year);
                         auto const answer = registry_counts(*r);
                         app.print(answer.json, answer.table);
                         return done;
                     });
    verb->add_option("--cases", r->cases, "new cases a year")->required();
    t->has_deaths = verb->add_option("--deaths", t->deaths, "deaths from cancer a year");
    t->has_all_deaths = verb->add_option("--all-deaths", t->all_deaths, "all deaths a year");
    t->has_year = verb->add_option("--year", t->year, "take the days of this year; without it 365")
                      ->check(within(1583, 9999));
}

} // namespace

void add_registry_demand_verbs(App& app, CLI::App* registry) {
    add_demand(app, registry);
    add_counts(app, registry);
    app.add_verb(registry, "figures",
                 "The published planning figures: defaults, alternatives, sources, trust.",
                 "  beamwright registry figures", [&app] {
                     auto const answer = registry_figures();
                     app.print(answer.json, answer.table);
                     return done;
                 });
}

} // namespace beamwright::cli
