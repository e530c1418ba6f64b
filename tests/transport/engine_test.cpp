// Acceptance 16, 21, 22: dose to water, relations, random worlds.
#include "lanes/random.hpp"
#include "physics/proton/energy_loss.hpp"
#include "worlds.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

TEST(DoseToWater, over_dose_to_medium_is_the_ratio_of_stopping_powers) {
    for (char const* name : {"Adipose_Tissue", "Lung", "Skeleton_Cranium", "Bone_Cortical", "aluminium"}) {
        auto const* material = MaterialLibrary::shipped().find(name);
        if (material == nullptr) {
            continue;
        }
        ProtonMaterialTables const tables({*material});
        EnergyLoss<double> const loss{tables.view()};
        auto const world = test::box_of(name, {1, 1, 10}, {400, 400, 2.0 / material->density_g_per_cm3});
        auto request = test::request_for(world, test::pencil(150), 1000);
        request.options.dose_to_water = true;
        request.options.on.nuclear = false;
        auto const result = test::calculate(request);
        double energy_MeV = 150;
        for (int k = 0; k < 10; ++k) {
            double const next = loss.mean_energy_after_MeV(0, material->density_g_per_cm3,
                                                           0.2 / material->density_g_per_cm3, energy_MeV);
            double const ratio = 1 / stopping_ratio(tables.view(), 0, 0.5 * (energy_MeV + next));
            energy_MeV = next;
            // Each segment is weighted alike: no noise but that of the energy; 0.3 % is the bar
            EXPECT_NEAR(result.total.to_water_Gy.values[static_cast<std::size_t>(k)] /
                            result.total.to_medium_Gy.values[static_cast<std::size_t>(k)],
                        ratio, 0.003 * ratio)
                << name;
        }
    }
}

TEST(DoseToWater, in_water_is_the_dose) {
    auto const world = test::box_of("water", {10, 10, 40}, {5, 5, 3});
    auto request = test::request_for(world, test::pencil(100), 1000);
    request.options.dose_to_water = true;
    auto const result = test::calculate(request);
    EXPECT_EQ(result.total.to_water_Gy.values, result.total.to_medium_Gy.values);
}

TEST(Relations, gantry_and_patient_turned_together_change_nothing) {
    auto world = test::box_of("water", {15, 11, 30}, {4, 5, 3});
    auto beam = test::pencil(90);
    beam.elements = {{.x_mm = 8, .y_mm = -6, .protons = 1e9}};
    auto const still = test::calculate(test::request_for(world, beam, 2000));
    // A quarter turn about y with a shift: x -> -z, z -> x; entries 0 and +-1 keep every bit
    Mat3<double> const turn{{0, 0, 1}, {0, 1, 0}, {-1, 0, 0}};
    world.grid.axes = turn * world.grid.axes;
    world.grid.origin_mm = turn * world.grid.origin_mm;
    beam.gantry_to_patient.rotation = turn * beam.gantry_to_patient.rotation;
    auto const turned_dose = test::calculate(test::request_for(world, beam, 2000));
    EXPECT_EQ(still.total.to_medium_Gy.values, turned_dose.total.to_medium_Gy.values);
}

TEST(Relations, twice_the_protons_is_twice_the_dose) {
    auto const world = test::box_of("water", {10, 10, 40}, {5, 5, 3});
    auto beam = test::pencil(100);
    auto const one = test::calculate(test::request_for(world, beam, 1000)).total.to_medium_Gy.values;
    beam.elements[0].protons *= 2;
    auto const two = test::calculate(test::request_for(world, beam, 1000)).total.to_medium_Gy.values;
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(2 * one[i], two[i]);
    }
}

/// Mean deposit per plane and its standard uncertainty, planes of the whole grid.
struct Plane {
    double dose, sigma;
};
std::vector<Plane> planes_of(DoseResult const& result) {
    auto const& dose = result.total.to_medium_Gy;
    auto const& sigma = result.total.to_medium_sigma_Gy;
    std::vector<Plane> planes;
    auto const area =
        static_cast<std::size_t>(dose.grid.size[0]) * static_cast<std::size_t>(dose.grid.size[1]);
    for (std::size_t k = 0; k < static_cast<std::size_t>(dose.grid.size[2]); ++k) {
        Plane plane{0, 0};
        for (std::size_t i = k * area; i < (k + 1) * area; ++i) {
            plane.dose += dose.values[i];
            plane.sigma += sigma.values[i] * sigma.values[i];
        }
        plane.sigma = std::sqrt(plane.sigma);
        planes.push_back(plane);
    }
    return planes;
}

