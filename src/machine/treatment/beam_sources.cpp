#include "machine/treatment/beam_sources.hpp"
#include "geometry/frames.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// The steering distance of one axis: the machine's, else the plan's.
double virtual_source_mm(std::optional<double> const& of_machine, std::optional<double> const& of_plan,
                         char axis, std::string const& beam, MachineModel const& machine,
                         Warnings& warnings) {
    auto const plan_states = of_plan && *of_plan > 0;
    if (!of_machine && !plan_states) {
        refuse(fmt::format("{}: where the beam is steered from in {} is not known", beam, axis),
               fmt::format("machine '{}' and the plan state no virtual source distance", machine.name),
               "add virtual_source_mm to the machine file, or pass --virtual-source X,Y (mm, or parallel)");
    }
    if (!of_machine) {
        if (*of_plan <= machine.optics_plane_z_mm) {
            refuse(fmt::format("{}: virtual source {} mm from the isocenter", beam, *of_plan),
                   fmt::format("the optics of machine '{}' hold at {} mm, upstream of it", machine.name,
                               machine.optics_plane_z_mm),
                   "check plan and machine file");
        }
        return *of_plan;
    }
    if (plan_states && *of_machine > 0 && std::abs(*of_plan - *of_machine) > 0.01 * *of_machine) {
        warnings.add(
            fmt::format("{}: virtual source in {} at {:.0f} mm in the machine file, {:.0f} mm in the plan",
                        beam, axis, *of_machine, *of_plan),
            "the machine file is used", "check that this is the plan's machine");
    }
    return *of_machine;
}

void check_spot(Spot const& spot, MachineLimits const& limits, std::string const& where,
                MachineModel const& machine) {
    if (!(std::isfinite(spot.x_mm) && std::isfinite(spot.y_mm) && std::isfinite(spot.meterset_MU) &&
          spot.meterset_MU >= 0)) {
        refuse(fmt::format("{}: position {}, {} mm, {} MU", where, spot.x_mm, spot.y_mm, spot.meterset_MU),
               "position and meterset must be finite, the meterset not negative", "correct the plan");
    }
    // Plans carry positions and metersets as 32-bit numbers: a rounding of 1e-6 is not a breach
    constexpr double rounding = 1e-6;
    if (auto const& field = limits.scan_field) {
        double const slack = rounding * 1000;
        if (spot.x_mm < field->least_x_mm - slack || spot.x_mm > field->most_x_mm + slack ||
            spot.y_mm < field->least_y_mm - slack || spot.y_mm > field->most_y_mm + slack) {
            refuse(
                fmt::format("{}: {:.2f}, {:.2f} mm is outside the scan field", where, spot.x_mm, spot.y_mm),
                fmt::format("machine '{}' reaches x {} to {} mm, y {} to {} mm", machine.name,
                            field->least_x_mm, field->most_x_mm, field->least_y_mm, field->most_y_mm),
                "check the plan's machine and the scan field in the machine file");
        }
    }
    if (limits.least_MU && spot.meterset_MU < *limits.least_MU * (1 - rounding)) {
        refuse(fmt::format("{}: {} MU", where, spot.meterset_MU),
               fmt::format("machine '{}' delivers at least {} MU per spot", machine.name, *limits.least_MU),
               "check the plan's machine and spot_meterset_MU in the machine file");
    }
    if (limits.most_MU && spot.meterset_MU > *limits.most_MU * (1 + rounding)) {
        refuse(fmt::format("{}: {} MU", where, spot.meterset_MU),
               fmt::format("machine '{}' delivers at most {} MU per spot", machine.name, *limits.most_MU),
               "check the plan's machine and spot_meterset_MU in the machine file");
    }
}

void add_layer(BeamSource& source, Layer const& layer, std::string const& where,
               MachineModel const& machine) {
    if (!std::isfinite(layer.energy_MeV)) {
        refuse(where + ": its energy is no number", "a finite energy in MeV is needed", "correct the plan");
    }
    double const protons_per_MU = [&] {
        try {
            source.optics.push_back(optics_at(machine, layer.energy_MeV));
            return protons_per_MU_at(machine, layer.energy_MeV);
        } catch (Refusal const& refusal) {
            refuse(where + ": " + refusal.problem, refusal.why, refusal.what_to_do);
        }
    }();
    int const optics = static_cast<int>(source.optics.size()) - 1;
    for (std::size_t i = 0; i < layer.spots.size(); ++i) {
        Spot const& spot = layer.spots[i];
        if (spot.meterset_MU == 0) {
            continue;
        }
        check_spot(spot, machine.limits, fmt::format("{}, spot {}", where, i + 1), machine);
        source.elements.push_back({optics, spot.x_mm, spot.y_mm, spot.meterset_MU * protons_per_MU});
    }
}

