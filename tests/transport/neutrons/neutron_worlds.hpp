/// Worlds, ports and regions for tests of the neutron engine: water, and the modified Snyder head of Goorley, Kiger and
/// Zamenhof, Med. Phys. 29 (2002) 145, with tissues of ICRU Report 46.
#pragma once
#include "head_tissues.hpp"
#include "transport/schedule/neutron_request.hpp"
#include <cmath>

namespace beamwright::test {

/// A box of water, `edge_mm` voxels, centred on the origin.
inline VoxelWorld water_box(std::array<int, 3> size, double edge_mm, double density = 1.0) {
    VoxelWorld world;
    world.grid.size = size;
    world.grid.spacing_mm = {edge_mm, edge_mm, edge_mm};
    world.grid.origin_mm = {-0.5 * (size[0] - 1) * edge_mm, -0.5 * (size[1] - 1) * edge_mm,
                            -0.5 * (size[2] - 1) * edge_mm};
    world.material.assign(world.grid.voxels(), 0);
    world.density_g_per_cm3.assign(world.grid.voxels(), static_cast<float>(density));
    world.materials = {water_material()};
    return world;
}

/// One line of energy, parallel, from a disk or a point.
inline PortSource line_port(double energy_eV, PortParticle particle = PortParticle::neutron,
                            double radius_mm = 50) {
    PortSource port;
    port.name = "line";
    port.aperture = radius_mm > 0 ? PortAperture::disk : PortAperture::point;
    port.radius_mm = radius_mm;
    PortBin bin;
    bin.low_eV = bin.high_eV = energy_eV;
    bin.particle = particle;
    port.bins = {bin};
    port.shares = {1.0};
    port.angles = {PortAngles{}};
    port.prepare();
    return port;
}

/// The generic epithermal beam: 10 % from 1 meV to 0.5 eV, 89 % to 10 keV, 1 % to 2 MeV; 100 bins of equal lethargy each.
inline PortSource goorley_port() {
    PortSource port;
    port.name = "generic epithermal beam";
    port.aperture = PortAperture::disk;
    port.radius_mm = 50;
    port.angles = {PortAngles{}};
    struct Group {
        double low, high, share;
    };
    for (auto const& group : {Group{1e-3, 0.5, 0.10}, Group{0.5, 1e4, 0.89}, Group{1e4, 2e6, 0.01}}) {
        for (int i = 0; i < 100; ++i) {
            PortBin bin;
            bin.low_eV = group.low * std::pow(group.high / group.low, i / 100.0);
            bin.high_eV = group.low * std::pow(group.high / group.low, (i + 1) / 100.0);
            port.bins.push_back(bin);
            port.shares.push_back(group.share / 100);
        }
    }
    port.prepare();
    return port;
}

/// 4 mm voxels with the tissue of their centre, two layers of nothing on top (z up to +9.6 cm). The lower corner of the
/// head's own 38 x 52 x 44 voxels lies at (-7.6, -10.4, -8.8) cm.
inline VoxelWorld snyder_head(int layers_above = 2) {
    VoxelWorld world;
    world.grid.size = {38, 52, 44 + layers_above};
    world.grid.spacing_mm = {4, 4, 4};
    world.grid.origin_mm = {-74, -102, -86};
    world.materials = {skin_material(), skull_material(), brain_material()};
    for (int k = 0; k < world.grid.size[2]; ++k) {
        for (int j = 0; j < 52; ++j) {
            for (int i = 0; i < 38; ++i) {
                double const x = 0.1 * (-74 + 4 * i), y = 0.1 * (-102 + 4 * j), z = 0.1 * (-86 + 4 * k);
                auto const inside = [&](double a, double b, double c, double up) {
                    return x * x / (a * a) + y * y / (b * b) + (z - up) * (z - up) / (c * c) < 1;
                };
                int const tissue = inside(6, 9, 6.5, 1)        ? 2
                                   : inside(6.8, 9.8, 8.3, 0)  ? 1
                                   : inside(7.3, 10.3, 8.8, 0) ? 0
                                                               : -1;
                world.material.push_back(static_cast<MaterialId>(std::max(tissue, 0)));
                world.density_g_per_cm3.push_back(
                    tissue < 0 ? 1e-9F
                               : static_cast<float>(
                                     world.materials[static_cast<std::size_t>(tissue)].density_g_per_cm3));
            }
        }
    }
    return world;
}

/// A port whose axis runs along -z through the origin, its aperture at `z_mm`.
inline RigidTransform port_at_z(double z_mm) {
    RigidTransform place;
    place.shift_mm = {0, 0, z_mm};
    return place;
}

} // namespace beamwright::test
