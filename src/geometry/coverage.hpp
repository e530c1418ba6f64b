/// The exact share of every pixel that lies inside polygons. docs/methods/structure_masks.md
#pragma once
#include "geometry/polygon.hpp"
#include <cstddef>
#include <vector>

namespace beamwright {

/// A block of unit pixels: pixel (i, j) covers [first_x + i, first_x + i + 1] x [first_y + j, first_y + j +
/// 1].
struct Coverage {
    int first_x = 0, first_y = 0, width = 0, height = 0;
    std::vector<double> share; ///< inside area of each pixel / pixel area, x fastest
    bool empty() const { return share.empty(); }
    double at(int i, int j) const {
        return share[static_cast<std::size_t>(j) * static_cast<std::size_t>(width) +
                     static_cast<std::size_t>(i)];
    }
};

/// Polygons in pixel units (as `even_odd` gives them: not overlapping, outer outlines counter-clockwise),
/// clipped to the pixels [0, width) x [0, height). The block returned is the smallest around what is inside.
/// Exact up to rounding: the sum of shares is the clipped area in pixels to about 1e-12 of the block's
/// pixels.
Coverage pixel_coverage(std::vector<Polygon2> const& polygons, int width, int height);

} // namespace beamwright
