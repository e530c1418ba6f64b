#include "patient/boron.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace beamwright {

namespace {

/// Integral of e^(-decay t) from `from` to `to`.
double exponential_integral(double decay, double from, double to) {
    double const x = decay * (to - from);
    double const mean = std::abs(x) < 1e-12 ? 1 - 0.5 * x : -std::expm1(-x) / x;
    return std::exp(-decay * from) * (to - from) * mean;
}

using Vector = std::vector<double>;

/// Solves the symmetric positive system a x = b by Gauss with pivots; empty where it is singular.
Vector solved(std::vector<Vector> a, Vector b) {
    std::size_t const n = b.size();
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column + 1; row < n; ++row) {
            pivot = std::abs(a[row][column]) > std::abs(a[pivot][column]) ? row : pivot;
        }
        if (!(std::abs(a[pivot][column]) > 1e-300)) {
            return {};
        }
        std::swap(a[pivot], a[column]);
        std::swap(b[pivot], b[column]);
        for (std::size_t row = column + 1; row < n; ++row) {
            double const factor = a[row][column] / a[column][column];
            for (std::size_t k = column; k < n; ++k) {
                a[row][k] -= factor * a[column][k];
            }
            b[row] -= factor * b[column];
        }
    }
    for (std::size_t row = n; row-- > 0;) {
        for (std::size_t k = row + 1; k < n; ++k) {
            b[row] -= a[row][k] * b[k];
        }
        b[row] /= a[row][row];
    }
    return b;
}

double sigma_ppm(BloodSample const& sample) { return sample.relative_sigma * sample.ppm; }

double chi_square_of(BloodLevel const& level, std::vector<BloodSample> const& samples) {
    double sum = 0;
    for (auto const& sample : samples) {
        double const pull = (sample.ppm - level.ppm_at(sample.min)) / sigma_ppm(sample);
        sum += pull * pull;
    }
    return sum;
}

/// Best amplitudes for given decays: a linear problem. Times count from the first sample.
std::optional<BloodLevel> with_decays(Vector const& decays, std::vector<BloodSample> const& samples) {
    std::size_t const n = decays.size();
    std::vector<Vector> normal(n, Vector(n, 0.0));
    Vector right(n, 0.0);
    for (auto const& sample : samples) {
        double const weight = 1 / (sigma_ppm(sample) * sigma_ppm(sample));
        for (std::size_t a = 0; a < n; ++a) {
            double const fall_a = std::exp(-decays[a] * sample.min);
            right[a] += weight * fall_a * sample.ppm;
            for (std::size_t b = 0; b < n; ++b) {
                normal[a][b] += weight * fall_a * std::exp(-decays[b] * sample.min);
            }
        }
    }
    auto const amplitudes = solved(normal, right);
    if (amplitudes.empty()) {
        return std::nullopt;
    }
    BloodLevel level;
    for (std::size_t a = 0; a < n; ++a) {
        if (!(amplitudes[a] >= 0)) {
            return std::nullopt; // a level is a sum of falling parts
        }
        level.terms.push_back({amplitudes[a], decays[a]});
    }
    return level;
}

/// Search over decays on a grid that is refined around the best place; amplitudes follow by `with_decays`.
BloodLevel best_level(std::size_t terms, std::vector<BloodSample> const& samples) {
    constexpr int steps = 24, refinements = 20;
    double least = 1e-6, most = 2; // per minute: half-times of 480 days to 21 s
    std::array<double, 2> low{std::log(least), std::log(least)}, high{std::log(most), std::log(most)};
    BloodLevel best;
    double best_chi_square = HUGE_VAL;
    for (int round = 0; round < refinements; ++round) {
        std::array<double, 2> width{(high[0] - low[0]) / steps, (high[1] - low[1]) / steps};
        for (int i = 0; i <= steps; ++i) {
            for (int j = 0; j <= (terms == 2 ? steps : 0); ++j) {
                Vector decays{std::exp(low[0] + i * width[0])};
                if (terms == 2) {
                    decays.push_back(std::exp(low[1] + j * width[1]));
                    if (!(decays[0] > 1.02 * decays[1])) {
                        continue; // one of the two orders, and two that can be told apart
                    }
                }
                auto const level = with_decays(decays, samples);
                double const chi_square = level ? chi_square_of(*level, samples) : HUGE_VAL;
                if (chi_square < best_chi_square) {
                    best_chi_square = chi_square;
                    best = *level;
                }
            }
        }
        for (std::size_t a = 0; a < best.terms.size(); ++a) {
            double const middle = std::log(best.terms[a].decay_per_min);
            low[a] = middle - 4 * width[a]; // wide: the valley of two near decays is long
            high[a] = middle + 4 * width[a];
        }
    }
    return best;
}

