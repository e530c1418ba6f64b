/// \file  scattering.hpp — multiple Coulomb scattering, fast mode: differential Moliere scattering power
/// \how   docs/methods/proton_scattering.md eq. 1-8; Gottschalk 2010 (Med. Phys. 37, 352)
/// \fits  any mix of materials and step lengths, 1 to 250 MeV; the Gaussian core
/// \not   rare large angles (single scattering tail)
/// \proof tests/physics/scattering_test.cpp
#pragma once
#include "lanes/constants.hpp"
#include "lanes/random.hpp"
#include "lanes/vec3.hpp"
#include "tables/proton_material_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Momentum times velocity, MeV.
template <class Real> BW_KERNEL Real pv_MeV(Real energy_MeV, Real rest_MeV) {
    return energy_MeV * (energy_MeV + Real{2} * rest_MeV) / (energy_MeV + rest_MeV);
}

/// Two correlated pairs: deflection in the two planes and shift across the step at its end.
struct LateralStep {
    double angle_x, angle_y, shift_x_cm, shift_y_cm;
};

template <class Real = double> struct Scattering {
    ProtonMaterialsView tables;

    /// Variance of the deflection in one plane over a step, rad2. `entry_pv_MeV` is pv where the particle
    /// began its way through matter (its birth, for a secondary): scattering grows with what was gone through
    /// before.
    BW_KERNEL Real angle_variance(std::uint32_t material, Real density_g_per_cm3, Real path_cm,
                                  Real energy_MeV, Real energy_after_MeV, Real entry_pv_MeV,
                                  Real rest_MeV = Real{constants::proton_MeV}) const {
        Real const least_MeV = Real{0.1} * energy_MeV; // a step that ends at rest: its end does not matter
        Real const end_MeV = select(energy_after_MeV > least_MeV, energy_after_MeV, least_MeV);
        Real const pv = pv_MeV(energy_MeV, rest_MeV), end_pv = pv_MeV(end_MeV, rest_MeV);
        Real const product = pv * end_pv; // integral of dx/pv^2 = x/(pv pv') for a pv that falls evenly
        constexpr double log10_e = 0.434294481903251827651;
        Real const lg_pv = Real{0.5 * log10_e} * log(product);
        Real const lg_lost = Real{log10_e} * mean_log_lost(pv / entry_pv_MeV, end_pv / entry_pv_MeV);
        Real const factor =
            Real{0.5244} + Real{0.2320} * lg_pv + (Real{0.1975} - Real{0.0098} * lg_pv) * lg_lost;
        Real const lengths =
            density_g_per_cm3 * path_cm * tables.materials[material].inverse_scattering_length_cm2_per_g;
        constexpr double kinetic_constant_MeV = 15.0;
        Real const variance = kinetic_constant_MeV * kinetic_constant_MeV / product * lengths * factor;
        return select(variance > Real{0}, variance, Real{0});
    }

    /// The direction after a deflection of this variance per plane; both uniforms in (0, 1). Apply it at a
    /// point drawn evenly along the step (random hinge): shift and correlation then come out right (eq. 8).
    BW_KERNEL Vec3<Real> turn(Vec3<Real> direction, Real variance, Real polar_uniform,
                              Real azimuth_uniform) const {
        Real const below_one = -variance * log(polar_uniform); // 1 - cos(theta) = theta^2/2
        Real const mu = Real{1} - select(below_one < Real{2}, below_one, Real{2});
        SinCos const azimuth = sincos_turns(azimuth_uniform);
        return turned(direction, mu, azimuth.cosine, azimuth.sine);
    }

    /// The exact Gaussian pair instead of a hinge: four standard normal numbers.
    BW_KERNEL LateralStep lateral_step(Real variance, Real path_cm, RandomStream::Pair x,
                                       RandomStream::Pair y) const {
        Real const sigma = sqrt(variance);
        constexpr double inverse_root_12 = 0.288675134594812882255;
        Real const angle_x = sigma * x.first, angle_y = sigma * y.first;
        return {angle_x, angle_y, path_cm * (Real{0.5} * angle_x + inverse_root_12 * sigma * x.second),
                path_cm * (Real{0.5} * angle_y + inverse_root_12 * sigma * y.second)};
    }

private:
    /// Mean over the step of ln(1 - (pv/p1v1)^2), which falls to minus infinity at the entry but can be
    /// integrated.
    BW_KERNEL Real mean_log_lost(Real share, Real end_share) const {
        Real const least = Real{1e-15};
        Real const lost = (Real{1} - share) * (Real{1} + share);
        Real const from = select(lost > least, lost, least);
        Real const end_lost = (Real{1} - end_share) * (Real{1} + end_share);
        Real const to = select(end_lost > from, end_lost, from);
        Real const log_from = log(from), log_to = log(to);
        // Thin: mean of both ends (error (to/from - 1)^2 / 12); else the integral
        bool const thin = to - from < Real{1e-3} * to;
        Real const width = select(thin, Real{1}, to - from);
        Real const integral = (to * log_to - from * log_from) / width - Real{1};
        return select(thin, Real{0.5} * (log_from + log_to), integral);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
