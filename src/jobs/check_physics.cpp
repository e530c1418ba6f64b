#include "jobs/check_physics.hpp"
#include "core/atomic_file.hpp"
#include "core/data_files.hpp"
#include "core/hash.hpp"
#include "core/parallel.hpp"
#include "core/run_record.hpp"
#include "jobs/physics_check/comparisons.hpp"
#include "jobs/physics_check/results.hpp"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {

namespace fs = std::filesystem;
using namespace physics_check;

namespace {

/// Case texts of the other particle have other tests.
void check_particle(PhysicsCase const& one, std::string const& particle) {
    bool const of_neutrons = one.comparison.starts_with("neutron_");
    if (one.comparison != "in_tests" && of_neutrons != (particle == "neutron")) {
        refuse(fmt::format("the case '{}' is not one of the {} suite", one.name, particle),
               fmt::format("its comparison is '{}'", one.comparison),
               of_neutrons ? "add --particle neutron" : "leave out --particle neutron");
    }
    for (int const number : one.acceptance) {
        if (test_title(number, particle).empty()) {
            refuse(fmt::format("the case '{}' answers acceptance test {}", one.name, number),
                   fmt::format("those of the {} suite are numbered from 1 to {}", particle,
                               test_count(particle)),
                   "correct its 'acceptance', or name the right --particle");
        }
    }
}

/// What is asked for, checked against what there is.
void check(CheckPhysicsRequest const& request, std::vector<PhysicsCase> const& cases) {
    if (!request.reference.empty() && !fs::is_directory(request.reference)) {
        refuse(fmt::format("--reference '{}' is no folder", request.reference.string()),
               "it names the folder of the outside reference sets",
               "name the folder that holds their sub-folders, or leave it out: cases that need it are then "
               "NOT RUN");
    }
    for (int const number : request.only) {
        if (test_title(number, request.particle).empty()) {
            refuse(fmt::format("--only {} is no acceptance test", number),
                   fmt::format("they are numbered from 1 to {}", test_count(request.particle)),
                   "name numbers of that range, for example --only 5,13");
        }
    }
    std::vector<std::string> names;
    names.reserve(cases.size());
    for (auto const& one : cases) {
        check_particle(one, request.particle);
        names.push_back(one.name);
    }
    for (auto const& name : request.names) {
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            auto const nearest = nearest_word(name, names);
            refuse(fmt::format("no case is called '{}'", name), "--case takes the names that --list shows",
                   nearest.empty() ? "run with --list" : fmt::format("did you mean '{}'?", nearest));
        }
    }
}

bool is_wanted(CheckPhysicsRequest const& request, PhysicsCase const& one) {
    bool const by_number = request.only.empty() || std::any_of(request.only.begin(), request.only.end(),
                                                               [&](int n) { return one.answers(n); });
    bool const by_name = request.names.empty() || std::find(request.names.begin(), request.names.end(),
                                                            one.name) != request.names.end();
    return by_number && by_name && (!request.fast || one.is_fast || one.comparison == "in_tests");
}

/// Program, tables, case text, references and settings in one hash: what a kept outcome depends on.
class Fingerprint {
public:
    explicit Fingerprint(RunSettings const& settings) : settings_(settings) {
        Sha256 all;
        all.add(version());
        std::error_code failed;
        auto const program = fs::read_symlink("/proc/self/exe", failed);
        all.add(failed ? "" : sha256_of_file(program));
        for (char const* const kind : {"tables", "materials"}) {
            for (auto const& name : data_names(kind)) {
                if (name.starts_with("neutron") == (settings.particle == "neutron") || kind[0] == 'm') {
                    all.add(sha256_of_file(find_data_file(kind, name)));
                }
            }
        }
        all.add(fmt::format("{} {} {} {}", settings.fast, settings.time_s, engine_of(settings.target),
                            settings.seed));
        program_ = all.hex();
    }
    std::string of(PhysicsCase const& one) const {
        Sha256 all;
        all.add(program_);
        all.add(one.text);
        for (auto const& name : one.references) {
            all.add(sha256_of_file(settings_.reference / name));
        }
        return all.hex();
    }

private:
    RunSettings const& settings_;
    std::string program_;
};

