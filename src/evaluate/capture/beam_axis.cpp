#include "evaluate/capture/beam_axis.hpp"
#include "core/refusal.hpp"
#include "geometry/interpolate.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

std::vector<double> weighted(AxisRates const& axis, AxisTissue const& tissue) {
    auto slopes = tissue.weight;
    slopes.boron *= tissue.boron_ppm;
    std::vector<double> sums;
    for (auto const& rate : axis.rate_Gy_per_min) {
        sums.push_back(dot(slopes, rate));
    }
    return sums;
}

/// Integral of a broken line from its first point to `end`.
double integral_to(std::vector<double> const& x, std::vector<double> const& y, double end) {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < x.size() && x[i] < end; ++i) {
        double const to = std::min(x[i + 1], end);
        double const last = y[i] + (y[i + 1] - y[i]) * (to - x[i]) / (x[i + 1] - x[i]);
        sum += 0.5 * (y[i] + last) * (to - x[i]);
    }
    return sum;
}

/// As geometry/interpolate.hpp, for values that are no Volume.
double trilinear(Grid const& grid, std::vector<float> const& values, Vec3<double> ijk) {
    auto const x = linear_place(ijk.x, grid.size[0]), y = linear_place(ijk.y, grid.size[1]),
               z = linear_place(ijk.z, grid.size[2]);
    double sum = 0;
    for (int corner = 0; corner < 8; ++corner) {
        bool const up_x = (corner & 1) != 0, up_y = (corner & 2) != 0, up_z = (corner & 4) != 0;
        double const weight =
            (up_x ? x.share : 1 - x.share) * (up_y ? y.share : 1 - y.share) * (up_z ? z.share : 1 - z.share);
        if (weight > 0) {
            sum +=
                weight *
                values[grid.index(x.node + (up_x ? 1 : 0), y.node + (up_y ? 1 : 0), z.node + (up_z ? 1 : 0))];
        }
    }
    return sum;
}

} // namespace

AxisRates sample_axis(CaptureRates const& rates, Vec3<double> entry_mm, Vec3<double> direction,
                      double step_mm, double length_mm) {
    if (!(step_mm > 0) || !(length_mm >= step_mm) || !(norm(direction) > 0)) {
        refuse(fmt::format("an axis of {} mm in steps of {} mm", length_mm, step_mm),
               "it needs a direction and two points", "state a step above 0 and a longer length");
    }
    auto const& grid = rates.grid;
    if (!within_faces(grid, grid.to_index(entry_mm))) {
        refuse(fmt::format("the beam axis enters at ({:.1f}, {:.1f}, {:.1f}) mm, outside the dose grid",
                           entry_mm.x, entry_mm.y, entry_mm.z),
               "rates are known on the grid only", "check the entry point, or calculate on a larger grid");
    }
    auto const unit = normalized(direction);
    AxisRates axis;
    for (int i = 0; i * step_mm <= length_mm * (1 + 1e-12); ++i) {
        auto const place = grid.to_index(entry_mm + (i * step_mm) * unit);
        if (!within_faces(grid, place)) {
            break;
        }
        axis.depth_mm.push_back(i * step_mm);
        axis.rate_Gy_per_min.push_back({trilinear(grid, rates.boron_Gy_per_min_per_ppm, place),
                                        trilinear(grid, rates.nitrogen_Gy_per_min, place),
                                        trilinear(grid, rates.fast_Gy_per_min, place),
                                        trilinear(grid, rates.photon_Gy_per_min, place)});
    }
    return axis;
}

AxisFigures axis_figures(AxisRates const& axis, AxisTissue const& tumor, AxisTissue const& normal) {
    if (axis.depth_mm.size() < 2 || axis.depth_mm.size() != axis.rate_Gy_per_min.size()) {
        refuse(fmt::format("the beam axis has {} depths", axis.depth_mm.size()),
               "figures along it need two at least", "sample the axis more finely");
    }
    AxisFigures figures;
    figures.depth_mm = axis.depth_mm;
    auto const& x = figures.depth_mm;
    figures.tumor_Gy_per_min = weighted(axis, tumor);
    figures.normal_Gy_per_min = weighted(axis, normal);
    auto const& high = figures.tumor_Gy_per_min;
    auto const most = std::max_element(figures.normal_Gy_per_min.begin(), figures.normal_Gy_per_min.end());
    figures.most_normal_Gy_per_min = *most;
    if (!(*most > 0)) {
        refuse("the normal tissue on the beam axis gets no dose", "ratios to it do not exist",
               "check the axis and the dose");
    }
    figures.depth_of_most_normal_mm = x[static_cast<std::size_t>(most - figures.normal_Gy_per_min.begin())];
    for (std::size_t i = 0; i < x.size(); ++i) {
        figures.therapeutic_ratio.push_back(high[i] / *most);
        if (figures.therapeutic_ratio[i] > figures.peak_therapeutic_ratio) {
            figures.peak_therapeutic_ratio = figures.therapeutic_ratio[i];
            figures.depth_of_peak_ratio_mm = x[i];
        }
    }
    // The last crossing from above; a line that ends above has none
    for (std::size_t i = x.size() - 1; i-- > 0;) {
        if (high[i + 1] >= *most) {
            break;
        }
        if (high[i] >= *most) {
            double const depth = x[i] + (x[i + 1] - x[i]) * (high[i] - *most) / (high[i] - high[i + 1]);
            figures.advantage_depth_mm = depth;
            double const normal_sum = integral_to(x, figures.normal_Gy_per_min, depth);
            if (normal_sum > 0) {
                figures.advantage_ratio = integral_to(x, high, depth) / normal_sum;
            }
            break;
        }
    }
    return figures;
}

} // namespace beamwright
