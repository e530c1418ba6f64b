#include "jobs/capture_setup.hpp"
#include "casefolder/structures_file.hpp"
#include "geometry/frames.hpp"
#include "jobs/capture_boron.hpp"
#include "patient/tissue_map.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
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
PortPlacement placed(CaptureField const& field, PortModel const& port, CaptureSetup const& setup,
                     JobContext& context) {
    auto const& patient = setup.patient;
    auto const target = field.target_mm ? *field.target_mm : [&] {
        auto const& structure = structure_named(patient.structures, field.target);
        return middle_of(dense_mask(structure, patient.grid, patient.stack_options, context.warnings),
                         structure.name);
    }();
    IecChain chain{.gantry_deg = field.gantry_deg,
                   .couch_deg = field.couch_deg,
                   .patient_position = patient_position_from(field.patient_position),
                   .isocenter_mm = target};
    auto const direction = gantry_to_patient(chain).direction({0, 0, -1});
    chain.isocenter_mm = skin_entry(setup.body, target, direction);
    auto const placement = place_port(chain, field.skin_to_port_mm);
    check_port_clear(port, placement, setup.body);
    return placement;
}

Volume<float> body_of(PatientSetup const& patient, Warnings& warnings) {
    auto const* const body = body_structure(patient.structures, patient.folder.description().body_structure);
    if (body == nullptr || body->contours.empty()) {
        refuse("the case has no outer contour", "the port is placed by its distance from the skin",
               "name it as body_structure in case.json, or give a structure the type EXTERNAL");
    }
    return dense_mask(*body, patient.grid, patient.stack_options, warnings);
}

/// A setting far from the port's own is rather one in another unit.
void warn_of_strength(CaptureFieldSetup const& field, Warnings& warnings) {
    constexpr double most = 100;
    if (field.strength > most || field.strength < 1 / most) {
        auto const& own = field.port.strength;
        warnings.add(fmt::format("port '{}' is asked for {:g} {}, {:.3g} times its own setting",
                                 field.port.name, field.strength * own.amount, own.unit, field.strength),
                     fmt::format("its figures are those of {:g} {}", own.amount, own.unit),
                     fmt::format("check that 'amount' is in {}", own.unit));
    }
}

/// A refusal of one of several fields says of which.
CaptureFieldSetup field_of(std::size_t index, CaptureSetup const& setup, bool analog, JobContext& context) {
    auto const& asked = setup.plan.fields[index];
    try {
        CaptureFieldSetup field{find_port(asked.port), {}, {}, 1};
        field.placement = placed(asked, field.port, setup, context);
        PortSourceOptions drawn;
        if (!analog) {
            drawn.drawn_fast_share = usual_drawn_fast_share;
        }
        field.source = prepare_port(field.port, drawn, context.warnings);
        field.strength = asked.amount ? *asked.amount / field.port.strength.amount : 1;
        warn_of_strength(field, context.warnings);
        return field;
    } catch (Refusal const& refusal) {
        if (setup.plan.fields.size() == 1) {
            throw;
        }
        refuse(fmt::format("{}: {}", setup.field_label(index), refusal.problem), refusal.why,
               refusal.what_to_do);
    }
}

/// Where structures overlap the last wins; one that is left with nothing is rather listed in the wrong order.
void warn_of_hidden(CaptureSetup const& setup, Warnings& warnings) {
    for (std::size_t s = 0; s < setup.masks.size(); ++s) {
        auto const& weight = setup.masks[s].weight;
        bool const fills = std::any_of(weight.begin(), weight.end(), [](float w) { return w >= 0.5F; });
        auto const& index = setup.tissue_index;
        if (fills && std::find(index.begin(), index.end(), static_cast<std::uint8_t>(s + 1)) == index.end()) {
            warnings.add(fmt::format("structure '{}' of capture.json fills no voxel of its own",
                                     setup.plan.structures[s].structure),
                         "structures listed after it lie over all of it; boron and weights there are theirs",
                         "list it after those that contain it");
        }
    }
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
        if (s.boron_to_blood) { // else the boron map says it
            ratios.push_back({s.structure, *s.boron_to_blood, s.boron_relative_sigma, &setup.masks.back()});
        }
        shares.push_back({static_cast<std::uint8_t>(setup.tissues.size() - 1), &setup.masks.back()});
    }
    setup.tissue_index = tissue_indices(patient.grid, shares);
    warn_of_hidden(setup, warnings);
    if (setup.plan.boron_map) {
        auto [ratio, pet] = read_boron_ratio(setup, warnings);
        setup.boron_ratio = boron_over_map(std::move(ratio), setup);
        setup.pet = std::move(pet);
    } else {
        setup.boron_ratio = boron_ratio_map(patient.grid, *setup.plan.elsewhere.boron_to_blood, ratios);
    }
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

} // namespace

