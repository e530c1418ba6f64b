// Acceptance 5: measured depth doses of eye lines; the energy and its spread at the tank are not known and fitted.
#include "core/refusal.hpp"
#include "jobs/physics_check/comparisons.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

/// Root mean square of the area-normalized difference of a curve shifted so that both R80 coincide.
double misfit(Curve const& ours, Curve const& measured, double from, double to) {
    double const shift = distal_mm(measured, 0.8) - distal_mm(ours, 0.8);
    auto const apart = area_normalized_difference(shifted(ours, shift), measured, from, to, 0);
    double sum = 0;
    for (double const y : apart.difference.y) {
        sum += y * y;
    }
    return apart.points > 0 ? std::sqrt(sum / static_cast<double>(apart.points)) : 1;
}

/// Energy of an R80 in water, from that of a run: range goes with the power 1.77 of the energy near by.
double energy_for(double r80_mm, double ran_MeV, double ran_r80_mm) {
    return ran_MeV * std::pow(r80_mm / ran_r80_mm, 1 / 1.77);
}

/// The least of misfits over spreads: a parabola through the least one and its neighbours.
double best_spread(std::vector<double> const& spreads, std::vector<double> const& misfits) {
    auto const least =
        static_cast<std::size_t>(std::min_element(misfits.begin(), misfits.end()) - misfits.begin());
    if (least == 0 || least + 1 == spreads.size()) {
        return spreads[least];
    }
    double const a = misfits[least - 1], b = misfits[least], c = misfits[least + 1];
    double const step = spreads[least + 1] - spreads[least];
    double const curvature = a - 2 * b + c;
    return curvature > 0 ? spreads[least] + 0.5 * step * (a - c) / curvature : spreads[least];
}

/// A measurement and the run that fits it.
struct Fit {
    Curve const& measured;
    SpotResult const& result;
    double energy_MeV, spread_percent;
};

void judge_fit(CaseRunner& run, Fit const& fit) {
    auto const& [measured, result, fitted, spread] = fit;
    double const r80 = distal_mm(measured, 0.8), from = run.number("from_mm"), to = 1.1 * r80;
    auto const ours = curve_of(result);

    // The fit may leave 0.01 mm in R80: taken out, since the energy is a parameter of the fit
    auto const aligned = shifted(ours, r80 - result.r80_mm);
    auto const who = run.word("who");
    auto const before = area_normalized_difference(aligned, measured, from, 0.9 * r80, granted_sigmas);
    run.judge({.what = who + ": shape before 0.9 R80",
               .value = 100 * before.worst,
               .sigma = 100 * before.sigma,
               .unit = "% of max",
               .detail = fmt::format("worst at {:.1f} mm of {} points; {:.2f} MeV, {:.2f} %", before.at,
                                     before.points, fitted, spread),
               .reference = who + " (measured)",
               .beyond_noise = 100 * before.most_beyond_noise},
              "before_percent");
    for (double const level : {0.5, 0.2}) {
        double const here = distal_mm(aligned, level), there = distal_mm(measured, level);
        run.judge({.what = fmt::format("{}: R{:.0f} with R80 fitted", who, 100 * level),
                   .value = here - there,
                   .sigma = r80_sigma_mm(r80, static_cast<double>(result.histories), spread / 100),
                   .unit = "mm",
                   .detail = fmt::format("{:.2f} against {:.2f} mm", here, there),
                   .reference = who + " (measured)"},
                  "distal_mm");
    }
    double const ratio = area_ratio(aligned, measured);
    run.plot({who,
              "Energy and spread fitted; ours scaled to the area of the measurement.",
              "depth in water [mm]",
              "relative dose",
              {{"ours", scaled(aligned, 1 / ratio)}, {"measured", measured, true}}});
    auto const whole = area_normalized_difference(aligned, measured, from, to, granted_sigmas);
    run.plot({who + ": difference",
              "",
              "depth in water [mm]",
              "ours - measured [% of maximum]",
              {{"difference", scaled(whole.difference, 100)}}});
}

} // namespace

void compare_measured(CaseRunner& run) {
    auto const measured = run.reference(0).curve(run.word("depth_column"), run.word("dose_column"));
    double const r80 = distal_mm(measured, 0.8), from = run.number("from_mm"), to = 1.1 * r80;
    auto const spreads = run.numbers("spreads_percent");
    run.expect_runs(spreads.size() + 2);

    // A first energy from the measured R80, then the spread that fits best, then the energy again
    auto const with = [&](double energy, double spread_percent, double histories) {
        auto request = run.spot_request(energy);
        request.energy_sigma_MeV = spread_percent / 100 * energy;
        request.histories = static_cast<std::int64_t>(histories);
        return run.spot(request);
    };
    double const guess = run.number("start_MeV"), few = run.number("fit_histories");
    double const energy = energy_for(r80, guess, with(guess, 0.5, few).r80_mm);
    std::vector<double> misfits, ranges;
    for (double const spread : spreads) {
        auto const result = with(energy, spread, few);
        misfits.push_back(misfit(curve_of(result), measured, from, to));
        ranges.push_back(result.r80_mm);
    }
    double const spread = best_spread(spreads, misfits);
    auto const nearest = static_cast<std::size_t>(
        std::min_element(spreads.begin(), spreads.end(),
                         [&](double a, double b) { return std::fabs(a - spread) < std::fabs(b - spread); }) -
        spreads.begin());
    double const fitted = energy_for(r80, energy, ranges[nearest]);
    auto const result = with(fitted, spread, run.number("histories"));
    run.note(
        fmt::format("fitted: {:.2f} MeV and a spread of {:.2f} % (one sigma) at the tank", fitted, spread));

    judge_fit(run, {measured, result, fitted, spread});
}

} // namespace beamwright::physics_check
