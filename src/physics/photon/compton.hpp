/// \file  compton.hpp — incoherent scattering: Klein-Nishina times the scattering function of the atom
/// \how   docs/methods/photon_collisions.md eq. 1-4
/// \fits  1 keV to 20 MeV
/// \not   motion of the bound electrons (Doppler broadening of the line), polarization
/// \proof tests/physics/photon_test.cpp
#pragma once
#include "physics/photon/photon_state.hpp"

namespace beamwright {
inline namespace BW_TARGET {

struct Compton {
    PhotonMaterialsView const& data;

    /// Photon after scattering on an atom; the rest of its energy went to an electron.
    BW_KERNEL PhotonState operator()(PhotonState const& photon, std::uint32_t element,
                                     RandomStream& random) const {
        PhotonElement const& atom = data.elements[element];
        double const k = photon.energy_eV / electron_rest_eV;
        double const least = 1.0 / (1.0 + 2.0 * k); // of E'/E
        double const a1 = log(1.0 + 2.0 * k), a2 = 0.5 * (1.0 - least * least);
        double ratio = 1, mu = 1;
        // Composition of 1/e and e, then rejection of the rest (Butcher and Messel 1960) and of S(x)/Z
        for (int tries = 0; tries < 10000; ++tries) {
            double const u = random.uniform();
            ratio = random.uniform() * (a1 + a2) < a1 ? exp(-a1 * u)
                                                      : sqrt(least * least + (1.0 - least * least) * u);
            mu = 1.0 - (1.0 - ratio) / (k * ratio);
            double const sine2 = 1.0 - mu * mu;
            double const accept = 1.0 - ratio * sine2 / (1.0 + ratio * ratio);
            double const x = photon.energy_eV / planck_times_c_eV_angstrom * sqrt(0.5 * (1.0 - mu));
            if (random.uniform() * atom.Z < accept * scattering(atom, x)) {
                break;
            }
        }
        return photon_turned(photon, ratio * photon.energy_eV, mu < -1.0 ? -1.0 : mu, random);
    }

    /// S(x), straight between points.
    BW_KERNEL double scattering(PhotonElement const& atom, double x) const {
        double const* const at = data.scattering_x + atom.first_scattering;
        double const* const S = data.scattering_S + atom.first_scattering;
        if (x >= at[atom.scattering_points - 1]) {
            return S[atom.scattering_points - 1];
        }
        std::uint32_t const i = interval_of(at, atom.scattering_points, x);
        return S[i] + (x - at[i]) / (at[i + 1] - at[i]) * (S[i + 1] - S[i]);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
