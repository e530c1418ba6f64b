// Acceptance 19: range shifter and air gap; and the walk through plates.
#include "physics/proton/energy_loss.hpp"
#include "physics/proton/scattering.hpp"
#include "refusal_of.hpp"
#include "transport/step/layer_walk.hpp"
#include "worlds.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

/// Depth dose of the whole plane, and the standard deviation of the dose along x per plane.
struct Curve {
    std::vector<double> depth_mm, dose, sigma_mm;
};

Curve curve_of(DoseResult const& result) {
    auto const& dose = result.total.to_medium_Gy;
    auto const& grid = dose.grid;
    Curve curve;
    for (int k = 0; k < grid.size[2]; ++k) {
        double sum = 0, square = 0;
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                double const x = grid.origin_mm.x + i * grid.spacing_mm.x;
                sum += dose.at(i, j, k);
                square += dose.at(i, j, k) * x * x;
            }
        }
        curve.depth_mm.push_back(grid.origin_mm.z + k * grid.spacing_mm.z);
        curve.dose.push_back(sum);
        curve.sigma_mm.push_back(sum > 0 ? std::sqrt(square / sum) : 0);
    }
    return curve;
}

double r80_of(Curve const& curve) {
    auto const peak =
        static_cast<std::size_t>(std::max_element(curve.dose.begin(), curve.dose.end()) - curve.dose.begin());
    for (auto k = peak; k + 1 < curve.dose.size(); ++k) {
        double const wanted = 0.8 * curve.dose[peak];
        if (curve.dose[k + 1] < wanted) {
            return curve.depth_mm[k] + (curve.dose[k] - wanted) / (curve.dose[k] - curve.dose[k + 1]) *
                                           (curve.depth_mm[k + 1] - curve.depth_mm[k]);
        }
    }
    return 0;
}

