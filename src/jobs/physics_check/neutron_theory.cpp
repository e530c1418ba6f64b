// Neutron acceptance 7: what theory says without another code: diffusion, slowing down, reciprocity, a case turned round.
#include "jobs/physics_check/comparisons.hpp"
#include "jobs/physics_check/neutron_worlds.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

/// Distance of a voxel's centre from the origin, cm.
double radius_cm(Grid const& grid, std::size_t voxel) {
    auto const nx = static_cast<std::size_t>(grid.size[0]), ny = static_cast<std::size_t>(grid.size[1]);
    std::size_t const i = voxel % nx, j = voxel / nx % ny, k = voxel / nx / ny;
    return 0.1 *
           norm(grid.to_patient({static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)}));
}

struct Line {
    double slope = 0, sigma = 0;
};
/// ln(y) against x, weighted; every point is granted 1 % (the shells have a width).
Line fitted(std::vector<double> const& x, RunSample const& sample) {
    double s = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        double const value = sample.mean(i), relative = sample.sigma(i) / value;
        double const w = 1 / (relative * relative + 1e-4), y = std::log(value);
        s += w;
        sx += w * x[i];
        sy += w * y;
        sxx += w * x[i] * x[i];
        sxy += w * x[i] * y;
    }
    double const det = s * sxx - sx * sx;
    return {(s * sxy - sx * sy) / det, std::sqrt(s / det)};
}

/// Watt spectrum of neutrons from fission of U-235, exp(-E/a) sinh(sqrt(bE)), a = 0.988 MeV, b = 2.249 / MeV
/// (Cranberg et al., Phys. Rev. 103 (1956) 662, with the parameters that transport codes have for it).
PortSource fission_point() {
    auto port = isotropic_point(1e6);
    port.name = "fission spectrum";
    port.bins.clear();
    port.shares.clear();
    constexpr int bins = 120;
    for (int i = 0; i < bins; ++i) {
        PortBin bin;
        bin.low_eV = 1e4 * std::pow(1200.0, i / static_cast<double>(bins));
        bin.high_eV = 1e4 * std::pow(1200.0, (i + 1) / static_cast<double>(bins));
        double const MeV = (bin.low_eV + bin.high_eV) / 2e6;
        port.bins.push_back(bin);
        port.shares.push_back(std::exp(-MeV / 0.988) * std::sinh(std::sqrt(2.249 * MeV)) *
                              (bin.high_eV - bin.low_eV));
    }
    port.prepare();
    return port;
}

/// Flux of neutrons in equilibrium with matter: E exp(-E / kT).
PortSource equilibrium_point(double kelvin) {
    constexpr double boltzmann_eV_per_K = 8.617333e-5;
    double const kT = boltzmann_eV_per_K * kelvin;
    auto port = isotropic_point(kT);
    port.name = "equilibrium spectrum";
    port.bins.clear();
    port.shares.clear();
    for (int i = 0; i < 120; ++i) {
        PortBin bin;
        bin.low_eV = kT * 0.125 * i + 1e-5;
        bin.high_eV = kT * 0.125 * (i + 1) + 1e-5;
        double const E = (bin.low_eV + bin.high_eV) / 2;
        port.bins.push_back(bin);
        port.shares.push_back(E * std::exp(-E / kT));
    }
    port.prepare();
    return port;
}

} // namespace

