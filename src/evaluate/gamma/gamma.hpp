/// Gamma comparison of two doses in three dimensions. docs/methods/gamma.md
#pragma once
#include "core/progress.hpp"
#include "core/refusal.hpp"
#include "geometry/grid.hpp"
#include <optional>

namespace beamwright {

enum class GammaNorm {
    global, ///< dose difference in percent of one dose: `norm_dose_Gy`, or the reference's maximum
    local   ///< in percent of the reference dose at the place
};

struct GammaOptions {
    double dose_percent = 2.0;
    double distance_mm = 2.0;
    GammaNorm norm = GammaNorm::global;
    double cutoff_percent = 10.0; ///< of the global norm dose: reference voxels below it are not judged
    double most_gamma = 2.0;      ///< search ends there; larger values are reported as this
    std::optional<double> norm_dose_Gy = {}; ///< nothing: maximum of the reference
};

struct GammaResult {
    Volume<float> gamma;     ///< on the reference's grid; -1 where not judged
    double pass_percent = 0; ///< of judged voxels with gamma <= 1
    std::size_t judged = 0;
    std::size_t outside = 0; ///< above the cut-off, but beyond the evaluated grid's faces: not judged, warned
    double mean_gamma = 0, largest_gamma = 0;
    double norm_dose_Gy = 0;
};

/// Gamma (Low et al. 1998) at every voxel center of `reference` at or above the cut-off: the least of
/// sqrt((distance / distance_mm)^2 + (difference / dose)^2) over all places of `evaluated`, whose values are trilinear
/// between voxel centers (places are searched continuously, not on a raster). Grids may differ in place and axes.
/// \throws Refusal for criteria that are not above 0, or values that are not finite.
GammaResult gamma_of(Volume<float> const& reference, Volume<float> const& evaluated,
                     GammaOptions const& options, Warnings& warnings, ProgressCallback const& progress = {});

} // namespace beamwright
