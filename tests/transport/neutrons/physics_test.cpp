#include "runs.hpp"
#include "support.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <gtest/gtest.h>

using namespace beamwright;
using namespace beamwright::test;

namespace {

PortSource isotropic_point(double energy_eV, PortParticle particle = PortParticle::neutron) {
    auto port = line_port(energy_eV, particle, 0);
    port.angles[0].law = PortAngularLaw::isotropic;
    port.prepare();
    return port;
}

NeutronRequest point_in(VoxelWorld const& world, PortSource port) {
    NeutronRequest request;
    request.world = &world;
    request.port = std::move(port);
    request.options.kelvin = 293.6;
    request.options.correlation = false;
    request.tables = tables_for(request);
    return request;
}

double absorbed_by(NeutronResult const& result, std::string const& name) {
    for (auto const& nuclide : result.nuclides) {
        if (nuclide.name == name) {
            return nuclide.absorbed;
        }
    }
    return 0;
}

} // namespace

// Infinite water (a cube of 3 m) with 10 ppm B-10, 1 eV: who absorbs, and how long the path is. Reference: 2200 m/s cross
// sections give boron 0.0942 of all; an outside transport code 0.094172(282), path 48.30(14) cm, and 0.90388(271) for H.
TEST(NeutronPhysics, infinite_water_with_boron_shares_absorption) {
    auto const world = water_box({3, 3, 3}, 1000);
    auto request = point_in(world, isotropic_point(1.0));
    request.boron_ppm.assign(world.grid.voxels(), 10.0F);
    auto const sample = sample_of(request, 1000, 10, 1, [&](NeutronResult const& result) {
        double path = 0, boron = 0;
        for (std::size_t voxel = 0; voxel < world.grid.voxels(); ++voxel) {
            path += double{result.flux_thermal.value.values[voxel]} +
                    double{result.flux_epithermal.value.values[voxel]};
            boron += double{result.boron_per_ppm.value.values[voxel]};
        }
        double const H = absorbed_by(result, "H1"), B = absorbed_by(result, "B10");
        // 10 ppm; 0.937 * 2.310 + 0.063 * 2.792 MeV stay per reaction
        double const reactions = 10 * boron * world.grid.voxel_cm3() / 1.602176634e-10 / 2.3404;
        double const cm = path * world.grid.voxel_cm3();
        return std::vector<double>{B / (H + B), cm, H + B, reactions / cm};
    });
    EXPECT_NEAR(sample.mean(0), 0.0942, 4.5 * sample.sigma(0));
    EXPECT_NEAR(sample.mean(1), 48.30, 4.5 * std::hypot(0.145, sample.sigma(1)));
    EXPECT_NEAR(sample.mean(2), 0.9993, 5 * sample.sigma(2)); // O-16 and D take the rest
    // Reactions per path: both from the flux, almost without spread; the reference's is 0.3 %
    EXPECT_NEAR(sample.mean(3) / (0.093996 / 48.301), 1.0, 0.009);
}

