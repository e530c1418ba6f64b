#include "geometry/coverage.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

namespace {

/// Signed-area accumulation: an edge adds, to the pixel it crosses, its height times the share of the pixel
/// to its right, and to the next pixel the rest; a running sum along the row then gives the area inside of
/// every pixel.
class Accumulator {
public:
    Accumulator(int width, int height)
        : width_(width), height_(height),
          cells_(static_cast<std::size_t>(width + 1) * static_cast<std::size_t>(height), 0.0) {}

    void add_edge(Point2 a, Point2 b) {
        // What lies below or above the block adds nothing
        double const low = std::max(0.0, std::min(a.y, b.y));
        double const high = std::min(static_cast<double>(height_), std::max(a.y, b.y));
        if (!(low < high)) {
            return;
        }
        double const slope = (b.x - a.x) / (b.y - a.y);
        double const sign = b.y > a.y ? -1.0 : 1.0; // an edge going up has the inside on its left
        double const least_x = std::min(a.x, b.x), most_x = std::max(a.x, b.x);
        double y = low;
        double x = std::clamp(a.x + (y - a.y) * slope, least_x, most_x);
        for (int row = static_cast<int>(low); y < high; ++row) {
            double const next_y = std::min(high, row + 1.0);
            double const next_x = std::clamp(a.x + (next_y - a.y) * slope, least_x, most_x);
            add_in_row(row, x, next_x, sign * (next_y - y));
            y = next_y;
            x = next_x;
        }
    }

    /// Running sums; rounding residues of 1e-9 and below become exactly 0 or 1.
    std::vector<double> shares() const {
        constexpr double residue = 1e-9;
        std::vector<double> shares(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_));
        for (int j = 0; j < height_; ++j) {
            double const* const row =
                &cells_[static_cast<std::size_t>(j) * static_cast<std::size_t>(width_ + 1)];
            double sum = 0.0;
            for (int i = 0; i < width_; ++i) {
                sum += row[i];
                double const share = sum < residue ? 0.0 : sum > 1.0 - residue ? 1.0 : sum;
                shares[static_cast<std::size_t>(j) * static_cast<std::size_t>(width_) +
                       static_cast<std::size_t>(i)] = share;
            }
        }
        return shares;
    }

private:
    /// A piece of an edge from x to next_x within one row, of signed height `rise`.
    void add_in_row(int row, double x, double next_x, double rise) {
        double* const cells = &cells_[static_cast<std::size_t>(row) * static_cast<std::size_t>(width_ + 1)];
        double const left = std::min(x, next_x), right = std::max(x, next_x);
        double const end = width_;
        if (left >= end) {
            return; // all of the row lies to its left
        }
        if (right <= 0.0) {
            cells[0] += rise;
            return;
        }
        if (right - left < 1e-14) {
            add_in_pixel(cells, left, left, rise);
            return;
        }
        double const rise_per_x = rise / (right - left);
        if (left < 0.0) {
            cells[0] += -left * rise_per_x;
        }
        double from = std::max(left, 0.0);
        double const last = std::min(right, end);
        while (from < last) {
            double const to = std::min(last, std::floor(from) + 1.0);
            add_in_pixel(cells, from, to, (to - from) * rise_per_x);
            from = to;
        }
    }

    static void add_in_pixel(double* cells, double from, double to, double rise) {
        int const pixel = static_cast<int>(from);
        double const beside = 0.5 * (from + to) - pixel; // mean share of the pixel left of the edge
        cells[pixel] += rise * (1.0 - beside);
        cells[pixel + 1] += rise * beside;
    }

    int width_, height_;
    std::vector<double> cells_; ///< one more per row than pixels: the spill of the last
};

} // namespace

Coverage pixel_coverage(std::vector<Polygon2> const& polygons, int width, int height) {
    auto const box = bounding_box(polygons);
    Coverage coverage;
    if (box.empty() || box.most.x <= 0.0 || box.most.y <= 0.0 || box.least.x >= width ||
        box.least.y >= height) {
        return coverage;
    }
    coverage.first_x = static_cast<int>(std::max(0.0, std::floor(box.least.x)));
    coverage.first_y = static_cast<int>(std::max(0.0, std::floor(box.least.y)));
    coverage.width = static_cast<int>(std::min<double>(width, std::ceil(box.most.x))) - coverage.first_x;
    coverage.height = static_cast<int>(std::min<double>(height, std::ceil(box.most.y))) - coverage.first_y;
    if (coverage.width <= 0 || coverage.height <= 0) {
        return {};
    }
    Accumulator accumulator(coverage.width, coverage.height);
    for (auto const& polygon : polygons) {
        for (std::size_t n = 0; n < polygon.size(); ++n) {
            auto const a = polygon[n], b = polygon[(n + 1) % polygon.size()];
            accumulator.add_edge({a.x - coverage.first_x, a.y - coverage.first_y},
                                 {b.x - coverage.first_x, b.y - coverage.first_y});
        }
    }
    coverage.share = accumulator.shares();
    return coverage;
}

} // namespace beamwright