TEST(Relations, twice_the_density_at_half_the_length_is_the_same_water) {
    auto const thin = test::box_of("water", {1, 1, 40}, {600, 600, 4});
    auto const dense = test::box_of("water", {1, 1, 40}, {300, 300, 2}, 2.0);
    auto const a = planes_of(test::calculate(test::request_for(thin, test::pencil(120), 20'000, 500)));
    auto const b = planes_of(test::calculate(test::request_for(dense, test::pencil(120), 20'000, 500)));
    for (std::size_t k = 0; k < a.size(); ++k) {
        // Mass per voxel is a quarter: dose is fourfold. 5 sigma over 40 planes: fails by chance in 1 of 40,000
        EXPECT_NEAR(4 * a[k].dose, b[k].dose, 5 * std::hypot(4 * a[k].sigma, b[k].sigma) + 1e-6 * b[k].dose)
            << "plane " << k;
    }
}

TEST(Relations, a_mirrored_world_has_a_mirrored_dose) {
    auto world = test::box_of("water", {20, 3, 30}, {5, 60, 4});
    for (int k = 0; k < 30; ++k) {
        for (int i = 10; i < 20; ++i) { // half of it is lung
            for (int j = 0; j < 3; ++j) {
                world.density_g_per_cm3[world.grid.index(i, j, k)] = 0.3f;
            }
        }
    }
    auto mirrored = world;
    for (int k = 0; k < 30; ++k) {
        for (int j = 0; j < 3; ++j) {
            for (int i = 0; i < 20; ++i) {
                mirrored.density_g_per_cm3[mirrored.grid.index(i, j, k)] =
                    world.density_g_per_cm3[world.grid.index(19 - i, j, k)];
            }
        }
    }
    auto const a = test::calculate(test::request_for(world, test::pencil(100, 6), 20'000, 500)).total;
    auto request = test::request_for(mirrored, test::pencil(100, 6), 20'000, 500);
    request.options.seed = 99;
    auto const b = test::calculate(request).total;
    double chi_square = 0;
    int used = 0;
    for (int k = 0; k < 30; ++k) {
        for (int i = 0; i < 20; ++i) {
            float const x = a.to_medium_Gy.at(i, 1, k), y = b.to_medium_Gy.at(19 - i, 1, k);
            float const sx = a.to_medium_sigma_Gy.at(i, 1, k), sy = b.to_medium_sigma_Gy.at(19 - i, 1, k);
            if (!(x > 10 * sx && y > 10 * sy)) {
                continue;
            }
            chi_square += double(x - y) * (x - y) / (double(sx) * sx + double(sy) * sy);
            ++used;
        }
    }
    ASSERT_GT(used, 100);
    // A proton crosses many voxels, so the terms are correlated along depth: of some 300 terms about 10 are
    // independent, the mean has 0.45. An asymmetry of 1 % of the dose would give 3 and more
    EXPECT_LT(chi_square / used, 2.8);
}

TEST(Uncertainty, of_many_small_runs_covers_the_truth) {
    // 60 runs of 20 batches; one standard deviation should cover 0.67 of them (Student, 19): binomial bounds at
    // 1e-6 are 0.36 and 0.92
    auto const world = test::box_of("water", {1, 1, 20}, {300, 300, 5});
    std::vector<double> values, sigmas;
    for (std::uint32_t run = 0; run < 60; ++run) {
        auto request = test::request_for(world, test::pencil(100), 1000, 50);
        request.options.seed = run;
        auto const result = test::calculate(request);
        values.push_back(result.total.to_medium_Gy.values[12]);
        sigmas.push_back(result.total.to_medium_sigma_Gy.values[12]);
    }
    double mean = 0;
    for (double const value : values) {
        mean += value / 60;
    }
    int covered = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        covered += std::fabs(values[i] - mean) < sigmas[i] ? 1 : 0;
    }
    EXPECT_GT(covered, 21);
    EXPECT_LT(covered, 56);
}

} // namespace
} // namespace beamwright
