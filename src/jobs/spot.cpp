#include "jobs/spot.hpp"
#include "core/run_record.hpp"
#include "jobs/energy_json.hpp"
#include "jobs/let_particles.hpp"
#include "jobs/nuclear_rule_note.hpp"
#include "jobs/species_names.hpp"
#include "tables/material_library.hpp"
#include "tables/proton_materials.hpp"
#include "transport/schedule/spot.hpp"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

double number_in(std::string_view text, std::string const& whole, std::string const& what) {
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        refuse(fmt::format("'{}' is not understood", whole), fmt::format("'{}' is no number", text), what);
    }
    return value;
}

/// "0.7%" or "0.7" of the mean energy, or "0.9MeV".
double energy_sigma_MeV(std::string const& spread, double energy_MeV) {
    std::string_view text = spread;
    std::string const hint = "write for example 0.7% or 0.9MeV";
    bool const in_MeV = text.ends_with("MeV");
    if (in_MeV) {
        text.remove_suffix(3);
    } else if (text.ends_with("%")) {
        text.remove_suffix(1);
    }
    while (text.ends_with(" ")) {
        text.remove_suffix(1);
    }
    double const value = number_in(text, spread, hint);
    double const sigma = in_MeV ? value : value / 100 * energy_MeV;
    if (!(sigma >= 0 && sigma <= 0.2 * energy_MeV)) {
        refuse(fmt::format("--energy-spread {} is out of range", spread),
               "allowed: 0 to 20 % of the energy (one sigma)", hint);
    }
    return sigma;
}

} // namespace

SpotSlab slab_named(std::string const& text) {
    std::string const hint = "write MATERIAL:THICKNESS_mm[:DENSITY_g_per_cm3], for example water:50";
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= text.size();) {
        auto const colon = std::min(text.find(':', from), text.size());
        parts.push_back(text.substr(from, colon - from));
        from = colon + 1;
    }
    if (parts.size() < 2 || parts.size() > 3) {
        refuse(fmt::format("--slab '{}' is not understood", text),
               fmt::format("it has {} parts", parts.size()), hint);
    }
    SpotSlab slab;
    slab.material = MaterialLibrary::shipped().named(parts[0]);
    slab.thickness_mm = number_in(parts[1], text, hint);
    slab.density_g_per_cm3 =
        parts.size() == 3 ? number_in(parts[2], text, hint) : slab.material.density_g_per_cm3;
    if (!(slab.thickness_mm > 0 && slab.thickness_mm <= 5000) ||
        !(slab.density_g_per_cm3 > 0 && slab.density_g_per_cm3 <= 25)) {
        refuse(fmt::format("--slab '{}' is out of range", text),
               "thickness: up to 5000 mm, density: up to 25 g/cm3, both above 0", hint);
    }
    return slab;
}

