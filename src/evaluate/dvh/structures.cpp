#include "core/parallel.hpp"
#include "evaluate/dvh/collector.hpp"
#include "evaluate/dvh/dvh.hpp"
#include "geometry/interpolate.hpp"
#include "geometry/resample.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

struct DoseRange {
    double least_Gy = 0, most_Gy = 0;
};

DoseRange checked_range(Volume<float> const& dose_Gy) {
    BW_EXPECT(dose_Gy.values.size() == dose_Gy.grid.voxels());
    if (dose_Gy.values.empty()) {
        refuse("the dose has no voxels", "there is nothing to evaluate", "check the dose file");
    }
    float least = dose_Gy.values.front(), most = least;
    bool finite = true;
    for (float const dose : dose_Gy.values) {
        least = std::min(least, dose);
        most = std::max(most, dose);
        finite = finite && std::isfinite(dose);
    }
    if (!finite) {
        auto const bad = std::find_if(dose_Gy.values.begin(), dose_Gy.values.end(),
                                      [](float d) { return !std::isfinite(d); });
        refuse(fmt::format("the dose holds the value {} at voxel {}", *bad, bad - dose_Gy.values.begin()),
               "every voxel needs a number", "check the program that wrote the dose");
    }
    return {static_cast<double>(least), static_cast<double>(most)};
}

std::array<int, 3> parts_for(Grid const& grid, double part_mm) {
    if (part_mm <= 0.0) {
        return {1, 1, 1};
    }
    auto const parts = [&](double spacing) {
        return std::max(1, static_cast<int>(std::ceil(spacing / part_mm - 1e-6)));
    };
    return {parts(grid.spacing_mm.x), parts(grid.spacing_mm.y), parts(grid.spacing_mm.z)};
}

/// Doses of a structure: one walk over its mask.
class StructureWalk {
public:
    StructureWalk(Volume<float> const& dose, Volume<float> const* uncertainty, DoseRange range,
                  std::array<int, 3> parts)
        : dose_(dose), uncertainty_(uncertainty), range_(range), parts_(parts),
          fine_(refined_grid(dose.grid, parts)), whole_(parts == std::array<int, 3>{1, 1, 1}) {}

    void evaluate(ContourStack const& stack, StructureDvh& result) {
        DvhCollector collector(range_.least_Gy, range_.most_Gy);
        double const part_cm3 = fine_.voxel_cm3();
        double volume_cm3 = 0.0;
        visit_mask(stack, fine_, [&](MaskBlock const& block) {
            std::size_t n = 0;
            for (int k = 0; k < block.size[2]; ++k) {
                for (int j = 0; j < block.size[1]; ++j) {
                    for (int i = 0; i < block.size[0]; ++i, ++n) {
                        double const weight = block.weight[n];
                        if (weight > 0.0) {
                            collector.add(dose_at(block.first[0] + i, block.first[1] + j, block.first[2] + k),
                                          weight * part_cm3);
                            volume_cm3 += weight * part_cm3;
                        }
                    }
                }
            }
        });
        result.dvh = collector.finished();
        double const outside =
            result.contour_volume_cm3 > 0.0 ? 1.0 - volume_cm3 / result.contour_volume_cm3 : 0.0;
        result.outside_share = outside > 1e-6 ? outside : 0.0; // rounding of coordinates
        if (uncertainty_ != nullptr && volume_cm3 > 0.0) {
            result.mean_uncertainty_Gy = mean_uncertainty_Gy(stack);
        }
    }

private:
    double dose_at(int i, int j, int k) const {
        if (whole_) {
            return static_cast<double>(dose_.at(i, j, k));
        }
        auto const coarse = [](int part, int n) { return (part + 0.5) / n - 0.5; };
        return interpolated(dose_, {coarse(i, parts_[0]), coarse(j, parts_[1]), coarse(k, parts_[2])});
    }

