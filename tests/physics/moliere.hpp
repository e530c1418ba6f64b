/// Moliere's theory of multiple scattering for slabs of any thickness, written for the tests from the papers:
/// Moliere 1948, Bethe 1953 (Phys. Rev. 89, 1256), Fano 1954 (Phys. Rev. 93, 117) for atomic electrons.
#pragma once
#include "tables/element_stopping.hpp"
#include <cmath>

namespace beamwright::test {

/// Adds up thin layers of matter; then gives the width of the core of the angular distribution.
class MoliereSlab {
public:
    /// `mass_g_per_cm2` of material at proton energy (mid-layer).
    void add(Material const& material, double mass_g_per_cm2, double energy_MeV) {
        double const m = 0.51099895, M = 938.27208816, alpha = 1 / 137.035999;
        double const momentum2 = energy_MeV * (energy_MeV + 2 * M);
        double const beta2 = momentum2 / ((energy_MeV + M) * (energy_MeV + M)), pv2 = momentum2 * beta2;
        for (auto const& [Z, fraction] : material.mass_fractions) {
            double const A = element_stopping().element(Z).atomic_weight;
            // 4 pi N_A r_e^2 m^2 = 0.1569 MeV2 cm2/g: single scattering of the nuclei
            double const chi2 = 0.156915 * fraction * Z * Z / A * mass_g_per_cm2 / pv2;
            double const born = Z * alpha / std::sqrt(beta2);
            double const chi0 = alpha * m * std::cbrt(static_cast<double>(Z)) / 0.88534;
            double const screen2 = chi0 * chi0 / momentum2 * (1.13 + 3.76 * born * born);
            // Fano: electrons scatter up to the greatest transfer; u_in = -5.8, -3.6 for hydrogen
            double const u_in = Z == 1 ? -3.6 : -5.8;
            double const electrons =
                std::log(1130 * std::pow(Z, -4.0 / 3) * beta2 / (1 - beta2)) - u_in - beta2 / 2;
            chi2_ += chi2;
            log_screen_ += chi2 * std::log(screen2);
            electrons_ += chi2 / Z * electrons;
        }
    }

    double b() const {
        double const euler = 0.5772156649;
        return std::log(chi2_) - log_screen_ / chi2_ + 1 - 2 * euler + electrons_ / chi2_;
    }

    /// Hanson's Gaussian width per plane: chi_c sqrt((B - 1.2)/2), B - ln B = b (Hanson et al. 1951, Phys. Rev. 84, 634).
    double hanson_rad() const {
        double B = 10;
        for (int i = 0; i < 100; ++i) {
            B = b() + std::log(B);
        }
        return std::sqrt(chi2_ * (B - 1.2) / 2);
    }

    /// Half width at 1/e of the distribution over root 2, by quadrature of Moliere's transform.
    double core_rad() const {
        double low = 0.1, high = 10;
        double const centre = distribution(0);
        for (int i = 0; i < 25; ++i) {
            double const middle = 0.5 * (low + high);
            (distribution(middle) > centre * std::exp(-1.0) ? low : high) = middle;
        }
        return std::sqrt(chi2_ / 2) * low;
    }

private:
    /// f(theta) up to a factor, theta in units of chi_c: integral of y J0(y theta) exp(-(y^2/4)(b - ln(y^2/4))).
    double distribution(double theta) const {
        double const log_ratio = b(), step = 0.01;
        double sum = 0;
        for (double y = 0.5 * step; y < 6; y += step) {
            double const q = y * y / 4, exponent = q * (log_ratio - std::log(q));
            if (exponent > 40) {
                break;
            }
            sum += y * std::cyl_bessel_j(0, y * theta) * std::exp(-exponent);
        }
        return sum;
    }
    double chi2_ = 0, log_screen_ = 0, electrons_ = 0;
};

} // namespace beamwright::test
