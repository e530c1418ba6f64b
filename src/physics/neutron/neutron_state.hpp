/// \file  neutron_state.hpp — what a collision takes and gives: energy and direction
/// \how   docs/methods/neutron_collisions.md
/// \fits  neutrons of 1e-5 eV to 20 MeV
/// \not   position, weight (transport)
/// \proof tests/physics/neutron_elastic_test.cpp
#pragma once
#include "lanes/constants.hpp"
#include "lanes/math.hpp"
#include "lanes/random.hpp"
#include "lanes/vec3.hpp"

namespace beamwright {
inline namespace BW_TARGET {

struct NeutronState {
    double energy_eV;
    Vec3<double> direction;
};

/// A direction at polar cosine `mu` from another one, azimuth drawn.
BW_KERNEL Vec3<double> turned_at_random(Vec3<double> direction, double mu, RandomStream& random) {
    SinCos const azimuth = sincos_turns(random.uniform());
    return turned(direction, mu, azimuth.cosine, azimuth.sine);
}

/// Two velocities are added in units in which a neutron of 1 eV has speed 1.
BW_KERNEL NeutronState from_velocity(Vec3<double> velocity, Vec3<double> otherwise) {
    double const energy = dot(velocity, velocity);
    bool const moves = energy > 1e-30;
    return {select(moves, energy, 1e-30), moves ? (1.0 / sqrt(energy)) * velocity : otherwise};
}

} // namespace BW_TARGET
} // namespace beamwright