void compare_neutron_diffusion(CaseRunner& run) {
    auto const material = neutron_material(run.word("material"));
    auto const radii = run.numbers("radii_cm");
    double const half = run.number("half_shell_cm");
    auto const size = static_cast<int>(run.number("voxels"));
    double const edge = run.number("voxel_mm");
    auto const world = neutron_box({size, size, size}, {edge, edge, edge}, material);
    std::vector<Region> shells(radii.size());
    for (std::size_t v = 0; v < world.grid.voxels(); ++v) {
        double const r = radius_cm(world.grid, v);
        for (std::size_t s = 0; s < radii.size(); ++s) {
            if (std::fabs(r - radii[s]) < half) {
                shells[s].push_back(v);
            }
        }
    }
    run.expect_runs(static_cast<std::size_t>(run.number("runs")));
    auto const sample = sample_runs(
        run, neutron_request(world, isotropic_point(0.0253), {}), 1, [&](NeutronResult const& result) {
            std::vector<double> numbers;
            for (auto const& shell : shells) {
                double sum = 0;
                for (auto const v : shell) { // r times flux falls as exp(-r / L)
                    sum +=
                        static_cast<double>(result.flux_thermal.value.values[v]) * radius_cm(world.grid, v);
                }
                numbers.push_back(sum / static_cast<double>(shell.size()));
            }
            return numbers;
        });
    auto const line = fitted(radii, sample);
    double const length = -1 / line.slope, wanted = run.number("length_cm");
    Figure figure{.what = fmt::format("diffusion length of {}", run.word("material")),
                  .value = length - wanted,
                  .sigma = line.sigma * length * length,
                  .unit = "cm",
                  .detail = fmt::format("{:.3f} against {:.3f} cm", length, wanted),
                  .reference = run.word("reference")};
    if (run.number("judged") > 0) {
        run.judge(figure, "length_cm");
    } else {
        run.add(figure);
    }
    Curve ours, theory;
    for (std::size_t i = 0; i < radii.size(); ++i) {
        ours.x.push_back(radii[i]);
        ours.y.push_back(sample.mean(i));
        ours.sigma.push_back(sample.sigma(i));
        theory.x.push_back(radii[i]);
        theory.y.push_back(sample.mean(0) * std::exp(-(radii[i] - radii[0]) / wanted));
    }
    run.plot({figure.what,
              "",
              "distance [cm]",
              "r times thermal flux",
              {{"ours", ours}, {"exp(-r/L)", theory, true}},
              true});
}

// Mean square distance of thermal flux from a point source of fission neutrons: six times age plus diffusion area.
void compare_neutron_age(CaseRunner& run) {
    auto const size = static_cast<int>(run.number("voxels"));
    double const edge = run.number("voxel_mm");
    auto const world = neutron_box({size, size, size}, {edge, edge, edge}, neutron_material("water"));
    std::vector<double> square(world.grid.voxels());
    for (std::size_t v = 0; v < square.size(); ++v) { // of the centre, and of the voxel about it
        square[v] = std::pow(radius_cm(world.grid, v), 2) + 3 * std::pow(0.1 * edge, 2) / 12;
    }
    run.expect_runs(static_cast<std::size_t>(run.number("runs")));
    auto const sample =
        sample_runs(run, neutron_request(world, fission_point(), {}), 1, [&](NeutronResult const& result) {
            double all = 0, moment = 0;
            for (std::size_t v = 0; v < square.size(); ++v) {
                double const flux = static_cast<double>(result.flux_thermal.value.values[v]);
                all += flux;
                moment += flux * square[v];
            }
            return std::vector<double>{moment / all / 6};
        });
    double const wanted = run.number("age_cm2") + run.number("diffusion_area_cm2");
    run.judge({.what = "fission neutrons in water: age plus diffusion area",
               .value = sample.mean(0) - wanted,
               .sigma = sample.sigma(0),
               .unit = "cm2",
               .detail = fmt::format("{:.2f} against {:.2f} cm2", sample.mean(0), wanted),
               .reference = "Lamarsh, Introduction to Nuclear Reactor Theory (1966): 27 and 8.1 cm2"},
              "area_cm2");
}

