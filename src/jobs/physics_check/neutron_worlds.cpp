#include "jobs/physics_check/neutron_worlds.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace beamwright::physics_check {

Material neutron_material(std::string const& name) {
    // ICRU Report 46 and, for PMMA (C5H8O2), the atomic weights
    static std::vector<Material> const known = {{"water", 1.0, {{1, 0.111898}, {8, 0.888102}}},
                                                {"brain",
                                                 1.04,
                                                 {{1, 0.107},
                                                  {6, 0.145},
                                                  {7, 0.022},
                                                  {8, 0.712},
                                                  {11, 0.002},
                                                  {15, 0.004},
                                                  {16, 0.002},
                                                  {17, 0.003},
                                                  {19, 0.003}}},
                                                {"skull",
                                                 1.61,
                                                 {{1, 0.05},
                                                  {6, 0.212},
                                                  {7, 0.04},
                                                  {8, 0.435},
                                                  {11, 0.001},
                                                  {12, 0.002},
                                                  {15, 0.081},
                                                  {16, 0.003},
                                                  {20, 0.176}}},
                                                {"skin",
                                                 1.09,
                                                 {{1, 0.1},
                                                  {6, 0.204},
                                                  {7, 0.042},
                                                  {8, 0.645},
                                                  {11, 0.002},
                                                  {15, 0.001},
                                                  {16, 0.002},
                                                  {17, 0.003},
                                                  {19, 0.001}}},
                                                {"pmma", 1.19, {{1, 0.080538}, {6, 0.599848}, {8, 0.319614}}},
                                                {"carbon", 1.6, {{6, 1.0}}}};
    auto const found =
        std::find_if(known.begin(), known.end(), [&](Material const& one) { return one.name == name; });
    if (found == known.end()) {
        refuse(fmt::format("no material of the neutron suite is called '{}'", name),
               "it has water, brain, skull, skin, pmma and carbon", "correct the case text");
    }
    return *found;
}

VoxelWorld neutron_box(std::array<int, 3> size, std::array<double, 3> edge_mm, Material const& material) {
    VoxelWorld world;
    world.grid.size = size;
    world.grid.spacing_mm = {edge_mm[0], edge_mm[1], edge_mm[2]};
    world.grid.origin_mm = {-0.5 * (size[0] - 1) * edge_mm[0], -0.5 * (size[1] - 1) * edge_mm[1],
                            -0.5 * (size[2] - 1) * edge_mm[2]};
    world.material.assign(world.grid.voxels(), 0);
    world.density_g_per_cm3.assign(world.grid.voxels(), static_cast<float>(material.density_g_per_cm3));
    world.materials = {material};
    return world;
}

VoxelWorld snyder_voxels(double edge_mm) {
    constexpr float nothing_g_per_cm3 = 1e-9F;
    auto const along = [&](double length_mm) { return static_cast<int>(std::lround(length_mm / edge_mm)); };
    VoxelWorld world;
    int const above = along(8);
    world.grid.size = {along(152), along(208), along(176) + above};
    world.grid.spacing_mm = {edge_mm, edge_mm, edge_mm};
    world.grid.origin_mm = {-76 + edge_mm / 2, -104 + edge_mm / 2, -88 + edge_mm / 2};
    world.materials = {neutron_material("skin"), neutron_material("skull"), neutron_material("brain")};
    for (std::size_t voxel = 0; voxel < world.grid.voxels(); ++voxel) {
        auto const nx = static_cast<std::size_t>(world.grid.size[0]),
                   ny = static_cast<std::size_t>(world.grid.size[1]);
        std::size_t const i = voxel % nx, j = voxel / nx % ny, k = voxel / nx / ny;
        auto const p =
            world.grid.to_patient({static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)});
        auto const inside = [&](double a, double b, double c, double up) {
            double const x = p.x / 10 / a, y = p.y / 10 / b, z = (p.z / 10 - up) / c;
            return x * x + y * y + z * z < 1;
        };
        int const tissue = inside(6, 9, 6.5, 1)        ? 2
                           : inside(6.8, 9.8, 8.3, 0)  ? 1
                           : inside(7.3, 10.3, 8.8, 0) ? 0
                                                       : -1;
        auto const index = static_cast<std::size_t>(std::max(tissue, 0));
        world.material.push_back(static_cast<MaterialId>(index));
        world.density_g_per_cm3.push_back(
            tissue < 0 ? nothing_g_per_cm3 : static_cast<float>(world.materials[index].density_g_per_cm3));
    }
    return world;
}

