// Acceptance 14: LET of protons in water.
#include "jobs/physics_check/comparisons.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

Curve let_curve(SpotResult const& result) {
    Curve curve;
    for (auto const& point : result.let) {
        curve.x.push_back(point.depth_mm);
        curve.y.push_back(point.dose_averaged);
        curve.sigma.push_back(point.dose_averaged_sigma);
    }
    return curve;
}

/// The greatest relative difference between two depths.
struct Relative {
    double worst = 0, at = 0, sigma = 0, beyond = 0, mean = 0;
    Curve percent;
};

Relative relative_difference(Curve const& ours, Curve const& theirs, double from, double to) {
    Relative result;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        double const x = ours.x[i];
        double const there = value_at(theirs, x);
        if (x < from || x > to || !(there > 0)) {
            continue;
        }
        double const percent = 100 * (ours.y[i] / there - 1), sigma = 100 * ours.sigma[i] / there;
        result.percent.x.push_back(x);
        result.percent.y.push_back(percent);
        result.percent.sigma.push_back(sigma);
        result.mean += percent;
        result.beyond = std::max(result.beyond, std::fabs(percent) - granted_sigmas * sigma);
        if (std::fabs(percent) > std::fabs(result.worst)) {
            result.worst = percent;
            result.at = x;
            result.sigma = sigma;
        }
    }
    result.mean /= std::max<double>(1, static_cast<double>(result.percent.size()));
    return result;
}

/// Dose-weighted mean of LET over planes that are `many` times as deep.
Curve rebinned_let(SpotResult const& result, std::size_t many) {
    Curve curve;
    for (std::size_t first = 0; first + many <= result.let.size(); first += many) {
        double dose = 0, weighted = 0, variance = 0, x = 0;
        for (auto k = first; k < first + many; ++k) {
            double const here = result.integrated_depth_dose[k].MeV_per_mm;
            dose += here;
            weighted += here * result.let[k].dose_averaged;
            variance += std::pow(here * result.let[k].dose_averaged_sigma, 2);
            x += result.let[k].depth_mm / static_cast<double>(many);
        }
        curve.x.push_back(x);
        curve.y.push_back(dose > 0 ? weighted / dose : 0);
        curve.sigma.push_back(dose > 0 ? std::sqrt(variance) / dose : 0);
    }
    return curve;
}

} // namespace

void compare_let_topas(CaseRunner& run) {
    auto const table = run.reference(0);
    auto const energies = run.numbers("energies_MeV");
    run.expect_runs(energies.size());
    for (double const energy : energies) {
        auto const kernel = table.where("energy_nominal_MeV", energy);
        auto const theirs = kernel.curve("depth_mm", "LET_keV_per_um");
        double const r80 = distal_mm(kernel.curve("depth_mm", "Z"), 0.8);
        auto request = run.spot_request(energy);
        request.let = LetParticles::protons;
        auto const result = run.spot(request);
        auto const ours = let_curve(result);
        auto const apart = relative_difference(ours, theirs, run.number("from_mm"), r80);
        run.judge({.what = fmt::format("{:g} MeV: LETd of protons up to R80", energy),
                   .value = apart.worst,
                   .sigma = apart.sigma,
                   .unit = "%",
                   .detail = fmt::format("worst at {:.1f} mm; {:+.1f} % in the mean", apart.at, apart.mean),
                   .reference = "TOPAS",
                   .beyond_noise = apart.beyond},
                  "let_percent");
        run.plot({fmt::format("{:g} MeV: LETd of protons", energy),
                  "",
                  "depth in water [mm]",
                  "LETd [keV/um]",
                  {{"ours", ours}, {"TOPAS", theirs, true}}});
        run.plot({fmt::format("{:g} MeV: difference", energy),
                  "",
                  "depth in water [mm]",
                  "ours - TOPAS [%]",
                  {{"difference", apart.percent}}});
    }
}

void compare_let_mcsquare(CaseRunner& run) {
    auto const energies = run.numbers("energies_MeV");
    run.expect_runs(energies.size());
    for (std::size_t i = 0; i < energies.size(); ++i) {
        auto const theirs = run.reference(i).curve("depth_mm", "letd_plane_keV_per_um", "letd_plane_se");
        auto request = run.spot_request(energies[i]);
        request.let = LetParticles::helium; // it scores protons, deuterons and alphas
        auto const result = run.spot(request);
        auto const ours = let_curve(result);
        auto const apart = relative_difference(ours, theirs, run.number("from_mm"), result.r80_mm);
        run.add({.what = fmt::format("{:g} MeV: LETd of Z <= 2 up to R80", energies[i]),
                 .value = apart.worst,
                 .sigma = apart.sigma,
                 .unit = "%",
                 .detail = fmt::format("worst at {:.1f} mm; {:+.1f} % in the mean", apart.at, apart.mean),
                 .reference = "MCsquare (method of its own)"});
        run.plot({fmt::format("{:g} MeV: LETd of Z <= 2", energies[i]),
                  "MCsquare averages in a way of its own.",
                  "depth in water [mm]",
                  "LETd [keV/um]",
                  {{"ours", ours}, {"MCsquare", theirs, true}}});
    }
}

void compare_let_steps(CaseRunner& run) {
    auto request = run.spot_request(run.number("energy_MeV"));
    request.let = LetParticles::protons;
    request.on.nuclear = false; // a few slow protons after collisions would hide a difference
    request.depth_step_mm = run.number("coarse_mm");
    request.slabs = {water_for(request.energy_MeV, request.depth_step_mm)};
    run.expect_runs(3);
    auto const coarse = run.spot(request);
    auto const usual = let_curve(coarse);
    auto fine = request;
    fine.depth_step_mm = run.number("fine_mm");
    fine.seed += 1;
    auto steps = request;
    steps.limits.straggling_share *= 0.5;
    steps.limits.scattering_share *= 0.5;
    steps.seed += 2;
    auto const many = static_cast<std::size_t>(std::llround(request.depth_step_mm / fine.depth_step_mm));
    for (auto const& [name, curve] : {std::pair{"voxels of 0.5 mm", rebinned_let(run.spot(fine), many)},
                                      {"half the step length", let_curve(run.spot(steps))}}) {
        auto with_both = curve;
        for (std::size_t i = 0; i < with_both.size() && i < usual.size(); ++i) {
            with_both.sigma[i] = std::hypot(with_both.sigma[i], usual.sigma[i]);
        }
        auto const apart = relative_difference(with_both, usual, 0, coarse.r80_mm);
        run.judge({.what = fmt::format("LETd, {} against voxels of 2 mm", name),
                   .value = apart.worst,
                   .sigma = apart.sigma,
                   .unit = "%",
                   .detail = fmt::format("worst at {:.1f} mm; {:+.2f} % in the mean", apart.at, apart.mean),
                   .reference = "own run",
                   .beyond_noise = apart.beyond},
                  "let_percent");
    }
}

} // namespace beamwright::physics_check
