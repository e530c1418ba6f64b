#include "jobs/dose.hpp"
#include "casefolder/result_writer.hpp"
#include "casefolder/structures_file.hpp"
#include "core/hash.hpp"
#include "core/parallel.hpp"
#include "jobs/dose_setup.hpp"
#include "jobs/energy_json.hpp"
#include "jobs/let_particles.hpp"
#include "jobs/nuclear_rule_note.hpp"
#include "jobs/outside_body.hpp"
#include "jobs/processes.hpp"
#include "jobs/result_report.hpp"
#include "jobs/say_warnings.hpp"
#include "jobs/species_names.hpp"
#include "jobs/structure_metrics.hpp"
#include "transport/engine/run_histories.hpp"
#include "transport/schedule/calculate_dose.hpp"
#include "volume/volume_file.hpp"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

/// The stop rule as run.json keeps it; the default is 1 %.
Json stop_settings(DoseJobRequest const& request) {
    Json json;
    bool const none = !request.uncertainty_percent && !request.histories && !request.time_s;
    json["uncertainty_percent"] = none                          ? Json(1.0)
                                  : request.uncertainty_percent ? Json(*request.uncertainty_percent)
                                                                : Json();
    json["in"] = request.uncertainty_structure;
    json["histories"] = request.histories ? Json(*request.histories) : Json();
    json["time_s"] = request.time_s ? Json(*request.time_s) : Json();
    return json;
}

StopRules stop_rules(DoseJobRequest const& request, DoseSetup const& setup, Warnings& warnings) {
    auto const settings = stop_settings(request);
    StopRules rules;
    if (request.histories) {
        rules.histories = static_cast<std::int64_t>(*request.histories);
    }
    rules.time_s = request.time_s;
    if (settings["uncertainty_percent"].is_number()) {
        UncertaintyRule rule;
        rule.target = settings["uncertainty_percent"].get<double>() / 100;
        if (!request.uncertainty_structure.empty()) {
            auto const& structure = structure_named(setup.structures, request.uncertainty_structure);
            rule.weights = dense_mask(structure, setup.grid, setup.stack_options, warnings).values;
            rule.where = structure.name;
        }
        rules.uncertainty = std::move(rule);
    } else if (!request.uncertainty_structure.empty()) {
        refuse("--in needs --uncertainty", "it names the structure that --uncertainty looks at",
               "add --uncertainty");
    }
    return rules;
}

DoseRequest engine_request(DoseJobRequest const& request, DoseSetup const& setup, VoxelWorld const& world,
                           std::vector<BeamSource> beams, std::string const& inputs_hash,
                           JobContext& context) {
    DoseRequest engine;
    engine.world = &world;
    engine.beams = std::move(beams);
    auto& o = engine.options;
    o.seed = request.seed;
    o.threads = context.threads;
    o.stop = stop_rules(request, setup, context.warnings);
    o.dose_to_water = request.dose_to_water;
    o.let = let_particles_named(request.let);
    o.species = request.species;
    o.target = lane_target_named(request.target);
    o.checkpoint = setup.folder.checkpoint_path(request.result_name);
    o.inputs_hash = inputs_hash;
    o.batch_histories = request.batch_histories;
    o.memory_limit_bytes = static_cast<std::size_t>(request.memory_GiB * 1024 * 1024 * 1024);
    o.water_stopping = request.water_mean_excitation_eV == 75 ? WaterStopping::pstar : WaterStopping::icru90;
    o.mode = physics_mode_named(request.physics);
    o.progress = context.progress;
    o.cancelled = context.cancelled;
    return engine;
}

void to_course(Volume<float>& volume, int fractions) {
    for (auto& value : volume.values) {
        value *= static_cast<float>(fractions);
    }
}

void to_course(DoseResult& result, int fractions) {
    auto const scale = [&](DoseVolumes& dose) {
        for (auto* volume :
             {&dose.to_medium_Gy, &dose.to_medium_sigma_Gy, &dose.to_water_Gy, &dose.to_water_sigma_Gy}) {
            to_course(*volume, fractions);
        }
    };
    scale(result.total);
    for (auto& species : result.species) {
        to_course(species.dose_Gy, fractions);
        to_course(species.fluence_per_cm2, fractions);
    }
    for (auto& beam : result.beams) {
        scale(beam.dose);
    }
}