/// Slope of the level by each parameter: ppm of term 1, decay of term 1, ppm of term 2, ...
Vector slopes_at(BloodLevel const& level, double min, bool decays_known) {
    Vector slopes;
    for (auto const& term : level.terms) {
        double const fall = std::exp(-term.decay_per_min * min);
        slopes.push_back(fall);
        slopes.push_back(decays_known ? 0.0 : -min * term.ppm * fall);
    }
    return slopes;
}

/// Inverse of the normal matrix; rows of parameters that are held (constant: the decay) are 0.
Vector covariance_of(BloodLevel const& level, std::vector<BloodSample> const& samples, bool decays_known) {
    std::size_t const n = 2 * level.terms.size();
    std::vector<Vector> normal(n, Vector(n, 0.0));
    for (auto const& sample : samples) {
        auto const slopes = slopes_at(level, sample.min, decays_known);
        double const weight = 1 / (sigma_ppm(sample) * sigma_ppm(sample));
        for (std::size_t a = 0; a < n; ++a) {
            for (std::size_t b = 0; b < n; ++b) {
                normal[a][b] += weight * slopes[a] * slopes[b];
            }
        }
    }
    Vector covariance(n * n, 0.0);
    for (std::size_t a = 0; a < n; ++a) {
        normal[a][a] += decays_known && a % 2 == 1 ? 1.0 : 0.0;
    }
    for (std::size_t a = 0; a < n; ++a) {
        Vector unit(n, 0.0);
        unit[a] = 1;
        auto const column = solved(normal, unit);
        for (std::size_t b = 0; b < n; ++b) {
            bool const held = decays_known && (a % 2 == 1 || b % 2 == 1);
            covariance[b * n + a] = column.empty() ? HUGE_VAL : held ? 0.0 : column[b];
        }
    }
    return covariance;
}

double quadratic(Vector const& covariance, Vector const& slopes) {
    double sum = 0;
    std::size_t const n = slopes.size();
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            sum += slopes[a] * slopes[b] * covariance[a * n + b];
        }
    }
    return std::max(sum, 0.0);
}

/// Chi-square that a right model exceeds once in a thousand fits (Wilson and Hilferty 1931).
double rare_chi_square(int degrees) {
    double const z = 3.0902, part = 2.0 / (9.0 * degrees);
    return degrees * std::pow(1 - part + z * std::sqrt(part), 3);
}

void check_samples(std::vector<BloodSample> const& samples, std::size_t parameters) {
    if (samples.size() < parameters) {
        refuse(fmt::format("{} blood samples for a curve with {} parameters", samples.size(), parameters),
               "the curve would not be determined",
               "take more samples, or choose a curve with fewer parameters");
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
        auto const& sample = samples[i];
        if (!(sample.ppm > 0) || !(sample.ppm < 1e4) || !std::isfinite(sample.min) ||
            !(sample.relative_sigma > 0 && sample.relative_sigma <= 1)) {
            refuse(fmt::format("blood sample {}: {} ppm at {} min with a relative error of {}", i + 1,
                               sample.ppm, sample.min, sample.relative_sigma),
                   "a level lies above 0 and below 10000 ppm, its error between 0 and 1",
                   "correct the sample");
        }
        if (i > 0 && !(sample.min > samples[i - 1].min)) {
            refuse(fmt::format("two blood samples at {} min", sample.min),
                   "each sample has a time of its own", "average them, or correct the times");
        }
    }
}

} // namespace

