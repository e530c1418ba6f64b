// Acceptance 13: half bone, half lung side by side: far from the seam each side must be what it is alone.
#include "jobs/physics_check/comparisons.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

constexpr double x_edge_mm = 2, z_edge_mm = 1;
constexpr int columns = 80, planes = 280;

/// Water, then bone where x < 0 and lung elsewhere, then water. One voxel along y.
VoxelWorld halves(double from_mm, double to_mm) {
    VoxelWorld world;
    world.grid.size = {columns, 1, planes};
    world.grid.spacing_mm = {x_edge_mm, 300, z_edge_mm};
    world.grid.origin_mm = {-0.5 * (columns - 1) * x_edge_mm, 0, 0.5 * z_edge_mm};
    auto const& library = MaterialLibrary::shipped();
    world.materials = {library.named("water"), library.named("Bone_Cortical"), library.named("Lung")};
    for (int k = 0; k < planes; ++k) {
        double const z = (k + 0.5) * z_edge_mm;
        for (int i = 0; i < columns; ++i) {
            bool const between = z > from_mm && z < to_mm;
            auto const id = static_cast<MaterialId>(!between ? 0 : i < columns / 2 ? 1 : 2);
            world.material.push_back(id);
            world.density_g_per_cm3.push_back(static_cast<float>(world.materials[id].density_g_per_cm3));
        }
    }
    return world;
}

/// A field that is flat within 60 mm of the seam.
BeamSource flat_field(double energy_MeV) {
    BeamSource beam;
    beam.number = 1;
    beam.name = "flat";
    beam.gantry_to_patient.rotation = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    beam.source_plane_z_mm = 10;
    beam.air_before_patient = false;
    EnergyOptics optics;
    optics.nominal_energy_MeV = optics.mean_energy_MeV = energy_MeV;
    optics.gaussians.push_back({1.0, {.sigma_mm = 5}, {.sigma_mm = 5}});
    beam.optics.push_back(optics);
    for (int x = -76; x <= 76; x += 4) {
        beam.elements.push_back({.optics = 0, .x_mm = static_cast<double>(x), .y_mm = 0, .protons = 1e6});
    }
    return beam;
}

/// Depth dose of the columns from x to x.
Curve depth_dose(DoseResult const& result, double from_mm, double to_mm) {
    auto const& dose = result.total.to_medium_Gy;
    auto const& sigma = result.total.to_medium_sigma_Gy;
    Curve curve;
    for (int k = 0; k < planes; ++k) {
        double sum = 0, variance = 0;
        for (int i = 0; i < columns; ++i) {
            double const x = dose.grid.origin_mm.x + i * x_edge_mm;
            if (x > from_mm && x < to_mm) {
                sum += dose.at(i, 0, k);
                variance += std::pow(sigma.at(i, 0, k), 2);
            }
        }
        curve.x.push_back((k + 0.5) * z_edge_mm);
        curve.y.push_back(sum);
        curve.sigma.push_back(std::sqrt(variance));
    }
    return curve;
}

} // namespace

void compare_lateral_interface(CaseRunner& run) {
    double const energy = run.number("energy_MeV"), from = run.number("from_mm"), to = run.number("to_mm");
    auto const world = halves(from, to);
    run.expect_runs(3);
    DoseRequest request;
    request.world = &world;
    request.beams = {flat_field(energy)};
    request.options.stop.histories = static_cast<std::int64_t>(run.number("histories"));
    request.options.keep_beams = false;
    auto const result = run.dose(request);
    struct Side {
        char const* material;
        double low, high;
    };
    std::vector<PlotLine> lines;
    for (auto const& [material, low, high] : {Side{"Bone_Cortical", -56, -24}, Side{"Lung", 24, 56}}) {
        auto const ours = depth_dose(result, low, high);
        // The same slabs across the whole beam
        auto alone = run.spot_request(energy);
        auto const& library = MaterialLibrary::shipped();
        auto const& solid = library.named(material);
        auto const& water = library.named("water");
        alone.slabs = {
            {water, 1.0, from}, {solid, solid.density_g_per_cm3, to - from}, {water, 1.0, planes - to}};
        auto const theirs = curve_of(run.spot(alone));
        double const here = distal_mm(ours, 0.8), there = distal_mm(theirs, 0.8);
        double const share = (high - low) / 160;
        run.judge(
            {.what = fmt::format("R80 behind {}, 24 to 56 mm from the seam", solid.name),
             .value = here - there,
             .sigma = std::sqrt(2.0) * r80_sigma_mm(there, share * static_cast<double>(result.histories)),
             .unit = "mm",
             .detail = fmt::format("{:.2f} against {:.2f} mm with slabs across the whole beam", here, there),
             .reference = "own run of slabs"},
            "r80_mm");
        lines.push_back({std::string("behind ") + material, scaled(ours, 1 / maximum_of(ours))});
    }
    auto const seam = depth_dose(result, -2, 2);
    lines.push_back({"at the seam", scaled(seam, 1 / maximum_of(lines[0].curve) / maximum_of(seam))});
    run.plot({"Half bone, half lung", "Each scaled to its maximum.", "depth [mm]", "relative dose", lines});
}

} // namespace beamwright::physics_check
