/// Small worlds and beams for the tests of transport.
#pragma once
#include "tables/material_library.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/calculate_dose.hpp"
#include <map>
#include <memory>

namespace beamwright::test {

/// A box of one material: voxels of `edge_mm`, first voxel's corner at (-half, -half, 0).
inline VoxelWorld box_of(std::string const& material, std::array<int, 3> size, Vec3<double> edge_mm,
                         double density = 0) {
    VoxelWorld world;
    world.grid.size = size;
    world.grid.spacing_mm = edge_mm;
    world.grid.origin_mm = {-0.5 * (size[0] - 1) * edge_mm.x, -0.5 * (size[1] - 1) * edge_mm.y,
                            0.5 * edge_mm.z};
    world.materials = {MaterialLibrary::shipped().named(material)};
    world.material.assign(world.grid.voxels(), 0);
    world.density_g_per_cm3.assign(
        world.grid.voxels(),
        static_cast<float>(density > 0 ? density : world.materials[0].density_g_per_cm3));
    return world;
}

/// A pencil along patient +z, optics stated `before_mm` above z = 0, in vacuum.
inline BeamSource pencil(double energy_MeV, double sigma_mm = 3, double before_mm = 10) {
    BeamSource beam;
    beam.number = 1;
    beam.name = "pencil";
    beam.gantry_to_patient.rotation = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    beam.source_plane_z_mm = before_mm;
    beam.air_before_patient = false;
    EnergyOptics optics;
    optics.nominal_energy_MeV = optics.mean_energy_MeV = energy_MeV;
    optics.gaussians.push_back({1.0, {.sigma_mm = sigma_mm}, {.sigma_mm = sigma_mm}});
    beam.optics.push_back(optics);
    beam.elements.push_back({.protons = 1e9});
    return beam;
}

inline DoseRequest request_for(VoxelWorld const& world, BeamSource const& beam, std::int64_t histories,
                               std::int64_t batch = 1000) {
    DoseRequest request;
    request.world = &world;
    request.beams = {beam};
    request.options.stop.histories = histories;
    request.options.batch_histories = batch;
    request.options.seed = 20261122;
    return request;
}

/// Runs it with tables that are made once per list of materials: most of a small run would be their making.
inline DoseResult calculate(DoseRequest request, Warnings& warnings) {
    static std::map<std::vector<std::string>, std::shared_ptr<TransportTables const>> made;
    std::vector<std::string> names;
    for (auto const& material : materials_of(request)) {
        names.push_back(material.name);
    }
    auto& tables = made[names];
    if (!tables) {
        tables = std::make_shared<TransportTables>(materials_of(request), request.options.water_stopping);
    }
    request.tables = tables;
    return calculate_dose(request, warnings);
}
inline DoseResult calculate(DoseRequest const& request) {
    Warnings warnings;
    return calculate(request, warnings);
}

/// Sum of dose times mass over the grid per source proton, MeV.
inline double deposited_MeV(DoseResult const& result) {
    return result.energy.deposited / static_cast<double>(result.histories);
}

} // namespace beamwright::test
