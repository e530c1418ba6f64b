#include "jobs/dose_setup.hpp"
#include "casefolder/structures_file.hpp"
#include "core/data_files.hpp"
#include "core/hash.hpp"
#include "geometry/frames.hpp"
#include "geometry/resample.hpp"
#include "machine/model/machine_json.hpp"
#include "machine/treatment/beam_sources.hpp"
#include "patient/masks.hpp"
#include "patient/water_equivalent.hpp"
#include "patient/world_builder.hpp"
#include "tables/material_library.hpp"
#include "volume/volume_file.hpp"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> treatment_machines(Plan const& plan) {
    std::vector<std::string> names;
    for (auto const& beam : plan.beams) {
        names.push_back(beam.machine_name);
    }
    return names;
}

/// Virtual source and optics plane: what the job names, else what the case keeps for its own machine.
std::pair<std::string, std::optional<double>> options_of_machine(DoseJobRequest const& request,
                                                                 CaseDescription const& description) {
    bool const own = request.machine.empty() || request.machine == description.machine;
    auto const source =
        request.virtual_source.empty() && own ? description.virtual_source : request.virtual_source;
    return {source, request.optics_plane_mm || !own ? request.optics_plane_mm : description.optics_plane_mm};
}

/// A position named for the job counts only where the plan has none.
void settle_position(DoseJobRequest const& request, Plan& plan, Warnings& warnings) {
    if (request.patient_position.empty()) {
        return;
    }
    patient_position_from(request.patient_position);
    if (!plan.patient_position.empty() && plan.patient_position != request.patient_position) {
        refuse(fmt::format("the plan has the patient in {}, not in {}", plan.patient_position,
                           request.patient_position),
               "--patient-position is for plans that do not say how the patient lies",
               "leave it out, or correct the plan");
    }
    if (plan.patient_position.empty()) {
        plan.patient_position = request.patient_position;
        warnings.add(
            fmt::format("the plan gives no patient position; {} is used as asked", plan.patient_position),
            "how the patient lies decides where the beams go");
    }
}

std::optional<Material> material_option(std::string const& name) {
    return name.empty() ? std::nullopt : std::optional(MaterialLibrary::shipped().named(name));
}

} // namespace

DoseSetup read_dose_setup(DoseJobRequest const& request, JobContext& context) {
    auto folder = CaseFolder::open(request.case_folder);
    folder.validate(context.warnings);
    auto const& description = folder.description();
    if (!folder.has_plan()) {
        refuse(fmt::format("the case '{}' has no plan", request.case_folder.string()),
               "a dose needs beams and spots", "import the RT Ion Plan with the CT");
    }
    auto plan = folder.plan();
    if (plan.beams.empty()) {
        refuse(fmt::format("{}: the plan has no beams", description.plan_file),
               "a dose needs beams and spots", "import the RT Ion Plan again");
    }
    DoseSetup setup{
        read_patient_setup(folder, request.calibration, request.grid, request.end_cap), std::move(plan), {}};
    auto const opened = options_of_machine(request, description);
    setup.machine =
        machine_for_plan(treatment_machines(setup.plan), first_given(request.machine, description.machine),
                         machine_file_options(opened.first, opened.second));
    settle_position(request, setup.plan, context.warnings);
    return setup;
}

RunRecord planned_record(DoseJobRequest const& request, DoseSetup const& setup, JobContext const& context) {
    RunRecord record;
    record.verb = request.verb;
    record.command = context.command;
    record.seed = request.seed;
    record.inputs = setup.folder.inputs();
    record.inputs.push_back(
        {"machine", setup.machine.name, sha256_of(machine_to_json(setup.machine).dump())});
    record.inputs.push_back(
        {"calibration", setup.calibration.name, sha256_of(calibration_to_json(setup.calibration).dump())});
    std::vector<fs::path> tables;
    for (auto const& entry : fs::directory_iterator(data_dir() / "tables")) {
        if (entry.path().filename().string().starts_with("proton_")) { // neutron data decide nothing here
            tables.push_back(entry.path());
        }
    }
    std::sort(tables.begin(), tables.end());
    for (auto const& table : tables) {
        record.add_input("table", table);
    }
    Json settings;
    settings["grid"] = grid_json(setup.grid);
    settings["dose_to_water"] = request.dose_to_water;
    settings["let"] = request.let;
    settings["species"] = request.species;
    if (request.batch_histories > 0) {
        settings["batch_histories"] = request.batch_histories;
    }
    settings["physics"] = request.physics;
    settings["water_mean_excitation_eV"] = request.water_mean_excitation_eV;
    settings["range_shifter_material"] = request.range_shifter_material;
    settings["block_material"] = request.block_material;
    settings["end_cap"] = request.end_cap;
    settings["patient_position"] = setup.plan.patient_position;
    record.details["settings"] = settings;
    return record;
}

std::vector<BeamSource> beams_of(DoseJobRequest const& request, DoseSetup const& setup, Warnings& warnings) {
    BeamSourceOptions options;
    options.range_shifter_material = material_option(request.range_shifter_material);
    options.block_material = material_option(request.block_material);
    return make_beam_sources(setup.plan, setup.machine, warnings, options);
}

std::vector<BeamDepth> depths_of(DoseSetup const& setup, VoxelWorld const& world,
                                 std::vector<BeamSource> const& beams, Warnings& warnings) {
    std::vector<BeamDepth> depths;
    auto const* const target = target_of(setup);
    if (target == nullptr) {
        return depths;
    }
    auto const inside = dense_mask(*target, setup.grid, setup.stack_options, warnings);
    WaterEquivalent const water(world);
    for (auto const& beam : beams) {
        // The mean of the two scanning centers stands for the source; a parallel beam starts far away
        double const distance_mm =
            beam.virtual_source_x_mm > 0 ? 0.5 * (beam.virtual_source_x_mm + beam.virtual_source_y_mm) : 1e5;
        auto const source = beam.gantry_to_patient.point({0, 0, distance_mm});
        auto const wet = water.to_structure(source, inside);
        depths.push_back({beam.number, wet.least_mm, wet.mean_mm, wet.greatest_mm});
    }
    return depths;
}

} // namespace beamwright
