// Plates thinner than a scattering step, a long way before the patient: every proton is scattered in them, not a few by much.
#include "physics/proton/energy_loss.hpp"
#include "physics/proton/scattering.hpp"
#include "worlds.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

/// Share of the dose in the first plane within a radius of the axis.
double share_within(DoseResult const& result, double radius_mm) {
    auto const& dose = result.total.to_medium_Gy;
    auto const& grid = dose.grid;
    double inside = 0, all = 0;
    for (int j = 0; j < grid.size[1]; ++j) {
        for (int i = 0; i < grid.size[0]; ++i) {
            double const x = grid.origin_mm.x + i * grid.spacing_mm.x,
                         y = grid.origin_mm.y + j * grid.spacing_mm.y;
            all += dose.at(i, j, 0);
            inside += x * x + y * y < radius_mm * radius_mm ? dose.at(i, j, 0) : 0.0F;
        }
    }
    return inside / all;
}

// 150 MeV: a step is 17 mm of PMMA. Behind 2, 5, 10 and 40 mm and 500 mm of emptiness the spot is the Gaussian of the same
// scattering power (fast mode, so that the law has no tail). Before steps ended with their plate, the share within one
// sigma behind 10 mm was 0.6 instead of 0.393
TEST(ThinPlate, scatters_every_proton) {
    auto const pmma = MaterialLibrary::shipped().named("PMMA");
    ProtonMaterialTables const tables({MaterialLibrary::shipped().named("water"), pmma});
    EnergyLoss<double> const loss{tables.view()};
    Scattering<double> const scattering{tables.view()};
    double const entry_pv = pv_MeV(150.0, constants::proton_MeV);
    for (double const thickness_mm : {2.0, 5.0, 10.0, 40.0}) {
        double energy = 150, variance = 0.01 * 0.01;
        for (int i = 0; i < 100; ++i) {
            double const piece_mm = thickness_mm / 100;
            double const next = loss.mean_energy_after_MeV(1, 1.19, 0.1 * piece_mm, energy);
            double const lever_mm = 500 + thickness_mm - (i + 0.5) * piece_mm;
            variance += scattering.angle_variance(1, 1.19, 0.1 * piece_mm, energy, next, entry_pv) *
                        lever_mm * lever_mm;
            energy = next;
        }
        double const column_mm = 0.1 * std::sqrt(variance);
        auto const world = test::box_of("water", {120, 120, 1}, {column_mm, column_mm, 0.2});
        auto beam = test::pencil(150, 0.01, 600);
        beam.slabs.push_back({500 + thickness_mm, 500, pmma, 1.19, "plate"});
        auto request = test::request_for(world, beam, 10'000);
        request.options.on.nuclear = false;
        request.options.mode = PhysicsMode::fast;
        auto const result = test::calculate(request);
        for (double const sigmas : {0.5, 1.0, 2.0}) {
            double const expected = 1 - std::exp(-0.5 * sigmas * sigmas);
            // Statistics of 10,000 protons 0.005; columns of a tenth of sigma at the edge of the circle 0.005; four of them
            EXPECT_NEAR(share_within(result, sigmas * std::sqrt(variance)), expected, 0.03)
                << thickness_mm << " mm, " << sigmas << " sigma of " << std::sqrt(variance) << " mm";
        }
    }
}

// A scattering step of 110 MeV is 13 m of air. Before layers were cut into steps one proton in ten met its hinge on the
// 1300 mm from source plane to skin, and was turned by the angle of 13 m; with one step for the layer its hinge was at one
// random place: the same variance, 0.54 or 0.31 instead of 0.39 or 0.12 within one or half a sigma
TEST(ThinPlate, air_before_the_patient_scatters_every_proton) {
    constexpr double air_g_per_cm3 = 1.20479e-3, way_mm = 1300;
    auto const air = MaterialLibrary::shipped().named("air");
    ProtonMaterialTables const tables({MaterialLibrary::shipped().named("water"), air});
    EnergyLoss<double> const loss{tables.view()};
    Scattering<double> const scattering{tables.view()};
    double const entry_pv = pv_MeV(110.0, constants::proton_MeV);
    double energy = 110, variance = 0.01 * 0.01;
    for (int i = 0; i < 100; ++i) {
        double const piece_mm = way_mm / 100;
        double const next = loss.mean_energy_after_MeV(1, air_g_per_cm3, 0.1 * piece_mm, energy);
        double const lever_mm = way_mm - (i + 0.5) * piece_mm;
        variance += scattering.angle_variance(1, air_g_per_cm3, 0.1 * piece_mm, energy, next, entry_pv) *
                    lever_mm * lever_mm;
        energy = next;
    }
    double const column_mm = 0.1 * std::sqrt(variance);
    auto const world = test::box_of("water", {120, 120, 1}, {column_mm, column_mm, 0.2});
    auto beam = test::pencil(110, 0.01, way_mm);
    beam.air_before_patient = true;
    auto request = test::request_for(world, beam, 10'000);
    request.options.on.nuclear = false;
    request.options.mode = PhysicsMode::fast;
    auto const result = test::calculate(request);
    for (double const sigmas : {0.5, 1.0, 2.0}) {
        double const expected = 1 - std::exp(-0.5 * sigmas * sigmas);
        EXPECT_NEAR(share_within(result, sigmas * std::sqrt(variance)), expected, 0.03) // as above
            << sigmas << " sigma of " << std::sqrt(variance) << " mm";
    }
}

} // namespace
} // namespace beamwright
