#include "runs.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <gtest/gtest.h>

using namespace beamwright;
using namespace beamwright::test;

namespace {

/// Three depths of brain behind skin and skull; boron, fast, photon, and the three flux groups of each.
Sample depths(NeutronMethod const& method, std::uint32_t first_seed, double* cpu_s = nullptr) {
    VoxelWorld world = water_box({12, 12, 12}, 10);
    world.materials = {skin_material(), skull_material(), brain_material()};
    for (std::size_t voxel = 0; voxel < world.material.size(); ++voxel) {
        auto const k = voxel / 144;
        auto const tissue = static_cast<MaterialId>(k == 11 ? 0 : k == 10 ? 1 : 2);
        world.material[voxel] = tissue;
        world.density_g_per_cm3[voxel] = static_cast<float>(world.materials[tissue].density_g_per_cm3);
    }
    NeutronRequest request;
    request.world = &world;
    request.port = goorley_port();
    request.port.drawn.assign(300, 1.0 / 300); // a third of all are fast: their dose is tested as well
    request.port.prepare();
    request.port_to_patient = port_at_z(100);
    request.boron_ppm.assign(world.grid.voxels(), 30.0F);
    request.options.kelvin = 293.6;
    request.options.correlation = false;
    request.options.method = method;
    static auto const tables = tables_for(request);
    request.tables = tables;
    std::vector<Region> regions;
    for (double const low : {0.0, 30.0, 70.0}) {
        regions.push_back(
            region_where(world.grid, [&](Vec3<double> p) { return 60 - p.z > low && 60 - p.z < low + 30; }));
    }
    return sample_of(request, 7000, 16, first_seed, [&](NeutronResult const& result) {
        std::vector<double> numbers;
        for (auto const volume : {&NeutronResult::boron_per_ppm, &NeutronResult::nitrogen,
                                  &NeutronResult::fast, &NeutronResult::photon_induced,
                                  &NeutronResult::flux_thermal, &NeutronResult::flux_epithermal}) {
            for (auto const& region : regions) {
                numbers.push_back(mean_over(region, (result.*volume).value));
            }
        }
        if (cpu_s != nullptr) {
            *cpu_s += result.cpu_s;
        }
        return numbers;
    });
}

NeutronMethod analog() {
    NeutronMethod method;
    method.expected_photons = false;
    method.photon_path_length = false;
    return method;
}

/// 18 numbers, sigma from 16 runs each (30 degrees of freedom in the difference): |t| above 5 comes once in 2e5 numbers.
void expect_same_mean(Sample const& a, Sample const& b) {
    for (std::size_t i = 0; i < a.runs.front().size(); ++i) {
        double const sigma = std::hypot(a.sigma(i), b.sigma(i));
        EXPECT_NEAR(a.mean(i), b.mean(i), 5 * sigma) << "number " << i;
        // Power: deviations above 5 sigma are seen with 50 %
        EXPECT_LT(sigma / a.mean(i), 0.1) << "number " << i;
    }
}

} // namespace

TEST(NeutronBias, survival_agrees_with_analog) {
    auto method = analog();
    auto const plain = depths(method, 1);
    method.survival = true;
    expect_same_mean(plain, depths(method, 101));
}

TEST(NeutronBias, photon_splitting_and_path_length_agree_with_analog) {
    auto const plain = depths(analog(), 201);
    NeutronMethod method = analog();
    method.photon_path_length = true;
    expect_same_mean(plain, depths(method, 301));
    expect_same_mean(plain, depths(NeutronMethod{}, 401));
}

TEST(NeutronBias, the_density_of_tentative_collisions_changes_nothing_but_the_spread) {
    NeutronMethod method;
    method.tentative_per_cm = method.fast_tentative_per_cm = 0;
    expect_same_mean(depths(NeutronMethod{}, 501), depths(method, 601));
}
