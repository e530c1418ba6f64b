/// Figures along the beam axis: advantage depth, advantage ratio, depth dose rate, therapeutic ratio.
/// docs/methods/beam_axis.md
#pragma once
#include "evaluate/capture/capture_map.hpp"
#include <optional>
#include <vector>

namespace beamwright {

/// Component dose rates along a straight line, depth 0 at the skin. Boron for 1 ppm.
struct AxisRates {
    std::vector<double> depth_mm; ///< rising
    std::vector<PerComponent<double>> rate_Gy_per_min;
};

/// Trilinear rates from `entry_mm` on, every `step_mm`, to `length_mm` or the end of the grid. \throws
/// Refusal if the entry lies outside the grid
AxisRates sample_axis(CaptureRates const& rates, Vec3<double> entry_mm, Vec3<double> direction,
                      double step_mm, double length_mm);

/// What fills the line for the figures: one kind of tissue all along.
struct AxisTissue {
    PerComponent<double> weight; ///< as in CaptureWeights
    double boron_ppm = 0;
};

struct AxisFigures {
    std::vector<double> depth_mm, tumor_Gy_per_min, normal_Gy_per_min, therapeutic_ratio;
    double most_normal_Gy_per_min = 0; ///< the advantage depth dose rate
    double depth_of_most_normal_mm = 0;
    /// Deepest place where the tumor still gets the greatest dose of the normal tissue; none if it never does
    /// or the line ends before.
    std::optional<double> advantage_depth_mm;
    std::optional<double> advantage_ratio;
    double peak_therapeutic_ratio = 0, depth_of_peak_ratio_mm = 0;
};

/// Rates are linear between the points. \throws Refusal for fewer than two points or no dose in normal tissue
AxisFigures axis_figures(AxisRates const& axis, AxisTissue const& tumor, AxisTissue const& normal);

} // namespace beamwright
