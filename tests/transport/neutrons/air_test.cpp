// Air between port and grid.
#include "runs.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <gtest/gtest.h>

using namespace beamwright;
using namespace beamwright::test;

namespace {

Material air_of(double g_per_cm3) {
    return {"air", g_per_cm3, {{6, 0.000124}, {7, 0.755268}, {8, 0.231781}, {18, 0.012827}}};
}

} // namespace

// A pencil through 1 m of air, thirty times as dense as it is: what arrives in the small grid behind it has not collided,
// exp(-1.5); scattered neutrons seldom meet it.
TEST(NeutronAir, weakens_a_beam_by_its_cross_section) {
    auto world = water_box({1, 1, 1}, 20);
    world.density_g_per_cm3 = {1e-9F};
    NeutronRequest request;
    request.world = &world;
    request.port = line_port(1000.0, PortParticle::neutron, 5);
    request.port_to_patient = port_at_z(1010);
    request.air = air_of(30 * 1.205e-3);
    request.options.kelvin = 293.6;
    request.options.correlation = false;
    request.tables = tables_for(request);
    // 2 cm through a voxel of 8 cm3 for each that arrives
    auto const sample = sample_of(request, 10'000, 16, 1, [](NeutronResult const& result) {
        return std::vector<double>{4 * double{result.flux_epithermal.value.values[0]}};
    });
    double const per_cm =
        request.air->density_g_per_cm3 * neutron_flight_at(request.tables->view(), 1, 1000.0).total_cm2_per_g;
    double const uncollided = std::exp(-100 * per_cm);
    EXPECT_GT(per_cm * 100, 1.0);
    // Once-scattered ones into the solid angle of the grid: some 2e-4; 4.5 sigma of 16 runs
    EXPECT_NEAR(sample.mean(0), uncollided, 4.5 * sample.sigma(0) + 5e-4);
    EXPECT_LT(sample.sigma(0), 0.01 * uncollided);
}

// The same gap as voxels of the grid. The water holds so much boron that nothing comes back out of it: air round the
// patient, which the voxels have and the gap has not, makes no difference. Means within 5 sigma: once in 2e5 seeds.
TEST(NeutronAir, does_what_voxels_of_air_do) {
    auto const air = air_of(20 * 1.205e-3);
    auto water = water_box({10, 10, 2}, 20); // 20 x 20 x 4 cm, its top at z = 20 mm
    NeutronRequest gap;
    gap.world = &water;
    gap.port = line_port(0.0253, PortParticle::neutron, 30);
    gap.port_to_patient = port_at_z(320);
    gap.air = air;
    gap.options.kelvin = 293.6;
    gap.options.correlation = false;
    gap.boron_ppm.assign(water.grid.voxels(), 1e5F);
    gap.tables = tables_for(gap);
    // Water in the middle of the bottom, air up to the port and 70 cm wide
    auto wide = water_box({35, 35, 17}, 20);
    wide.grid.origin_mm.z = water.grid.origin_mm.z;
    wide.materials.push_back(air);
    NeutronRequest voxels = gap;
    voxels.world = &wide;
    voxels.air.reset();
    voxels.boron_ppm.assign(wide.grid.voxels(), 0.0F);
    Region patient_of_gap, patient_of_voxels;
    for (int k = 0; k < 17; ++k) {
        for (int j = 0; j < 35; ++j) {
            for (int i = 0; i < 35; ++i) {
                auto const voxel = wide.grid.index(i, j, k);
                int const x = i - 12, y = j - 12; // 35 voxels hold 10 in the middle, shifted by half a voxel
                if (k < 2 && x >= 0 && x < 10 && y >= 0 && y < 10) {
                    voxels.boron_ppm[voxel] = 1e5F;
                    patient_of_voxels.push_back(voxel);
                    patient_of_gap.push_back(water.grid.index(x, y, k));
                } else {
                    wide.material[voxel] = 1;
                    wide.density_g_per_cm3[voxel] = static_cast<float>(air.density_g_per_cm3);
                }
            }
        }
    }
    wide.grid.origin_mm.x = water.grid.origin_mm.x - 12 * 20;
    wide.grid.origin_mm.y = water.grid.origin_mm.y - 12 * 20;
    voxels.tables = tables_for(voxels);
    Region beam, rest; // the beam's own top layer, and the voxels beside it, which scattering in air fills
    for (auto const voxel : patient_of_gap) {
        auto const i = voxel % 10, j = voxel / 10 % 10, k = voxel / 100;
        if (k == 1) {
            (i >= 3 && i < 7 && j >= 3 && j < 7 ? beam : rest).push_back(voxel);
        }
    }
    auto const numbers = [&](Region const& places) {
        return [&](NeutronResult const& result) {
            double in_beam = 0, beside = 0;
            for (std::size_t n = 0; n < places.size(); ++n) {
                double const dose = result.boron_per_ppm.value.values[places[n]];
                auto const is_of = [&](Region const& region) {
                    return std::find(region.begin(), region.end(), patient_of_gap[n]) != region.end();
                };
                in_beam += is_of(beam) ? dose : 0;
                beside += is_of(rest) ? dose : 0;
            }
            return std::vector<double>{in_beam, beside};
        };
    };
    auto const a = sample_of(gap, 6000, 16, 1, numbers(patient_of_gap));
    auto const b = sample_of(voxels, 6000, 16, 101, numbers(patient_of_voxels));
    for (std::size_t i = 0; i < 2; ++i) {
        double const sigma = std::hypot(a.sigma(i), b.sigma(i));
        EXPECT_NEAR(a.mean(i), b.mean(i), 5 * sigma) << i;
        EXPECT_LT(sigma / a.mean(i), i == 0 ? 0.01 : 0.05) << i;
    }
    auto none = gap;
    none.air.reset();
    none.tables = tables_for(none);
    EXPECT_GT(mean_over(patient_of_gap, run(none, 20'000).boron_per_ppm.value),
              1.15 * mean_over(patient_of_gap, run(gap, 20'000).boron_per_ppm.value)); // it is no small thing
}

// Photons and neutrons made in air are followed, and every history balances.
TEST(NeutronAir, balances_every_history) {
    auto const world = water_box({4, 4, 4}, 50);
    NeutronRequest request;
    request.world = &world;
    auto port = goorley_port();
    PortBin bin;
    bin.low_eV = 5e4;
    bin.high_eV = 8e6;
    bin.particle = PortParticle::photon;
    port.bins.push_back(bin);
    port.shares.push_back(0.5);
    port.prepare();
    request.port = port;
    request.port_to_patient = port_at_z(900);
    request.air = air_of(50 * 1.205e-3);
    request.options.kelvin = 293.6;
    request.options.correlation = false;
    request.options.method.expected_photons = false;
    request.options.batch_histories = 1;
    request.tables = tables_for(request);
    int arrived = 0;
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        NeutronResult result;
        try {
            result = run(request, 1, seed);
        } catch (Refusal const&) {
            continue; // this one history did not meet the grid
        }
        ++arrived;
        double const all_MeV = result.energy.source + result.energy.Q;
        EXPECT_NEAR(result.energy.imbalance() * all_MeV, 0.0, 1e-6 * all_MeV + 1e-13) << "seed " << seed;
    }
    EXPECT_GT(arrived, 50);
}
