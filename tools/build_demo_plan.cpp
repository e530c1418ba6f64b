/// Makes the plan of the demo: two scanned proton fields on the head phantom, spot weights optimized on doses that the
/// Monte Carlo engine calculates spot by spot. Usage: build_demo_plan > data/plans/head_two_fields.json
/// Built on request only: cmake --build build/release --target build_demo_plan
#include "casefolder/phantom.hpp"
#include "casefolder/plan_file.hpp"
#include "casefolder/structures_file.hpp"
#include "core/data_files.hpp"
#include "geometry/resample.hpp"
#include "machine/model/machine_json.hpp"
#include "machine/treatment/beam_sources.hpp"
#include "patient/masks.hpp"
#include "patient/water_equivalent.hpp"
#include "patient/world_builder.hpp"
#include "tables/material_library.hpp"
#include "tables/proton_materials.hpp"
#include "transport/schedule/calculate_dose.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <map>

using namespace beamwright;

namespace {

constexpr double dose_per_fraction_Gy = 2, spacing_mm = 4.5, layer_step_g_per_cm2 = 0.4, margin_mm = 4;
constexpr double influence_voxel_mm = 2.5, least_MU = 0.002;
constexpr std::int64_t histories_per_spot = 12000;

struct Scene {
    StructureSet structures;
    VoxelWorld world;
    std::map<std::string, Volume<float>> masks;
};

Scene make_scene() {
    Scene scene;
    Warnings warnings;
    auto const phantom = read_phantom(data_dir() / "phantoms" / "head.json");
    auto const fine = phantom_grid(phantom, 1.5);
    scene.structures = phantom_structures(phantom, fine);
    auto const grid = isotropic_grid(fine, influence_voxel_mm);
    scene.world =
        make_voxel_world(voxelize(phantom, fine), find_calibration("schneider2000"), {}, grid, warnings);
    for (auto const* name : {"CTV", "Brainstem", "BODY"}) {
        auto const& structure = structure_named(scene.structures, name);
        auto const mask = make_mask(structure, grid, {}, warnings);
        Volume<float> dense(grid);
        for (int k = 0; k < grid.size[2]; ++k) {
            for (int j = 0; j < grid.size[1]; ++j) {
                for (int i = 0; i < grid.size[0]; ++i) {
                    dense.at(i, j, k) = mask.at(i, j, k);
                }
            }
        }
        scene.masks[name] = dense;
    }
    return scene;
}

Vec3<double> center_of(Volume<float> const& mask) {
    Vec3<double> sum{};
    double weight = 0;
    for (int k = 0; k < mask.grid.size[2]; ++k) {
        for (int j = 0; j < mask.grid.size[1]; ++j) {
            for (int i = 0; i < mask.grid.size[0]; ++i) {
                double const w = mask.at(i, j, k);
                sum = sum + w * mask.grid.to_patient({double(i), double(j), double(k)});
                weight += w;
            }
        }
    }
    return (1 / weight) * sum;
}

struct Field {
    int number;
    std::string name;
    double gantry_deg;
    bool range_shifter;
};

TreatmentBeam empty_beam(Field const& field, Vec3<double> isocenter_mm) {
    TreatmentBeam beam;
    beam.number = field.number;
    beam.name = field.name;
    beam.machine_name = "generic_synchrotron";
    beam.gantry_deg = field.gantry_deg;
    beam.isocenter_mm = isocenter_mm;
    if (field.range_shifter) {
        beam.range_shifters.push_back({.id = "RS_5CM", .isocenter_to_tray_mm = 90.0, .wet_mm = {}});
    }
    return beam;
}

/// Spots on a lattice whose range ends in the target or within the margin of it.
TreatmentBeam candidate_spots(Field const& field, Scene const& scene, MachineModel const& machine) {
    auto const& target = scene.masks.at("CTV");
    auto beam = empty_beam(field, center_of(target));
    // One spot through the isocenter shows frame and slabs
    auto probe = beam;
    probe.layers = {{.energy_MeV = 120, .spots = {{0, 0, 1}}, .spot_fwhm_mm = {}}};
    probe.meterset_MU = 1;
    Plan plan;
    plan.beams = {probe};
    Warnings warnings;
    auto const source = make_beam_sources(plan, machine, warnings).front();
    auto const to_gantry = source.gantry_to_patient.inverse();
    double shifter_mm = 0;
    for (auto const& slab : source.slabs) {
        shifter_mm += (slab.upstream_z_mm - slab.downstream_z_mm) *
                      relative_stopping_power(slab.material, slab.density_g_per_cm3, 100);
    }
    WaterEquivalent const water(scene.world);
    // lattice cell -> least and greatest WET, mm
    std::map<std::pair<int, int>, std::pair<double, double>> depth;
    for (int k = 0; k < target.grid.size[2]; ++k) {
        for (int j = 0; j < target.grid.size[1]; ++j) {
            for (int i = 0; i < target.grid.size[0]; ++i) {
                if (target.at(i, j, k) < 0.3F) {
                    continue;
                }
                auto const point = target.grid.to_patient({double(i), double(j), double(k)});
                auto const gantry = to_gantry.point(point);
                double const up = 1 - gantry.z / source.virtual_source_x_mm;
                double const x = gantry.x / up, y = gantry.y / up;
                auto const from = source.gantry_to_patient.point({x * 0.8, y * 0.8, 400});
                double const wet = water.between_mm(from, point) + shifter_mm;
                int const reach = static_cast<int>(std::ceil(margin_mm / spacing_mm)) + 1;
                int const cx = static_cast<int>(std::lround(x / spacing_mm)),
                          cy = static_cast<int>(std::lround(y / spacing_mm));
                for (int a = cx - reach; a <= cx + reach; ++a) {
                    for (int b = cy - reach; b <= cy + reach; ++b) {
                        if (std::hypot(a * spacing_mm - x, b * spacing_mm - y) <= margin_mm) {
                            auto& range = depth.try_emplace({a, b}, std::pair{1e9, 0.0}).first->second;
                            range = {std::min(range.first, wet), std::max(range.second, wet)};
                        }
                    }
                }
            }
        }
    }
    ProtonMaterialTables const tables({MaterialLibrary::shipped().named("water")});
    double const least = machine.energies.front().optics.mean_energy_MeV;
    double deepest = 0;
    for (auto const& [cell, range] : depth) {
        deepest = std::max(deepest, range.second);
    }
    for (double r = 0.1 * deepest + 0.3; r > water_range_g_per_cm2(tables.view(), least);
         r -= layer_step_g_per_cm2) {
        Layer layer;
        layer.energy_MeV = std::round(10 * water_energy_MeV(tables.view(), r)) / 10;
        for (auto const& [cell, range] : depth) {
            if (10 * r >= range.first - 3 && 10 * r <= range.second + 4) {
                layer.spots.push_back({cell.first * spacing_mm, cell.second * spacing_mm, 1.0});
            }
        }
        if (!layer.spots.empty()) {
            beam.layers.push_back(layer);
        }
    }
    return beam;
}

/// Dose of one MU of one spot in the voxels that matter.
struct Influence {
    std::vector<std::uint32_t> voxel;
    std::vector<float> Gy_per_MU;
};

Influence influence_of(TreatmentBeam const& beam, std::size_t layer, std::size_t spot, Scene const& scene,
                       MachineModel const& machine) {
    Plan plan;
    plan.beams = {beam};
    auto& only = plan.beams.front();
    only.layers = {beam.layers[layer]};
    only.layers[0].spots = {beam.layers[layer].spots[spot]};
    only.layers[0].spots[0].meterset_MU = only.meterset_MU = 1;
    Warnings warnings;
    DoseRequest request;
    request.world = &scene.world;
    request.beams = make_beam_sources(plan, machine, warnings);
    request.options.seed = static_cast<std::uint32_t>(1000 * layer + spot + 1);
    request.options.stop.histories = histories_per_spot;
    request.options.batch_histories = histories_per_spot / 4;
    request.options.keep_beams = false;
    auto const result = calculate_dose(request, warnings);
    Influence influence;
    auto const& dose = result.total.to_medium_Gy.values;
    double const largest = *std::max_element(dose.begin(), dose.end());
    for (std::size_t v = 0; v < dose.size(); ++v) {
        if (dose[v] > 1e-3 * largest) {
            influence.voxel.push_back(static_cast<std::uint32_t>(v));
            influence.Gy_per_MU.push_back(dose[v]);
        }
    }
    return influence;
}

/// What each voxel should get, and how much it matters.
struct Aim {
    std::vector<float> wanted_Gy, under, over;
};

Aim make_aim(Scene const& scene) {
    auto const& target = scene.masks.at("CTV").values;
    Aim aim{std::vector<float>(target.size()), std::vector<float>(target.size()),
            std::vector<float>(target.size())};
    for (std::size_t v = 0; v < target.size(); ++v) {
        if (target[v] > 0.02F) {
            aim.wanted_Gy[v] = dose_per_fraction_Gy;
            aim.under[v] = 30;
            aim.over[v] = 30;
        } else {
            aim.over[v] = 0.15F + 1.5F * scene.masks.at("Brainstem").values[v];
            aim.wanted_Gy[v] = 0.3F;
        }
    }
    return aim;
}

/// Least squares with weights, spots not negative: scaled projected gradient (simultaneous iterative reconstruction).
std::vector<double> optimized(std::vector<Influence> const& spots, Aim const& aim) {
    std::size_t const voxels = aim.wanted_Gy.size();
    std::vector<double> w(spots.size(), 0.0), scale(spots.size());
    std::vector<double> rows(voxels);
    for (auto const& spot : spots) {
        for (std::size_t n = 0; n < spot.voxel.size(); ++n) {
            rows[spot.voxel[n]] += spot.Gy_per_MU[n];
        }
    }
    for (std::size_t s = 0; s < spots.size(); ++s) {
        for (std::size_t n = 0; n < spots[s].voxel.size(); ++n) {
            auto const v = spots[s].voxel[n];
            scale[s] += std::max(aim.under[v], aim.over[v]) * spots[s].Gy_per_MU[n] * rows[v];
        }
        w[s] = 1e-3;
    }
    std::vector<double> dose(voxels), slope(voxels);
    for (int iteration = 0; iteration < 4000; ++iteration) {
        std::fill(dose.begin(), dose.end(), 0.0);
        for (std::size_t s = 0; s < spots.size(); ++s) {
            for (std::size_t n = 0; n < spots[s].voxel.size(); ++n) {
                dose[spots[s].voxel[n]] += w[s] * spots[s].Gy_per_MU[n];
            }
        }
        for (std::size_t v = 0; v < voxels; ++v) {
            double const off = dose[v] - aim.wanted_Gy[v];
            slope[v] = off > 0 ? aim.over[v] * off : aim.under[v] * off;
        }
        for (std::size_t s = 0; s < spots.size(); ++s) {
            double gradient = 0;
            for (std::size_t n = 0; n < spots[s].voxel.size(); ++n) {
                gradient += slope[spots[s].voxel[n]] * spots[s].Gy_per_MU[n];
            }
            w[s] = std::max(0.0, w[s] - 1.6 * gradient / scale[s]);
        }
    }
    return w;
}

} // namespace

