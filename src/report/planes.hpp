/// Static pictures of planes: CT, dose wash, isodose lines, structures. For readers without JavaScript and for paper.
#pragma once
#include "report/encode.hpp"
#include "report/scene.hpp"

namespace beamwright::report {

/// Isodose lines in percent of the reference dose, highest first.
inline constexpr std::array<double, 6> isodose_percent{105, 95, 80, 50, 20, 10};

struct DrawOptions {
    int longest_side_px = 560;
    bool uncertainty = false; ///< the map of uncertainty instead of the dose
};

Picture draw_plane(ReportInput const& input, Scene const& scene, Plane plane, DrawOptions const& options);

/// Where the color of a map ends: 110 % of the reference for dose, the 98th percentile for others.
double map_top(Scene const& scene, std::size_t map);

/// Gray value 0 to 255 of a CT number in a window.
float gray_of(float hu, float level_HU, float width_HU);
inline constexpr float window_level_HU = 40, window_width_HU = 400;

} // namespace beamwright::report