// Thermal neutrons from a point in a large block: flux ~ exp(-r / L) / r. Diffusion length of water at room temperature:
// 2.755 cm measured (Beckurts and Wirtz 1964), 2.85 cm in other tables (Lamarsh 1966): 2.68 to 2.92 allowed with 1 % of chance.
TEST(NeutronPhysics, thermal_flux_falls_as_diffusion_theory_says) {
    auto const world = water_box({80, 80, 80}, 10);
    auto request = point_in(world, isotropic_point(0.0253));
    std::vector<double> const radii = {40, 60, 80, 100, 120, 140};
    std::vector<Region> shells;
    for (double const r : radii) {
        shells.push_back(
            region_where(world.grid, [&](Vec3<double> p) { return std::fabs(norm(p) - r) < 5; }));
    }
    auto const sample = sample_of(request, 8'000, 4, 1, [&](NeutronResult const& result) {
        std::vector<double> rows;
        for (auto const& shell : shells) {
            double sum = 0;
            for (auto const voxel : shell) {
                int const i = static_cast<int>(voxel % 80), j = static_cast<int>(voxel / 80 % 80),
                          k = static_cast<int>(voxel / 6400);
                sum += double{result.flux_thermal.value.values[voxel]} *
                       norm(world.grid.to_patient({double(i), double(j), double(k)}));
            }
            rows.push_back(sum / static_cast<double>(shell.size()));
        }
        return rows;
    });
    // ln(r flux) against r, weighted straight line
    double s = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (std::size_t i = 0; i < radii.size(); ++i) {
        double const value = sample.mean(i), relative = sample.sigma(i) / value;
        double const w = 1 / (relative * relative + 1e-4), x = radii[i] / 10, y = std::log(value);
        s += w;
        sx += w * x;
        sy += w * y;
        sxx += w * x * x;
        sxy += w * x * y;
    }
    double const slope = (s * sxy - sx * sy) / (s * sxx - sx * sx);
    double const length_cm = -1 / slope;
    RecordProperty("diffusion_length_cm", std::to_string(length_cm));
    EXPECT_GT(length_cm, 2.68);
    EXPECT_LT(length_cm, 2.92);
}

// The whole case turned by 90 degrees: port along +x instead of -z. Means of six slabs within 4.5 sigma: a right program
// fails once in 2e4 seeds; sigmas are below 10 %.
TEST(NeutronPhysics, turning_the_case_turns_the_dose) {
    auto const world = water_box({12, 12, 12}, 10);
    auto request = point_in(world, line_port(100.0, PortParticle::neutron, 30));
    auto slabs = [&](bool along_x) {
        return [&, along_x](NeutronResult const& result) {
            std::vector<double> rows;
            for (int s = 0; s < 6; ++s) {
                auto const region = region_where(world.grid, [&](Vec3<double> p) {
                    double const depth = along_x ? p.x + 60 : 60 - p.z;
                    return depth > 20 * s && depth < 20 * (s + 1);
                });
                rows.push_back(mean_over(region, result.boron_per_ppm.value));
            }
            return rows;
        };
    };
    request.port_to_patient = port_at_z(100);
    auto const down = sample_of(request, 3000, 10, 1, slabs(false));
    request.port_to_patient.rotation = {{0, 0, -1}, {0, 1, 0}, {1, 0, 0}}; // -z of the port becomes +x
    request.port_to_patient.shift_mm = {-100, 0, 0};
    auto const across = sample_of(request, 3000, 10, 101, slabs(true));
    for (std::size_t i = 0; i < 6; ++i) {
        double const sigma = std::hypot(down.sigma(i), across.sigma(i));
        EXPECT_NEAR(down.mean(i), across.mean(i), 4.5 * sigma) << "slab " << i;
        EXPECT_LT(sigma / down.mean(i), 0.1) << "slab " << i;
    }
}

// Stated uncertainty: the spread of independent runs' means against the sigma that they state. 24 runs of 40 batches;
// their ratio squared is chi-square with 23 degrees of freedom / 23: 0.37 to 2.1 at a false alarm of 1e-3 each side.
TEST(NeutronPhysics, stated_uncertainty_is_the_spread_of_runs) {
    auto const world = water_box({3, 3, 3}, 40);
    auto request = point_in(world, line_port(10.0, PortParticle::neutron, 30));
    request.port_to_patient = port_at_z(100);
    request.options.batch_histories = 50;
    std::size_t const middle = world.grid.index(1, 1, 1);
    for (auto const volume : {&NeutronResult::boron_per_ppm, &NeutronResult::photon_induced}) {
        double stated = 0;
        auto const sample = sample_of(request, 2000, 24, 1, [&](NeutronResult const& result) {
            double const sigma = double{(result.*volume).sigma.values[middle]};
            stated += sigma * sigma / 24;
            return std::vector<double>{double{(result.*volume).value.values[middle]}};
        });
        double const ratio = 24 * sample.covariance(0, 0) / stated;
        EXPECT_GT(ratio, 0.37);
        EXPECT_LT(ratio, 2.1);
    }
}
