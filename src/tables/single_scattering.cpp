#include "tables/single_scattering.hpp"
#include "lanes/constants.hpp"
#include "tables/element_stopping.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

namespace {

double momentum2_MeV2(double energy_MeV) { return energy_MeV * (energy_MeV + 2 * constants::proton_MeV); }

double beta2(double energy_MeV) {
    double const total = energy_MeV + constants::proton_MeV;
    return momentum2_MeV2(energy_MeV) / (total * total);
}

/// Integral of (1 - e^-t)/t from 0 to x, for x up to about 10 (its power series).
double entire_exponential_integral(double x) {
    double sum = 0, power = 1;
    for (int k = 1; k <= 60; ++k) {
        power *= -x / k;
        sum -= power / k;
    }
    return sum;
}

} // namespace

double charge_radius_fm(int Z, double A) {
    if (Z == 1) {
        return 0.8414; // CODATA 2018: 0.8414(19) fm
    }
    double const root = std::cbrt(A), power = root * root;
    return (0.9071 + 1.105 / power - 0.548 / (power * power)) * root;
}

double SingleScatterer::screening(double energy_MeV) const {
    // Moliere 1947 eq. for the Thomas-Fermi atom: chi_0 = hbar / (p a), a = 0.88534 a_0 Z^(-1/3)
    using namespace constants;
    double const born = Z * fine_structure / std::sqrt(beta2(energy_MeV));
    double const chi0 = fine_structure * electron_MeV * std::cbrt(static_cast<double>(Z)) / 0.88534;
    return 0.5 * chi0 * chi0 / momentum2_MeV2(energy_MeV) * (1.13 + 3.76 * born * born);
}

double SingleScatterer::electron_logarithm(double energy_MeV) const {
    // Fano 1954 eq. (13): u_in = -5.8, for hydrogen -3.6. Below zero there are none (under 1 MeV in heavy elements)
    double const b2 = beta2(energy_MeV), u_in = Z == 1 ? -3.6 : -5.8;
    return std::max(0.0, std::log(1130 * std::pow(Z, -4.0 / 3) * b2 / (1 - b2)) - u_in - b2 / 2);
}

SingleScattering::SingleScattering(Material const& material, bool point_nuclei) {
    using namespace constants;
    constexpr double hbar_c_MeV_fm = hbar_c_MeV_cm * 1e13;
    for (auto const& [Z, fraction] : material.mass_fractions) {
        if (fraction <= 0) {
            continue;
        }
        SingleScatterer element;
        element.Z = Z;
        element.A = element_stopping().element(Z).atomic_weight;
        double const charge_MeV_cm = Z * fine_structure * hbar_c_MeV_cm;
        element.strength_MeV2_cm2_per_g =
            2 * pi * charge_MeV_cm * charge_MeV_cm * avogadro_per_mol * fraction / element.A;
        double const radius = charge_radius_fm(Z, element.A) / hbar_c_MeV_fm;
        element.form_per_MeV2 = point_nuclei ? 0 : radius * radius / 3;
        strength_ += element.strength_MeV2_cm2_per_g;
        elements_.push_back(element);
    }
}

double SingleScattering::cut(double energy_MeV, double per_g_per_cm2) const {
    double const pv2 = momentum2_MeV2(energy_MeV) * beta2(energy_MeV);
    return strength_ / pv2 / per_g_per_cm2;
}

SoftMoments SingleScattering::below(double cut, double energy_MeV) const {
    double const most = std::min(cut, 2.0), momentum2 = momentum2_MeV2(energy_MeV);
    double const pv2 = momentum2 * beta2(energy_MeV);
    SoftMoments sum;
    for (auto const& element : elements_) {
        double const screening = element.screening(energy_MeV), ratio = most / screening;
        double const form = 2 * momentum2 * element.form_per_MeV2 * most; // -ln F^2 at the cut; below 2
        double const nuclei =
            std::log1p(ratio) - ratio / (1 + ratio) - entire_exponential_integral(std::min(form, 10.0));
        double const electrons = element.electron_logarithm(energy_MeV) / element.Z;
        double const per_mass = element.strength_MeV2_cm2_per_g / pv2;
        sum.variance_cm2_per_g += per_mass * (nuclei + electrons);
        sum.square_cm2_per_g += per_mass * most * (form > 1e-8 ? -std::expm1(-form) / form : 1.0);
    }
    return sum;
}

} // namespace beamwright
