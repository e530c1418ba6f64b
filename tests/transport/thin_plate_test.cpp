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

struct Plate {
    Material material;
    double density_g_per_cm3, thickness_mm, gap_mm; ///< gap: emptiness behind it
};

/// Sigma of a pencil of 0.01 mm behind plate and gap: Fermi and Eyges with the scattering power of the fast mode.
double fermi_eyges_mm(double energy_MeV, Plate const& plate) {
    ProtonMaterialTables const tables({MaterialLibrary::shipped().named("water"), plate.material});
    EnergyLoss<double> const loss{tables.view()};
    Scattering<double> const scattering{tables.view()};
    double const entry_pv = pv_MeV(energy_MeV, constants::proton_MeV);
    double energy = energy_MeV, variance = 0.01 * 0.01;
    for (int i = 0; i < 100; ++i) {
        double const piece_mm = plate.thickness_mm / 100;
        double const next = loss.mean_energy_after_MeV(1, plate.density_g_per_cm3, 0.1 * piece_mm, energy);
        double const lever_mm = plate.gap_mm + plate.thickness_mm - (i + 0.5) * piece_mm;
        variance +=
            scattering.angle_variance(1, plate.density_g_per_cm3, 0.1 * piece_mm, energy, next, entry_pv) *
            lever_mm * lever_mm;
        energy = next;
    }
    return std::sqrt(variance);
}

/// The dose behind plate and gap is the Gaussian of that sigma (fast mode, so that the law has no tail).
void expect_gaussian(double energy_MeV, Plate const& plate, BeamSource const& beam) {
    double const sigma_mm = fermi_eyges_mm(energy_MeV, plate);
    auto const world = test::box_of("water", {120, 120, 1}, {0.1 * sigma_mm, 0.1 * sigma_mm, 0.2});
    auto request = test::request_for(world, beam, 10'000);
    request.options.on.nuclear = false;
    request.options.mode = PhysicsMode::fast;
    auto const result = test::calculate(request);
    for (double const sigmas : {0.5, 1.0, 2.0}) {
        // Statistics of 10,000 protons 0.005; columns of a tenth of sigma at the edge of the circle 0.005; four of them
        EXPECT_NEAR(share_within(result, sigmas * sigma_mm), 1 - std::exp(-0.5 * sigmas * sigmas), 0.03)
            << plate.thickness_mm << " mm of " << plate.material.name << ", " << sigmas << " sigma of "
            << sigma_mm << " mm";
    }
}

// 150 MeV: a step is 17 mm of PMMA. Before steps ended with their plate, the share within one sigma behind 10 mm and 500 mm
// of emptiness was 0.6 instead of 0.393
TEST(ThinPlate, scatters_every_proton) {
    for (double const thickness_mm : {2.0, 5.0, 10.0, 40.0}) {
        Plate const plate{MaterialLibrary::shipped().named("PMMA"), 1.19, thickness_mm, 500};
        auto beam = test::pencil(150, 0.01, 600);
        beam.slabs.push_back({500 + thickness_mm, 500, plate.material, 1.19, "plate"});
        expect_gaussian(150, plate, beam);
    }
}

// A scattering step of 110 MeV is 13 m of air. Before layers were cut into steps one proton in ten met its hinge on the
// 1300 mm from source plane to skin, and was turned by the angle of 13 m; with one step for the layer its hinge was at one
// random place: the same variance, 0.54 or 0.31 instead of 0.39 or 0.12 within one or half a sigma
TEST(ThinPlate, air_before_the_patient_scatters_every_proton) {
    auto beam = test::pencil(110, 0.01, 1300);
    beam.air_before_patient = true;
    expect_gaussian(110, {MaterialLibrary::shipped().named("air"), 1.20479e-3, 1300, 0}, beam);
}

} // namespace
} // namespace beamwright
