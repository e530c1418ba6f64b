/// \file  energy_loss.hpp — mean energy after a path, by inverse range
/// \how   docs/methods/proton_stopping.md eq. 7-9
/// \fits  kinetic energy per proton mass 1 keV to 512 MeV, charge 1 (protons, deuterons, tritons)
/// \not   fluctuations (straggling.hpp), nuclear losses
/// \proof tests/physics/energy_loss_test.cpp
#pragma once
#include "lanes/constants.hpp"
#include "tables/proton_material_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Heavier isotopes of hydrogen lose energy like a proton of the same velocity: ratio of masses to the
/// proton's.
inline constexpr double proton_mass_ratio = 1.0;
inline constexpr double deuteron_mass_ratio = constants::deuteron_MeV / constants::proton_MeV;
inline constexpr double triton_mass_ratio = constants::triton_MeV / constants::proton_MeV;

/// What one step does to the energy in the mean; straggling.hpp goes on from here.
struct MeanLossStep {
    double energy_after_MeV; ///< mean; 0 where the particle stops within the path
    double ratio;            ///< stopping ratio to water, mean over the step
    WaterAtEnergy before;    ///< water at the energy per proton mass before the step
};

/// Energy, path and range in a material; the memory of the tables is the caller's.
template <class Real = double> struct EnergyLoss {
    ProtonMaterialsView tables;

    /// The mean energy after a path: R(E') = R(E) - x f with f taken half-way. Second order in the step for a ratio
    /// that varies, exact for water, so that the length of steps does not show.
    BW_KERNEL MeanLossStep operator()(std::uint32_t material, Real density_g_per_cm3, Real path_cm,
                                      Real energy_MeV, Real mass_ratio = Real{1}) const {
        Real const start_MeV = energy_MeV / mass_ratio;
        Real const depth = density_g_per_cm3 * path_cm / mass_ratio;
        WaterAtEnergy const before = water_at(tables, start_MeV);
        Real const ratio = stopping_ratio(tables, material, start_MeV);
        Real after_MeV = water_energy_MeV(tables, before.range_g_per_cm2 - depth * ratio);
        // The ratio of half-way energy: exact to 1 % of its change even for a step to the end of the range (eq. 8)
        Real const mean_ratio = stopping_ratio(tables, material, Real{0.5} * (start_MeV + after_MeV));
        if (mean_ratio != ratio) { // never in water
            after_MeV = water_energy_MeV(tables, before.range_g_per_cm2 - depth * mean_ratio);
        }
        return {after_MeV * mass_ratio, mean_ratio, before};
    }

    BW_KERNEL Real mean_energy_after_MeV(std::uint32_t material, Real density_g_per_cm3, Real path_cm,
                                         Real energy_MeV, Real mass_ratio = Real{1}) const {
        return (*this)(material, density_g_per_cm3, path_cm, energy_MeV, mass_ratio).energy_after_MeV;
    }

    BW_KERNEL Real stopping_MeV_per_cm(std::uint32_t material, Real density_g_per_cm3, Real energy_MeV,
                                       Real mass_ratio = Real{1}) const {
        return density_g_per_cm3 * mass_stopping_MeV_cm2_per_g(tables, material, energy_MeV / mass_ratio);
    }

    /// Path from one energy down to another: integral of dR/f over the range of water, R = R1 + (R0 - R1) s^3
    /// by three-point Gauss-Legendre in s (f goes with ln R at the end of the range).
    BW_KERNEL Real path_cm(std::uint32_t material, Real density_g_per_cm3, Real energy_MeV,
                           Real energy_after_MeV, Real mass_ratio = Real{1}) const {
        Real const range = water_range_g_per_cm2(tables, energy_MeV / mass_ratio);
        Real const down_to = select(energy_after_MeV > Real{0},
                                    water_range_g_per_cm2(tables, energy_after_MeV / mass_ratio), Real{0});
        Real const along = range - down_to;
        constexpr double near = 0.112701665379258, far = 0.887298334620742; // (1 -+ sqrt(3/5)) / 2
        Real const sum =
            Real{15.0 * near * near} / ratio_at_range(material, down_to + along * Real{near * near * near}) +
            Real{6} / ratio_at_range(material, down_to + along * Real{0.125}) +
            Real{15.0 * far * far} / ratio_at_range(material, down_to + along * Real{far * far * far});
        return along * sum * mass_ratio / (Real{18} * density_g_per_cm3);
    }

    /// CSDA range, as long as the path down to rest.
    BW_KERNEL Real range_cm(std::uint32_t material, Real density_g_per_cm3, Real energy_MeV,
                            Real mass_ratio = Real{1}) const {
        return path_cm(material, density_g_per_cm3, energy_MeV, Real{0}, mass_ratio);
    }

    /// The same from the ratio at this energy alone: one look-up each, within 2 % in tissue; for cuts and
    /// step limits.
    BW_KERNEL Real rough_range_cm(std::uint32_t material, Real density_g_per_cm3, Real energy_MeV,
                                  Real mass_ratio = Real{1}) const {
        Real const per_proton_MeV = energy_MeV / mass_ratio;
        return water_range_g_per_cm2(tables, per_proton_MeV) * mass_ratio /
               (density_g_per_cm3 * stopping_ratio(tables, material, per_proton_MeV));
    }

private:
    BW_KERNEL Real ratio_at_range(std::uint32_t material, Real range_g_per_cm2) const {
        return stopping_ratio(tables, material, water_energy_MeV(tables, range_g_per_cm2));
    }
};

} // namespace BW_TARGET
} // namespace beamwright
