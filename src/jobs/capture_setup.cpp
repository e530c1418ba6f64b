#include "jobs/capture_setup.hpp"
#include "casefolder/structures_file.hpp"
#include "core/data_files.hpp"
#include "core/hash.hpp"
#include "evaluate/capture/capture_rates.hpp"
#include "geometry/frames.hpp"
#include "patient/tissue_map.hpp"
#include "tables/material_library.hpp"
#include <charconv>
#include <fmt/format.h>

namespace beamwright {

namespace {

Vec3<double> middle_of(Volume<float> const& inside, std::string const& name) {
    Vec3<double> sum{0, 0, 0};
    double weight = 0;
    auto const& grid = inside.grid;
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                double const w = inside.at(i, j, k);
                sum = sum + w * grid.to_patient(
                                    {static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)});
                weight += w;
            }
        }
    }
    if (!(weight > 0)) {
        refuse(fmt::format("the structure '{}' has no volume on the grid", name),
               "the axis of the port goes through its middle", "choose another target or a finer grid");
    }
    return (1 / weight) * sum;
}

/// The port stands where its axis meets the skin on the way to the target.
PortPlacement placed(CaptureSetup const& setup, JobContext& context) {
    auto const& plan = setup.plan;
    auto const& patient = setup.patient;
    auto const* const body = body_structure(patient.structures, patient.folder.description().body_structure);
    if (body == nullptr || body->contours.empty()) {
        refuse("the case has no outer contour", "the port is placed by its distance from the skin",
               "name it as body_structure in case.json, or give a structure the type EXTERNAL");
    }
    auto const inside = dense_mask(*body, patient.grid, patient.stack_options, context.warnings);
    auto const target = plan.target_mm ? *plan.target_mm : [&] {
        auto const& structure = structure_named(patient.structures, plan.target);
        return middle_of(dense_mask(structure, patient.grid, patient.stack_options, context.warnings),
                         structure.name);
    }();
    IecChain chain{.gantry_deg = plan.gantry_deg,
                   .couch_deg = plan.couch_deg,
                   .patient_position = patient_position_from(plan.patient_position),
                   .isocenter_mm = target};
    auto const direction = gantry_to_patient(chain).direction({0, 0, -1});
    chain.isocenter_mm = skin_entry(inside, target, direction);
    auto const placement = place_port(chain, plan.skin_to_port_mm);
    check_port_clear(setup.port, placement, inside);
    return placement;
}

BloodLevel blood_of(CapturePlan const& plan, Warnings& warnings) {
    if (plan.blood_ppm) {
        return BloodLevel::constant(*plan.blood_ppm);
    }
    std::vector<BloodSample> samples;
    for (auto const& sample : plan.blood_samples) {
        samples.push_back({sample.min, sample.ppm});
    }
    auto const curve = plan.blood_curve == "constant"      ? BloodCurve::constant
                       : plan.blood_curve == "exponential" ? BloodCurve::exponential
                                                           : BloodCurve::biexponential;
    return fit_blood_level(std::move(samples), curve, warnings).level;
}

/// Masks, boron and tissues of the plan's structures.
void fill_tissues(CaptureSetup& setup, Warnings& warnings) {
    auto const weights = find_capture_weights(setup.plan.weights);
    auto const isoeffective = find_isoeffective_set(setup.plan.isoeffective);
    auto const tissue = [&](CaptureStructure const& s) {
        return CaptureTissue{s.structure.empty() ? "elsewhere" : s.structure,
                             weights_of(weights, s.weights_tissue),
                             parameters_of(isoeffective, s.isoeffective_tissue)};
    };
    setup.tissues.push_back(tissue(setup.plan.elsewhere));
    setup.masks.reserve(setup.plan.structures.size()); // pointed at below
    std::vector<BoronRatio> ratios;
    std::vector<TissueShare> shares;
    auto const& patient = setup.patient;
    for (auto const& s : setup.plan.structures) {
        auto const& structure = structure_named(patient.structures, s.structure);
        setup.masks.push_back(make_mask(structure, patient.grid,
                                        with_lone_plane(patient.stack_options, patient.grid, structure),
                                        warnings));
        setup.tissues.push_back(tissue(s));
        ratios.push_back({s.structure, s.boron_to_blood, s.boron_relative_sigma, &setup.masks.back()});
        shares.push_back({static_cast<std::uint8_t>(setup.tissues.size() - 1), &setup.masks.back()});
    }
    setup.boron_ratio = boron_ratio_map(patient.grid, setup.plan.elsewhere.boron_to_blood, ratios);
    setup.tissue_index = tissue_indices(patient.grid, shares);
}