/// Air outside the body gets no dose in a result: a gram of it meets few protons, so its dose is noise that would pass
/// for the maximum and spoil the steps of an RTDOSE. Tissue that the contour misses keeps its dose.
/// \returns the number of voxels cleared
std::size_t clear_air_outside_body(DoseSetup const& setup, VoxelWorld const& world, DoseResult& result,
                                   Warnings& warnings) {
    constexpr float air_below_g_per_cm3 = 0.05F;
    auto const* const body = body_structure(setup.structures, setup.folder.description().body_structure);
    if (body == nullptr || body->contours.empty()) {
        return 0;
    }
    auto const inside = dense_mask(*body, setup.grid, setup.stack_options, warnings);
    std::vector<Volume<float>*> volumes;
    auto const add = [&](DoseVolumes& dose) {
        for (auto* volume :
             {&dose.to_medium_Gy, &dose.to_medium_sigma_Gy, &dose.to_water_Gy, &dose.to_water_sigma_Gy}) {
            if (!volume->values.empty()) {
                volumes.push_back(volume);
            }
        }
    };
    add(result.total);
    for (auto& beam : result.beams) {
        add(beam.dose);
    }
    for (auto& species : result.species) {
        volumes.push_back(&species.dose_Gy);
    }
    auto& let = result.let;
    for (auto* volume : {&let.dose_averaged_keV_per_um, &let.dose_averaged_sigma_rel,
                         &let.track_averaged_keV_per_um, &let.track_averaged_sigma_rel}) {
        if (!volume->values.empty()) {
            volumes.push_back(volume);
        }
    }
    std::size_t cleared = 0;
    for (std::size_t v = 0; v < inside.values.size(); ++v) {
        if (inside.values[v] <= 0 && world.density_g_per_cm3[v] < air_below_g_per_cm3) {
            ++cleared;
            for (auto* volume : volumes) {
                volume->values[v] = 0;
            }
        }
    }
    return cleared;
}

void add_run_figures(RunRecord& record, DoseResult const& result, std::vector<BeamDepth> const& depths,
                     Plan const& plan) {
    auto& d = record.details;
    d["fractions"] = plan.fractions;
    d["histories"] = result.histories;
    d["batches"] = result.batches;
    d["stop_reason"] = to_string(result.stop_reason);
    d["stop_text"] = result.stop_text;
    d["mean_relative_uncertainty"] = result.mean_relative_uncertainty;
    d["energy_budget"] = energy_json(result.energy);
    d["steps_per_history"] = result.steps_per_history;
    d["primaries_per_cpu_s"] = result.cpu_s > 0 ? static_cast<double>(result.histories) / result.cpu_s : 0;
    d["rare_events"] = {{"stuck", result.rare.stuck},
                        {"stack_full", result.rare.stack_full},
                        {"energy_clamped", result.rare.energy_clamped},
                        {"not_a_number", result.rare.not_a_number}};
    d["resumed"] = result.resumed;
    d["beams"] = Json::array();
    for (auto const& beam : result.beams) {
        d["beams"].push_back({{"number", beam.number},
                              {"name", beam.name},
                              {"histories", beam.histories},
                              {"protons_per_fraction", beam.protons}});
    }
    d["water_equivalent_depth"] = Json::array();
    for (auto const& depth : depths) {
        d["water_equivalent_depth"].push_back({{"beam", depth.beam_number},
                                               {"least_mm", depth.least_wet_mm},
                                               {"mean_mm", depth.mean_wet_mm},
                                               {"greatest_mm", depth.greatest_wet_mm}});
    }
    record.target = result.target;
    record.cpu_s = result.cpu_s;
    record.wall_s = result.wall_s;
}

void write_let(ResultWriter const& writer, LetVolumes const& let, std::string const& particles) {
    if (let.dose_averaged_keV_per_um.values.empty()) {
        return;
    }
    auto const write = [&](char const* file, Volume<float> const& volume, char const* quantity,
                           char const* units) {
        write_volume(writer.path(file), volume,
                     {{"quantity", quantity}, {"particles", particles}, {"units", units}});
    };
    write("let_d.nrrd", let.dose_averaged_keV_per_um, "dose-averaged LET in water of unit density", "keV/um");
    write("let_d_uncertainty.nrrd", let.dose_averaged_sigma_rel,
          "relative standard uncertainty of dose-averaged LET", "1");
    write("let_t.nrrd", let.track_averaged_keV_per_um, "track-averaged LET in water of unit density",
          "keV/um");
    write("let_t_uncertainty.nrrd", let.track_averaged_sigma_rel,
          "relative standard uncertainty of track-averaged LET", "1");
}