// In equilibrium what flows from A to B flows from B to A: with a source of the equilibrium spectrum in one place the flux
// in the other is the same if both change places, through any matter. The places are squares on both sides of a face
// between water and bone: the source lies in the middle of a thin layer of voxels, and the flux is the mean over that
// part of the other layer, so that most histories count.
void compare_neutron_reciprocity(CaseRunner& run) {
    auto const across = static_cast<int>(run.number("voxels")),
               layers = static_cast<int>(run.number("layers"));
    auto const apart = static_cast<int>(run.number("apart_layers"));
    double const edge = run.number("voxel_mm"), half = run.number("half_mm");
    auto world = neutron_box({across, across, layers}, {edge, edge, run.number("layer_mm")},
                             neutron_material("water"));
    world.materials.push_back(neutron_material("skull"));
    auto const bone = region_where(world.grid, [](Vec3<double> p) { return p.z > 0; });
    for (auto const v : bone) {
        world.material[v] = 1;
        world.density_g_per_cm3[v] = static_cast<float>(world.materials[1].density_g_per_cm3);
    }
    auto source = equilibrium_point(293.6);
    source.aperture = PortAperture::rectangle;
    source.half_x_mm = source.half_y_mm = half;
    source.prepare();
    // Layers that lie as far below the face as above it
    std::array<double, 2> height_mm{};
    std::array<Region, 2> places;
    for (std::size_t side = 0; side < 2; ++side) {
        int const k = side == 0 ? layers / 2 - apart : layers - 1 - (layers / 2 - apart);
        height_mm.at(side) = world.grid.to_patient({0, 0, static_cast<double>(k)}).z;
        places.at(side) = region_where(world.grid, [&](Vec3<double> p) {
            return std::fabs(p.z - height_mm.at(side)) < 1e-6 && std::fabs(p.x) < half &&
                   std::fabs(p.y) < half;
        });
    }
    run.expect_runs(2 * static_cast<std::size_t>(run.number("runs")));
    std::array<RunSample, 2> samples;
    for (std::size_t from = 0; from < 2; ++from) {
        samples.at(from) =
            sample_runs(run, neutron_request(world, source, port_above(height_mm.at(from))),
                        static_cast<std::uint32_t>(1 + 1000 * from), [&](NeutronResult const& result) {
                            auto const& to = places.at(1 - from);
                            return std::vector<double>{mean_over(to, result.flux_thermal.value) +
                                                       mean_over(to, result.flux_epithermal.value)};
                        });
    }
    double const there = samples[0].mean(0), back = samples[1].mean(0);
    double const sigma = std::hypot(samples[0].sigma(0) / there, samples[1].sigma(0) / back);
    run.judge({.what = "flux from water into bone over that from bone into water",
               .value = 100 * (there / back - 1),
               .sigma = 100 * sigma,
               .unit = "%",
               .detail = fmt::format("{:.5g} against {:.5g} per cm2", there, back),
               .reference = "detailed balance"},
              "ratio_percent");
}

void compare_neutron_rotation(CaseRunner& run) {
    auto const world = neutron_box({12, 12, 12}, {10, 10, 10}, neutron_material("brain"));
    auto const slabs = [&](bool along_x) {
        return [&, along_x](NeutronResult const& result) {
            std::vector<double> numbers;
            for (auto const part :
                 {&NeutronResult::boron_per_ppm, &NeutronResult::fast, &NeutronResult::photon_induced}) {
                for (int s = 0; s < 4; ++s) {
                    auto const region = region_where(world.grid, [&](Vec3<double> p) {
                        double const depth = along_x ? p.x + 60 : 60 - p.z;
                        return depth > 30 * s && depth < 30 * (s + 1);
                    });
                    numbers.push_back(mean_over(region, (result.*part).value));
                }
            }
            return numbers;
        };
    };
    auto request = neutron_request(world, generic_beam(), port_above(100));
    request.tables = tables_for(request);
    run.expect_runs(2 * static_cast<std::size_t>(run.number("runs")));
    auto const down = sample_runs(run, request, 1, slabs(false));
    request.port_to_patient.rotation = {{0, 0, -1}, {0, 1, 0}, {1, 0, 0}}; // -z of the port becomes +x
    request.port_to_patient.shift_mm = {-100, 0, 0};
    auto const across = sample_runs(run, request, 1001, slabs(true));
    double worst = 0, power = 0;
    for (std::size_t i = 0; i < down.runs.front().size(); ++i) {
        double const sigma = std::hypot(down.sigma(i), across.sigma(i));
        worst = std::max(worst, std::fabs(down.mean(i) - across.mean(i)) / sigma);
        power = std::max(power, sigma / down.mean(i));
    }
    run.judge({.what = "the case turned by 90 degrees: worst of 12 doses",
               .value = worst,
               .unit = "sigma",
               .detail = fmt::format("sigmas up to {:.1f} %", 100 * power),
               .reference = "none needed"},
              "worst_z");
}

} // namespace beamwright::physics_check
