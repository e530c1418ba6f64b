// Acceptance 1 to 3: ranges and the distal fall-off in water.
#include "core/refusal.hpp"
#include "jobs/physics_check/comparisons.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

ProtonMaterialTables water_tables() {
    return ProtonMaterialTables({MaterialLibrary::shipped().named("water")}, WaterStopping::icru90);
}

/// The range that is the integral of the stopping power from `from` to `to`, g/cm2.
double integrated_range(ProtonMaterialsView const& water, double from_MeV, double to_MeV) {
    // Simpson's rule in the logarithm of the energy
    constexpr int pieces = 2000;
    double const step = std::log(to_MeV / from_MeV) / pieces;
    double sum = 0;
    for (int i = 0; i <= pieces; ++i) {
        double const energy = from_MeV * std::exp(i * step);
        double const weight = i == 0 || i == pieces ? 1 : i % 2 == 1 ? 4 : 2;
        sum += weight * energy / water_mass_stopping_MeV_cm2_per_g(water, energy);
    }
    return sum * step / 3;
}

} // namespace

void compare_csda_range(CaseRunner& run) {
    auto const tables = water_tables();
    auto const reference = run.reference(0);
    double const from = run.number("from_MeV"), to = run.number("to_MeV");
    Figure worst{.what = "CSDA range in water, farthest from ICRU 90", .unit = "%", .reference = "ICRU 90"};
    for (std::size_t row = 0; row < reference.rows(); ++row) {
        double const energy = reference.number(row, "T_MeV");
        if (energy < from || energy > to) {
            continue;
        }
        double const theirs = reference.number(row, "range_csda_g_per_cm2");
        double const ours = water_range_g_per_cm2(tables.view(), energy);
        double const percent = 100 * (ours / theirs - 1);
        if (std::fabs(percent) >= std::fabs(worst.value)) {
            worst.value = percent;
            worst.detail = fmt::format("{:g} MeV: {:.5g} against {:.5g} g/cm2", energy, ours, theirs);
        }
    }
    run.judge(worst, "range_percent");
    Figure self{
        .what = "range against the integral of the stopping power", .unit = "%", .reference = "own tables"};
    for (double const high : {10.0, 20.0, 50.0, 100.0, 150.0, 200.0, to}) {
        double const ours =
            water_range_g_per_cm2(tables.view(), high) - water_range_g_per_cm2(tables.view(), from);
        double const percent = 100 * (ours / integrated_range(tables.view(), from, high) - 1);
        if (std::fabs(percent) >= std::fabs(self.value)) {
            self.value = percent;
            self.detail = fmt::format("from {:g} to {:g} MeV", from, high);
        }
    }
    run.judge(self, "self_percent");
}

void compare_range(CaseRunner& run) {
    auto const csda = run.reference(0).curve("E_MeV", "range_ICRU90_g_per_cm2");
    auto const energies = run.numbers("energies_MeV");
    run.expect_runs(energies.size());
    Plot plot{fmt::format("R80 less ICRU 90 range times {:g}", run.number("detour")),
              "The bar is dashed.",
              "energy [MeV]",
              "difference [mm]",
              {}};
    Curve ours, bar;
    for (double const energy : energies) {
        auto const result = run.spot(run.spot_request(energy));
        double const expected = 10 * value_at(csda, energy) * run.number("detour");
        double const sigma = r80_sigma_mm(result);
        run.judge({.what = fmt::format("{:g} MeV: R80", energy),
                   .value = result.r80_mm - expected,
                   .sigma = sigma,
                   .unit = "mm",
                   .detail = fmt::format("{:.3f} against {:.3f} mm", result.r80_mm, expected),
                   .reference = "ICRU 90"},
                  "r80_mm", expected);
        ours.x.push_back(energy);
        ours.y.push_back(result.r80_mm - expected);
        ours.sigma.push_back(sigma);
        bar.x.push_back(energy);
        bar.y.push_back(run.bar("r80_mm").at_most + run.bar("r80_mm").plus_relative * expected);
    }
    plot.lines = {{"ours", ours}, {"bar", bar, true}, {"", scaled(bar, -1), true}};
    run.plot(plot);
}