    /// Of the weighted mean of whole voxels: sqrt(sum w^2 s^2) / sum w.
    double mean_uncertainty_Gy(ContourStack const& stack) const {
        double variance = 0.0, sum = 0.0;
        visit_mask(stack, dose_.grid, [&](MaskBlock const& block) {
            std::size_t n = 0;
            for (int k = 0; k < block.size[2]; ++k) {
                for (int j = 0; j < block.size[1]; ++j) {
                    for (int i = 0; i < block.size[0]; ++i, ++n) {
                        double const one = block.weight[n] *
                                           static_cast<double>(uncertainty_->at(
                                               block.first[0] + i, block.first[1] + j, block.first[2] + k));
                        variance += one * one;
                        sum += block.weight[n];
                    }
                }
            }
        });
        return std::sqrt(variance) / sum;
    }

    Volume<float> const& dose_;
    Volume<float> const* uncertainty_;
    DoseRange range_;
    std::array<int, 3> parts_;
    Grid fine_;
    bool whole_;
};

void warn_of_outside(StructureDvh const& result, Warnings& warnings) {
    if (result.contour_volume_cm3 <= 0.0) {
        warnings.add(fmt::format("structure '{}' (number {}) has no volume", result.name, result.number),
                     "it has no closed contours, or a single plane of unknown thickness",
                     "it is left out of the evaluation");
    } else if (result.outside_share > 1e-4) {
        warnings.add(fmt::format("{:.2f} % of structure '{}' lie outside the dose grid",
                                 100.0 * result.outside_share, result.name),
                     "the histogram and its percentages hold for the part inside only",
                     "calculate the dose on a larger grid if that part matters");
    }
}

} // namespace

std::vector<StructureDvh> dvhs(Volume<float> const& dose_Gy, std::vector<Structure> const& structures,
                               DvhOptions const& options, Warnings& warnings,
                               Volume<float> const* uncertainty_Gy) {
    BW_EXPECT(uncertainty_Gy == nullptr || uncertainty_Gy->grid == dose_Gy.grid);
    auto const range = checked_range(dose_Gy);
    auto const parts = parts_for(dose_Gy.grid, options.part_mm);
    std::vector<StructureDvh> results(structures.size());
    std::vector<Warnings> found(structures.size());
    parallel_ranges(structures.size(), 1, [&](std::size_t first, std::size_t last) {
        for (auto n = first; n < last; ++n) {
            auto const& structure = structures[n];
            auto& result = results[n];
            auto const stack_options = with_lone_plane(options.stack, dose_Gy.grid, structure);
            auto const stack = stack_contours(structure, stack_options, found[n]);
            result.number = structure.number;
            result.name = structure.name;
            result.type = structure.type;
            result.contour_volume_cm3 = stack.volume_cm3();
            result.end_cap = options.stack.end_cap;
            result.parts = parts;
            StructureWalk(dose_Gy, uncertainty_Gy, range, parts).evaluate(stack, result);
            warn_of_outside(result, found[n]);
        }
    });
    for (auto const& list : found) {
        for (auto const& warning : list.all()) {
            warnings.add(warning.problem, warning.why, warning.what_to_do);
        }
    }
    return results;
}

Dvh dvh_of(Volume<float> const& dose_Gy, StructureMask const& mask) {
    auto const range = checked_range(dose_Gy);
    DvhCollector collector(range.least_Gy, range.most_Gy);
    double const voxel_cm3 = dose_Gy.grid.voxel_cm3();
    std::size_t n = 0;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i, ++n) {
                if (mask.weight[n] > 0.0F) {
                    collector.add(static_cast<double>(
                                      dose_Gy.at(mask.first[0] + i, mask.first[1] + j, mask.first[2] + k)),
                                  static_cast<double>(mask.weight[n]) * voxel_cm3);
                }
            }
        }
    }
    return collector.finished();
}

} // namespace beamwright