PortSource neutron_line(double energy_eV, double radius_mm) {
    PortSource port;
    port.name = fmt::format("{:g} eV", energy_eV);
    port.aperture = radius_mm > 0 ? PortAperture::disk : PortAperture::point;
    port.radius_mm = radius_mm;
    PortBin bin;
    bin.low_eV = bin.high_eV = energy_eV;
    port.bins = {bin};
    port.shares = {1.0};
    port.angles = {PortAngles{}};
    port.prepare();
    return port;
}

PortSource isotropic_point(double energy_eV, PortParticle particle) {
    auto port = neutron_line(energy_eV, 0);
    port.bins[0].particle = particle;
    port.angles[0].law = PortAngularLaw::isotropic;
    port.prepare();
    return port;
}

PortSource generic_beam() {
    struct Group {
        double low_eV, high_eV, share, drawn;
    };
    PortSource port;
    port.name = "generic epithermal beam";
    port.aperture = PortAperture::disk;
    port.radius_mm = 50;
    port.angles = {PortAngles{}};
    for (auto const& group :
         {Group{1e-3, 0.5, 0.10, 0.10}, Group{0.5, 1e4, 0.89, 0.75}, Group{1e4, 2e6, 0.01, 0.15}}) {
        for (int i = 0; i < 100; ++i) {
            PortBin bin;
            bin.low_eV = group.low_eV * std::pow(group.high_eV / group.low_eV, i / 100.0);
            bin.high_eV = group.low_eV * std::pow(group.high_eV / group.low_eV, (i + 1) / 100.0);
            port.bins.push_back(bin);
            port.shares.push_back(group.share / 100);
            port.drawn.push_back(group.drawn / 100);
        }
    }
    port.prepare();
    return port;
}

RigidTransform port_above(double z_mm) {
    RigidTransform place;
    place.shift_mm = {0, 0, z_mm};
    return place;
}

NeutronRequest neutron_request(VoxelWorld const& world, PortSource port, RigidTransform const& place) {
    NeutronRequest request;
    request.world = &world;
    request.port = std::move(port);
    request.port_to_patient = place;
    request.options.kelvin = 293.6;
    request.options.correlation = false;
    return request;
}

Region region_where(Grid const& grid, std::function<bool(Vec3<double>)> const& inside) {
    Region region;
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                if (inside(grid.to_patient(
                        {static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)}))) {
                    region.push_back(grid.index(i, j, k));
                }
            }
        }
    }
    return region;
}

double mean_over(Region const& region, Volume<float> const& volume) {
    double sum = 0;
    for (auto const voxel : region) {
        sum += static_cast<double>(volume.values[voxel]);
    }
    return sum / static_cast<double>(region.size());
}

double oxygen17_over_boron(NeutronTables const& tables, Material const& material) {
    constexpr double thermal_eV = 0.0253;
    auto const& library = tables.library();
    double kerma = 0;
    for (auto const& part : library.mixture(material).parts) {
        if (part.nuclide == library.nuclide("O17")) {
            kerma += part.atoms_per_g_e24 * 1e-6 *
                     library.other_kerma_eV_barn(part.nuclide, thermal_eV, library.temperature(293.6));
        }
    }
    return kerma / neutron_boron_at(tables.view().neutrons, thermal_eV).kerma_MeV_cm2_per_g;
}

} // namespace beamwright::physics_check
