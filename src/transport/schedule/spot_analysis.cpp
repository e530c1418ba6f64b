#include "transport/schedule/spot.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

double distal_depth_mm(std::vector<DepthDosePoint> const& curve, double level) {
    if (curve.empty()) {
        return 0;
    }
    auto const peak = std::max_element(
        curve.begin(), curve.end(), [](auto const& a, auto const& b) { return a.MeV_per_mm < b.MeV_per_mm; });
    double const wanted = level * peak->MeV_per_mm;
    for (auto at = peak; at + 1 != curve.end(); ++at) {
        auto const next = at + 1;
        if (at->MeV_per_mm >= wanted && next->MeV_per_mm < wanted) {
            double const share = (at->MeV_per_mm - wanted) / (at->MeV_per_mm - next->MeV_per_mm);
            return at->depth_mm + share * (next->depth_mm - at->depth_mm);
        }
    }
    return 0;
}

namespace {

/// Share of a unit Gaussian in a bin, and its derivative with sigma.
struct BinShare {
    double share, slope;
};

BinShare bin_share(double low_mm, double high_mm, double sigma_mm) {
    double const root = sigma_mm * std::sqrt(2.0);
    double const a = low_mm / root, b = high_mm / root;
    double const density = std::sqrt(1.0 / std::acos(-1.0)) / sigma_mm;
    return {0.5 * (std::erf(b) - std::erf(a)), density * (a * std::exp(-a * a) - b * std::exp(-b * b))};
}

} // namespace

double fitted_sigma_mm(std::vector<double> const& profile, double bin_mm, double within_mm) {
    // The start: the second moment within the window
    auto const bins = static_cast<double>(profile.size());
    double sum = 0, second = 0;
    std::vector<std::size_t> used;
    for (std::size_t i = 0; i < profile.size(); ++i) {
        double const center = (static_cast<double>(i) + 0.5 - 0.5 * bins) * bin_mm;
        if (std::fabs(center) > within_mm) {
            continue;
        }
        used.push_back(i);
        sum += profile[i];
        second += profile[i] * center * center;
    }
    if (!(sum > 0) || used.size() < 3) {
        return 0;
    }
    double sigma = std::max(std::sqrt(second / sum), 0.3 * bin_mm), height = sum;

    // Least squares in height and sigma (Gauss and Newton), steps held to a third of sigma
    for (int round = 0; round < 100; ++round) {
        double hh = 0, hs = 0, ss = 0, rh = 0, rs = 0;
        for (auto const i : used) {
            double const low = (static_cast<double>(i) - 0.5 * bins) * bin_mm;
            auto const [share, slope] = bin_share(low, low + bin_mm, sigma);
            double const left = profile[i] - height * share, by_sigma = height * slope;
            hh += share * share;
            hs += share * by_sigma;
            ss += by_sigma * by_sigma;
            rh += share * left;
            rs += by_sigma * left;
        }
        double const determinant = hh * ss - hs * hs;
        if (!(determinant > 0)) {
            break;
        }
        double const step = std::clamp((hh * rs - hs * rh) / determinant, -0.33 * sigma, 0.33 * sigma);
        height += (ss * rh - hs * rs) / determinant;
        sigma += step;
        if (std::fabs(step) < 1e-9 * sigma) {
            break;
        }
    }
    return sigma;
}

} // namespace beamwright