std::vector<std::string> missing_of(PhysicsCase const& one, fs::path const& reference) {
    std::vector<std::string> missing;
    for (auto const& name : one.references) {
        if (reference.empty() || !fs::is_regular_file(reference / name)) {
            missing.push_back(name);
        }
    }
    return missing;
}

/// The outcome that an earlier run left, if its inputs were the same.
std::optional<CaseOutcome> kept_outcome(fs::path const& file, std::string const& fingerprint) {
    std::error_code failed;
    if (!fs::is_regular_file(file, failed)) {
        return {};
    }
    try {
        auto const json = JsonReader::from_file(file);
        if (json["inputs"].text() == fingerprint) {
            return outcome_from_json(json["outcome"]);
        }
    } catch (Refusal const&) {
        // Damaged or of another version: made again
    }
    return {};
}

CaseOutcome run_case(PhysicsCase const& one, RunSettings const& settings, JobContext& context) {
    CaseOutcome outcome;
    auto const start = std::chrono::steady_clock::now();
    CaseRunner runner(one, settings, context, outcome);
    comparison_named(one.comparison)(runner);
    outcome.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return outcome;
}

CaseResult result_of(PhysicsCase const& one, CheckPhysicsRequest const& request, RunSettings const& settings,
                     Fingerprint const& fingerprint, JobContext& context) {
    CaseResult result;
    result.text = &one;
    if (one.comparison == "in_tests") {
        result.outcome.tests = one.tests;
        return result;
    }
    if (!is_wanted(request, one)) {
        result.outcome.left_out = true;
        return result;
    }
    result.outcome.missing = missing_of(one, settings.reference);
    if (!result.outcome.missing.empty()) {
        return result;
    }
    auto const file = request.out / "cases" / (one.name + ".json");
    auto const inputs = fingerprint.of(one);
    if (!request.again) {
        if (auto kept = kept_outcome(file, inputs)) {
            result.outcome = std::move(*kept);
            result.kept = true;
            return result;
        }
    }
    result.outcome = run_case(one, settings, context);
    write_atomically(
        file,
        Json{{"inputs", inputs}, {"name", one.name}, {"outcome", to_json(result.outcome)}}.dump() + "\n");
    return result;
}

CheckPhysicsAnswer list_of(std::vector<PhysicsCase> const& cases) {
    CheckPhysicsAnswer answer;
    answer.json["cases"] = Json::array();
    for (auto const& one : cases) {
        answer.json["cases"].push_back({{"name", one.name},
                                        {"title", one.title},
                                        {"acceptance", one.acceptance},
                                        {"claim", one.claim},
                                        {"fast", one.is_fast},
                                        {"references", one.references},
                                        {"tests", one.tests}});
        answer.table += fmt::format("{:<5} {:<26} {:<6} {}\n",
                                    fmt::format("{}", fmt::join(one.acceptance, ",")), one.name,
                                    one.comparison == "in_tests" ? "test"
                                    : one.is_fast                ? "fast"
                                                                 : "long",
                                    one.title);
    }
    return answer;
}

/// Figures of the energy budget (acceptance 11) of all runs together.
void add_energy_balance(SuiteResult& suite, PhysicsCase& text) {
    double worst = 0, histories = 0;
    for (auto const& one : suite.cases) {
        worst = std::max(worst, one.outcome.worst_imbalance);
        histories += one.outcome.histories;
    }
    if (!(histories > 0) || suite.settings.particle != "proton") { // neutrons: a case of its own
        return;
    }
    text.acceptance = {11};
    text.name = "energy_of_all_runs";
    text.title = "Energy of all runs above";
    text.claim =
        "In every run of this suite what came in and was set free was deposited, left or was booked.";
    CaseResult result;
    result.text = &text;
    result.outcome.figures.push_back({.acceptance = 11,
                                      .what = "greatest imbalance of any run",
                                      .value = worst,
                                      .unit = "of the source",
                                      .bar = 1e-6,
                                      .because = "the rounding of the fixed-point tallies",
                                      .detail = fmt::format("{:.3g} protons", histories),
                                      .reference = "none needed"});
    suite.cases.push_back(std::move(result));
}

