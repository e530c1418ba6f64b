/// \file  highland.hpp — multiple Coulomb scattering by Highland's formula: one Gaussian per slab
/// \how   examples/new_process/proton_highland.md eq. 1-3; Particle Data Group, "Passage of particles through matter"
/// \fits  slabs of 0.001 to 100 radiation lengths in which the proton loses little of its energy
/// \not   large single angles, steps (the logarithm knows the whole slab, so two halves are not one slab)
/// \proof examples/new_process/highland_test.cpp
#pragma once
#include "physics/proton/scattering.hpp"

namespace beamwright {
inline namespace BW_TARGET {

template <class Real = double> struct Highland {
    Real radiation_length_g_per_cm2;

    /// Variance of the deflection in one plane behind a slab, rad2; 0 for no matter.
    BW_KERNEL Real angle_variance(Real slab_g_per_cm2, Real energy_MeV,
                                  Real rest_MeV = Real{constants::proton_MeV}) const {
        Real const lengths = slab_g_per_cm2 / radiation_length_g_per_cm2;
        Real const least = Real{1e-30}; // the logarithm of nothing
        Real const correction = Real{1} + Real{0.038} * log(select(lengths > least, lengths, least));
        Real const angle_rad = Real{13.6} / pv_MeV(energy_MeV, rest_MeV) * correction;
        return select(lengths > least && correction > Real{0}, angle_rad * angle_rad * lengths, Real{0});
    }

    /// The direction behind the slab.
    BW_KERNEL Vec3<Real> operator()(Vec3<Real> direction, Real slab_g_per_cm2, Real energy_MeV,
                                    RandomStream& random) const {
        auto const [x_rad, y_rad] = random.gaussian_pair();
        Real const variance = angle_variance(slab_g_per_cm2, energy_MeV);
        Real const tangent2 = variance * (x_rad * x_rad + y_rad * y_rad);
        Real const radius = sqrt(x_rad * x_rad + y_rad * y_rad);
        Real const mu = Real{1} / sqrt(Real{1} + tangent2);
        return turned(direction, mu, x_rad / radius, y_rad / radius);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
