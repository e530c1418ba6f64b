// Acceptance 5: depth dose in water against curves of other codes; and against this program's own earlier figures.
#include "core/refusal.hpp"
#include "jobs/physics_check/comparisons.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

/// Shape before 0.9 R80 and distal depths of one curve, judged; both curves and their difference, plotted.
void judge_curve(CaseRunner& run, Curve const& ours, Curve const& theirs, std::string const& what,
                 std::string const& who, double histories) {
    double const r80 = distal_mm(ours, 0.8), their_r80 = distal_mm(theirs, 0.8);
    auto const before =
        area_normalized_difference(ours, theirs, run.number("from_mm"), 0.9 * their_r80, granted_sigmas);
    run.judge({.what = what + ": shape before 0.9 R80",
               .value = 100 * before.worst,
               .sigma = 100 * before.sigma,
               .unit = "% of max",
               .detail = fmt::format("worst at {:.1f} mm of {} bins", before.at, before.points),
               .reference = who,
               .beyond_noise = 100 * before.most_beyond_noise},
              "before_percent");
    double const sigma = r80_sigma_mm(r80, histories, run.number_or("energy_spread_percent", 0) / 100);
    for (auto const& [level, name] : {std::pair{0.8, "R80"}, {0.5, "R50"}}) {
        double const here = distal_mm(ours, level), there = distal_mm(theirs, level);
        run.judge({.what = fmt::format("{}: {}", what, name),
                   .value = here - there,
                   .sigma = sigma,
                   .unit = "mm",
                   .detail = fmt::format("{:.2f} against {:.2f} mm", here, there),
                   .reference = who},
                  "distal_mm");
    }
    auto const whole =
        area_normalized_difference(ours, theirs, run.number("from_mm"), 1.1 * their_r80, granted_sigmas);
    run.plot({what,
              "Ours is scaled to the area of theirs.",
              "depth [mm]",
              "MeV/mm per proton",
              {{"ours", scaled(ours, 1 / area_ratio(ours, theirs))}, {who, theirs, true}}});
    run.plot({what + ": difference",
              "Bars: standard uncertainty of the difference.",
              "depth [mm]",
              "ours - theirs [% of maximum]",
              {{"difference", scaled(whole.difference, 100)}}});
    double const area = area_ratio(ours, theirs);
    run.add({.what = what + ": area",
             .value = 100 * (area - 1),
             .unit = "%",
             .detail = "energy per proton in the depth that both have",
             .reference = who});
}

} // namespace

void compare_depth_dose_mcsquare(CaseRunner& run) {
    auto const energies = run.numbers("energies_MeV");
    run.expect_runs(energies.size());
    for (std::size_t i = 0; i < energies.size(); ++i) {
        auto const theirs =
            run.reference(i).curve("depth_mm", "idd_MeV_per_mm_per_primary", "idd_se_MeV_per_mm");
        auto const result = run.spot(run.spot_request(energies[i]));
        judge_curve(run, curve_of(result), theirs, fmt::format("{:g} MeV", energies[i]), "MCsquare",
                    static_cast<double>(result.histories));
    }
}

void compare_depth_dose_topas(CaseRunner& run) {
    auto const table = run.reference(0);
    auto const energies = run.numbers("energies_MeV");
    run.expect_runs(energies.size());
    for (double const energy : energies) {
        // MeV cm2/g per proton in water of 1 g/cm3
        auto const theirs = scaled(table.where("energy_nominal_MeV", energy).curve("depth_mm", "Z"), 0.1);
        auto const result = run.spot(run.spot_request(energy));
        judge_curve(run, curve_of(result), theirs, fmt::format("{:g} MeV", energy), "TOPAS",
                    static_cast<double>(result.histories));
    }
}

void compare_steadiness(CaseRunner& run) {
    auto const energies = run.numbers("energies_MeV"), ranges = run.numbers("r80_mm");
    auto const edges = run.numbers("window_edges_mm"), means = run.numbers("window_MeV"),
               spreads = run.numbers("window_sd_MeV");
    std::size_t const windows = edges.size() / energies.size() - 1;
    if (ranges.size() != energies.size() || windows * energies.size() != means.size() ||
        spreads.size() != means.size() || (windows + 1) * energies.size() != edges.size()) {
        refuse("the case of steadiness has lists that do not fit",
               "each energy has an R80, the edges of its windows, and per window a mean and a standard "
               "deviation",
               "correct the case text");
    }
    run.expect_runs(2 * energies.size());
    for (std::size_t e = 0; e < energies.size(); ++e) {
        auto fine = run.spot_request(energies[e]);
        fine.histories = static_cast<std::int64_t>(run.number("range_histories"));
        auto const curve = run.spot(fine);
        run.judge({.what = fmt::format("{:g} MeV: R80", energies[e]),
                   .value = curve.r80_mm - ranges[e],
                   .sigma = r80_sigma_mm(curve.r80_mm, static_cast<double>(curve.histories)),
                   .unit = "mm",
                   .detail = fmt::format("{:.3f} against {:.3f} mm", curve.r80_mm, ranges[e]),
                   .reference = "own long run"},
                  "r80_mm");
        // Planes as deep as the windows: their statistics hold all correlations along depth
        auto coarse = run.spot_request(energies[e]);
        auto const first = e * (windows + 1);
        coarse.depth_step_mm = edges[first + 1] - edges[first];
        coarse.voxel_mm = coarse.depth_step_mm;
        coarse.slabs = {{MaterialLibrary::shipped().named("water"), 1.0,
                         coarse.depth_step_mm * static_cast<double>(windows)}};
        auto const planes = run.spot(coarse);
        for (std::size_t w = 0; w < windows; ++w) {
            double const mean = means[e * windows + w];
            double const ours = planes.integrated_depth_dose.at(w).MeV_per_mm * coarse.depth_step_mm;
            double const sigma = spreads[e * windows + w] / std::sqrt(static_cast<double>(planes.histories));
            run.judge({.what = fmt::format("{:g} MeV: energy in {:g} to {:g} mm", energies[e],
                                           edges[first + w], edges[first + w + 1]),
                       .value = 100 * (ours / mean - 1),
                       .sigma = 100 * sigma / mean,
                       .unit = "%",
                       .detail = fmt::format("{:.3f} against {:.3f} MeV", ours, mean),
                       .reference = "own long run"},
                      "window_percent");
        }
    }
}

} // namespace beamwright::physics_check