namespace {

/// One box of one material, a fifth and 20 mm deeper than the range unless told otherwise.
SpotSlab box_of(SpotJobRequest const& request, WaterStopping water_stopping) {
    auto const& library = MaterialLibrary::shipped();
    SpotSlab slab{library.named(request.material), 0, request.depth_mm};
    slab.density_g_per_cm3 = slab.material.density_g_per_cm3;
    if (request.depth_mm <= 0) {
        ProtonMaterialTables const tables({library.named("water")}, water_stopping);
        double const relative = relative_stopping_power(
            slab.material, slab.density_g_per_cm3, std::max(1.0, 0.7 * request.energy_MeV), water_stopping);
        double const range_mm = 10 * water_range_g_per_cm2(tables.view(), request.energy_MeV) / relative;
        slab.thickness_mm = std::ceil((1.2 * range_mm + 20) / request.voxel_mm) * request.voxel_mm;
    }
    return slab;
}

SpotRequest engine_request(SpotJobRequest const& request, JobContext& context) {
    SpotRequest engine;
    engine.energy_MeV = request.energy_MeV;
    engine.energy_sigma_MeV = energy_sigma_MeV(request.energy_spread, request.energy_MeV);
    engine.x = engine.y = {request.sigma_mm, request.divergence_mrad * 1e-3, 0};
    engine.water_stopping =
        request.water_mean_excitation_eV == 75 ? WaterStopping::pstar : WaterStopping::icru90;
    for (auto const& slab : request.slabs) {
        engine.slabs.push_back(slab_named(slab));
    }
    if (engine.slabs.empty()) {
        engine.slabs.push_back(box_of(request, engine.water_stopping));
    }
    engine.lateral_mm = request.lateral_mm;
    engine.voxel_mm = request.voxel_mm;
    engine.histories = static_cast<std::int64_t>(request.histories);
    engine.seed = request.seed;
    engine.threads = context.threads;
    engine.ring_edges_mm = request.ring_edges_mm;
    engine.ring_depths_mm = engine.sigma_depths_mm = request.report_depths_mm;
    engine.ring_slab_mm = request.ring_slab_mm;
    engine.on.nuclear = request.nuclear;
    engine.on.straggling = request.straggling;
    engine.on.scattering = request.scattering;
    engine.mode = physics_mode_named(request.physics);
    engine.target = lane_target_named(request.target);
    engine.let = let_particles_named(request.let);
    engine.species = request.species;
    engine.progress = context.progress;
    engine.cancelled = context.cancelled;
    return engine;
}

Json curves_json(SpotResult const& result) {
    Json json;
    json["integrated_depth_dose"] = Json::array();
    for (auto const& point : result.integrated_depth_dose) {
        json["integrated_depth_dose"].push_back({{"depth_mm", point.depth_mm},
                                                 {"MeV_per_mm", point.MeV_per_mm},
                                                 {"sigma_MeV_per_mm", point.sigma_MeV_per_mm},
                                                 {"primaries", point.primaries}});
    }
    for (auto const& let : result.let) { // "let" is there only where it was asked for
        json["let"].push_back({{"depth_mm", let.depth_mm},
                               {"dose_averaged_keV_per_um", let.dose_averaged},
                               {"dose_averaged_sigma", let.dose_averaged_sigma},
                               {"track_averaged_keV_per_um", let.track_averaged},
                               {"track_averaged_sigma", let.track_averaged_sigma},
                               {"axis_dose_averaged_keV_per_um", let.axis_dose_averaged},
                               {"axis_dose_averaged_sigma", let.axis_dose_averaged_sigma}});
    }
    for (auto const& species : result.species) { // planes are those of integrated_depth_dose
        json["species"].push_back({{"species", species_name(species.species)},
                                   {"MeV_per_mm", species.MeV_per_mm},
                                   {"fluence", species.fluence}});
    }
    json["sigma_mm"] = Json::array();
    for (auto const& width : result.sigma_mm) {
        json["sigma_mm"].push_back({{"depth_mm", width.depth_mm}, {"sigma_mm", width.sigma_mm}});
    }
    json["rings"] = Json::array();
    for (auto const& ring : result.rings) {
        json["rings"].push_back({{"depth_mm", ring.depth_mm},
                                 {"edges_mm", ring.edges_mm},
                                 {"fractions", ring.fractions},
                                 {"sigma_fractions", ring.sigma_fractions},
                                 {"beyond", ring.beyond}});
        if (!ring.species.empty()) { // of each ring, in the order of "species"
            json["rings"].back()["share_by_species"] = ring.species;
        }
    }
    return json;
}

std::string table_of(SpotResult const& result, SpotJobRequest const& request) {
    std::string text = fmt::format(
        "{} MeV, {} histories: R90 {:.2f} mm, R80 {:.2f} mm, R50 {:.2f} mm, fall-off 80-20 {:.2f} mm\n",
        request.energy_MeV, result.histories, result.r90_mm, result.r80_mm, result.r50_mm,
        result.falloff_80_20_mm);
    auto const let_at = [&](double depth_mm) {
        auto const above =
            std::upper_bound(result.let.begin(), result.let.end(), depth_mm + 1e-6,
                             [](double depth, SpotLet const& let) { return depth < let.depth_mm; });
        return above == result.let.begin() ? 0.0 : (above - 1)->dose_averaged;
    };
    for (std::size_t i = 0; i < result.sigma_mm.size(); ++i) {
        text += fmt::format("depth {:7.1f} mm: sigma {:6.3f} mm", result.sigma_mm[i].depth_mm,
                            result.sigma_mm[i].sigma_mm);
        if (!result.let.empty()) {
            text +=
                fmt::format("; LETd of {} {:.3f} keV/um", request.let, let_at(result.sigma_mm[i].depth_mm));
        }
        if (i < result.rings.size()) {
            text += "; energy in rings";
            for (std::size_t r = 0; r < result.rings[i].fractions.size(); ++r) {
                text += fmt::format("  {:g}-{:g} mm {:.4f}", result.rings[i].edges_mm[r],
                                    result.rings[i].edges_mm[r + 1], result.rings[i].fractions[r]);
            }
        }
        text += "\n";
    }
    for (auto const& species : result.species) {
        double sum = 0;
        for (double const one : species.MeV_per_mm) {
            sum += one;
        }
        text += fmt::format("energy from {}: {:.4f} MeV per primary\n", species_name(species.species),
                            sum * request.voxel_mm);
    }
    auto const& e = result.energy;
    text += fmt::format("energy per primary [MeV]: source {:.4f}, Q {:.4f}, deposited {:.4f}, outside "
                        "{:.4f}, neutrons {:.4f}, "
                        "gammas {:.4f}; imbalance {:.1e}\n",
                        e.source, e.Q, e.deposited, e.outside_grid + e.escaped_charged, e.neutrons, e.gammas,
                        e.imbalance());
    text += fmt::format("{:.2f} CPU s, {:.0f} primaries per CPU second, {:.1f} steps per history\n(--json "
                        "has the whole depth "
                        "curve)\n",
                        result.cpu_s, result.primaries_per_cpu_s, result.steps_per_history);
    return text;
}

} // namespace

