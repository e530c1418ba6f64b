// Acceptance 15: the halo: energy in rings about the axis.
#include "jobs/physics_check/comparisons.hpp"
#include "tables/material_library.hpp"
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

struct Ring {
    char const* column;
    char const* error;
    double low_mm, high_mm;
};
constexpr std::array<Ring, 5> rings{{{"ring_0_5_mm", "se_0_5", 0, 5},
                                     {"ring_5_10_mm", "se_5_10", 5, 10},
                                     {"ring_10_20_mm", "se_10_20", 10, 20},
                                     {"ring_20_40_mm", "se_20_40", 20, 40},
                                     {"ring_40_80_mm", "se_40_80", 40, 80}}};

/// Share of a Gaussian about the axis in a ring.
double gaussian_share(double sigma_mm, double low_mm, double high_mm) {
    if (!(sigma_mm > 0)) {
        return low_mm == 0 ? 1 : 0;
    }
    double const scale = -0.5 / (sigma_mm * sigma_mm);
    return std::exp(scale * low_mm * low_mm) - std::exp(scale * high_mm * high_mm);
}

} // namespace

void compare_rings(CaseRunner& run) {
    auto const table = run.reference(0).where("energy_spread_percent", run.number("energy_spread_percent"));
    auto const energies = table.distinct("energy_MeV");
    run.expect_runs(energies.size());
    double const judged_to = run.number("judged_to_mm");
    for (double const energy : energies) {
        auto const rows = table.where("energy_MeV", energy);
        auto request = run.spot_request(energy);
        request.ring_edges_mm = {0, 5, 10, 20, 40, 80, 200};
        request.ring_slab_mm = run.number("slab_mm");
        for (std::size_t row = 0; row < rows.rows(); ++row) {
            request.ring_depths_mm.push_back(rows.number(row, "depth_mm"));
        }
        auto const result = run.spot(request);
        for (std::size_t row = 0; row < rows.rows(); ++row) {
            auto const& ours = result.rings.at(row);
            for (std::size_t r = 0; r < rings.size(); ++r) {
                double const there = rows.number(row, rings[r].column),
                             error = rows.number(row, rings[r].error);
                if (!(there > 0)) {
                    continue;
                }
                double const here = ours.fractions.at(r);
                Figure figure{.what = fmt::format("{:g} MeV, {:g} mm deep: ring {:g} to {:g} mm", energy,
                                                  ours.depth_mm, rings[r].low_mm, rings[r].high_mm),
                              .value = 100 * (here / there - 1),
                              .sigma = 100 * std::hypot(ours.sigma_fractions.at(r), error) / there,
                              .unit = "%",
                              .detail =
                                  fmt::format("{:.3e} against {:.3e} of the slab's energy", here, there),
                              .reference = "MCsquare"};
                if (rings[r].high_mm <= judged_to) {
                    run.judge(figure, "ring_percent");
                } else {
                    run.add(figure);
                }
            }
        }
    }
}

void compare_lateral_gaussians(CaseRunner& run) {
    auto const table = run.reference(0);
    auto const energies = run.numbers("energies_MeV");
    run.expect_runs(energies.size());
    for (double const energy : energies) {
        auto const kernel = table.where("energy_nominal_MeV", energy);
        auto const weight = kernel.curve("depth_mm", "weight"),
                   sigma1 = kernel.curve("depth_mm", "sigma1_mm"),
                   sigma2 = kernel.curve("depth_mm", "sigma2_mm");
        auto request = run.spot_request(energy);
        request.ring_edges_mm = {0, 5, 10, 20, 40, 80};
        double const range_mm = distal_mm(kernel.curve("depth_mm", "Z"), 0.8);
        request.ring_depths_mm = {std::round(0.5 * range_mm), std::round(0.8 * range_mm)};
        auto const result = run.spot(request);
        for (auto const& ours : result.rings) {
            double const w = value_at(weight, ours.depth_mm);
            for (std::size_t r = 0; r < ours.fractions.size(); ++r) {
                double const low = ours.edges_mm[r], high = ours.edges_mm[r + 1];
                double const there = (1 - w) * gaussian_share(value_at(sigma1, ours.depth_mm), low, high) +
                                     w * gaussian_share(value_at(sigma2, ours.depth_mm), low, high);
                run.add({.what = fmt::format("{:g} MeV pencil, {:g} mm deep: ring {:g} to {:g} mm", energy,
                                             ours.depth_mm, low, high),
                         .value = 100 * (ours.fractions[r] - there),
                         .sigma = 100 * ours.sigma_fractions[r],
                         .unit = "% of slab",
                         .detail = fmt::format("{:.3e} against {:.3e} of the slab's energy",
                                               ours.fractions[r], there),
                         .reference = "TOPAS double Gaussians"});
            }
        }
    }
}

} // namespace beamwright::physics_check
