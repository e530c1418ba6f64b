/// Runs of the neutron engine for tests: sums over regions of many independent runs, and their spread.
#pragma once
#include "neutron_worlds.hpp"
#include <algorithm>
#include <functional>
#include <limits>

namespace beamwright::test {

inline NeutronResult run(NeutronRequest request, std::int64_t histories, std::uint32_t seed = 1) {
    request.options.seed = seed;
    request.options.stop.histories = histories;
    if (request.options.batch_histories == 0) { // twenty batches, or less
        request.options.batch_histories = std::max<std::int64_t>(histories / 20, 1);
    }
    if (request.options.threads == 0) {
        request.options.threads = 1;
    }
    Warnings warnings;
    return calculate_neutron_dose(request, warnings);
}

/// Voxels that belong together.
using Region = std::vector<std::size_t>;

inline Region region_where(Grid const& grid, std::function<bool(Vec3<double>)> const& inside) {
    Region region;
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                if (inside(grid.to_patient({double(i), double(j), double(k)}))) {
                    region.push_back(grid.index(i, j, k));
                }
            }
        }
    }
    return region;
}

inline double mean_over(Region const& region, Volume<float> const& volume) {
    double sum = 0;
    for (auto const voxel : region) {
        sum += double{volume.values[voxel]};
    }
    return sum / static_cast<double>(region.size());
}

/// Numbers of independent runs: their mean, and the covariance of the mean.
struct Sample {
    std::vector<std::vector<double>> runs;
    double mean(std::size_t i) const {
        double sum = 0;
        for (auto const& run : runs) {
            sum += run[i];
        }
        return sum / static_cast<double>(runs.size());
    }
    double covariance(std::size_t i, std::size_t j) const {
        double const a = mean(i), b = mean(j);
        double sum = 0;
        for (auto const& run : runs) {
            sum += (run[i] - a) * (run[j] - b);
        }
        auto const n = static_cast<double>(runs.size());
        return sum / (n - 1) / n;
    }
    double sigma(std::size_t i) const { return std::sqrt(covariance(i, i)); }
};

/// `count` independent runs with seeds from `first_seed` on.
inline Sample sample_of(NeutronRequest const& request, std::int64_t histories, int count,
                        std::uint32_t first_seed,
                        std::function<std::vector<double>(NeutronResult const&)> const& numbers) {
    Sample sample;
    for (int i = 0; i < count; ++i) {
        sample.runs.push_back(numbers(run(request, histories, first_seed + static_cast<std::uint32_t>(i))));
    }
    return sample;
}

/// d' C^-1 d with C = covariance of the sample's mean plus the reference's standard deviations with the same correlation:
/// the reference followed the same kind of histories. Dimensions: those of `indices`.
inline double chi_square(Sample const& sample, std::vector<std::size_t> const& indices,
                         std::vector<double> const& reference, std::vector<double> const& reference_sigma) {
    std::size_t const n = indices.size();
    std::vector<std::vector<double>> c(n, std::vector<double>(n));
    std::vector<double> d(n);
    for (std::size_t i = 0; i < n; ++i) {
        d[i] = sample.mean(indices[i]) - reference[i];
        for (std::size_t j = 0; j < n; ++j) {
            double const covariance = sample.covariance(indices[i], indices[j]);
            double const correlation = covariance / sample.sigma(indices[i]) / sample.sigma(indices[j]);
            c[i][j] = covariance + correlation * reference_sigma[i] * reference_sigma[j];
        }
    }
    // Cholesky, forward substitution
    double chi = 0;
    std::vector<double> y(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = c[i][j];
            for (std::size_t k = 0; k < j; ++k) {
                sum -= c[i][k] * c[j][k];
            }
            c[i][j] = i == j ? std::sqrt(std::max(sum, 1e-300)) : sum / c[j][j];
        }
        double rest = d[i];
        for (std::size_t k = 0; k < i; ++k) {
            rest -= c[i][k] * y[k];
        }
        y[i] = rest / c[i][i];
        chi += y[i] * y[i];
    }
    return chi;
}

} // namespace beamwright::test
