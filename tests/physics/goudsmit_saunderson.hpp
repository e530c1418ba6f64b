/// Angular distribution behind a slab from a single-scattering law, written for the tests: the series of Goudsmit and
/// Saunderson 1940 (Phys. Rev. 57, 24) in Bethe's form for small angles (1953, Phys. Rev. 89, 1256): Bessel functions
/// for Legendre polynomials, an integral for the sum.
#pragma once
#include "tables/element_stopping.hpp"
#include <cmath>
#include <utility>
#include <vector>

namespace beamwright::test {

/// Screened Rutherford scattering on nuclei with a Gaussian form factor and Moliere's screening angle; Fano's electrons as
/// a variance, since none of them turns a proton by more than 0.54 mrad. Written from the papers, not from src/.
class GoudsmitSaunderson {
public:
    explicit GoudsmitSaunderson(bool form_factor) : form_factor_(form_factor) {}

    /// A thin layer of `mass_g_per_cm2` at proton energy (mid-layer). With a lever (cm) the distribution is that of the
    /// shift across, the deflections times the distance to the plane that is looked at.
    void add(Material const& material, double mass_g_per_cm2, double energy_MeV, double lever = 1) {
        double const m = 0.51099895, M = 938.27208816, alpha = 1 / 137.035999, hbar_c_MeV_fm = 197.3269804;
        double const momentum2 = energy_MeV * (energy_MeV + 2 * M);
        double const beta2 = momentum2 / ((energy_MeV + M) * (energy_MeV + M));
        for (auto const& [Z, fraction] : material.mass_fractions) {
            double const A = element_stopping().element(Z).atomic_weight;
            double const chi2 = 0.156915 * fraction * Z * Z / A * mass_g_per_cm2 / (momentum2 * beta2);
            double const born = Z * alpha / std::sqrt(beta2);
            double const chi0 = alpha * m * std::cbrt(static_cast<double>(Z)) / 0.88534;
            double const screen2 = chi0 * chi0 / momentum2 * (1.13 + 3.76 * born * born);
            double const u_in = Z == 1 ? -3.6 : -5.8;
            double const electrons =
                std::log(1130 * std::pow(Z, -4.0 / 3) * beta2 / (1 - beta2)) - u_in - beta2 / 2;
            double const a = std::cbrt(A);
            double const radius_fm = Z == 1 ? 0.8414 : 0.9071 * a + 1.105 / a - 0.548 / (a * a * a);
            // F^2 = exp(-(q r)^2 / 3), q = p theta
            double const size2 = momentum2 * radius_fm * radius_fm / (3 * hbar_c_MeV_fm * hbar_c_MeV_fm);
            double const square = lever * lever;
            parts_.push_back({chi2 * square, screen2 * square, form_factor_ ? size2 / square : 0});
            variance_ += 0.5 * chi2 * square / Z * electrons;
            chi2_ += chi2 * square;
        }
    }

    /// Makes the transform; call it once after the last layer.
    void finish() {
        // Variable y = theta_0 zeta with theta_0^2 about the variance; the transform is below 1e-12 at the end
        double const log_sum = 12 * chi2_ / 2 + variance_;
        step_ = 0.02 / std::sqrt(log_sum);
        if (form_factor_) {
            tabulate_form();
        }
        for (double zeta = 0.5 * step_;; zeta += step_) {
            double const exponent = lost(zeta) + 0.5 * variance_ * zeta * zeta;
            if (exponent > 27) {
                break;
            }
            zeta_.push_back(zeta);
            transform_.push_back(std::exp(-exponent));
        }
    }

    /// Share of the protons within an angle (space), by Simpson's rule. Bethe's factor (sin(theta)/theta)^(1/2) carries the
    /// small-angle form to large angles.
    double within(double theta) const {
        int const intervals = 80;
        double sum = 0;
        for (int i = 1; i <= intervals; ++i) {
            double const at = theta * i / intervals;
            double const weight = i == intervals ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * std::sqrt(at * std::sin(at)) * density(at);
        }
        return sum * theta / (3 * intervals);
    }
    /// The same for a shift across a plane, which has no such factor.
    double within_shift(double radius) const {
        double sum = 0;
        for (std::size_t i = 0; i < zeta_.size(); ++i) {
            sum += std::cyl_bessel_j(1, radius * zeta_[i]) * transform_[i];
        }
        return radius * step_ * sum;
    }
    /// Density per solid angle times 2 pi.
    double density(double theta) const {
        double sum = 0;
        for (std::size_t i = 0; i < zeta_.size(); ++i) {
            sum += zeta_[i] * std::cyl_bessel_j(0, theta * zeta_[i]) * transform_[i];
        }
        return step_ * sum;
    }
    /// Half width at 1/e over root 2.
    double core_rad() const {
        double low = 0, high = 20 * std::sqrt(chi2_ + variance_);
        double const wanted = density(0) * std::exp(-1.0);
        for (int i = 0; i < 40; ++i) {
            double const middle = 0.5 * (low + high);
            (density(middle) > wanted ? low : high) = middle;
        }
        return low / std::sqrt(2.0);
    }

private:
    struct Part {
        double chi2, screen2, size2;
    };

    /// Number of collisions times (1 - J0): closed for point nuclei, 1 - x K1(x); the form factor takes away
    /// 2 chi^2 (1 - F^2)/theta^3, an integral over ln(theta).
    double lost(double zeta) const {
        double sum = 0;
        for (auto const& part : parts_) {
            double const x = zeta * std::sqrt(part.screen2);
            // x < 0.05: series, free of cancellation
            double const closed = x < 0.05 ? x * x / 2 * (0.5 + std::log(2 / x) - 0.57721566490153)
                                           : 1 - x * std::cyl_bessel_k(1, x);
            sum += part.chi2 / part.screen2 * closed;
        }
        return sum - taken_by_form(zeta);
    }
    double taken_by_form(double zeta) const {
        double sum = 0;
        for (auto const& [theta, taken] : taken_) {
            sum += taken * (1 - std::cyl_bessel_j(0, zeta * theta));
        }
        return sum;
    }
    /// Events per step of ln(theta) that the form factor takes away.
    void tabulate_form() {
        double const scale = std::sqrt(chi2_), step = 0.05;
        for (double log_theta = std::log(1e-2 * scale); log_theta < std::log(1e4 * scale);
             log_theta += step) {
            double const theta = std::exp(log_theta);
            double taken = 0;
            for (auto const& part : parts_) {
                taken -= part.chi2 * std::expm1(-part.size2 * theta * theta);
            }
            taken_.push_back({theta, step * 2 / (theta * theta) * taken});
        }
    }

    bool form_factor_;
    std::vector<Part> parts_;
    std::vector<std::pair<double, double>> taken_;
    std::vector<double> zeta_, transform_;
    double variance_ = 0, chi2_ = 0, step_ = 0;
};

} // namespace beamwright::test
