/// Verb: capture.
#include "cli/app.hpp"
#include "cli/options.hpp"
#include "jobs/capture_again.hpp"

namespace beamwright::cli {

void add_capture_verb(App& app) {
    struct Options {
        CaptureAgainRequest request;
        std::string folder;
        double blood_ppm = 0, minutes = 0;
        CLI::Option *has_blood = nullptr, *has_minutes = nullptr;
    };
    auto const o = std::make_shared<Options>();
    auto* const verb = app.add_verb(
        app.root(), "capture",
        "Evaluate a finished neutron capture result anew, without transport: another level of boron, ratio, "
        "parameter set or time; or what capture.json says by now.",
        "  beamwright capture demo-case --blood-ppm 18\n"
        "  beamwright capture demo-case --blood-ppm 18 --minutes 42 --to as-given\n"
        "  beamwright capture demo-case --structure-ratio CTV=2.5 --structure-ratio elsewhere=1.2",
        [&app, o] {
            auto& r = o->request;
            r.case_folder = o->folder;
            r.blood_ppm = given(o->has_blood, o->blood_ppm);
            r.minutes = given(o->has_minutes, o->minutes);
            auto context = app.job_context("capture");
            auto const answer = evaluate_capture_again(r, context);
            Json json = answer.record;
            json["report"] = answer.report.string();
            json["result_folder"] = answer.result_folder.string();
            app.print(json, answer.summary + "report      " + answer.report.string() + "\n");
            return done;
        });
    auto& r = o->request;
    verb->add_option("case", o->folder, "case folder")->required();
    verb->add_option("--name", r.result_name, "result with a transport to start from")->capture_default_str();
    verb->add_option("--to", r.to_name,
                     "result folder of the evaluation (default: NAME-again); a calculated result is never "
                     "written over");
    char const* const boron = "Boron";
    o->has_blood = verb->add_option("--blood-ppm", o->blood_ppm,
                                    "constant level of B-10 in blood [ppm] instead of what capture.json says")
                       ->check(within(0.0, 1000.0))
                       ->group(boron);
    verb->add_option("--structure-ratio", r.ratios,
                     "STRUCTURE=RATIO of boron to blood; 'elsewhere' for the rest; repeat")
        ->group(boron);
    char const* const dose = "Dose and time";
    verb->add_option("--weights", r.weights, "weight set, name or file")->group(dose);
    verb->add_option("--isoeffective", r.isoeffective, "photon-isoeffective set, name or file")->group(dose);
    o->has_minutes = verb->add_option("--minutes", o->minutes,
                                      "irradiation time [min] as given, instead of what the limits allow")
                         ->check(within(0.01, 10000.0))
                         ->group(dose);
    verb->add_option("--seed", r.seed, "seed of the scenarios")->capture_default_str();
}

} // namespace beamwright::cli
