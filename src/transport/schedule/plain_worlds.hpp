/// Plain worlds and beams for checks of the engine: a box of one material, a pencil beam, blocks of matter at random.
#pragma once
#include "machine/beam_source.hpp"
#include "patient/voxel_world.hpp"
#include <array>
#include <cstdint>
#include <vector>

namespace beamwright {

/// Voxels of `edge_mm` in the first of the materials, its own density unless one is given; the first voxel's corner lies at
/// (-half, -half, 0).
VoxelWorld plain_box(std::array<int, 3> size, Vec3<double> edge_mm, std::vector<Material> materials,
                     double density = 0);

/// A pencil along patient +z, optics stated `before_mm` above z = 0, in vacuum.
BeamSource plain_pencil(double energy_MeV, double sigma_mm, double before_mm);

struct RandomWorld {
    VoxelWorld world;
    BeamSource beam;
};

/// Blocks of random matter, voxels of 0.01 to 95 mm, a pencil of 2 to 249 MeV from any side; the beam may miss. The number
/// decides all.
RandomWorld random_world(std::uint32_t number, std::vector<Material> const& materials);

/// Matter from air to lead.
std::vector<Material> random_world_materials();

} // namespace beamwright
