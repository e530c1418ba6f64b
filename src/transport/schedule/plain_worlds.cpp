#include "transport/schedule/plain_worlds.hpp"
#include "lanes/random.hpp"
#include "tables/material_library.hpp"
#include <cmath>

namespace beamwright {

VoxelWorld plain_box(std::array<int, 3> size, Vec3<double> edge_mm, std::vector<Material> materials,
                     double density) {
    VoxelWorld world;
    world.grid.size = size;
    world.grid.spacing_mm = edge_mm;
    world.grid.origin_mm = {-0.5 * (size[0] - 1) * edge_mm.x, -0.5 * (size[1] - 1) * edge_mm.y,
                            0.5 * edge_mm.z};
    world.materials = std::move(materials);
    world.material.assign(world.grid.voxels(), 0);
    world.density_g_per_cm3.assign(
        world.grid.voxels(),
        static_cast<float>(density > 0 ? density : world.materials.front().density_g_per_cm3));
    return world;
}

BeamSource plain_pencil(double energy_MeV, double sigma_mm, double before_mm) {
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

RandomWorld random_world(std::uint32_t number, std::vector<Material> const& materials) {
    RandomStream random({number, 2222, 0, 0});
    auto const between = [&](double low, double high) { return low + (high - low) * random.uniform(); };
    std::array<int, 3> size{};
    for (int& n : size) {
        n = 1 + static_cast<int>(between(0, 12));
    }
    double const scale = std::pow(10.0, between(-1.5, 1.5));
    Vec3<double> edge_mm; // one by one: the order of drawing must not be the compiler's choice
    edge_mm.x = scale * between(0.3, 3);
    edge_mm.y = scale * between(0.3, 3);
    edge_mm.z = scale * between(0.3, 3);
    double const energy_MeV = between(2, 249), sigma_mm = between(0, 5);
    RandomWorld made{plain_box(size, edge_mm, materials), plain_pencil(energy_MeV, sigma_mm, 30)};
    for (std::size_t i = 0; i < made.world.grid.voxels(); ++i) {
        auto const id = static_cast<MaterialId>(between(0, static_cast<double>(materials.size()) - 0.001));
        made.world.material[i] = id;
        made.world.density_g_per_cm3[i] =
            static_cast<float>(materials[id].density_g_per_cm3 * between(0.5, 1.5));
    }
    made.beam.air_before_patient = random.uniform() < 0.5;
    double const a = between(0, 6.28), b = between(0, 6.28);
    Mat3<double> const about_x{{1, 0, 0}, {0, std::cos(a), -std::sin(a)}, {0, std::sin(a), std::cos(a)}};
    Mat3<double> const about_y{{std::cos(b), 0, std::sin(b)}, {0, 1, 0}, {-std::sin(b), 0, std::cos(b)}};
    made.beam.gantry_to_patient.rotation = about_x * about_y;
    Vec3<double> place;
    place.x = between(0, size[0] - 1.0);
    place.y = between(0, size[1] - 1.0);
    place.z = between(0, size[2] - 1.0);
    made.beam.gantry_to_patient.shift_mm = made.world.grid.to_patient(place);
    return made;
}

std::vector<Material> random_world_materials() {
    std::vector<Material> materials;
    for (char const* const name :
         {"water", "air", "Lung", "aluminium", "iron", "lead", "PMMA", "Adipose_Tissue"}) {
        materials.push_back(MaterialLibrary::shipped().named(name));
    }
    return materials;
}

} // namespace beamwright
