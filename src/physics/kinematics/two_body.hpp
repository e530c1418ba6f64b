/// \file  two_body.hpp — elastic scattering of two particles, one at rest, from the centre of mass to the laboratory
/// \how   docs/methods/proton_nuclear_elastic.md eq. 1-4; exact relativistic kinematics
/// \fits  any masses and energies
/// \not   excited or different particles in the final state
/// \proof tests/physics/nuclear_elastic_test.cpp
#pragma once
#include "lanes/math.hpp"

namespace beamwright {
inline namespace BW_TARGET {

template <class Real> struct TwoBodyOutcome {
    Real scattered_MeV, recoil_MeV; ///< kinetic energies
    Real scattered_mu, recoil_mu;   ///< cosines to the direction of the projectile, on opposite azimuths
};

/// `mu` is the cosine of the scattering angle in the centre of mass.
template <class Real>
BW_KERNEL TwoBodyOutcome<Real> scatter_elastic(Real energy_MeV, Real mass_MeV, Real target_mass_MeV,
                                               Real mu) {
    Real const momentum2 = energy_MeV * (energy_MeV + Real{2} * mass_MeV);
    Real const sum = mass_MeV + target_mass_MeV;
    Real const s = sum * sum + Real{2} * energy_MeV * target_mass_MeV;
    // The target's kinetic energy is the invariant momentum transfer over twice its mass
    Real const star2 = momentum2 * target_mass_MeV * target_mass_MeV / s;
    Real const recoil = star2 * (Real{1} - mu) / target_mass_MeV;
    Real const left = energy_MeV - recoil;
    Real const scattered = select(left > Real{0}, left, Real{0});
    Real const after2 = scattered * (scattered + Real{2} * mass_MeV);
    Real const recoil2 = recoil * (recoil + Real{2} * target_mass_MeV);
    Real const before = sqrt(momentum2), after = sqrt(after2), back = sqrt(recoil2);
    auto const cosine = [](Real numerator, Real denominator) {
        Real const value = select(denominator > Real{0}, numerator / denominator, Real{1});
        return select(value > Real{1}, Real{1}, select(value < Real{-1}, Real{-1}, value));
    };
    return {scattered, recoil, cosine(momentum2 + after2 - recoil2, Real{2} * before * after),
            cosine(momentum2 + recoil2 - after2, Real{2} * before * back)};
}

} // namespace BW_TARGET
} // namespace beamwright
