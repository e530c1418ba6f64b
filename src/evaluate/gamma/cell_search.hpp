/// The least gamma within one cell of a trilinear dose. docs/methods/gamma.md eq. 2-5
#pragma once
#include <algorithm>
#include <array>
#include <cmath>

namespace beamwright {

using Triple = std::array<double, 3>;

/// A box between eight neighboring voxel centers, seen from the reference point: lengths in units of the distance
/// criterion, doses as differences to the reference dose in units of the dose criterion.
struct GammaCell {
    Triple low, high; ///< box relative to the reference point
    Triple extent;    ///< high - low, 0 along an axis of one voxel
    /// dose difference; bit 0 of the index is high x, bit 1 high y, bit 2 high z
    std::array<double, 8> corner;
};

/// Dose difference and its gradient at a place of a cell.
struct CellPoint {
    double difference;
    Triple gradient;
};

inline CellPoint cell_point(GammaCell const& cell, Triple const& place) {
    Triple share{}, per_length{};
    for (std::size_t a = 0; a < 3; ++a) {
        per_length[a] = cell.extent[a] > 0.0 ? 1.0 / cell.extent[a] : 0.0;
        share[a] = (place[a] - cell.low[a]) * per_length[a];
    }
    auto const& c = cell.corner;
    double const x00 = c[0] + share[0] * (c[1] - c[0]), x10 = c[2] + share[0] * (c[3] - c[2]);
    double const x01 = c[4] + share[0] * (c[5] - c[4]), x11 = c[6] + share[0] * (c[7] - c[6]);
    double const y0 = x00 + share[1] * (x10 - x00), y1 = x01 + share[1] * (x11 - x01);
    double const dx0 = (c[1] - c[0]) + share[1] * ((c[3] - c[2]) - (c[1] - c[0]));
    double const dx1 = (c[5] - c[4]) + share[1] * ((c[7] - c[6]) - (c[5] - c[4]));
    double const dx = dx0 + share[2] * (dx1 - dx0);
    double const dy = (x10 - x00) + share[2] * ((x11 - x01) - (x10 - x00));
    return {y0 + share[2] * (y1 - y0), {dx * per_length[0], dy * per_length[1], (y1 - y0) * per_length[2]}};
}

/// Least |x|^2 + (difference at `from` + gradient . (x - from))^2 over the box: every coordinate is
/// clamp(-r g, low, high) with the one r that equals the difference there (a falling, piecewise linear equation).
inline Triple linear_minimum(GammaCell const& cell, CellPoint const& point, Triple const& from) {
    auto const& g = point.gradient;
    double const constant = point.difference - g[0] * from[0] - g[1] * from[1] - g[2] * from[2];
    auto const place = [&](double r) {
        Triple x{};
        for (std::size_t a = 0; a < 3; ++a) {
            x[a] = std::clamp(-r * g[a], cell.low[a], cell.high[a]);
        }
        return x;
    };
    double r = constant / (1.0 + g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
    auto x = place(r);
    for (int step = 0; step < 6; ++step) {
        // Newton's step on the current linear piece: at most one per piece is needed
        double held = constant, slope = 1.0;
        for (std::size_t a = 0; a < 3; ++a) {
            bool const free = x[a] > cell.low[a] && x[a] < cell.high[a];
            held += free ? 0.0 : g[a] * x[a];
            slope += free ? g[a] * g[a] : 0.0;
        }
        double const next = held / slope;
        if (std::abs(next - r) <= 1e-12 * std::abs(r)) {
            break;
        }
        r = next;
        x = place(r);
    }
    return x;
}

inline double squared_gamma(Triple const& x, double difference) {
    return x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + difference * difference;
}

/// Least squared gamma in the cell, by Gauss-Newton steps from the place nearest to the reference point.
inline double least_in_cell(GammaCell const& cell) {
    Triple x{};
    for (std::size_t a = 0; a < 3; ++a) {
        x[a] = std::clamp(0.0, cell.low[a], cell.high[a]);
    }
    auto point = cell_point(cell, x);
    double best = squared_gamma(x, point.difference);
    for (int step = 0; step < 6; ++step) {
        auto next = linear_minimum(cell, point, x);
        auto next_point = cell_point(cell, next);
        double value = squared_gamma(next, next_point.difference);
        for (int halving = 0; value > best && halving < 3; ++halving) {
            for (std::size_t a = 0; a < 3; ++a) {
                next[a] = 0.5 * (next[a] + x[a]);
            }
            next_point = cell_point(cell, next);
            value = squared_gamma(next, next_point.difference);
        }
        if (!(value < best * (1.0 - 1e-4))) {
            return std::min(value, best);
        }
        best = value;
        x = next;
        point = next_point;
    }
    return best;
}

} // namespace beamwright
