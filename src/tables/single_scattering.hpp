/// Single Coulomb scattering of a proton on the atoms of a material: the law that `full` scattering is made of
/// (host only). docs/methods/proton_scattering.md eq. 9-14
#pragma once
#include "tables/material.hpp"
#include <vector>

namespace beamwright {

/// One element of a material. Events per mass (g/cm2) and per w = 1 - cos(theta) of the nuclei:
/// strength / (pv)^2 * F^2(w) / (w + screening)^2.
struct SingleScatterer {
    int Z = 0;
    double A = 0;
    double strength_MeV2_cm2_per_g = 0;
    double form_per_MeV2 = 0; ///< F^2 = exp(-form q^2), q^2 = 2 p^2 w

    /// Moliere's screening angle, as theta^2 / 2.
    double screening(double energy_MeV) const;
    /// Fano's logarithm of the atomic electrons, which adds strength / (pv)^2 / Z times itself to the variance.
    double electron_logarithm(double energy_MeV) const;
};

/// The first moments of the events below a cut, per mass.
struct SoftMoments {
    double variance_cm2_per_g = 0; ///< of the angle in one plane (mean of w)
    double square_cm2_per_g = 0;   ///< mean of w^2
};

class SingleScattering {
public:
    /// `point_nuclei` leaves the form factor out.
    explicit SingleScattering(Material const& material, bool point_nuclei = false);
    std::vector<SingleScatterer> const& elements() const { return elements_; }
    double strength_MeV2_cm2_per_g() const { return strength_; }

    /// w above which there are `per_g_per_cm2` events per mass, for unscreened point nuclei.
    double cut(double energy_MeV, double per_g_per_cm2) const;
    SoftMoments below(double cut, double energy_MeV) const;

private:
    std::vector<SingleScatterer> elements_;
    double strength_ = 0;
};

/// Root of the mean squared charge radius: hydrogen by CODATA 2018, others by Angeli's formula (Angeli 2004, At.
/// Data Nucl. Data Tables 87, 185), within 2 % of the measured values from carbon to lead.
double charge_radius_fm(int Z, double A);

} // namespace beamwright
