// Neutron acceptance 5 and measurements: energy in the mean, FiR 1.
#include "jobs/physics_check/comparisons.hpp"
#include "jobs/physics_check/neutron_worlds.hpp"
#include "machine/port/port_model.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

void compare_neutron_energy(CaseRunner& run) {
    auto const world = snyder_voxels(8);
    run.expect_runs(3 * static_cast<std::size_t>(run.number("runs")));
    struct Mode {
        char const* name;
        bool survival, expected;
    };
    for (auto const& mode : {Mode{"analog", false, false}, Mode{"expected photons", false, true},
                             Mode{"survival and expected photons", true, true}}) {
        auto request = neutron_request(world, generic_beam(), port_above(150));
        request.boron_ppm.assign(world.grid.voxels(), 30.0F);
        request.options.method.survival = mode.survival;
        request.options.method.expected_photons = mode.expected;
        double misfit = 0, all = 0;
        auto const sample = sample_runs(run, request, 1, [&](NeutronResult const& result) {
            misfit += result.energy.misfit;
            all += result.energy.source + result.energy.Q;
            return std::vector<double>{result.energy.imbalance()};
        });
        if (!mode.survival && !mode.expected) {
            run.judge({.what = "analog: worst imbalance of a run",
                       .value =
                           [&] {
                               double worst = 0;
                               for (auto const& one : sample.runs) {
                                   worst = std::max(worst, std::fabs(one[0]));
                               }
                               return worst;
                           }(),
                       .unit = "of source and Q",
                       .detail = fmt::format("misfit of the evaluations booked: {:+.2e} of it", misfit / all),
                       .reference = "none needed"},
                      "analog");
            continue;
        }
        run.judge(
            {.what = fmt::format("{}: mean imbalance", mode.name),
             .value = sample.mean(0) / sample.sigma(0),
             .unit = "sigma",
             .detail = fmt::format("{:+.2e} +- {:.1e} of source and Q", sample.mean(0), sample.sigma(0)),
             .reference = "none needed"},
            "mean_sigmas");
    }
}

// Thermal fluence rate in cylinders before the K63 port, read off a figure by others; ours from the port's own spectrum
// and strength.
void compare_neutron_fir1(CaseRunner& run) {
    auto const table = run.reference(0).where("phantom", run.word("phantom"));
    auto const material = neutron_material(run.word("phantom"));
    constexpr double edge_mm = 10, radius_mm = 100;
    auto world = neutron_box({20, 20, 24}, {edge_mm, edge_mm, edge_mm}, material);
    for (std::size_t v = 0; v < world.grid.voxels(); ++v) {
        double const x = (static_cast<double>(v % 20) - 9.5) * edge_mm,
                     y = (static_cast<double>(v / 20 % 20) - 9.5) * edge_mm;
        if (std::hypot(x, y) > radius_mm) {
            world.density_g_per_cm3[v] = 1e-9F;
        }
    }
    Warnings warnings;
    auto const port = prepare_port(find_port("fir1_k63"), {}, warnings);
    auto const request = neutron_request(world, port.source, port_above(120));
    run.expect_runs(static_cast<std::size_t>(run.number("runs")));
    auto const sample = sample_runs(run, request, 1, [&](NeutronResult const& result) {
        std::vector<double> depth;
        for (int k = 23; k >= 0; --k) {
            double sum = 0;
            for (int j = 9; j < 11; ++j) {
                for (int i = 9; i < 11; ++i) {
                    sum += static_cast<double>(result.flux_thermal.value.at(i, j, k)) / 4;
                }
            }
            depth.push_back(sum * port.particles_per_s);
        }
        return depth;
    });
    Curve ours;
    for (std::size_t k = 0; k < 24; ++k) {
        ours.x.push_back(0.5 + static_cast<double>(k));
        ours.y.push_back(sample.mean(k));
        ours.sigma.push_back(sample.sigma(k));
    }
    Curve theirs;
    double sum = 0, theirs_sum = 0, variance = 0;
    for (std::size_t r = 0; r < table.rows(); ++r) {
        double const depth = (table.number(r, "depth_low_cm") + table.number(r, "depth_high_cm")) / 2;
        theirs.x.push_back(depth);
        theirs.y.push_back(table.number(r, "thermal_fluence_rate_n_cm2_s"));
        theirs.sigma.push_back(table.number(r, "sigma_n_cm2_s"));
        sum += value_at(ours, depth);
        theirs_sum += theirs.y.back();
        variance += theirs.sigma.back();
    }
    run.judge({.what = fmt::format("{}: thermal fluence rate, all depths", run.word("phantom")),
               .value = 100 * (sum / theirs_sum - 1),
               .sigma = 100 * variance / theirs_sum, // one calibration for all points
               .unit = "%",
               .detail = fmt::format("{} depths; deepest {:.1f} cm: {:.2f}", table.rows(), theirs.x.back(),
                                     value_at(ours, theirs.x.back()) / theirs.y.back()),
               .reference = "Aschan et al., IAEA-TECDOC-1223 figure 3 (TL detectors)"},
              "fluence_percent");
    run.plot({fmt::format("FiR 1, {} cylinder", run.word("phantom")),
              "Measured points read off a figure; 13 % common uncertainty.",
              "depth [cm]",
              "thermal fluence rate [1/cm2/s]",
              {{"ours", ours}, {"measured", theirs, true}},
              true});
}

} // namespace beamwright::physics_check