SpotJobAnswer calculate_spot(SpotJobRequest const& request, JobContext& context) {
    auto const engine = engine_request(request, context);
    std::vector<Material> materials;
    for (auto const& slab : engine.slabs) {
        materials.push_back(slab.material);
    }
    auto const by_rule = nuclear_rule_note(materials, context.warnings);
    auto const result = calculate_spot(engine, context.warnings);
    Json json;
    json["program"] = "beamwright";
    json["version"] = version();
    json["energy_MeV"] = request.energy_MeV;
    json["energy_sigma_MeV"] = engine.energy_sigma_MeV;
    json["sigma_at_surface_mm"] = request.sigma_mm;
    json["slabs"] = Json::array();
    for (auto const& slab : engine.slabs) {
        json["slabs"].push_back({{"material", slab.material.name},
                                 {"thickness_mm", slab.thickness_mm},
                                 {"density_g_per_cm3", slab.density_g_per_cm3}});
    }
    json["voxel_mm"] = request.voxel_mm;
    json["seed"] = request.seed;
    json["target"] = result.target;
    json["physics"] = request.physics;
    if (!request.let.empty()) {
        json["let_particles"] = request.let;
    }
    json["nuclear_data_by_rule"] = by_rule;
    json["histories"] = result.histories;
    json["r90_mm"] = result.r90_mm;
    json["r80_mm"] = result.r80_mm;
    json["r50_mm"] = result.r50_mm;
    json["falloff_80_20_mm"] = result.falloff_80_20_mm;
    json.update(curves_json(result));
    json["energy_budget"] = energy_json(result.energy);
    json["cpu_s"] = result.cpu_s;
    json["wall_s"] = result.wall_s;
    json["primaries_per_cpu_s"] = result.primaries_per_cpu_s;
    json["steps_per_history"] = result.steps_per_history;
    json["nonelastic_per_history"] = result.nonelastic_per_history;
    json["warnings"] = to_json(context.warnings);
    for (auto const& warning : context.warnings.all()) {
        context.messages.warn(warning);
    }
    return {json, table_of(result, request)};
}

} // namespace beamwright
