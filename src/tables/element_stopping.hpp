/// Proton stopping powers of elements, compounds and water from tabulated values and the Bethe formula (host
/// only).
#pragma once
#include "tables/cubic_spline.hpp"
#include "tables/material.hpp"
#include <vector>

namespace beamwright {

/// Water as tabulated.
struct WaterTable {
    double mean_excitation_eV = 0;
    CubicSpline log_electronic; ///< ln(MeV cm2/g) over ln(MeV)
    CubicSpline log_total;
    double electronic_MeV_cm2_per_g(double energy_MeV) const;
    double total_MeV_cm2_per_g(double energy_MeV) const;
};

/// L of the Bethe formula without corrections: ln(2 m c2 beta2 gamma2 / I) - beta2, with the exact largest
/// transfer.
double bethe_logarithm(double energy_MeV, double mean_excitation_eV);

/// Largest energy that a proton gives to an electron, MeV.
double largest_transfer_MeV(double energy_MeV);

/// Tabulated elements, the others between them, and Bragg sums of both. docs/methods/proton_stopping.md
class ElementStopping {
public:
    struct Element {
        int Z = 0;
        double atomic_weight = 0;
        double mean_excitation_eV = 0;
        CubicSpline log_electronic; ///< empty where PSTAR has no such element
    };

    /// `left_out`: a tabulated element to treat as missing (tests of the interpolation).
    static ElementStopping load(int left_out = 0);
    WaterTable const& water_icru90() const { return icru90_; }
    WaterTable const& water_pstar() const { return pstar_; }

    Element const& element(int Z) const;
    /// Electronic mass stopping power of the element by itself.
    double element_MeV_cm2_per_g(int Z, double energy_MeV) const;
    /// Electronic mass stopping power of a compound or mixture; `water` is used for H2O.
    double material_MeV_cm2_per_g(Material const& material, double energy_MeV, WaterTable const& water) const;
    /// Mean excitation energy that Bragg's rule gives (ICRU 37 table 5.1 for elements in compounds).
    double bragg_mean_excitation_eV(Material const& material) const;

private:
    double correction(int Z, double energy_MeV) const;
    double untabulated_MeV_cm2_per_g(int Z, double energy_MeV) const;
    double in_compound_eV(int Z, Material const& material) const;
    std::vector<Element> elements_; ///< position Z - 1
    WaterTable icru90_, pstar_;
};

/// The shipped tables, read once.
ElementStopping const& element_stopping();

/// Hydrogen and oxygen in the proportion of H2O (hydrogen within 0.001 by mass), condensed.
bool is_liquid_water(Material const& material);

/// \throws Refusal for a composition that is empty, does not add up to 1 within 1e-3, or names unknown
/// elements.
void check_composition(Material const& material);

} // namespace beamwright
