// LET maps: method C of Cortes-Giraldo and Carabe (2015) against sums over the stopping power, and their statistics.
#include "tables/let_table.hpp"
#include "transport/schedule/spot.hpp"
#include "worlds.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

DoseRequest let_request(VoxelWorld const& world, BeamSource const& beam, std::int64_t histories,
                        LetParticles particles) {
    auto request = test::request_for(world, beam, histories, histories / 10);
    request.options.let = particles;
    return request;
}

/// Alike protons that only slow down: the LET of each plane follows from the energies at its two faces.
TEST(Let, of_alike_protons_is_the_mean_over_their_path_in_each_voxel) {
    ProtonMaterialTables const water({MaterialLibrary::shipped().named("water")});
    LetTable const table(water.view());
    for (double const edge_mm : {0.5, 1.0, 3.0}) {
        int const planes = static_cast<int>(75 / edge_mm);
        auto const world = test::box_of("water", {1, 1, planes}, {100, 100, edge_mm});
        auto request = let_request(world, test::pencil(100, 3), 20, LetParticles::primaries);
        request.options.on.nuclear = request.options.on.straggling = request.options.on.scattering = false;
        auto const result = test::calculate(request);
        double range = water_range_g_per_cm2(water.view(), 100);
        for (int k = 0; k < planes; ++k) {
            double const from = water_energy_MeV(water.view(), range);
            range -= 0.1 * edge_mm;
            double const to = water_energy_MeV(water.view(), range);
            double const dose_averaged =
                0.1 * (let_integral(table.view().proton, from) - let_integral(table.view().proton, to)) /
                (from - to);
            double const track_averaged = 0.1 * (from - to) / (0.1 * edge_mm);
            auto const voxel = static_cast<std::size_t>(k);
            // Energies come back from ranges through two tables: 1e-4; float volumes
            EXPECT_NEAR(result.let.dose_averaged_keV_per_um.values[voxel], dose_averaged,
                        3e-4 * dose_averaged)
                << k;
            EXPECT_NEAR(result.let.track_averaged_keV_per_um.values[voxel], track_averaged,
                        3e-4 * track_averaged)
                << k;
        }
    }
}

/// The same beam scored in voxels of 0.5 and 2 mm, rebinned: LET times dose and dose are sums, so they must agree.
/// Straggling moves the end by 1 mm, so at the end LET is a mixture; 1 % is the bar of the specification.
TEST(Let, does_not_depend_on_voxels_or_steps) {
    auto const curve = [](double edge_mm, double share) {
        auto const world = test::box_of("water", {1, 1, static_cast<int>(72 / edge_mm)}, {200, 200, edge_mm});
        auto request = let_request(world, test::pencil(90), 4000, LetParticles::primaries);
        request.options.on.nuclear = false; // a few slow protons after collisions would hide a difference
        request.options.limits.straggling_share *= share;
        request.options.limits.scattering_share *= share;
        auto const result = test::calculate(request);
        int const join = static_cast<int>(std::lround(2 / edge_mm));
        std::vector<double> dose(36), weighted(36);
        for (std::size_t k = 0; k < result.total.to_medium_Gy.values.size(); ++k) {
            auto const plane = k / static_cast<std::size_t>(join);
            dose[plane] += result.total.to_medium_Gy.values[k];
            weighted[plane] +=
                result.total.to_medium_Gy.values[k] * result.let.dose_averaged_keV_per_um.values[k];
        }
        for (std::size_t k = 0; k < dose.size(); ++k) {
            weighted[k] /= dose[k];
        }
        return weighted;
    };
    auto const fine = curve(0.5, 1), coarse = curve(2, 1), short_steps = curve(2, 0.5);
    // Up to where the protons end (R80 is at 64 mm); 4000 of them show 1 %
    for (std::size_t plane = 0; plane < 31; ++plane) {
        EXPECT_NEAR(fine[plane] / coarse[plane], 1, 0.01) << plane;
        EXPECT_NEAR(short_steps[plane] / coarse[plane], 1, 0.01) << plane;
    }
}

