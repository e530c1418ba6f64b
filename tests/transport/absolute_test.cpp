// Acceptance 17 (fast part): from monitor units to dose times area. And: water looks the same along any direction.
#include "machine/treatment/beam_sources.hpp"
#include "worlds.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

// A spot of 2.5 MU at 3,658,874 protons per MU (160 MeV of the public beam model v2 of DCPT, CC BY 4.0) crosses 2 mm of
// water. The energy is chosen so that the middle of the layer is met with 150 MeV: ICRU 90 table A.9 has S = 5.419 MeV
// cm2/g there. Dose times area = protons * S * 1.602176634e-8 Gy mm2.
TEST(Absolute, a_spot_of_known_monitor_units_gives_the_known_integral_dose) {
    MachineModel machine;
    machine.name = "one energy";
    MachineEnergy energy;
    energy.optics.nominal_energy_MeV = 160;
    energy.optics.mean_energy_MeV = 150.542; // 150 + 0.1 cm * 5.42 MeV/cm
    energy.optics.gaussians.push_back({1.0, {.sigma_mm = 4}, {.sigma_mm = 3}});
    energy.protons_per_MU = 3658874;
    machine.energies = {energy};
    machine.optics_plane_z_mm = 500;
    machine.virtual_source_x_mm = machine.virtual_source_y_mm = 2000;
    machine.air_after_plane = false;
    Plan plan;
    plan.fractions = 30; // the dose is that of one
    TreatmentBeam treatment;
    treatment.number = 1;
    treatment.name = "field";
    treatment.layers = {{160, {{.x_mm = 0, .y_mm = 0, .meterset_MU = 2.5}}}};
    treatment.meterset_MU = 2.5;
    plan.beams = {treatment};

    // Gantry 0, head first supine: the beam runs along patient +y; 10 planes of 2 mm behind the isocenter
    VoxelWorld world = test::box_of("water", {5, 10, 5}, {80, 2, 80});
    world.grid.origin_mm = {-160, 1, -160};
    Warnings warnings;
    DoseRequest request;
    request.world = &world;
    request.beams = make_beam_sources(plan, machine, warnings);
    request.options.stop.histories = 2000;
    request.options.seed = 17;
    request.options.on = {.nuclear = false, .straggling = false, .scattering = true};
    auto const result = test::calculate(request);

    double dose_area = 0; // Gy mm2, first plane
    for (int k = 0; k < 5; ++k) {
        for (int i = 0; i < 5; ++i) {
            dose_area += double{result.total.to_medium_Gy.at(i, 0, k)} * 80 * 80;
        }
    }
    double const wanted = 2.5 * 3658874 * 5.419 * 1.602176634e-8;
    // no straggling, so no statistics; 0.1 % is the bar of the specification
    EXPECT_NEAR(dose_area / wanted, 1.0, 0.001);
}

struct Moments {
    double mean_mm, sigma_mm;
};

/// Depth of the deposited energy along a pencil of 70 MeV that starts in the middle of a cube of water.
Moments along(Vec3<double> direction) {
    int const n = 70;
    auto const world = test::box_of("water", {n, n, n}, {1.5, 1.5, 1.5});
    Vec3<double> const ahead = normalized(direction);
    Vec3<double> const other = std::abs(ahead.x) < 0.7 ? Vec3<double>{1, 0, 0} : Vec3<double>{0, 1, 0};
    Vec3<double> const x = normalized(cross(other, ahead));
    Vec3<double> const y = cross(-1.0 * ahead, x);
    auto beam = test::pencil(70, 0, 0);
    beam.gantry_to_patient.rotation =
        Mat3<double>{{x.x, y.x, -ahead.x}, {x.y, y.y, -ahead.y}, {x.z, y.z, -ahead.z}};
    Vec3<double> const middle{0, 0, 0.5 * n * 1.5};
    beam.gantry_to_patient.shift_mm = middle;
    auto const result = test::calculate(test::request_for(world, beam, 20'000)).total.to_medium_Gy;
    double sum = 0, first = 0, second = 0;
    for (int k = 0; k < n; ++k) {
        for (int j = 0; j < n; ++j) {
            for (int i = 0; i < n; ++i) {
                double const dose = result.at(i, j, k);
                Vec3<double> const from{(i - 0.5 * (n - 1)) * 1.5, (j - 0.5 * (n - 1)) * 1.5,
                                        (k - 0.5 * (n - 1)) * 1.5};
                double const depth = dot(from, ahead);
                sum += dose;
                first += dose * depth;
                second += dose * depth * depth;
            }
        }
    }
    double const mean = first / sum;
    return {mean, std::sqrt(second / sum - mean * mean)};
}

// A cube's projection has variance edge^2 / 12 along any direction, so both moments must agree.
TEST(Isotropy, depth_of_the_energy_is_the_same_along_every_direction) {
    Moments const z = along({0, 0, 1});
    for (Vec3<double> const direction :
         {Vec3<double>{1, 0, 0}, Vec3<double>{0, -1, 0}, Vec3<double>{0, 0, -1}, Vec3<double>{1, 1, 1},
          Vec3<double>{-1, 2, 3}, Vec3<double>{1, -1, 0}}) {
        Moments const here = along(direction);
        // 20,000 protons: nuclear events move a proton's mean depth by some 2 mm, so 0.015 mm; 5 of these
        EXPECT_NEAR(here.mean_mm, z.mean_mm, 0.1) << direction.x << " " << direction.y << " " << direction.z;
        EXPECT_NEAR(here.sigma_mm, z.sigma_mm, 0.1)
            << direction.x << " " << direction.y << " " << direction.z;
    }
}

} // namespace
} // namespace beamwright
