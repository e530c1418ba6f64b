/// Verb: check.
#include "cli/app.hpp"
#include "cli/options.hpp"
#include "jobs/check_physics.hpp"

namespace beamwright::cli {

void add_check_verb(App& app) {
    auto* const check =
        app.add_verb(app.root(), "check", "Check this program against data and codes that are not its own.",
                     "  beamwright check physics --fast\n"
                     "  beamwright check physics --list",
                     {});
    check->require_subcommand(1);
    auto const r = std::make_shared<CheckPhysicsRequest>();
    auto* const verb = app.add_verb(
        check, "physics",
        "Run the validation suite: the acceptance tests of proton dose and LET, or of neutrons, judged, with "
        "curves.",
        "  beamwright check physics --fast\n"
        "  beamwright check physics --reference reference_sets --out my-check\n"
        "  beamwright check physics --reference reference_sets --only 5,13 --time 60\n"
        "  beamwright check physics --particle neutron --reference neutron_sets\n"
        "What is finished is kept in the output folder: the same command goes on where it was stopped.\n"
        "A case whose reference is missing is NOT RUN, never passed. Exit code 1 when a case fails.",
        [&app, r] {
            auto context = app.job_context("check physics");
            auto const answer = check_physics(*r, context);
            app.print(answer.json, answer.table);
            return answer.failed ? refused : done;
        });
    char const* const what = "What is run";
    verb->add_option("--reference", r->reference, "folder of the outside reference sets")->group(what);
    verb->add_option("--particle", r->particle, "which suite: proton or neutron")
        ->check(CLI::IsMember({"proton", "neutron"}))
        ->capture_default_str()
        ->group(what);
    verb->add_flag("--fast", r->fast, "the fast subset: under 30 CPU seconds")->group(what);
    verb->add_option("--only", r->only, "numbers of acceptance tests, for example 5,13")
        ->delimiter(',')
        ->group(what);
    verb->add_option("--case", r->names, "names of cases; --list shows them")->delimiter(',')->group(what);
    verb->add_option("--cases", r->cases, "folder of case texts of your own")->group(what);
    verb->add_flag("--list", r->list, "show the cases and run nothing")->group(what);
    verb->add_flag("--again", r->again, "run again what an earlier run has kept")->group(what);
    char const* const how = "How it is run";
    verb->add_option("--out", r->out, "folder of report.html, report.json and what is kept")
        ->capture_default_str()
        ->group(how);
    verb->add_option("--time", r->time_s,
                     "at most this long per case [s]; 0 = by the histories of the case text")
        ->check(within(0, 1e6))
        ->capture_default_str()
        ->group(how);
    verb->add_option("--seed", r->seed, "seed of the random streams")->capture_default_str()->group(how);
    add_target_option(verb, r->target, how);
}

} // namespace beamwright::cli