/// Tissues by structure win over the CT: neutrons see hydrogen and nitrogen, not CT numbers.
std::vector<TissueOverride> materials_of(CaptureSetup const& setup, Warnings& warnings) {
    std::vector<TissueOverride> overrides;
    if (!setup.plan.tissue_map.empty()) {
        auto const map = find_tissue_map(setup.plan.tissue_map);
        std::vector<std::string> names;
        for (auto const& structure : setup.patient.structures.structures) {
            names.push_back(structure.name);
        }
        for (auto const& match : match_tissues(map, names, warnings)) {
            auto const& rule = map.rules[match.rule];
            overrides.push_back({names[match.structure], rule.material, rule.density_g_per_cm3});
        }
    }
    for (auto const& s : setup.plan.structures) {
        if (!s.material.empty()) {
            overrides.push_back({s.structure, MaterialLibrary::shipped().named(s.material), {}});
        }
    }
    return overrides;
}

StopRules stop_rules(CaptureJobRequest const& request, CaptureSetup const& setup, Warnings& warnings) {
    StopRules rules;
    if (request.histories) {
        rules.histories = static_cast<std::int64_t>(*request.histories);
    }
    rules.time_s = request.time_s;
    bool const none = !request.uncertainty_percent && !request.histories && !request.time_s;
    if (none || request.uncertainty_percent) {
        UncertaintyRule rule;
        rule.target = request.uncertainty_percent.value_or(2.0) / 100;
        if (!request.uncertainty_structure.empty()) {
            auto const& structure = structure_named(setup.patient.structures, request.uncertainty_structure);
            rule.weights =
                dense_mask(structure, setup.patient.grid, setup.patient.stack_options, warnings).values;
            rule.where = structure.name;
        }
        rules.uncertainty = std::move(rule);
    } else if (!request.uncertainty_structure.empty()) {
        refuse("--in needs --uncertainty", "it names the structure that --uncertainty looks at",
               "add --uncertainty");
    }
    return rules;
}

} // namespace

CaptureSetup read_capture_setup(CaptureJobRequest const& request, JobContext& context) {
    auto const folder = CaseFolder::open(request.case_folder);
    folder.validate(context.warnings);
    if (!folder.has_capture()) {
        refuse(fmt::format("the case '{}' has no capture irradiation", request.case_folder.string()),
               "case.json names no capture_file: port, boron and tissues are not known",
               "write capture.json (docs/formats/capture.md) and name it as capture_file in case.json");
    }
    auto plan = folder.capture();
    CaptureSetup setup{.patient =
                           read_patient_setup(folder, request.calibration, request.grid, request.end_cap),
                       .plan = std::move(plan),
                       .port = {},
                       .placement = {},
                       .source = {},
                       .world = {},
                       .blood = {},
                       .masks = {},
                       .boron_ratio = {},
                       .tissues = {},
                       .tissue_index = {}};
    setup.port = find_port(setup.plan.port);
    setup.placement = placed(setup, context);
    PortSourceOptions drawn;
    if (!request.analog) {
        drawn.drawn_fast_share =
            0.4; // all components reach 2 % at about the same time: docs/design/2026-11-state-of-issue-9.md
    }
    setup.source = prepare_port(setup.port, drawn, context.warnings);
    setup.strength = setup.plan.amount ? *setup.plan.amount / setup.port.strength.amount : 1;
    setup.blood = blood_of(setup.plan, context.warnings);
    fill_tissues(setup, context.warnings);
    setup.world = world_of(setup.patient, context.warnings, materials_of(setup, context.warnings));
    return setup;
}