double BloodLevel::ppm_at(double min) const {
    double sum = 0;
    for (auto const& term : terms) {
        sum += term.ppm * std::exp(-term.decay_per_min * min);
    }
    return sum;
}

double BloodLevel::integral_ppm_min(double from_min, double to_min) const {
    double sum = 0;
    for (auto const& term : terms) {
        sum += term.ppm * exponential_integral(term.decay_per_min, from_min, to_min);
    }
    return sum;
}

double BloodFit::sigma_ppm_at(double min) const {
    bool const held = level.terms.size() == 1 && level.terms[0].decay_per_min == 0;
    return std::sqrt(quadratic(covariance, slopes_at(level, min, held)));
}

double BloodFit::sigma_of_mean_ppm(double from_min, double to_min) const {
    // The slopes averaged over the time, by Simpson's rule with 64 parts: exact to 1e-8 for clinical decays
    constexpr int parts = 64;
    bool const held = level.terms.size() == 1 && level.terms[0].decay_per_min == 0;
    Vector mean(2 * level.terms.size(), 0.0);
    for (int i = 0; i <= parts; ++i) {
        double const weight = (i == 0 || i == parts ? 1.0 : i % 2 == 1 ? 4.0 : 2.0) / (3.0 * parts);
        auto const slopes = slopes_at(level, from_min + (to_min - from_min) * i / parts, held);
        for (std::size_t a = 0; a < mean.size(); ++a) {
            mean[a] += weight * slopes[a];
        }
    }
    return std::sqrt(quadratic(covariance, mean));
}

BloodFit fit_blood_level(std::vector<BloodSample> samples, BloodCurve curve, Warnings& warnings) {
    std::sort(samples.begin(), samples.end(), [](auto const& a, auto const& b) { return a.min < b.min; });
    std::size_t const terms = curve == BloodCurve::biexponential ? 2 : 1;
    std::size_t const parameters = curve == BloodCurve::constant ? 1 : 2 * terms;
    check_samples(samples, parameters);
    double const origin_min = samples.front().min;
    for (auto& sample : samples) {
        sample.min -= origin_min;
    }
    BloodFit fit;
    bool const constant = curve == BloodCurve::constant;
    auto const found = constant ? with_decays({0.0}, samples) : best_level(terms, samples);
    if (!found || found->terms.empty()) {
        refuse("no falling curve passes through the blood samples",
               fmt::format("{} samples; the parts of the curve would have to be negative", samples.size()),
               "fit a curve with fewer parameters, or use the samples after the end of the infusion");
    }
    fit.level = *found;
    fit.chi_square = chi_square_of(fit.level, samples);
    fit.degrees_of_freedom = static_cast<int>(samples.size() - parameters);
    for (auto& term : fit.level.terms) { // back to the clock of the samples
        term.ppm *= std::exp(term.decay_per_min * origin_min);
    }
    for (auto& sample : samples) {
        sample.min += origin_min;
    }
    fit.covariance = covariance_of(fit.level, samples, constant);
    if (fit.degrees_of_freedom > 0 && fit.chi_square > rare_chi_square(fit.degrees_of_freedom)) {
        warnings.add(
            fmt::format("the blood curve misses its samples: chi-square {:.1f} with {} degrees of freedom",
                        fit.chi_square, fit.degrees_of_freedom),
            "a right curve does so once in a thousand fits; the curve or the samples' errors are wrong",
            "choose another curve, leave out samples of the infusion, or state larger errors");
    }
    std::size_t const n = 2 * fit.level.terms.size();
    for (std::size_t a = 0; a < fit.level.terms.size() && !constant; ++a) {
        std::size_t const row = 2 * a + 1;
        double const decay = fit.level.terms[a].decay_per_min,
                     sigma = std::sqrt(fit.covariance[row * n + row]);
        if (!(sigma < decay)) {
            warnings.add(
                fmt::format(
                    "the samples do not determine decay {} of the blood curve ({:.2g} +- {:.2g} per min)",
                    a + 1, decay, sigma),
                "its half-time is beyond the times of the samples, or hidden by their errors",
                "fit a curve with fewer parameters, or take samples over a longer time");
        }
    }
    return fit;
}

} // namespace beamwright
