#include "evaluate/curves/curve.hpp"
#include "core/contracts.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

namespace {

/// The straight piece that x lies on, and how far along; clamped to the ends.
struct Place {
    std::size_t piece;
    double share;
};

Place place_of(Curve const& curve, double x) {
    BW_EXPECT(!curve.x.empty());
    if (curve.size() == 1 || x <= curve.x.front()) {
        return {0, 0};
    }
    if (x >= curve.x.back()) {
        return {curve.size() - 2, 1};
    }
    auto const above = std::upper_bound(curve.x.begin(), curve.x.end(), x);
    auto const piece = static_cast<std::size_t>(above - curve.x.begin()) - 1;
    return {piece, (x - curve.x[piece]) / (curve.x[piece + 1] - curve.x[piece])};
}

double between(std::vector<double> const& values, Place place) {
    if (values.empty()) {
        return 0;
    }
    auto const next = std::min(place.piece + 1, values.size() - 1);
    return values[place.piece] + place.share * (values[next] - values[place.piece]);
}

/// Of a value between two points with independent errors.
double sigma_at(Curve const& curve, double x) {
    if (curve.sigma.empty()) {
        return 0;
    }
    auto const place = place_of(curve, x);
    auto const next = std::min(place.piece + 1, curve.size() - 1);
    return std::hypot((1 - place.share) * curve.sigma[place.piece], place.share * curve.sigma[next]);
}

} // namespace

double value_at(Curve const& curve, double x) { return between(curve.y, place_of(curve, x)); }

double area_between(Curve const& curve, double from, double to) {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
        double const low = std::max(from, curve.x[i]), high = std::min(to, curve.x[i + 1]);
        if (high > low) {
            sum += 0.5 * (value_at(curve, low) + value_at(curve, high)) * (high - low);
        }
    }
    return sum;
}

double maximum_of(Curve const& curve) {
    return curve.y.empty() ? 0 : *std::max_element(curve.y.begin(), curve.y.end());
}

Curve scaled(Curve curve, double factor) {
    for (auto& y : curve.y) {
        y *= factor;
    }
    for (auto& sigma : curve.sigma) {
        sigma *= std::fabs(factor);
    }
    return curve;
}

Curve shifted(Curve curve, double by) {
    for (auto& x : curve.x) {
        x += by;
    }
    return curve;
}

Curve rebinned(Curve const& curve, std::size_t many) {
    BW_EXPECT(many > 0);
    Curve coarse;
    auto const n = static_cast<double>(many);
    for (std::size_t first = 0; first + many <= curve.size(); first += many) {
        double x = 0, y = 0, variance = 0;
        for (auto i = first; i < first + many; ++i) {
            x += curve.x[i] / n;
            y += curve.y[i] / n;
            variance += curve.sigma.empty() ? 0 : curve.sigma[i] * curve.sigma[i] / (n * n);
        }
        coarse.x.push_back(x);
        coarse.y.push_back(y);
        if (!curve.sigma.empty()) {
            coarse.sigma.push_back(std::sqrt(variance));
        }
    }
    return coarse;
}

Curve binned_at(Curve const& curve, std::vector<double> const& centers, double bin) {
    BW_EXPECT(bin > 0);
    Curve binned;
    for (auto const center : centers) {
        double const from = std::max(center - 0.5 * bin, curve.x.front());
        double const to = std::min(center + 0.5 * bin, curve.x.back());
        binned.x.push_back(center);
        binned.y.push_back(to > from ? area_between(curve, from, to) / (to - from) : value_at(curve, center));
        if (!curve.sigma.empty()) {
            binned.sigma.push_back(sigma_at(curve, center));
        }
    }
    return binned;
}

CurveDifference difference_between(Curve const& ours, Curve const& theirs, double from, double to, double z) {
    CurveDifference result;
    double const maximum = maximum_of(theirs);
    if (!(maximum > 0)) {
        return result;
    }
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        double const x = theirs.x[i];
        if (x < from || x > to || x < ours.x.front() || x > ours.x.back()) {
            continue;
        }
        double const apart = (value_at(ours, x) - theirs.y[i]) / maximum;
        double const sigma =
            std::hypot(sigma_at(ours, x), theirs.sigma.empty() ? 0 : theirs.sigma[i]) / maximum;
        result.difference.x.push_back(x);
        result.difference.y.push_back(apart);
        result.difference.sigma.push_back(sigma);
        if (std::fabs(apart) > std::fabs(result.worst)) {
            result.worst = apart;
            result.at = x;
            result.sigma = sigma;
        }
        result.most_beyond_noise = std::max(result.most_beyond_noise, std::fabs(apart) - z * sigma);
        ++result.points;
    }
    return result;
}

double area_ratio(Curve const& ours, Curve const& theirs) {
    double const from = std::max(ours.x.front(), theirs.x.front());
    double const to = std::min(ours.x.back(), theirs.x.back());
    double const area = area_between(theirs, from, to);
    return area > 0 ? area_between(ours, from, to) / area : 0;
}

CurveDifference area_normalized_difference(Curve const& ours, Curve const& theirs, double from, double to,
                                           double z) {
    double const ratio = area_ratio(ours, theirs);
    return ratio > 0 ? difference_between(scaled(ours, 1 / ratio), theirs, from, to, z) : CurveDifference{};
}

} // namespace beamwright
