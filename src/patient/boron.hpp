/// Boron-10 in the patient: the level in blood over time, and its distribution in tissue.
/// docs/methods/boron_distribution.md
#pragma once
#include "core/refusal.hpp"
#include "geometry/grid.hpp"
#include "patient/masks.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// Micrograms of B-10 per gram of blood over time: a sum of falling exponentials. Minutes on any one clock.
struct BloodLevel {
    struct Term {
        double ppm = 0;           ///< at time 0
        double decay_per_min = 0; ///< 0: constant
    };
    std::vector<Term> terms;
    static BloodLevel constant(double ppm) { return {{{ppm, 0.0}}}; }
    double ppm_at(double min) const;
    double integral_ppm_min(double from_min, double to_min) const;
};

struct BloodSample {
    double min = 0, ppm = 0;
    double relative_sigma = 0.05; ///< of the measurement
};

/// A fitted curve with what is known of its quality.
struct BloodFit {
    BloodLevel level;
    double chi_square = 0;
    int degrees_of_freedom = 0;
    /// Over the terms' parameters (ppm, decay per min; term by term), row by row.
    std::vector<double> covariance;
    /// One standard deviation of the level, from the samples' errors alone.
    double sigma_ppm_at(double min) const;
    /// One standard deviation of the mean level between two times.
    double sigma_of_mean_ppm(double from_min, double to_min) const;
};

enum class BloodCurve { constant, exponential, biexponential };

/// Weighted least squares. \throws Refusal for fewer samples than the curve has parameters, levels that are
/// not positive, doubled times. Warns when the curve does not describe the samples (chi-square with 0.1 %
/// false alarm) or a decay is not determined.
BloodFit fit_blood_level(std::vector<BloodSample> samples, BloodCurve curve, Warnings& warnings);

/// Boron of a structure relative to blood; later structures win where they overlap (from a share of one
/// half).
struct BoronRatio {
    std::string structure;
    double tissue_to_blood = 1;
    std::optional<double> relative_sigma; ///< for scenarios
    StructureMask const* inside = nullptr;
};

/// ppm of each voxel per ppm of blood. `elsewhere` holds where no structure does. \throws Refusal for ratios
/// that are negative or above 100, and for an unknown mask.
Volume<float> boron_ratio_map(Grid const& grid, double elsewhere, std::vector<BoronRatio> const& ratios);

/// B-10 of every voxel in ppm, as transport takes it, at one level of the blood.
std::vector<float> boron_ppm(Volume<float> const& ratio, double blood_ppm);
/// The other way: a map in ppm (of a PET) as a ratio to the level that the blood has then. \throws Refusal
/// for no blood
Volume<float> boron_ratio_of_ppm(Volume<float> ppm, double blood_ppm);

/// From a PET volume of standardized uptake (SUV, g/ml) of F-18-BPA.
struct PetBoron {
    double ppm_per_SUV = 0;    ///< at the time of irradiation; from a calibration or from blood (below)
    double negative_limit = 0; ///< SUV below this (noise) count as 0
};
/// ppm per SUV from the blood: level in the blood at irradiation over the SUV that the PET shows in blood.
double ppm_per_SUV_of_blood(double blood_ppm, double blood_SUV);
/// ppm on `grid`: trilinear where the grid is as fine as the PET, mean over the voxel where it is coarser; 0
/// beyond the PET (warned where that happens). \throws Refusal for values that are not finite or a factor
/// that is not positive
Volume<float> pet_boron_ppm(Volume<float> const& suv, PetBoron const& how, Grid const& grid,
                            Warnings& warnings);

/// Level in structures for printing: mean ppm of the weighted voxels.
double mean_ppm(Volume<float> const& ppm, StructureMask const& inside);

} // namespace beamwright
