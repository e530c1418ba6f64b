/// RBE-weighted dose of a course from physical dose and LETd, with its name.
#pragma once
#include "evaluate/biology/models/variable_rbe.hpp"
#include "geometry/grid.hpp"
#include <string>
#include <vector>

namespace beamwright {

/// alpha/beta of a structure; later ones win where structures overlap.
struct TissueRatio {
    std::string structure;
    double alpha_beta_Gy = 0;
    std::vector<float> weights; ///< one per voxel of the dose grid; counts from one half
};

struct WeightingRequest {
    RbeModel model = RbeModel::constant;
    int fractions = 1;
    double alpha_beta_Gy = 0; ///< where no structure says otherwise; not used by `constant`
    std::vector<TissueRatio> tissues;
};

/// Words for files, tables and pages: model, alpha/beta, number of fractions.
std::string name_of(WeightingRequest const& request);
RbeModel rbe_model_named(std::string const& name);

/// Gy(RBE) per course. `dose_Gy` is that of the course, `let_keV_per_um` dose-averaged; both on one grid, 0 where there
/// is nothing. \throws Refusal for another grid, alpha/beta outside 0.5 to 30 Gy, fractions below 1.
Volume<float> weighted_dose_Gy(Volume<float> const& dose_Gy, Volume<float> const& let_keV_per_um,
                               WeightingRequest const& request);

/// Data above this LETd were left out of the fit of McNamara 2015; above it models are extrapolated.
inline constexpr double largest_fitted_let_keV_per_um = 20;

} // namespace beamwright