FieldSchedule CaptureSetup::schedule() const {
    FieldSchedule made{{}, plan.start_min, plan.pause_min, blood};
    for (auto const& field : plan.fields) {
        made.shares.push_back(field.share);
    }
    return made;
}

std::string CaptureSetup::field_label(std::size_t field) const {
    return plan.fields.size() < 2 ? std::string()
                                  : fmt::format("field {} ({})", field + 1, plan.fields[field].name);
}

void change_plan(CapturePlan& plan, CaptureChanges const& changes) {
    for (auto& field : plan.fields) {
        field.port = changes.port.empty() ? field.port : changes.port;
        if (!changes.port.empty()) {
            field.amount.reset(); // it was in another port's unit
        }
    }
    if (changes.blood_ppm) {
        plan.blood_ppm = changes.blood_ppm;
        plan.blood_samples.clear();
    }
    plan.weights = changes.weights.empty() ? plan.weights : changes.weights;
    plan.isoeffective = changes.isoeffective.empty() ? plan.isoeffective : changes.isoeffective;
    std::vector<std::string> named;
    for (auto const& text : changes.ratios) {
        auto const sign = text.rfind('=');
        auto const name = text.substr(0, sign);
        double ratio = -1;
        auto const number = sign == std::string::npos ? std::string() : text.substr(sign + 1);
        auto const [end, error] = std::from_chars(number.data(), number.data() + number.size(), ratio);
        if (error != std::errc{} || end != number.data() + number.size() || !(ratio >= 0 && ratio <= 100)) {
            refuse(fmt::format("--structure-ratio '{}' is not understood", text),
                   "it is the boron of a structure over that in blood, 0 to 100",
                   "write for example --structure-ratio CTV=3.5");
        }
        if (std::find(named.begin(), named.end(), name) != named.end()) {
            refuse(fmt::format("--structure-ratio names '{}' twice", name), "a structure has one ratio",
                   "leave one of the two out");
        }
        named.push_back(name);
        std::string known = "elsewhere";
        bool found = name == "elsewhere";
        if (found) {
            plan.elsewhere.boron_to_blood = ratio;
        }
        for (auto& s : plan.structures) {
            known += ", " + s.structure;
            if (s.structure == name) {
                s.boron_to_blood = ratio;
                found = true;
            }
        }
        if (!found) {
            refuse(fmt::format("--structure-ratio names '{}'", name),
                   "capture.json has no entry of that name; it has: " + known,
                   "name one of them, or add the structure to capture.json");
        }
    }
}

CaptureSetup read_capture_setup(CaptureJobRequest const& request, CaptureChanges const& changes,
                                bool for_transport, JobContext& context) {
    auto const folder = CaseFolder::open(request.case_folder);
    folder.validate(context.warnings);
    if (!folder.has_capture()) {
        refuse(fmt::format("the case '{}' has no capture irradiation", request.case_folder.string()),
               "case.json names no capture_file: port, boron and tissues are not known",
               "write capture.json (docs/formats/capture.md) and name it as capture_file in case.json");
    }
    auto plan = folder.capture();
    change_plan(plan, changes);
    CaptureSetup setup{.patient =
                           read_patient_setup(folder, request.calibration, request.grid, request.end_cap),
                       .plan = std::move(plan),
                       .fields = {},
                       .world = {},
                       .blood = {},
                       .body = {},
                       .masks = {},
                       .boron_ratio = {},
                       .pet = {},
                       .tissues = {},
                       .tissue_index = {}};
    setup.body = body_of(setup.patient, context.warnings);
    for (std::size_t f = 0; f < setup.plan.fields.size(); ++f) {
        setup.fields.push_back(field_of(f, setup, request.analog, context));
    }
    read_blood_level(setup, context.warnings);
    fill_tissues(setup, context.warnings);
    std::vector<StructureVoxels> checked; // what would be refused after the run is refused now
    limits_of(setup, checked, context.warnings);
    for (std::size_t i = 0; i < setup.masks.size(); ++i) {
        structure_voxels(setup.plan.structures[i].structure, setup.patient.grid, setup.masks[i]);
    }
    if (for_transport) {
        setup.world = world_of(setup.patient, context.warnings, materials_of(setup, context.warnings));
    }
    return setup;
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
        if (limit.figure == LimitedFigure::hottest_volume && limit.cm3 > voxels.back().volume_cm3()) {
            refuse(fmt::format("a limit asks for the hottest {:g} cm3 of '{}'", limit.cm3, structure.name),
                   fmt::format("it has {:.2f} cm3 on the dose grid", voxels.back().volume_cm3()),
                   "limit a smaller volume, the maximum or the mean of this structure");
        }
        limits.push_back(limit);
    }
    return limits;
}

} // namespace beamwright
