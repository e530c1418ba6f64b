/// The scene of the throughput figures: a pencil of sigma 3 mm in a box of water, 120 x 120 x 330 mm.
#pragma once
#include "machine/beam_source.hpp"
#include "patient/voxel_world.hpp"
#include "tables/material_library.hpp"

namespace beamwright::bench {

inline VoxelWorld water_box(double edge_mm) {
    VoxelWorld world;
    int const across = static_cast<int>(120 / edge_mm), deep = static_cast<int>(330 / edge_mm);
    world.grid.size = {across, across, deep};
    world.grid.spacing_mm = {edge_mm, edge_mm, edge_mm};
    world.grid.origin_mm = {-0.5 * (across - 1) * edge_mm, -0.5 * (across - 1) * edge_mm, 0.5 * edge_mm};
    world.materials = {MaterialLibrary::shipped().named("water")};
    world.material.assign(world.grid.voxels(), 0);
    world.density_g_per_cm3.assign(world.grid.voxels(), 1.0f);
    return world;
}

/// Along z, through vacuum.
inline BeamSource pencil(double energy_MeV) {
    BeamSource beam;
    beam.gantry_to_patient.rotation = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    beam.air_before_patient = false;
    EnergyOptics optics;
    optics.mean_energy_MeV = energy_MeV;
    optics.gaussians.push_back({1.0, {.sigma_mm = 3}, {.sigma_mm = 3}});
    beam.optics.push_back(optics);
    beam.elements.push_back({.protons = 1});
    return beam;
}

} // namespace beamwright::bench
