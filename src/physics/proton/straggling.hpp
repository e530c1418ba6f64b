/// \file  straggling.hpp — fluctuation of the energy loss: exact mean, variance and skewness per step
/// \how   docs/methods/proton_straggling.md eq. 1-8
/// \fits  steps of any length; kinetic energy per proton mass 0.1 to 300 MeV
/// \not   kurtosis and shape of single thin steps (Vavilov); delta electrons as particles
/// \proof tests/physics/straggling_test.cpp
#pragma once
#include "physics/proton/energy_loss.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Largest energy a charged particle of the proton's velocity gives to an electron.
BW_KERNEL double largest_electron_MeV(double tau) {
    constexpr double ratio = constants::electron_MeV / constants::proton_MeV;
    return 2.0 * constants::electron_MeV * tau * (tau + 2.0) / (1.0 + ratio * (2.0 * (1.0 + tau) + ratio));
}

template <class Real = double> struct Straggling {
    ProtonMaterialsView tables;

    /// Variance of the energy after the step, grown along it by dS/dE: S'^2 f'^2 k/f^3 (V(E) - V(E')).
    BW_KERNEL Real variance_MeV2(std::uint32_t material, MeanLossStep const& step,
                                 Real mass_ratio = Real{1}) const {
        Real const end_MeV = step.energy_after_MeV / mass_ratio;
        WaterAtEnergy const after = water_at(tables, end_MeV);
        Real const stopping =
            after.stopping_MeV_cm2_per_g * stopping_ratio(tables, material, end_MeV) / step.ratio;
        Real const grown = step.before.spread_g2_per_cm4 - after.spread_g2_per_cm4;
        Real const variance =
            stopping * stopping * mass_ratio * tables.materials[material].electron_ratio / step.ratio * grown;
        return select(variance > Real{0}, variance, Real{0});
    }

    /// Energy after the step, between 0 and the energy before it: an inverse Gaussian, shifted so that mean,
    /// variance and third moment of the loss are those of the collisions. `gaussian` is standard normal.
    BW_KERNEL Real operator()(std::uint32_t material, MeanLossStep const& step, Real energy_MeV,
                              Real gaussian, Real uniform, Real mass_ratio = Real{1}) const {
        Real const loss_MeV = energy_MeV - step.energy_after_MeV;
        Real const variance = variance_MeV2(material, step, mass_ratio);
        // Third over second moment of the collisions: Tmax (1/2 - beta2/3) / (1 - beta2/2), in mid-step
        Real const tau =
            Real{0.5} * (energy_MeV + step.energy_after_MeV) / (mass_ratio * constants::proton_MeV);
        Real const gamma2 = (tau + Real{1}) * (tau + Real{1});
        Real const beta2 = tau * (tau + Real{2}) / gamma2;
        Real const moments_MeV =
            largest_electron_MeV(tau) * (Real{3} - Real{2} * beta2) / (Real{6} - Real{3} * beta2);
        // The part that fluctuates, never more than the loss, so that a loss is never negative
        Real const full_MeV = Real{3} * variance / moments_MeV;
        Real const free_MeV = select(full_MeV < loss_MeV, full_MeV, loss_MeV);
        Real const part_MeV = select(free_MeV > Real{1e-12}, free_MeV, Real{1e-12});
        // Michael, Schucany and Haas 1976: one normal, one uniform, no rejection
        Real const half = Real{0.5} * variance / (part_MeV * part_MeV) * gaussian * gaussian;
        Real const small = Real{1} + half - sqrt(half * (half + Real{2}));
        Real const lower = select(small > Real{1e-12}, small, Real{1e-12});
        Real const factor = select(uniform * (Real{1} + lower) <= Real{1}, lower, Real{1} / lower);
        Real const after_MeV = step.energy_after_MeV - part_MeV * (factor - Real{1});
        return select(step.energy_after_MeV > Real{0} && after_MeV > Real{0}, after_MeV, Real{0});
    }
};

} // namespace BW_TARGET
} // namespace beamwright
