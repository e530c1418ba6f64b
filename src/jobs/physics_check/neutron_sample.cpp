// Sums over regions of many independent runs, and how far they lie from a reference.
#include "jobs/physics_check/neutron_worlds.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace beamwright::physics_check {

double RunSample::mean(std::size_t i) const {
    double sum = 0;
    for (auto const& run : runs) {
        sum += run[i];
    }
    return sum / static_cast<double>(runs.size());
}

double RunSample::covariance(std::size_t i, std::size_t j) const {
    double const a = mean(i), b = mean(j);
    double sum = 0;
    for (auto const& run : runs) {
        sum += (run[i] - a) * (run[j] - b);
    }
    auto const n = static_cast<double>(runs.size());
    return sum / (n - 1) / n;
}

double RunSample::sigma(std::size_t i) const { return std::sqrt(covariance(i, i)); }

RunSample sample_runs(CaseRunner& run, NeutronRequest const& request, std::uint32_t first_seed,
                      std::function<std::vector<double>(NeutronResult const&)> const& numbers) {
    constexpr std::size_t least = 3;
    auto const wanted = static_cast<std::size_t>(run.number("runs"));
    NeutronRequest one = request;
    one.options.stop.histories = one.options.batch_histories =
        static_cast<std::int64_t>(run.number("histories"));
    if (!one.tables) {
        one.tables = tables_for(one);
    }
    RunSample sample;
    while (sample.runs.size() < wanted && (sample.runs.size() < least || !run.out_of_time())) {
        one.options.seed = first_seed + static_cast<std::uint32_t>(sample.runs.size());
        sample.runs.push_back(numbers(run.neutrons(one)));
    }
    return sample;
}

namespace {

using Matrix = std::vector<std::vector<double>>;

/// d' C^-1 d by Cholesky's factors.
double quadratic(Matrix c, std::vector<double> const& d) {
    double sum = 0;
    std::vector<double> y(d.size());
    for (std::size_t i = 0; i < d.size(); ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double rest = c[i][j];
            for (std::size_t k = 0; k < j; ++k) {
                rest -= c[i][k] * c[j][k];
            }
            c[i][j] = i == j ? std::sqrt(std::max(rest, std::numeric_limits<double>::min())) : rest / c[j][j];
        }
        double rest = d[i];
        for (std::size_t k = 0; k < i; ++k) {
            rest -= c[i][k] * y[k];
        }
        y[i] = rest / c[i][i];
        sum += y[i] * y[i];
    }
    return sum;
}

} // namespace

RowDifference difference_of(RunSample const& sample, std::size_t first, ReferenceRow const& reference,
                            double allowance) {
    std::size_t const n = reference.value.size();
    RowDifference found;
    Matrix c(n, std::vector<double>(n));
    std::vector<double> d(n);
    double ours = 0, theirs = 0, variance = 0, their_variance = 0;
    for (std::size_t i = 0; i < n; ++i) {
        double const mean = sample.mean(first + i), sigma = sample.sigma(first + i);
        double const both = std::hypot(sigma, reference.sigma[i]);
        d[i] = mean - reference.value[i];
        double const z = std::max(std::fabs(d[i]) - allowance * std::fabs(reference.value[i]), 0.0) / both;
        if (z > found.worst_z) {
            found.worst_z = z;
            found.at = reference.place[i];
        }
        ours += mean;
        theirs += reference.value[i];
        their_variance += reference.sigma[i] * reference.sigma[i];
        for (std::size_t j = 0; j < n; ++j) {
            double const own = sample.covariance(first + i, first + j);
            variance += own;
            // The reference followed the same kind of histories: the same correlations
            c[i][j] = own + own / sigma / sample.sigma(first + j) * reference.sigma[i] * reference.sigma[j];
        }
        found.ours.x.push_back(reference.place[i]);
        found.ours.y.push_back(mean);
        found.ours.sigma.push_back(sigma);
        found.theirs.x.push_back(reference.place[i]);
        found.theirs.y.push_back(reference.value[i]);
        found.theirs.sigma.push_back(reference.sigma[i]);
        found.ratio.x.push_back(reference.place[i]);
        found.ratio.y.push_back(mean / reference.value[i]);
        found.ratio.sigma.push_back(both / reference.value[i]);
    }
    found.mean = ours / theirs;
    found.sigma = std::sqrt(variance + their_variance) / theirs;
    found.chi_square = sample.runs.size() > n + 2 ? quadratic(c, d) : std::nan("");
    return found;
}

void judge_row(CaseRunner& run, std::string const& what, std::string const& who, RowDifference const& found,
               double allowance, std::string const& y_title) {
    auto const places = found.ours.size();
    run.judge({.what = what + ": worst place",
               .value = found.worst_z,
               .unit = "sigma",
               .detail = allowance > 0 ? fmt::format("at {:.1f} of {} places, {:.1f} % allowed", found.at,
                                                     places, 100 * allowance)
                                       : fmt::format("at {:.1f} of {} places", found.at, places),
               .reference = who},
              "worst_z");
    Figure chi{.what = what + ": chi-square",
               .value = found.chi_square,
               .detail = fmt::format("{} places, with their covariance", places),
               .reference = who};
    if (allowance > 0 || std::isnan(found.chi_square)) {
        chi.value = std::isnan(found.chi_square) ? 0 : found.chi_square;
        chi.detail +=
            std::isnan(found.chi_square) ? "; too few runs for it" : "; not judged: see the allowance";
        run.add(chi);
    } else {
        run.judge(chi, "chi_square");
    }
    run.add({.what = what + ": sum over all places",
             .value = 100 * (found.mean - 1),
             .sigma = 100 * found.sigma,
             .unit = "%",
             .reference = who});
    run.plot({what, "", "depth [cm]", y_title, {{"ours", found.ours}, {who, found.theirs, true}}, true});
    run.plot({what + ": ratio",
              "Bars: one standard deviation of both.",
              "depth [cm]",
              "ours / theirs",
              {{"ratio", found.ratio}}});
}

} // namespace beamwright::physics_check