TEST(RangeShifter, shifts_by_its_water_equivalent_and_widens_over_the_gap) {
    auto const pmma = MaterialLibrary::shipped().named("PMMA");
    auto const world = test::box_of("water", {100, 100, 520}, {2, 2, 0.25});
    double const gap_mm = 200, thickness_mm = 50;
    auto open = test::pencil(150, 3, gap_mm + thickness_mm + 10);
    auto shifted = open;
    shifted.slabs.push_back({gap_mm + thickness_mm, gap_mm, pmma, 1.19, "RS"});
    auto request = test::request_for(world, shifted, 20'000, 2000);
    request.options.on.nuclear = false;
    request.options.mode = PhysicsMode::fast; // the widths below are those of its scattering power
    auto const with = curve_of(test::calculate(request));
    // Range of 150 MeV less what the plate takes, by the same tables
    ProtonMaterialTables const tables({MaterialLibrary::shipped().named("water"), pmma});
    EnergyLoss<double> const loss{tables.view()};
    double after_MeV = 150;
    for (int i = 0; i < 500; ++i) {
        after_MeV = loss.mean_energy_after_MeV(1, 1.19, 0.01, after_MeV);
    }
    // Its R80 in water, by the engine itself: range shifter against degraded beam
    auto degraded = test::request_for(world, test::pencil(after_MeV, 3), 20'000, 2000);
    degraded.options.on.nuclear = false;
    double const wet_shift = r80_of(with) - r80_of(curve_of(test::calculate(degraded)));
    // 0.2 mm is the bar. Straggling in the plate widens the edge: its R80 lies up to 0.1 sigma further
    EXPECT_NEAR(wet_shift, 0.0, 0.2);

    // Spot growth: sigma0, scattering in the plate (Fermi and Eyges) carried over the gap
    Scattering<double> const scattering{tables.view()};
    double const entry_pv = pv_MeV(150.0, constants::proton_MeV);
    double energy = 150, expected = 9;
    for (int i = 0; i < 500; ++i) {
        double const next = loss.mean_energy_after_MeV(1, 1.19, 0.01, energy);
        double const arm_mm = 0.1 * (500 - i - 0.5) + gap_mm;
        expected += scattering.angle_variance(1, 1.19, 0.01, energy, next, entry_pv) * arm_mm * arm_mm;
        energy = next;
    }
    // Mean of the first 2 mm of water; 20,000 protons: 0.5 %, so that 2 % is four of them; bins of 2 mm add 1/3
    double const measured = std::sqrt(with.sigma_mm[3] * with.sigma_mm[3] - 4.0 / 12.0);
    EXPECT_NEAR(measured, std::sqrt(expected), 0.02 * std::sqrt(expected));
}

TEST(RangeShifter, energy_left_in_it_is_booked_outside_the_grid) {
    auto const world = test::box_of("water", {40, 40, 100}, {5, 5, 2});
    auto beam = test::pencil(120, 3, 150);
    beam.air_before_patient = true;
    beam.slabs.push_back({120, 80, MaterialLibrary::shipped().named("PMMA"), 1.19, "RS"});
    auto const result = test::calculate(test::request_for(world, beam, 2000));
    EXPECT_LT(std::fabs(result.energy.imbalance()), 1e-6);
    double const outside = result.energy.outside_grid / static_cast<double>(result.histories);
    EXPECT_GT(outside, 25.0); // 40 mm of PMMA take about 30 MeV
    EXPECT_LT(outside, 45.0);
}

TEST(BeamLine, vacuum_changes_nothing) {
    auto const world = test::box_of("water", {20, 20, 50}, {5, 5, 2});
    auto near = test::request_for(world, test::pencil(80, 3, 0), 1000);
    auto far = test::request_for(world, test::pencil(80, 3, 64), 1000); // 64: exact in binary
    EXPECT_EQ(test::calculate(near).total.to_medium_Gy.values,
              test::calculate(far).total.to_medium_Gy.values);
}

TEST(LayerWalk, goes_through_plates_to_the_grid_and_back_out) {
    BeamLayer const layers[] = {{100, 60, {}, {}}, {60, 50, {1, 1.0}, {}}, {50, -1e30, {}, {}}};
    BeamLineView view{.layers = layers, .layer_count = 3, .grid = {10, 10, 10, 1, 1, 1}};
    view.to_grid = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}; // grid from gantry z = 0 down to -10
    view.to_grid_shift_mm = {5, 5, 0};
    LayerWalk walk(view);
    walk.start({0, 0, 100}, {0, 0, -1});
    EXPECT_DOUBLE_EQ(walk.to_face_mm(), 40);
    walk.reach_face();
    EXPECT_EQ(walk.medium().material, 1u);
    EXPECT_DOUBLE_EQ(walk.to_face_mm(), 10);
    walk.reach_face();
    EXPECT_DOUBLE_EQ(walk.to_face_mm(), 50); // to the grid
    walk.reach_face();
    EXPECT_TRUE(walk.at_grid());
    EXPECT_DOUBLE_EQ(walk.position().z, 0);
    walk.start({0, 0, 55}, {0, 0, 1}); // backwards
    walk.reach_face();
    walk.reach_face();
    EXPECT_FALSE(walk.inside());
    EXPECT_FALSE(walk.at_grid());
    walk.start({50, 0, 40}, {0, 0, -1}); // beside the grid
    EXPECT_FALSE(walk.inside());
    EXPECT_FALSE(walk.at_grid());
}

PlateOutline square(double half_mm) {
    return {{-half_mm, half_mm, half_mm, -half_mm}, {-half_mm, -half_mm, half_mm, half_mm}};
}

TEST(LayerWalk, meets_the_walls_of_an_opening) {
    PlateWall const walls[] = {{-5, -5, 5, -5}, {5, -5, 5, 5}, {5, 5, -5, 5}, {-5, 5, -5, -5}};
    BeamLayer const layers[] = {{100, 60, {}, {}}, {60, 40, {1, 8.5}, {2, 0.0}, 0, 4}, {40, -1e30, {}, {}}};
    BeamLineView view{.layers = layers, .layer_count = 3, .walls = walls, .grid = {10, 10, 10, 1, 1, 1}};
    view.to_grid = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    view.to_grid_shift_mm = {5, 5, 0};
    LayerWalk walk(view);
    walk.start({0, 0, 100}, {0, 0, -1});
    walk.reach_face();
    EXPECT_EQ(walk.medium().material, 2u); // through the opening
    EXPECT_DOUBLE_EQ(walk.to_face_mm(), 20);
    walk.start({9, 0, 100}, {0, 0, -1});
    walk.reach_face();
    EXPECT_EQ(walk.medium().material, 1u); // into the plate
    // Slanted, 3 across for 4 down: in at (-7, 50), the walls at x = -5 and 5, out of the plate below
    walk.start({-7, 0, 50}, normalized(Vec3<double>{3, 0, -4}));
    EXPECT_EQ(walk.medium().material, 1u);
    EXPECT_NEAR(walk.to_face_mm(), 2.0 * 5 / 3, 1e-12);
    walk.reach_face();
    EXPECT_EQ(walk.medium().material, 2u);
    EXPECT_NEAR(walk.position().x, -5, 1e-12);
    walk.turn(walk.position(), {1, 0, 0}); // straight across
    EXPECT_NEAR(walk.to_face_mm(), 10, 1e-9);
    walk.reach_face();
    EXPECT_EQ(walk.medium().material, 1u);
    walk.move(1e-3);
    walk.turn(walk.position(), {-1, 0, 0}); // turned back behind the wall
    walk.reach_face();
    EXPECT_EQ(walk.medium().material, 2u);
    EXPECT_NEAR(walk.position().x, 5, 1e-5);
    // A corner is met once: the diagonal enters, and is in the plate again behind the other corner
    walk.start({-9, -9, 50}, normalized(Vec3<double>{1, 1, 0}));
    for (auto const material : {2u, 1u}) {
        walk.reach_face();
        EXPECT_EQ(walk.medium().material, material);
    }
}

TEST(Aperture, an_opening_that_the_beam_does_not_touch_changes_nothing) {
    auto const world = test::box_of("water", {20, 20, 50}, {5, 5, 2});
    auto open = test::pencil(80, 3, 128), shaped = open;
    shaped.slabs.push_back(
        {100, 36, MaterialLibrary::shipped().named("Brass"), 8.5, "aperture", {square(60)}});
    auto const a = test::calculate(test::request_for(world, open, 1000));
    auto const b = test::calculate(test::request_for(world, shaped, 1000));
    EXPECT_EQ(a.total.to_medium_Gy.values, b.total.to_medium_Gy.values);
}

// A wide parallel beam through 65 mm of brass (range of 150 MeV in it: 2.6 cm) with an opening of 40 mm: the edges of the
// field lie at its walls, nothing but scattered protons and their secondaries outside.
TEST(Aperture, shapes_the_field) {
    auto const world = test::box_of("water", {60, 3, 10}, {2, 30, 2});
    auto beam = test::pencil(150, 0.01, 90);
    beam.elements.clear();
    for (double x = -44; x <= 44; x += 1) { // spots of one line: even along x
        beam.elements.push_back({.x_mm = x, .protons = 1e6});
    }
    beam.slabs.push_back({80, 15, MaterialLibrary::shipped().named("Brass"), 8.5, "aperture", {square(20)}});
    auto const result = test::calculate(test::request_for(world, beam, 60'000, 3000));
    auto const& dose = result.total.to_medium_Gy;
    std::vector<double> profile(60);
    for (int i = 0; i < 60; ++i) {
        for (int j = 0; j < 3; ++j) {
            for (int k = 0; k < 3; ++k) {
                profile[static_cast<std::size_t>(i)] += dose.at(i, j, k);
            }
        }
    }
    double middle = 0, outside = 0, left = 0, right = 0;
    for (std::size_t i = 22; i < 38; ++i) {
        middle += profile[i] / 16; // -16 to 16 mm
    }
    for (std::size_t i = 0; i < 60; ++i) {
        bool const is_outside = i < 17 || i >= 43; // beyond 26 mm
        outside = std::max(outside, is_outside ? profile[i] / middle : 0.0);
        (i < 30 ? left : right) += is_outside ? 0 : 2 * profile[i] / middle; // area over height: width in mm
    }
    // 60,000 protons over 89 mm, 0.5 % of the middle: widths within 3 sigma of counting (0.4 mm) and half a spot
    EXPECT_NEAR(left, 20, 0.7);
    EXPECT_NEAR(right, 20, 0.7);
    EXPECT_LT(outside, 0.02); // protons that leave the wall and secondaries of the edge
    // 41 of 89 spots go through the opening: 46.1 % of the energy, less 1 % of it that nuclear events in the water set
    // free as neutrons and photons, and more from the walls; counting 0.2 %
    double const through = (result.energy.deposited + result.energy.escaped_charged) / result.energy.source;
    EXPECT_NEAR(through, 41.0 / 89, 0.015);
}

TEST(Aperture, an_outline_without_area_is_refused) {
    auto const world = test::box_of("water", {5, 5, 5}, {10, 10, 10});
    auto beam = test::pencil(100, 3, 100);
    beam.slabs.push_back(
        {80, 15, MaterialLibrary::shipped().named("Brass"), 8.5, "block 1", {{{0, 1}, {0, 1}}}});
    auto const said = test::refusal_of([&] { test::calculate(test::request_for(world, beam, 100)); });
    EXPECT_NE(said.problem.find("'block 1'"), std::string::npos) << said.problem;
    EXPECT_NE(said.why.find("three or more corners"), std::string::npos) << said.why;
}

} // namespace
} // namespace beamwright