void write_species(ResultWriter const& writer, std::vector<SpeciesVolumes> const& all) {
    for (auto const& one : all) {
        std::string const name = species_name(one.species);
        write_volume(writer.path("dose_" + name + ".nrrd"), one.dose_Gy,
                     {{"quantity", "dose to medium by " + name + ", course"}, {"units", "Gy"}});
        if (!one.fluence_per_cm2.values.empty()) {
            write_volume(writer.path("fluence_" + name + ".nrrd"), one.fluence_per_cm2,
                         {{"quantity", "fluence of " + name + ", course"}, {"units", "1/cm2"}});
        }
    }
}

void write_volumes(ResultWriter const& writer, DoseResult const& result, std::string const& let_particles) {
    VolumeNotes const dose{{"quantity", "dose to medium, course"}, {"units", "Gy"}};
    VolumeNotes const sigma{{"quantity", "standard uncertainty of dose to medium, course"}, {"units", "Gy"}};
    write_volume(writer.path("dose.nrrd"), result.total.to_medium_Gy, dose);
    write_volume(writer.path("dose_uncertainty.nrrd"), result.total.to_medium_sigma_Gy, sigma);
    if (!result.total.to_water_Gy.values.empty()) {
        write_volume(writer.path("dose_to_water.nrrd"), result.total.to_water_Gy,
                     {{"quantity", "dose to water, course"}, {"units", "Gy"}});
        write_volume(writer.path("dose_to_water_uncertainty.nrrd"), result.total.to_water_sigma_Gy,
                     {{"quantity", "standard uncertainty of dose to water, course"}, {"units", "Gy"}});
    }
    for (auto const& beam : result.beams) {
        write_volume(writer.path(beam_dose_file(beam.number)), beam.dose.to_medium_Gy, dose);
    }
    write_let(writer, result.let, let_particles);
    write_species(writer, result.species);
}

std::string summary_of(DoseSetup const& setup, Json const& record, Json const& goals,
                       std::vector<StructureDvh> const& structures, fs::path const& report) {
    std::string text = fmt::format("case        {}\n", setup.folder.description().label);
    text += fmt::format("machine     {}, calibration {}\n", setup.machine.name, setup.calibration.name);
    for (auto const& depth : record.value("water_equivalent_depth", Json::array())) {
        text += fmt::format("beam {}      target at {:.1f} to {:.1f} mm of water\n", depth["beam"].get<int>(),
                            depth["least_mm"].get<double>(), depth["greatest_mm"].get<double>());
    }
    text += fmt::format("histories   {:.4g}, {}\n", record["histories"].get<double>(),
                        record["stop_text"].get<std::string>());
    text += fmt::format("uncertainty {:.2f} % (mean relative standard deviation per voxel)\n",
                        100 * record["mean_relative_uncertainty"].get<double>());
    text += fmt::format("time        {:.1f} s, {:.1f} CPU s\n\ndose per course of {} fractions\n",
                        record["wall_s"].get<double>(), record["cpu_s"].get<double>(), setup.plan.fractions);
    text += dvh_table(structures);
    for (auto const& goal : goals) {
        text += fmt::format(
            "goal {}: {} {} = {:.2f} {}{}{}\n", goal["met"].get<bool>() ? "met   " : "NOT MET",
            goal["structure"].get<std::string>(), goal["metric"].get<std::string>(),
            goal["value"].get<double>(), goal["unit"].get<std::string>(),
            goal.contains("at_least") ? fmt::format(", at least {:g}", goal["at_least"].get<double>()) : "",
            goal.contains("at_most") ? fmt::format(", at most {:g}", goal["at_most"].get<double>()) : "");
    }
    return text + fmt::format("\nreport      {}\n", report.string());
}

double prescription_Gy(DoseSetup const& setup) {
    auto const& prescription = setup.folder.description().prescription;
    return prescription ? prescription->dose_Gy : 0;
}

Json structures_json(std::vector<StructureDvh> const& structures, double prescription) {
    return dvh_json(structures, customary_questions(prescription), dvh_step_Gy(structures));
}

/// A finished result with the same inputs, from its files.
DoseJobAnswer answer_from_files(DoseJobRequest const& request, DoseSetup const& setup, JobContext& context) {
    auto const folder = setup.folder.result_path(request.result_name);
    auto const record = JsonReader::from_file(folder / "run.json").raw();
    auto const dose = read_volume<float>(folder / "dose.nrrd");
    auto const sigma = read_volume<float>(folder / "dose_uncertainty.nrrd");
    Warnings quiet; // they stand in run.json already
    auto const structures =
        dvhs(dose, setup.structures.structures, {setup.stack_options, dvh_part_mm}, quiet, &sigma);
    context.messages.say(
        "A finished result with the same inputs is there; it was not calculated again (--again does).");
    auto const goals = goals_json(setup.folder.description(), structures);
    DoseJobAnswer answer{folder, folder / "report.html",
                         record, structures_json(structures, prescription_Gy(setup)),
                         "",     true};
    answer.summary = summary_of(setup, record, goals, structures, answer.report);
    return answer;
}

