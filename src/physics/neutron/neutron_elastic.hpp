/// \file  neutron_elastic.hpp — elastic scattering on a free nucleus that moves with the heat of the tissue
/// \how   docs/methods/neutron_collisions.md eq. 1-4
/// \fits  all nuclides; the nucleus is taken at rest above 400 kT, but for hydrogen
/// \not   bound hydrogen below the limit of its thermal law (thermal_scattering.hpp); resonances that are narrower
///        than the thermal motion (the elastic cross section is taken as constant over it)
/// \proof tests/physics/neutron_elastic_test.cpp
#pragma once
#include "physics/neutron/neutron_angle.hpp"

namespace beamwright {
inline namespace BW_TARGET {

inline constexpr double boltzmann_eV_per_K = 8.617333262e-5; ///< CODATA 2018

/// Velocity of the nucleus that a neutron hits, in units of a neutron of 1 eV.
/// Relative-speed weighted Maxwellian: x^2 = -ln(u1 u2) or -ln u1 - ln u2 cos^2(pi u3 / 2), then accepted with
/// |v - V| / (v + V) (Coveyou, Bate and Osborn 1956; Lux and Koblinger 1991).
BW_KERNEL Vec3<double> free_gas_target(NeutronState const& neutron, double mass_ratio, double kT_eV,
                                       RandomStream& random) {
    double const unit = sqrt(kT_eV / mass_ratio); // speed of the nucleus for x = 1
    double const y = sqrt(neutron.energy_eV) / unit;
    constexpr double root_pi = 1.7724538509055160273;
    double x = 0, mu = 0;
    // At least 1/2 of the tries is accepted; 1000 refusals in a row do not occur
    for (int tries = 0; tries < 1000; ++tries) {
        double const u1 = random.uniform(), u2 = random.uniform();
        if (random.uniform() * (2.0 + root_pi * y) < 2.0) {
            x = sqrt(-log(u1 * u2));
        } else {
            double const cosine = sincos_turns(0.25 * random.uniform()).cosine;
            x = sqrt(-log(u1) - log(u2) * cosine * cosine);
        }
        mu = 2.0 * random.uniform() - 1.0;
        double const relative2 = x * x + y * y - 2.0 * x * y * mu;
        double const reach = random.uniform() * (x + y);
        if (reach * reach < relative2) {
            break;
        }
    }
    return (unit * x) * turned_at_random(neutron.direction, mu, random);
}

/// The neutron after a two-body collision with a nucleus of velocity `target`; `Q_eV` < 0 excites it.
BW_KERNEL NeutronState two_body_neutron(NeutronState const& neutron, Vec3<double> target, double mass_ratio,
                                        double Q_eV, double mu, RandomStream& random) {
    Vec3<double> const before = sqrt(neutron.energy_eV) * neutron.direction;
    Vec3<double> const centre = (1.0 / (mass_ratio + 1.0)) * (before + mass_ratio * target);
    Vec3<double> const relative = before - centre;
    double const speed = sqrt(dot(relative, relative));
    // Energy in the centre of mass is (A + 1) / A times the neutron's there
    double const after2 = speed * speed + Q_eV * mass_ratio / (mass_ratio + 1.0);
    double const after = sqrt(select(after2 > 0.0, after2, 0.0));
    Vec3<double> const along = speed > 0 ? (1.0 / speed) * relative : neutron.direction;
    return from_velocity(after * turned_at_random(along, mu, random) + centre, neutron.direction);
}

struct NeutronElastic {
    NeutronAngle angle;
    double kelvin;
    BW_KERNEL NeutronState operator()(NeutronState const& neutron, NeutronNuclide const& nuclide,
                                      NeutronReaction const& elastic, RandomStream& random) const {
        double const kT = boltzmann_eV_per_K * kelvin;
        double const A = nuclide.mass_ratio;
        bool const moves = neutron.energy_eV < 400.0 * kT || A < 1.5;
        Vec3<double> const target =
            moves ? free_gas_target(neutron, A, kT, random) : Vec3<double>{0.0, 0.0, 0.0};
        double const mu = angle(elastic, neutron.energy_eV, random);
        return two_body_neutron(neutron, target, A, 0.0, mu, random);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