RunRecord record_of(CheckPhysicsRequest const& request, std::vector<PhysicsCase> const& cases,
                    JobContext const& context) {
    RunRecord record;
    record.verb = "check physics";
    record.command = context.command;
    record.seed = request.seed;
    record.target = engine_of(lane_target_named(request.target));
    record.warnings = context.warnings.all();
    record.cpu_s = process_cpu_s();
    std::vector<fs::path> files;
    for (auto const& one : cases) {
        if (std::find(files.begin(), files.end(), one.file) == files.end()) {
            files.push_back(one.file);
            record.add_input("case texts", one.file);
        }
        for (auto const& name : one.references) {
            auto const file = request.reference / name;
            if (!request.reference.empty() && fs::is_regular_file(file) &&
                std::find(files.begin(), files.end(), file) == files.end()) {
                files.push_back(file);
                record.add_input("reference " + name, file);
            }
        }
    }
    record.details["fast"] = request.fast;
    record.details["time_s_per_case"] = request.time_s;
    return record;
}

void write_reports(SuiteResult const& suite, CheckPhysicsAnswer& answer, fs::path const& out) {
    write_atomically(out / "report.json", answer.json.dump(1) + "\n");
    write_atomically(out / "report.html", suite_page(suite));
    answer.json["report"] = (out / "report.html").string();
}

} // namespace

CheckPhysicsAnswer check_physics(CheckPhysicsRequest const& request, JobContext& context) {
    auto const cases = read_cases(request.cases.empty() ? case_folder(request.particle) : request.cases);
    check(request, cases);
    if (request.list) {
        return list_of(cases);
    }
    SuiteResult suite;
    suite.settings = {request.reference, request.fast,    request.time_s, lane_target_named(request.target),
                      request.seed,      request.particle};
    std::error_code failed;
    fs::create_directories(request.out / "cases", failed);
    if (failed) {
        refuse(fmt::format("the folder '{}' cannot be made", request.out.string()), failed.message(),
               "name a folder that can be written with --out");
    }
    Fingerprint const fingerprint(suite.settings);
    ThreadLimit const limit(context.threads);
    PhysicsCase energy;
    auto const finish = [&] {
        add_energy_balance(suite, energy);
        suite.warnings = context.warnings;
        suite.run_record = record_of(request, cases, context).to_json();
        CheckPhysicsAnswer answer;
        answer.json = suite_json(suite);
        write_reports(suite, answer, request.out);
        answer.table = suite_text(suite);
        for (auto const& one : suite.cases) {
            answer.failed = answer.failed || one.outcome.verdict() == Verdict::failed;
        }
        return answer;
    };
    for (auto const& one : cases) {
        try {
            suite.cases.push_back(result_of(one, request, suite.settings, fingerprint, context));
        } catch (Interrupted const&) {
            auto const done = suite.cases.size();
            for (auto at = done; at < cases.size(); ++at) {
                CaseResult rest;
                rest.text = &cases[at];
                rest.outcome.left_out = true;
                suite.cases.push_back(std::move(rest));
            }
            finish();
            auto const kept = std::count_if(suite.cases.begin(), suite.cases.end(),
                                            [](CaseResult const& ran) { return ran.outcome.wall_s > 0; });
            throw Interrupted(
                fmt::format("'{}' was not finished; {} finished before it are kept in {} and not run "
                            "again by the same command",
                            one.name, kept, (request.out / "cases").string()));
        }
        auto const& result = suite.cases.back();
        if (!result.outcome.left_out && result.outcome.tests.empty()) {
            context.messages.say(
                fmt::format("{:<26} {}{}", one.name, to_string(result.outcome.verdict()),
                            result.kept ? " (kept)" : fmt::format(", {:.0f} s", result.outcome.wall_s)));
        }
    }
    auto answer = finish();
    context.messages.say(fmt::format("report: {}", (request.out / "report.html").string()));
    return answer;
}

} // namespace beamwright