/// The same protons in voxels and in planes of a spot: the sums are the same but for their order.
TEST(Let, of_a_spot_is_that_of_the_voxels) {
    auto const world = test::box_of("water", {1, 1, 30}, {400, 400, 2});
    auto const voxels = test::calculate(let_request(world, test::pencil(100), 20'000, LetParticles::protons));
    SpotRequest request;
    request.energy_MeV = 100;
    request.slabs = {{MaterialLibrary::shipped().named("water"), 1.0, 60}};
    request.voxel_mm = 2;
    request.histories = 20'000;
    request.let = LetParticles::protons;
    Warnings warnings;
    auto const planes = calculate_spot(request, warnings).let;
    ASSERT_EQ(planes.size(), 30u);
    for (std::size_t k = 0; k < planes.size(); ++k) {
        double const there = voxels.let.dose_averaged_keV_per_um.values[k];
        double const sigma =
            std::hypot(planes[k].dose_averaged_sigma, there * voxels.let.dose_averaged_sigma_rel.values[k]);
        // Two runs of other protons; sigmas from 4 and 10 batches: 10 of them (1e-4 of Student, 3) and 1 %
        EXPECT_NEAR(planes[k].dose_averaged, there, 10 * sigma + 0.01 * there) << k;
        double const track = voxels.let.track_averaged_keV_per_um.values[k];
        EXPECT_NEAR(planes[k].track_averaged, track, 0.02 * track) << k;
        EXPECT_GT(planes[k].axis_dose_averaged, 0.7 * there) << k;
    }
}

TEST(Let, grows_with_the_particles_that_count) {
    auto const world = test::box_of("water", {1, 1, 10}, {200, 200, 10});
    std::vector<double> entrance;
    for (auto const particles :
         {LetParticles::primaries, LetParticles::protons, LetParticles::hydrogen, LetParticles::helium}) {
        auto const result = test::calculate(let_request(world, test::pencil(160), 10'000, particles));
        entrance.push_back(result.let.dose_averaged_keV_per_um.values[5]);
    }
    EXPECT_LT(entrance[0], 0.9 * entrance[1]); // secondary protons are slow
    EXPECT_LT(entrance[1], entrance[2]);
    EXPECT_LT(1.5 * entrance[2], entrance[3]); // alphas: 100 keV/um and more
}

TEST(Let, uncertainty_is_that_of_repeated_runs) {
    auto const world = test::box_of("water", {1, 1, 4}, {200, 200, 15});
    constexpr int runs = 200;
    std::vector<double> sum(4), square(4), stated(4);
    for (int run = 0; run < runs; ++run) {
        auto request = let_request(world, test::pencil(100), 400, LetParticles::protons);
        request.options.batch_histories = 20;
        request.options.seed = static_cast<std::uint32_t>(run + 1);
        auto const result = test::calculate(request);
        for (std::size_t k = 0; k < 4; ++k) {
            double const let = result.let.dose_averaged_keV_per_um.values[k];
            sum[k] += let;
            square[k] += let * let;
            double const sigma = let * result.let.dose_averaged_sigma_rel.values[k];
            stated[k] += sigma * sigma / runs;
        }
    }
    for (std::size_t k = 0; k < 4; ++k) {
        double const mean = sum[k] / runs;
        double const variance = (square[k] - runs * mean * mean) / (runs - 1);
        // Variance of 200 runs is known to 10 %; a ratio of few histories is skewed, so 50 % (5 sigma): it would catch
        // a missing factor of two or cross sums left out (a factor of 3 and more)
        EXPECT_NEAR(stated[k] / variance, 1, 0.5) << k;
    }
}

TEST(Let, leaves_the_dose_as_it_is) {
    auto const world = test::box_of("water", {9, 9, 20}, {5, 5, 4});
    auto with = test::request_for(world, test::pencil(90), 2000);
    with.options.let = LetParticles::helium;
    with.options.dose_to_water = true;
    auto const result = test::calculate(with);
    auto const without = test::calculate(test::request_for(world, test::pencil(90), 2000));
    EXPECT_EQ(result.total.to_medium_Gy.values, without.total.to_medium_Gy.values);
    EXPECT_TRUE(without.let.dose_averaged_keV_per_um.values.empty());
}

} // namespace
} // namespace beamwright