void compare_range_steps(CaseRunner& run) {
    auto const energies = run.numbers("energies_MeV");
    run.expect_runs(3 * energies.size());
    for (double const energy : energies) {
        auto request = run.spot_request(energy);
        auto const usual = run.spot(request);
        double const sigma = std::sqrt(2.0) * r80_sigma_mm(usual);
        struct Setting {
            char const* name;
            double share, most;
        };
        for (auto const& [name, share, most] : {Setting{"short", 0.05, 0.2}, Setting{"long", 0.25, 4}}) {
            request.limits.straggling_share = request.limits.scattering_share = share;
            request.limits.most_g_per_cm2 = most;
            request.seed += 1;
            double const r80 = run.spot(request).r80_mm;
            run.judge({.what = fmt::format("{:g} MeV: R80, {} steps less usual ones", energy, name),
                       .value = r80 - usual.r80_mm,
                       .sigma = sigma,
                       .unit = "mm",
                       .detail = fmt::format("{:.3f} against {:.3f} mm", r80, usual.r80_mm),
                       .reference = "own run"},
                      "r80_mm");
        }
    }
}

void compare_range_voxels(CaseRunner& run) {
    auto const edges = run.numbers("edges_mm");
    double const energy = run.number("energy_MeV");
    run.expect_runs(edges.size() + 1);
    auto request = run.spot_request(energy);
    auto const fine = curve_of(run.spot(request));
    for (double const edge : edges) {
        auto const many = static_cast<std::size_t>(std::llround(edge / request.depth_step_mm));
        auto coarse = request;
        coarse.seed += static_cast<std::uint32_t>(many);
        coarse.voxel_mm = edge;
        coarse.depth_step_mm = 0;
        coarse.slabs = {water_for(energy, edge)};
        auto const curve = curve_of(run.spot(coarse));
        auto const apart = difference_between(curve, rebinned(fine, many), 0, curve.x.back(), granted_sigmas);
        run.judge({.what = fmt::format("{:g} MeV: voxels of {:g} mm, farthest from fine ones", energy, edge),
                   .value = 100 * apart.worst,
                   .sigma = 100 * apart.sigma,
                   .unit = "% of max",
                   .detail = fmt::format("at {:.1f} mm, {} bins", apart.at, apart.points),
                   .reference = "own run in 0.1 mm",
                   .beyond_noise = 100 * apart.most_beyond_noise},
                  "percent_of_maximum");
    }
}

void compare_falloff(CaseRunner& run) {
    auto const table = run.reference(0);
    auto const every = static_cast<std::size_t>(run.number("every"));
    run.expect_runs(table.rows() / every + 1);
    Curve ours, theirs;
    for (std::size_t row = 0; row < table.rows(); row += every) {
        double const energy = table.number(row, "energy_mean_MeV");
        double const there = table.number(row, "fall_off_80_20_mm");
        // Bins of a twelfth of the fall-off: finer ones would raise the maximum by their noise
        auto request = run.spot_request(energy);
        request.energy_sigma_MeV = table.number(row, "energy_sigma_percent") / 100 * energy;
        request.depth_step_mm = std::max(0.04, std::round(there / 12 * 100) / 100);
        request.slabs = {water_for(energy, request.depth_step_mm)};
        auto const result = run.spot(request);
        // The spread of so many end points is known to 1 / sqrt(2 n)
        double const sigma =
            result.falloff_80_20_mm / std::sqrt(2.0 * 0.66 * static_cast<double>(result.histories));
        // 4 % or 0.05 mm, whichever is greater
        Figure figure{.what = fmt::format("{:.1f} MeV: fall-off 80-20", energy),
                      .value = result.falloff_80_20_mm - there,
                      .sigma = sigma,
                      .unit = "mm",
                      .detail = fmt::format("{:.3f} against {:.3f} mm", result.falloff_80_20_mm, there),
                      .reference = "TOPAS kernels"};
        auto const bar = run.bar("falloff_mm");
        figure.bar = std::max(bar.at_most, bar.plus_relative * there);
        figure.because = bar.because;
        run.add(figure);
        ours.x.push_back(energy);
        ours.y.push_back(result.falloff_80_20_mm);
        ours.sigma.push_back(sigma);
        theirs.x.push_back(energy);
        theirs.y.push_back(there);
    }
    run.plot({"80-20 fall-off in water",
              "",
              "energy [MeV]",
              "fall-off [mm]",
              {{"ours", ours}, {"TOPAS", theirs, true}}});
}

} // namespace beamwright::physics_check
