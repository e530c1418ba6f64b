#include "refusal_of.hpp"
#include "runs.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace beamwright;
using namespace beamwright::test;

namespace {

/// A cube of all three tissues of the head, in layers, with boron.
VoxelWorld layered_cube() {
    VoxelWorld world = water_box({10, 10, 10}, 10);
    world.materials = {skin_material(), skull_material(), brain_material()};
    for (std::size_t voxel = 0; voxel < world.material.size(); ++voxel) {
        auto const layer = voxel / 100;
        auto const tissue = static_cast<MaterialId>(layer < 3 ? 0 : layer < 5 ? 1 : 2);
        world.material[voxel] = tissue;
        world.density_g_per_cm3[voxel] = static_cast<float>(world.materials[tissue].density_g_per_cm3);
    }
    return world;
}

NeutronRequest request_on(VoxelWorld const& world, PortSource port, double z_mm) {
    NeutronRequest request;
    request.world = &world;
    request.port = std::move(port);
    request.port_to_patient = port_at_z(z_mm);
    request.options.kelvin = 293.6;
    request.tables = tables_for(request);
    return request;
}

/// Every number of two results alike, bit by bit.
void expect_same(NeutronResult const& a, NeutronResult const& b) {
    EXPECT_EQ(a.histories, b.histories);
    for (auto const volume : {&NeutronResult::boron_per_ppm, &NeutronResult::nitrogen, &NeutronResult::fast,
                              &NeutronResult::photon_induced, &NeutronResult::flux_thermal}) {
        EXPECT_EQ((a.*volume).value.values, (b.*volume).value.values);
        EXPECT_EQ((a.*volume).sigma.values, (b.*volume).sigma.values);
    }
    EXPECT_EQ(a.correlation[0].values, b.correlation[0].values);
    EXPECT_EQ(a.energy.deposited, b.energy.deposited);
    EXPECT_EQ(a.energy.misfit, b.energy.misfit);
    EXPECT_EQ(a.collisions_per_history, b.collisions_per_history);
}

} // namespace

// Acceptance 5: every single history balances. The book holds 64-bit integers.
TEST(NeutronEngine, balances_every_history_in_analog_mode) {
    auto const world = layered_cube();
    auto port = goorley_port();
    // Fast neutrons up to 14 MeV too: inelastic events, several neutrons
    PortBin bin;
    bin.low_eV = 2e6;
    bin.high_eV = 14e6;
    port.bins.push_back(bin);
    port.shares.push_back(0.5);
    port.prepare();
    auto request = request_on(world, port, 60);
    request.boron_ppm.assign(world.grid.voxels(), 30.0F);
    request.options.method.expected_photons = false;
    request.options.batch_histories = 1;
    request.options.correlation = false;
    int absorbed = 0;
    for (std::uint32_t seed = 1; seed <= 400; ++seed) {
        auto const result = run(request, 1, seed);
        ASSERT_EQ(result.histories, 1);
        // The book's unit is 1e-15 MeV: a hundred roundings show where a neutron of 1 meV makes nothing
        double const all_MeV = result.energy.source + result.energy.Q;
        EXPECT_NEAR(result.energy.imbalance() * all_MeV, 0.0, 1e-6 * all_MeV + 1e-13) << "seed " << seed;
        absorbed += result.nuclides.empty() ? 0 : 1;
    }
    EXPECT_GT(absorbed, 40); // the balance was tried on absorptions, too
}

