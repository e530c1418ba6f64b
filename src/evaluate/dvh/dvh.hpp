/// Dose-volume histograms with exact partial volumes. docs/methods/dvh.md
#pragma once
#include "geometry/grid.hpp"
#include "patient/masks.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// One step of a histogram: so much volume gets this dose.
struct DoseVolume {
    double dose_Gy, volume_cm3;
};

/// Volume over dose, doses ascending. Every question about a DVH is answered from it.
class Dvh {
public:
    Dvh() = default;
    /// Steps in any order; those of no volume are dropped.
    explicit Dvh(std::vector<DoseVolume> steps);

    bool empty() const { return steps_.empty(); }
    std::vector<DoseVolume> const& steps() const { return steps_; }
    double volume_cm3() const { return volume_cm3_; } ///< with a dose, that is inside the dose grid
    double mean_Gy() const { return mean_Gy_; }
    double min_Gy() const { return min_Gy_; }
    double max_Gy() const { return max_Gy_; }

    /// Least dose in the hottest `percent` of the volume: D95 = dose_at_percent(95). 0..100; D0 = max, D100 = min.
    double dose_at_percent(double percent) const;
    /// Least dose in the hottest `cm3`; nothing if the structure is smaller.
    std::optional<double> dose_at_cm3(double cm3) const;
    /// Volume that gets at least this dose.
    double volume_cm3_at(double dose_Gy) const;
    double volume_percent_at(double dose_Gy) const;
    double near_min_Gy() const { return dose_at_percent(98); } ///< ICRU 83 (2010): D98
    double near_max_Gy() const { return dose_at_percent(2); }  ///< ICRU 83 (2010): D2
    double median_Gy() const { return dose_at_percent(50); }

    /// Points (dose, percent of volume that gets at least it) every `step_Gy` from 0 to beyond the maximum.
    std::vector<std::pair<double, double>> cumulative(double step_Gy) const;
    /// Volume in cm3 between dose and dose + step_Gy, listed with the bin's lower edge. Sums to volume_cm3().
    std::vector<std::pair<double, double>> differential(double step_Gy) const;

private:
    friend class DvhCollector;
    std::vector<DoseVolume> steps_;
    std::vector<double> at_least_cm3_; ///< volume of this step and all hotter ones
    double volume_cm3_ = 0, mean_Gy_ = 0, min_Gy_ = 0, max_Gy_ = 0;
};

struct DvhOptions {
    StackOptions stack;
    /// Every voxel is cut until no side of a part exceeds this; the dose is trilinear at part centers. 0: never cut.
    double part_mm = 0;
};

struct StructureDvh {
    int number = 0;
    std::string name, type;
    Dvh dvh;
    double contour_volume_cm3 = 0; ///< analytic, of the stacked contours
    double outside_share = 0;      ///< of that volume, beyond the dose grid: not in the histogram
    EndCap end_cap = EndCap::full_slice;
    std::array<int, 3> parts{1, 1, 1}; ///< per voxel and axis
    /// one standard deviation of the mean dose, where voxels' are known
    std::optional<double> mean_uncertainty_Gy;
};

/// DVH of each structure, in their order, in parallel over structures. Doses must be finite (refused with the place).
/// `uncertainty_Gy` (may be null): one standard deviation per voxel on the same grid; voxels taken as independent.
/// Warnings: structure partly or wholly outside the dose grid, no contours.
std::vector<StructureDvh> dvhs(Volume<float> const& dose_Gy, std::vector<Structure> const& structures,
                               DvhOptions const& options, Warnings& warnings,
                               Volume<float> const* uncertainty_Gy = nullptr);

/// DVH of a ready mask on the grid of the dose.
Dvh dvh_of(Volume<float> const& dose_Gy, StructureMask const& mask);

} // namespace beamwright
