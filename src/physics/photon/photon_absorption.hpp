/// \file  photon_absorption.hpp — photoelectric effect and pair production: what stays and what leaves
/// \how   docs/methods/photon_collisions.md
/// \fits  1 keV to 20 MeV; electrons and positrons stop where they are made
/// \not   fluorescence, annihilation in flight, radiation of the electrons
/// \proof tests/physics/photon_test.cpp
#pragma once
#include "physics/photon/photon_state.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Energy that stays, and photons back to back of electron_rest_eV each.
struct PhotonAbsorbed {
    double local_eV;
    int photons;
    Vec3<double> direction; ///< of the first; the second goes the other way
};

struct Photoelectric {
    BW_KERNEL PhotonAbsorbed operator()(PhotonState const& photon) const {
        return {photon.energy_eV, 0, photon.direction};
    }
};

struct PairProduction {
    /// \pre energy above 2 electron_rest_eV
    BW_KERNEL PhotonAbsorbed operator()(PhotonState const& photon, RandomStream& random) const {
        double const mu = 2.0 * random.uniform() - 1.0;
        double const sine = sqrt(1.0 - mu * mu);
        SinCos const azimuth = sincos_turns(random.uniform());
        return {
            photon.energy_eV - 2.0 * electron_rest_eV, 2, {sine * azimuth.cosine, sine * azimuth.sine, mu}};
    }
};

} // namespace BW_TARGET
} // namespace beamwright
