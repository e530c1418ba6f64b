/// \file  nuclear_cross_section.hpp — how often a proton meets a nucleus: macroscopic cross section per mass
/// \how   docs/methods/proton_nuclear_data.md
/// \fits  0 to 250 MeV
/// \not   Coulomb scattering (proton/scattering.hpp)
/// \proof tests/tables/nuclear_tables_test.cpp
#pragma once
#include "lanes/math.hpp"
#include "tables/nuclear_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Value of a table on the common grid, linear between points.
template <class Real> BW_KERNEL Real nuclear_grid_value(float const* row, Real energy_MeV) {
    Real const last = Real(nuclear_grid_points - 1);
    Real const scaled = energy_MeV * Real(1.0 / nuclear_grid_step_MeV);
    Real const place = select(scaled > Real{0}, select(scaled < last, scaled, last), Real{0});
    int const below = static_cast<int>(place);
    int const index = below < nuclear_grid_points - 2 ? below : nuclear_grid_points - 2;
    Real const low = row[index], high = row[index + 1];
    return fma(place - Real(index), high - low, low);
}

/// Non-elastic and elastic together; times density (g/cm3) and path (cm) gives the mean number of events.
struct NuclearCrossSection {
    NuclearView view;

    template <class Real> BW_KERNEL Real total_cm2_per_g(std::uint32_t material, Real energy_MeV) const {
        return nuclear_grid_value(view.total_cm2_per_g + std::size_t{material} * nuclear_grid_points,
                                  energy_MeV);
    }
    /// Never below total_cm2_per_g at any energy: sample a distance with it, then accept with total /
    /// majorant.
    BW_KERNEL double majorant_cm2_per_g(std::uint32_t material) const {
        return view.majorant_cm2_per_g[material];
    }
    /// The majorant of all materials of the world.
    BW_KERNEL double greatest_cm2_per_g() const { return view.greatest_cm2_per_g; }
};

} // namespace BW_TARGET
} // namespace beamwright
