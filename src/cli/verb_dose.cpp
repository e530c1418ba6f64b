/// Verbs: demo, dose.
#include "cli/app.hpp"
#include "cli/options.hpp"
#include "jobs/demo.hpp"
#include "jobs/dose.hpp"
#include <fmt/format.h>

namespace beamwright::cli {

namespace {

int print_answer(App& app, CaptureJobAnswer const& answer) {
    Json json = answer.record;
    json["report"] = answer.report.string();
    json["result_folder"] = answer.result_folder.string();
    json["reused"] = answer.reused;
    app.print(json, answer.summary + "report      " + answer.report.string() + "\n");
    return done;
}

int print_answer(App& app, DoseJobAnswer const& answer) {
    Json json = answer.record;
    json["structures"] = answer.structures;
    json["report"] = answer.report.string();
    json["result_folder"] = answer.result_folder.string();
    json["reused"] = answer.reused;
    app.print(json, answer.summary);
    return done;
}

void add_demo(App& app) {
    auto const request = std::make_shared<DemoRequest>();
    auto const folder = std::make_shared<std::string>(request->case_folder.string());
    auto const modality = std::make_shared<std::string>("proton");
    auto* const verb = app.add_verb(
        app.root(), "demo",
        "Calculate the embedded head phantom: two proton fields or one neutron port, DVHs, report.",
        "  beamwright demo\n  beamwright demo --again --uncertainty 1\n  beamwright demo --modality bnct",
        [&app, request, folder, modality] {
            request->case_folder = *folder;
            auto context = app.job_context("demo");
            return *modality == "bnct" ? print_answer(app, run_capture_demo(*request, context))
                                       : print_answer(app, run_demo(*request, context));
        });
    verb->add_option("--modality", *modality, "proton, or bnct: neutron capture")
        ->check(CLI::IsMember({"proton", "bnct"}))
        ->capture_default_str();
    verb->add_option("--case", *folder, "folder for the case")->capture_default_str();
    verb->add_flag("--again", request->again,
                   "calculate even if a finished result with the same inputs is there");
    verb->add_option("--uncertainty", request->uncertainty_percent,
                     "stop at this mean standard deviation per voxel [%]")
        ->check(within(0.01, 50.0))
        ->capture_default_str();
    verb->add_option("--seed", request->seed, "seed of the random streams")->capture_default_str();
}

struct DoseOptions {
    DoseJobRequest request;
    std::string folder;
    double uncertainty = 0, histories = 0, time_s = 0, optics_plane_mm = 0;
    CLI::Option *has_uncertainty = nullptr, *has_histories = nullptr, *has_time = nullptr,
                *has_optics_plane = nullptr;
};

void add_stop_rules(CLI::App* verb, DoseOptions& o) {
    char const* const group = "When to stop (the first that is reached; default: --uncertainty 1)";
    o.has_uncertainty =
        verb->add_option("--uncertainty", o.uncertainty,
                         "mean relative standard deviation per voxel [%], over voxels above half of "
                         "the maximum dose or over the structure given by --in")
            ->check(within(0.01, 50.0))
            ->group(group);
    verb->add_option("--in", o.request.uncertainty_structure, "structure that --uncertainty looks at")
        ->group(group);
    o.has_histories =
        verb->add_option("--histories", o.histories, "protons to follow (rounded up to whole batches)")
            ->check(within(1.0, 1e13))
            ->group(group);
    o.has_time = verb->add_option("--time", o.time_s, "wall time [s]")->check(within(0.1, 1e7))->group(group);
}

/// What of `dose` is for neutron capture.
struct CaptureOptions {
    std::string modality = "proton", port;
    bool tracer = false, analog = false;
    CLI::App* verb = nullptr;
};

/// The options of neutron capture alone are refused by name.
void expect_no_capture_options(CaptureOptions const& capture) {
    for (auto const* option : {"--port", "--tracer", "--analog"}) {
        if (capture.verb->count(option) > 0) {
            refuse(fmt::format("{} does not go with --modality proton", option),
                   "it belongs to a neutron capture irradiation", "leave it out, or add --modality bnct");
        }
    }
}

/// The options that both modalities share; those of protons alone are refused by name.
CaptureJobRequest capture_request(DoseOptions const& o, CaptureOptions const& capture) {
    for (auto const* option : {"--machine", "--virtual-source", "--optics-plane", "--patient-position",
                               "--range-shifter-material", "--block-material", "--physics", "--target",
                               "--dose-to-water", "--let", "--species", "--water-i"}) {
        if (capture.verb->count(option) > 0) {
            refuse(fmt::format("{} does not go with --modality bnct", option),
                   "it belongs to protons; port, boron and tissues stand in the case's capture.json",
                   "leave it out");
        }
    }
    auto const given_or = [&](char const* option, std::string const& value, char const* other) {
        return capture.verb->count(option) > 0 ? value : std::string(other);
    };
    CaptureJobRequest r;
    r.case_folder = o.request.case_folder;
    r.result_name = given_or("--name", o.request.result_name, "capture");
    r.calibration = o.request.calibration;
    r.grid = given_or("--grid", o.request.grid, "4");
    r.uncertainty_percent = o.request.uncertainty_percent;
    r.uncertainty_structure = o.request.uncertainty_structure;
    r.histories = o.request.histories;
    r.time_s = o.request.time_s;
    r.seed = o.request.seed;
    r.boron_in_transport = !capture.tracer;
    r.port = capture.port;
    r.analog = capture.analog;
    r.memory_GiB = o.request.memory_GiB;
    r.batch_histories = o.request.batch_histories;
    r.end_cap = o.request.end_cap;
    r.resume = o.request.resume;
    return r;
}

void add_dose(App& app) {
    auto const o = std::make_shared<DoseOptions>();
    auto const capture = std::make_shared<CaptureOptions>();
    o->request.resume = true;
    auto const fresh = std::make_shared<bool>(false);
    auto* const verb = app.add_verb(
        app.root(), "dose",
        "Calculate the Monte Carlo dose of a case's plan, or of its neutron capture irradiation.",
        "  beamwright dose demo-case --uncertainty 2 --in CTV\n"
        "  beamwright dose my-case --grid ct --histories 1e7 --machine generic_cyclotron\n"
        "  beamwright dose demo-case --modality bnct --uncertainty 2 --in CTV",
        [&app, o, fresh, capture] {
            o->request.case_folder = o->folder;
            o->request.uncertainty_percent = given(o->has_uncertainty, o->uncertainty);
            o->request.histories = given(o->has_histories, o->histories);
            o->request.time_s = given(o->has_time, o->time_s);
            o->request.optics_plane_mm = given(o->has_optics_plane, o->optics_plane_mm);
            o->request.resume = !*fresh;
            auto context = app.job_context("dose");
            if (capture->modality == "bnct") {
                return print_answer(app, calculate_capture(capture_request(*o, *capture), context));
            }
            expect_no_capture_options(*capture);
            return print_answer(app, calculate_case_dose(o->request, context));
        });
    auto& r = o->request;
    capture->verb = verb;
    verb->add_option("case", o->folder, "case folder")->required();
    verb->add_option("--modality", capture->modality,
                     "proton: the case's plan; bnct: its neutron capture irradiation (capture.json)")
        ->check(CLI::IsMember({"proton", "bnct"}))
        ->capture_default_str();
    verb->add_option("--name", r.result_name, "name of the result folder (bnct: capture)")
        ->capture_default_str();
    char const* const world = "Patient and machine";
    verb->add_option("--machine", r.machine, "machine name or file (default: what the case names)")
        ->group(world);
    verb->add_option("--calibration", r.calibration,
                     "CT calibration name or file (default: what the case names)")
        ->group(world);
    o->has_optics_plane = add_machine_file_options(verb, r.virtual_source, o->optics_plane_mm, world);
    verb->add_option("--patient-position", r.patient_position,
                     "HFS, FFS, HFP, ... for a plan that does not say how the patient lies")
        ->group(world);
    verb->add_option("--range-shifter-material", r.range_shifter_material,
                     "material of a range shifter that the machine does not know")
        ->group(world);
    verb->add_option("--block-material", r.block_material,
                     "material of a block or aperture whose plan names none that is known")
        ->group(world);
    verb->add_option("--grid", r.grid, "dose grid: ct, an edge in mm, or like:FILE (bnct: 4)")
        ->capture_default_str()
        ->group(world);
    verb->add_option("--end-cap", r.end_cap, "how far a structure reaches beyond its end contours")
        ->check(CLI::IsMember({"full_slice", "half_slice", "none"}))
        ->capture_default_str()
        ->group(world);
    add_stop_rules(verb, *o);
    char const* const physics = "Physics";
    verb->add_option("--seed", r.seed, "seed of the random streams")->capture_default_str()->group(physics);
    add_physics_option(verb, r.physics, physics);
    add_target_option(verb, r.target, physics);
    verb->add_flag("--dose-to-water", r.dose_to_water, "score dose to water beside dose to medium")
        ->group(physics);
    add_let_option(verb, r.let, physics);
    verb->add_flag(
            "--species", r.species,
            "dose and fluence of primary and secondary protons, deuterons, tritons, helium; dose of recoils")
        ->group(physics);
    verb->add_option("--water-i", r.water_mean_excitation_eV,
                     "mean excitation energy of water [eV]: 78 or 75")
        ->check(CLI::IsMember({78.0, 75.0}))
        ->capture_default_str()
        ->group(physics);
    verb->add_option("--batch-histories", r.batch_histories,
                     "histories of a batch, for a hundred processes or more: they share each batch, and its "
                     "size belongs to the result's bits (default: by the case)")
        ->check(CLI::Range(std::int64_t{1000}, std::int64_t{100'000'000}))
        ->group("Many processes (mpirun, srun)");
    verb->add_option("--memory", r.memory_GiB, "memory to plan with [GiB]; 0 = what is free")
        ->check(within(0.0, 1e5))
        ->capture_default_str()
        ->group("Output");
    char const* const neutrons = "Neutron capture";
    verb->add_option("--port", capture->port,
                     "port name or file for all fields (default: those of capture.json), at its own setting")
        ->group(neutrons);
    verb->add_flag("--tracer", capture->tracer, "boron of the map does not absorb neutrons on their way")
        ->group(neutrons);
    verb->add_flag("--analog", capture->analog, "no variance reduction (slow; for checks)")->group(neutrons);
    verb->add_flag("--fresh", *fresh, "ignore a checkpoint of an interrupted run")->group("Output");
}

} // namespace

void add_dose_verbs(App& app) {
    add_demo(app);
    add_dose(app);
}

} // namespace beamwright::cli