RunRecord planned_record(CaptureJobRequest const& request, CaptureSetup const& setup,
                         JobContext const& context) {
    RunRecord record;
    record.verb = request.verb;
    record.command = context.command;
    record.seed = request.seed;
    record.target = "scalar";
    record.inputs = setup.patient.folder.inputs(CaseFolder::InputsOf::capture);
    record.inputs.push_back({"calibration", setup.patient.calibration.name,
                             sha256_of(calibration_to_json(setup.patient.calibration).dump())});
    record.add_input("port", find_data_file("ports", setup.plan.port));
    record.add_input("weights", find_data_file("capture_weights", setup.plan.weights));
    record.add_input("photon-isoeffective parameters",
                     find_data_file("photon_isoeffective", setup.plan.isoeffective));
    if (!setup.plan.tissue_map.empty()) {
        record.add_input("tissue map", find_data_file("tissue_maps", setup.plan.tissue_map));
    }
    record.add_input("table", data_dir() / "tables" / "neutron_library.bin");
    record.add_input("table", data_dir() / "tables" / "neutron_library.json");
    record.details["settings"] = {{"modality", "bnct"},
                                  {"grid", grid_json(setup.patient.grid)},
                                  {"boron_in_transport", request.boron_in_transport},
                                  {"analog", request.analog},
                                  {"end_cap", request.end_cap}};
    return record;
}

NeutronRequest engine_request(CaptureJobRequest const& request, CaptureSetup const& setup,
                              std::string const& inputs_hash, JobContext& context) {
    NeutronRequest engine;
    engine.world = &setup.world;
    // The level in the middle of the longest irradiation stands for the boron that the neutrons meet
    double const ppm =
        setup.blood.integral_ppm_min(setup.plan.start_min, setup.plan.start_min + setup.plan.longest_min) /
        setup.plan.longest_min;
    engine.boron_ppm = boron_ppm(setup.boron_ratio, ppm);
    engine.port = setup.source.source;
    engine.port_to_patient = setup.placement.port_to_patient;
    auto& o = engine.options;
    o.seed = request.seed;
    o.threads = context.threads;
    o.stop = stop_rules(request, setup, context.warnings);
    o.boron_in_transport = request.boron_in_transport;
    if (request.analog) {
        o.method.survival = false;
        o.method.expected_photons = false;
        o.method.photon_weight = 1;
        o.method.photon_path_length = false;
    }
    o.checkpoint = setup.patient.folder.checkpoint_path(request.result_name);
    o.inputs_hash = inputs_hash;
    o.memory_limit_bytes = static_cast<std::size_t>(request.memory_GiB * 1024 * 1024 * 1024);
    o.progress = context.progress;
    o.cancelled = context.cancelled;
    return engine;
}

CaptureRates rates_of(NeutronResult const& result, CaptureSetup const& setup) {
    auto const component = [](NeutronVolume const& volume) {
        return volume.empty() ? ComponentVolume{} : ComponentVolume{&volume.value, &volume.sigma};
    };
    SourceComponents components{component(result.boron_per_ppm), component(result.nitrogen),
                                component(result.fast),          component(result.photon_induced),
                                component(result.photon_beam),   {}};
    for (std::size_t p = 0; p < components.covariance.size(); ++p) {
        components.covariance[p] = &result.covariance[p];
    }
    return capture_rates(components, setup.source.particles_per_s * setup.strength);
}

std::vector<DoseLimit> limits_of(CaptureSetup const& setup, std::vector<StructureVoxels>& voxels,
                                 Warnings& warnings) {
    auto const& patient = setup.patient;
    voxels.clear();
    voxels.reserve(setup.plan.limits.size()); // pointed at below
    std::vector<DoseLimit> limits;
    for (auto const& asked : setup.plan.limits) {
        auto const& structure = structure_named(patient.structures, asked.structure);
        voxels.push_back(structure_voxels(
            structure.name, patient.grid,
            make_mask(structure, patient.grid,
                      with_lone_plane(patient.stack_options, patient.grid, structure), warnings)));
        DoseLimit limit;
        limit.structure = structure.name;
        limit.voxels = &voxels.back();
        limit.kind = asked.dose == LimitKind::weighted ? DoseKind::weighted : DoseKind::isoeffective;
        limit.limit_Gy = asked.dose_Gy;
        if (asked.figure == "mean") {
            limit.figure = LimitedFigure::mean;
        } else if (asked.figure != "max") { // "D2cc"; the file's reader saw to its form
            limit.figure = LimitedFigure::hottest_volume;
            std::from_chars(asked.figure.data() + 1, asked.figure.data() + asked.figure.size() - 2,
                            limit.cm3);
        }
        limits.push_back(limit);
    }
    return limits;
}

} // namespace beamwright
