/// Lines of equal value in a slice.
#pragma once
#include <cstddef>
#include <vector>

namespace beamwright::report {

/// A flat picture of numbers; x runs fastest.
struct Slice {
    int width = 0, height = 0;
    std::vector<float> values;
    Slice() = default;
    Slice(int w, int h)
        : width(w), height(h), values(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
    float& at(int x, int y) {
        return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                      static_cast<std::size_t>(x)];
    }
    float at(int x, int y) const {
        return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                      static_cast<std::size_t>(x)];
    }
    /// Bilinear between centers; constant beyond the outer centers.
    float between(double x, double y) const;
};

struct Segment {
    float x0, y0, x1, y1; ///< in units of the slice's centers
};

/// Marching squares; what lies around the slice counts as below the level.
std::vector<Segment> level_lines(Slice const& slice, float level);

} // namespace beamwright::report