void add_slabs(BeamSource& source, TreatmentBeam const& beam, MachineModel const& machine,
               std::string const& where, Warnings& warnings, BeamSourceOptions const& options) {
    for (auto const& setting : beam.range_shifters) {
        if (auto slab = range_shifter_slab(setting, machine, where, warnings, options)) {
            source.slabs.push_back(std::move(*slab));
        }
    }
    for (auto const& setting : beam.blocks) {
        auto plates =
            block_slabs(setting, source.virtual_source_x_mm, source.virtual_source_y_mm, where, options);
        source.slabs.insert(source.slabs.end(), plates.begin(), plates.end());
    }
    for (auto const& setting : beam.ridge_filters) {
        auto plates = ridge_filter_slabs(setting, where);
        source.slabs.insert(source.slabs.end(), plates.begin(), plates.end());
    }
    std::sort(source.slabs.begin(), source.slabs.end(),
              [](BeamSlab const& a, BeamSlab const& b) { return a.upstream_z_mm > b.upstream_z_mm; });
    double free_below = source.source_plane_z_mm;
    for (auto const& slab : source.slabs) {
        if (slab.upstream_z_mm > free_below + 1e-6) {
            refuse(fmt::format("{}: plate '{}' reaches from {:.1f} to {:.1f} mm", where, slab.name,
                               slab.downstream_z_mm, slab.upstream_z_mm),
                   fmt::format("the place above {:.1f} mm is taken by {}", free_below,
                               free_below == source.source_plane_z_mm ? "the plane of the beam's optics"
                                                                      : "another plate in the beam"),
                   "check the distances in plan and machine file");
        }
        free_below = slab.downstream_z_mm;
    }
}

BeamSource make_beam_source(TreatmentBeam const& beam, Plan const& plan, MachineModel const& machine,
                            Warnings& warnings, BeamSourceOptions const& options) {
    std::string const where = fmt::format("beam {} '{}'", beam.number, beam.name);
    BeamSource source;
    source.number = beam.number;
    source.name = beam.name;
    source.gantry_to_patient =
        gantry_to_patient({.gantry_deg = beam.gantry_deg,
                           .couch_deg = beam.couch_deg,
                           .table_pitch_deg = beam.table_pitch_deg,
                           .table_roll_deg = beam.table_roll_deg,
                           .patient_position = patient_position_from(plan.patient_position),
                           .isocenter_mm = beam.isocenter_mm});
    source.source_plane_z_mm = machine.optics_plane_z_mm;
    source.virtual_source_x_mm = virtual_source_mm(machine.virtual_source_x_mm, beam.virtual_source_x_mm, 'x',
                                                   where, machine, warnings);
    source.virtual_source_y_mm = virtual_source_mm(machine.virtual_source_y_mm, beam.virtual_source_y_mm, 'y',
                                                   where, machine, warnings);
    source.air_before_patient = machine.air_after_plane;
    add_slabs(source, beam, machine, where, warnings, options);

    // Layers of one energy share nothing: each keeps its own optics entry, in the plan's order
    for (std::size_t i = 0; i < beam.layers.size(); ++i) {
        add_layer(source, beam.layers[i],
                  fmt::format("{}, layer {} ({} MeV)", where, i + 1, beam.layers[i].energy_MeV), machine);
    }
    if (source.elements.empty()) {
        refuse(where + ": no spot has a meterset", "a beam without protons gives no dose", "check the plan");
    }
    return source;
}

} // namespace

std::vector<BeamSource> make_beam_sources(Plan const& plan, MachineModel const& machine, Warnings& warnings,
                                          BeamSourceOptions const& options) {
    if (plan.beams.empty()) {
        refuse("the plan has no beams", "there is nothing to calculate", "check the plan");
    }
    std::vector<BeamSource> sources;
    for (auto const& beam : plan.beams) {
        sources.push_back(make_beam_source(beam, plan, machine, warnings, options));
    }
    return sources;
}

} // namespace beamwright