DoseJobAnswer write_result(DoseJobRequest const& request, DoseSetup const& setup, RunRecord& record,
                           DoseResult result, JobContext& context) {
    to_course(result, setup.plan.fractions);
    ResultValues values;
    values.structures =
        dvhs(result.total.to_medium_Gy, setup.structures.structures, {setup.stack_options, dvh_part_mm},
             context.warnings, &result.total.to_medium_sigma_Gy);
    record.warnings = context.warnings.all();
    auto const goals = goals_json(setup.folder.description(), values.structures);
    record.details["goals"] = goals;
    auto const metrics = structures_json(values.structures, prescription_Gy(setup));
    ResultWriter writer(setup.folder, request.result_name);
    write_volumes(writer, result, request.let);
    writer.write_text("dvh.csv", dvh_csv(values.structures, dvh_step_Gy(values.structures)));
    writer.write_text("dvh.json", metrics.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    auto& let = result.let;
    values.let = let_values(request.let, result.total.to_medium_Gy, std::move(let.dose_averaged_keV_per_um),
                            let.dose_averaged_sigma_rel, let.track_averaged_keV_per_um,
                            setup.structures.structures, setup.stack_options);
    if (!values.let.particles.empty()) {
        writer.write_text("let.json",
                          let_json(values.let).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    }
    values.dose_Gy = std::move(result.total.to_medium_Gy);
    values.sigma_Gy = std::move(result.total.to_medium_sigma_Gy);
    values.record = record.to_json();
    writer.write_text("report.html",
                      report_of(setup.folder, setup.structures, setup.plan, setup.ct_HU, values));
    auto const folder = writer.commit(record);
    DoseJobAnswer answer{folder, folder / "report.html", values.record, metrics, "", false};
    answer.summary = summary_of(setup, values.record, goals, values.structures, answer.report);
    return answer;
}

} // namespace

DoseJobAnswer calculate_case_dose(DoseJobRequest const& request, JobContext& context) {
    ThreadLimit const limit(context.threads);
    auto const setup = read_dose_setup(request, context);
    auto record = planned_record(request, setup, context);
    auto const inputs_hash = sha256_of(record.to_json()["inputs"].dump() + record.details["settings"].dump());
    record.details["settings"]["stop"] = stop_settings(request);
    record.target = engine_of(lane_target_named(request.target));
    if (!request.again &&
        setup.folder.result_state(request.result_name, record).kind == ResultState::Kind::matches) {
        return answer_from_files(request, setup, context);
    }

    context.messages.say("Building the patient: tissue in every voxel ...");
    auto const world = world_of(setup, context.warnings);
    auto beams = beams_of(request, setup, context.warnings);
    auto const depths = depths_of(setup, world, beams, context.warnings);
    record.details["outside_body"] = outside_body_json(setup.folder.description());
    record.details["nuclear_data_by_rule"] =
        nuclear_rule_note(used_materials(world, beams), context.warnings);

    auto const checkpoint = setup.folder.checkpoint_path(request.result_name);
    if (!request.resume && is_first_process()) {
        std::error_code ignored;
        fs::remove(checkpoint, ignored);
    }
    auto const engine = engine_request(request, setup, world, std::move(beams), inputs_hash, context);
    auto const said = say_warnings(context, 0);
    context.messages.say(fmt::format("Following protons: {} beams, {} x {} x {} voxels of {:.3g} mm ...",
                                     engine.beams.size(), setup.grid.size[0], setup.grid.size[1],
                                     setup.grid.size[2], setup.grid.spacing_mm.x));
    auto result = calculate_dose(engine, context.warnings);
    if (!is_first_process()) {
        return {};
    }
    record.details["processes"] = process_count();
    add_run_figures(record, result, depths, setup.plan);
    record.details["air_voxels_outside_body_without_dose"] =
        clear_air_outside_body(setup, world, result, context.warnings);
    context.messages.say("Writing dose, histograms and report ...");
    auto answer = write_result(request, setup, record, std::move(result), context);
    say_warnings(context, said);
    std::error_code ignored;
    fs::remove(checkpoint, ignored);
    return answer;
}

} // namespace beamwright
