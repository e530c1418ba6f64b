/// \file  variable_rbe.hpp — relative biological effectiveness of protons from dose, LETd and alpha/beta
/// \how   docs/methods/variable_rbe.md eq. 1-5
/// \fits  protons; dose per fraction above 0, LETd of the model's data (up to about 20 keV/um), alpha/beta above 0
/// \not   how LETd is scored (transport), what a department should prescribe
/// \proof tests/evaluate/variable_rbe_test.cpp
#pragma once
#include "lanes/math.hpp"
#include <cstdint>

namespace beamwright {

/// McNamara et al. 2015, Wedenberg et al. 2013, Carabe et al. 2012; constant: 1.1 (ICRU Report 78).
enum class RbeModel : std::uint8_t { constant, mcnamara, wedenberg, carabe };

/// RBE of the linear-quadratic model towards dose 0 and towards high dose.
struct RbeLimits {
    double at_low_dose = 1, at_high_dose = 1;
};

inline namespace BW_TARGET {

/// LETd in keV/um (water of unit density), alpha/beta of the reference photons in Gy. Not for `constant`.
BW_KERNEL RbeLimits rbe_limits(RbeModel model, double let_keV_per_um, double alpha_beta_Gy) {
    double const let_per_ratio = let_keV_per_um / alpha_beta_Gy;
    switch (model) {
    case RbeModel::mcnamara:
        return {0.99064 + 0.35605 * let_per_ratio, 1.1012 - 0.0038703 * sqrt(alpha_beta_Gy) * let_keV_per_um};
    case RbeModel::wedenberg:
        return {1.0 + 0.434 * let_per_ratio, 1.0};
    case RbeModel::carabe: // fitted with alpha/beta = 2.686 Gy, from which the slopes are scaled
        return {0.843 + 0.154 * 2.686 * let_per_ratio, 1.09 + 0.006 * 2.686 * let_per_ratio};
    case RbeModel::constant:
        break;
    }
    return {1.1, 1.1};
}

/// Photon dose of equal effect over proton dose, for one fraction of `dose_Gy`.
BW_KERNEL double proton_rbe(RbeModel model, double dose_Gy, double let_keV_per_um, double alpha_beta_Gy) {
    RbeLimits const limits = rbe_limits(model, let_keV_per_um, alpha_beta_Gy);
    if (model == RbeModel::constant || !(dose_Gy > 0)) {
        return limits.at_low_dose;
    }
    // Equal effect: X^2 + r X = r RBEmax D + (RBEmin D)^2, with r = alpha/beta; written so that small doses keep
    // their digits
    double const high = limits.at_high_dose > 0 ? limits.at_high_dose : 0;
    double const effect = dose_Gy * (alpha_beta_Gy * limits.at_low_dose + high * high * dose_Gy);
    double const photon_Gy = 2 * effect / (alpha_beta_Gy + sqrt(alpha_beta_Gy * alpha_beta_Gy + 4 * effect));
    return photon_Gy / dose_Gy;
}

} // namespace BW_TARGET
} // namespace beamwright