int main() {
    auto const scene = make_scene();
    auto const machine = find_machine("generic_synchrotron");
    Plan plan;
    plan.label = "Head phantom, two fields";
    plan.fractions = 30;
    plan.beams = {candidate_spots({1, "left", 100, true}, scene, machine),
                  candidate_spots({2, "left posterior", 160, false}, scene, machine)};
    std::vector<Influence> influence;
    std::vector<Spot*> spots;
    for (auto& beam : plan.beams) {
        for (std::size_t l = 0; l < beam.layers.size(); ++l) {
            std::fputs(fmt::format("beam {}: layer {} of {}, {} spots\n", beam.number, l + 1,
                                   beam.layers.size(), beam.layers[l].spots.size())
                           .c_str(),
                       stderr);
            for (std::size_t s = 0; s < beam.layers[l].spots.size(); ++s) {
                influence.push_back(influence_of(beam, l, s, scene, machine));
                spots.push_back(&beam.layers[l].spots[s]);
            }
        }
    }
    auto const aim = make_aim(scene);
    auto weights = optimized(influence, aim);
    // What is too small to deliver is dropped, the rest is optimized again
    std::vector<Influence> kept;
    std::vector<Spot*> kept_spots;
    for (std::size_t s = 0; s < spots.size(); ++s) {
        spots[s]->meterset_MU = 0;
        if (weights[s] >= least_MU) {
            kept.push_back(std::move(influence[s]));
            kept_spots.push_back(spots[s]);
        }
    }
    weights = optimized(kept, aim);
    for (std::size_t s = 0; s < kept.size(); ++s) {
        kept_spots[s]->meterset_MU = std::round(1e5 * weights[s]) / 1e5;
    }
    for (auto& beam : plan.beams) {
        for (auto& layer : beam.layers) {
            std::erase_if(layer.spots, [](Spot const& spot) { return spot.meterset_MU < least_MU; });
        }
        std::erase_if(beam.layers, [](Layer const& layer) { return layer.spots.empty(); });
        beam.meterset_MU = 0;
        for (auto const& layer : beam.layers) {
            for (auto const& spot : layer.spots) {
                beam.meterset_MU += spot.meterset_MU;
            }
        }
    }
    std::fputs(plan_to_text(plan).c_str(), stdout);
    return 0;
}
