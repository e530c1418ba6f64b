// Acceptance 20 and 22: stated against observed uncertainty; worlds at random.
#include "core/refusal.hpp"
#include "jobs/physics_check/comparisons.hpp"
#include "tables/material_library.hpp"
#include "transport/schedule/plain_worlds.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <stdexcept>

namespace beamwright::physics_check {

namespace {

struct Region {
    char const* name;
    int i, k;
    bool judged;
};

using PerRegion = std::array<std::vector<double>, 4>;

/// Shares of runs that lie within what their stated uncertainty allows, of their common mean.
void judge_coverage(CaseRunner& run, std::array<Region, 4> const& regions, PerRegion const& values,
                    PerRegion const& sigmas) {
    auto const runs = values[0].size();
    // Two-sided quantiles of Student's t with batches - 1 degrees of freedom, from the case text
    auto const quantiles = run.numbers("student_t");
    constexpr std::array<double, 2> nominal{0.682689, 0.95};
    for (std::size_t r = 0; r < regions.size(); ++r) {
        double mean = 0;
        for (double const value : values[r]) {
            mean += value / static_cast<double>(runs);
        }
        for (std::size_t q = 0; q < nominal.size(); ++q) {
            std::size_t covered = 0;
            for (std::size_t n = 0; n < runs; ++n) {
                covered += std::fabs(values[r][n] - mean) <= quantiles.at(q) * sigmas[r][n] ? 1 : 0;
            }
            double const share = static_cast<double>(covered) / static_cast<double>(runs);
            double const error = std::sqrt(nominal[q] * (1 - nominal[q]) / static_cast<double>(runs));
            Figure figure{.what = fmt::format("{}: coverage of {:.0f} %", regions[r].name, 100 * nominal[q]),
                          .value = 100 * (share - nominal[q]),
                          .sigma = 100 * error,
                          .unit = "points",
                          .detail = fmt::format("{} of {} runs, {:.1f} %", covered, runs, 100 * share),
                          .reference = "Student t"};
            if (regions[r].judged) {
                figure.bar = 100 * run.bar("coverage_sigmas").at_most * error;
                figure.because = run.bar("coverage_sigmas").because;
                figure.beyond_noise = std::fabs(figure.value); // the bar is the noise
            }
            run.add(figure);
        }
    }
}

} // namespace

void compare_coverage(CaseRunner& run) {
    // Columns of 4 mm across a beam of sigma 3 mm, planes of 5 mm: 100 MeV ends at 77 mm
    auto const world = plain_box({15, 1, 20}, {4, 300, 5}, {MaterialLibrary::shipped().named("water")});
    constexpr std::array<Region, 4> regions{{{"high dose (peak)", 7, 14, true},
                                             {"edge (0.7 to 2 sigma)", 8, 8, true},
                                             {"low dose (2 to 3 sigma)", 9, 8, true},
                                             {"halo (16 mm off: a few protons)", 11, 8, false}}};
    auto const wanted = static_cast<std::size_t>(run.number("runs"));
    auto const batches = run.number("batches"), histories = run.number("histories");
    DoseRequest request;
    request.world = &world;
    request.beams = {plain_pencil(100, 3, 10)};
    request.options.batch_histories = static_cast<std::int64_t>(histories / batches);
    request.options.keep_beams = false;
    request.tables = std::make_shared<TransportTables>(materials_of(request), request.options.water_stopping);
    run.expect_runs(wanted + wanted / 8);
    PerRegion values, sigmas;
    std::array<double, 2> mean_variance{}; // of the peak, with n and with 4 n histories
    for (std::size_t n = 0; n < wanted && !run.out_of_time(); ++n) {
        request.options.stop.histories = static_cast<std::int64_t>(histories);
        request.options.seed = static_cast<std::uint32_t>(n + 1);
        auto const result = run.dose(request, false);
        for (std::size_t r = 0; r < regions.size(); ++r) {
            values[r].push_back(result.total.to_medium_Gy.at(regions[r].i, 0, regions[r].k));
            sigmas[r].push_back(result.total.to_medium_sigma_Gy.at(regions[r].i, 0, regions[r].k));
        }
        mean_variance[0] += std::pow(sigmas[0].back(), 2);
    }
    auto const runs = values[0].size();
    auto const longer = std::max<std::size_t>(runs / 8, 1);
    for (std::size_t n = 0; n < longer; ++n) {
        request.options.stop.histories = static_cast<std::int64_t>(4 * histories);
        request.options.seed = static_cast<std::uint32_t>(1'000'000 + n);
        auto const result = run.dose(request, false);
        mean_variance[1] += std::pow(result.total.to_medium_sigma_Gy.at(regions[0].i, 0, regions[0].k), 2);
    }
    judge_coverage(run, regions, values, sigmas);
    double const ratio = std::sqrt(mean_variance[0] / static_cast<double>(runs) /
                                   (mean_variance[1] / static_cast<double>(longer)));
    run.judge({.what = "stated uncertainty with 4 times the histories, against half",
               .value = 100 * (ratio / 2 - 1),
               .sigma = 100 / std::sqrt(2 * (batches - 1) * static_cast<double>(longer)),
               .unit = "%",
               .detail = fmt::format("falls by {:.3f}", ratio),
               .reference = "1/sqrt(N)"},
              "root_n_percent");
}

namespace {

/// What worlds at random came to.
struct WorldBook {
    std::size_t unsound = 0, promises = 0, missed = 0;
    double imbalance = 0;
    std::int64_t rare = 0, histories = 0;
    std::string first; ///< of the worlds that went wrong
};

void run_world(CaseRunner& run, DoseRequest const& request, WorldBook& book) {
    auto const went_wrong = [&](std::string const& how) {
        if (book.first.empty()) {
            book.first = fmt::format("first: world {}, {}", request.options.seed, how);
        }
    };
    try {
        auto const result = run.dose(request, false);
        auto const& doses = result.total.to_medium_Gy.values;
        bool const sound = std::all_of(doses.begin(), doses.end(),
                                       [](float dose) { return std::isfinite(dose) && dose >= 0; });
        if (!sound) {
            ++book.unsound;
            went_wrong("a dose is no number or negative");
        }
        book.imbalance = std::max(book.imbalance, std::fabs(result.energy.imbalance()));
        book.rare += result.rare.stuck + result.rare.stack_full + result.rare.not_a_number;
        book.histories += result.histories;
    } catch (std::logic_error const& error) { // the engine's own contract
        ++book.promises;
        went_wrong(error.what());
    } catch (Refusal const& refusal) {
        if (refusal.problem.find("misses the patient") == std::string::npos) {
            throw;
        }
        ++book.missed;
    }
}

} // namespace

void compare_random_worlds(CaseRunner& run) {
    auto const materials = random_world_materials();
    auto const wanted = static_cast<std::uint32_t>(run.number("worlds"));
    run.expect_runs(wanted);
    std::shared_ptr<TransportTables const> tables;
    WorldBook book;
    std::uint32_t worlds = 0;
    for (; worlds < wanted && !run.out_of_time(); ++worlds) {
        auto const made = random_world(worlds, materials);
        DoseRequest request;
        request.world = &made.world;
        request.beams = {made.beam};
        request.options.stop.histories = request.options.batch_histories =
            static_cast<std::int64_t>(run.number("histories"));
        request.options.seed = worlds;
        request.options.threads = 1;
        request.options.dose_to_water = worlds % 3 == 0;
        if (!tables) {
            tables = std::make_shared<TransportTables>(materials_of(request), request.options.water_stopping);
        }
        request.tables = tables;
        run_world(run, request, book);
    }
    auto const per_history = 1 / std::max<double>(1, static_cast<double>(book.histories));
    run.judge({.what = "worlds where the energy is lost or a dose is no number",
               .value = static_cast<double>(book.unsound + book.promises),
               .detail = fmt::format(
                   "of {}; {} broke the engine's promises, {} had bad doses; {} missed by the beam "
                   "and refused. {}",
                   worlds, book.promises, book.unsound, book.missed, book.first),
               .reference = "none needed"},
              "broken");
    run.judge({.what = "greatest imbalance of the energy in the others",
               .value = book.imbalance,
               .unit = "of the source",
               .detail = fmt::format("{} histories", book.histories),
               .reference = "none needed"},
              "imbalance");
    run.judge({.what = "protons given up",
               .value = static_cast<double>(book.rare) * per_history,
               .unit = "per history",
               .detail = fmt::format("{} of {}", book.rare, book.histories),
               .reference = "none needed"},
              "rare");
}

} // namespace beamwright::physics_check