// In the mean the biased mode balances: 4e4 histories leave about 0.2 % (the play for weights and photons).
TEST(NeutronEngine, balances_in_the_mean_with_biasing) {
    auto const world = layered_cube();
    auto request = request_on(world, goorley_port(), 60);
    EXPECT_NEAR(run(request, 40'000).energy.imbalance(), 0.0, 0.01);
    request.options.method.survival = true;
    EXPECT_NEAR(run(request, 40'000).energy.imbalance(), 0.0, 0.01);
}

TEST(NeutronEngine, gives_the_same_bits_on_any_threads_and_builds) {
    auto const world = layered_cube();
    auto request = request_on(world, goorley_port(), 60);
    request.boron_ppm.assign(world.grid.voxels(), 20.0F);
    request.options.batch_histories = 1500;
    request.options.threads = 1;
    auto const one = run(request, 6000);
    for (int const threads : {2, 7}) {
        request.options.threads = threads;
        request.options.chunk_histories = threads == 2 ? 64 : 13;
        expect_same(one, run(request, 6000));
    }
    request.options.threads = 1;
    request.options.shared_adds = true;
    expect_same(one, run(request, 6000));
    request.options.baseline_build = true;
    expect_same(one, run(request, 6000));
}

TEST(NeutronEngine, goes_on_from_a_checkpoint_with_the_same_bits) {
    auto const world = layered_cube();
    auto request = request_on(world, goorley_port(), 60);
    request.options.batch_histories = 1000;
    auto const whole = run(request, 5000);
    request.options.checkpoint = std::filesystem::temp_directory_path() / "bw_neutron_test.checkpoint";
    std::filesystem::remove(request.options.checkpoint);
    run(request, 2000);
    auto const resumed = run(request, 5000);
    EXPECT_TRUE(resumed.resumed);
    expect_same(whole, resumed);
    // Another method is another calculation
    request.options.method.survival = true;
    EXPECT_THAT(refusal_of([&] { run(request, 5000); }).problem, testing::HasSubstr("physics"));
    std::filesystem::remove(request.options.checkpoint);
}

// Kerma times flux against energy left in collisions: two ways to the same energy, for all that charged particles get.
// The photons' kerma counts their electrons' bremsstrahlung as lost (mu_en), 0.3 % of this sum.
TEST(NeutronEngine, kerma_equals_what_collisions_leave) {
    auto const world = layered_cube();
    auto request = request_on(world, goorley_port(), 60);
    request.boron_ppm.assign(world.grid.voxels(), 30.0F);
    request.options.method.expected_photons = false;
    auto const sample = sample_of(request, 8'000, 12, 1, [&](NeutronResult const& result) {
        double energy = 0;
        for (std::size_t voxel = 0; voxel < world.grid.voxels(); ++voxel) {
            double const dose = 30 * double{result.boron_per_ppm.value.values[voxel]} +
                                double{result.nitrogen.value.values[voxel]} +
                                double{result.fast.value.values[voxel]} +
                                double{result.photon_induced.value.values[voxel]};
            energy += dose * double{world.density_g_per_cm3[voxel]} * world.grid.voxel_cm3();
        }
        return std::vector<double>{energy / 1.602176634e-10, result.energy.deposited};
    });
    // Sigma of the ratio about 0.5 %; four of them and 0.5 % for the bremsstrahlung
    EXPECT_NEAR(sample.mean(0) / sample.mean(1), 1.0, 0.025);
}

// Tracer mode: the map changes nothing. In the transport it lowers the flux.
TEST(NeutronEngine, boron_takes_part_or_not) {
    auto const world = water_box({8, 8, 8}, 20);
    auto request = request_on(world, line_port(0.0253), 100);
    auto const without = run(request, 20'000);
    request.boron_ppm.assign(world.grid.voxels(), 300.0F);
    request.options.boron_in_transport = false;
    expect_same(without, run(request, 20'000));
    request.options.boron_in_transport = true;
    auto const with = run(request, 20'000);
    Region all(world.grid.voxels());
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = i;
    }
    EXPECT_LT(mean_over(all, with.boron_per_ppm.value), 0.7 * mean_over(all, without.boron_per_ppm.value));
}

TEST(NeutronEngine, refuses_bad_input) {
    auto const world = water_box({4, 4, 4}, 20);
    auto request = request_on(world, line_port(1.0), 100);
    request.boron_ppm.assign(3, 1.0F);
    EXPECT_THAT(refusal_of([&] { run(request, 100); }).problem, testing::HasSubstr("boron map"));
    request.boron_ppm.assign(world.grid.voxels(), -1.0F);
    EXPECT_THAT(refusal_of([&] { run(request, 100); }).problem, testing::HasSubstr("ppm of boron"));
    request.boron_ppm.clear();
    request.port_to_patient.shift_mm.x = 1000;
    EXPECT_THAT(refusal_of([&] { run(request, 100); }).problem, testing::HasSubstr("misses the patient"));
    request.port_to_patient.shift_mm.x = 0;
    request.port = line_port(30e6);
    EXPECT_THAT(refusal_of([&] { run(request, 100); }).why, testing::HasSubstr("20 MeV"));
    request.port = line_port(1.0);
    request.options.memory_limit_bytes = 1000;
    EXPECT_THAT(refusal_of([&] { run(request, 100); }).problem, testing::HasSubstr("memory"));
}
