/// \file  rayleigh.hpp — coherent scattering: Thomson's angle times the form factor of the atom
/// \how   docs/methods/photon_collisions.md eq. 5
/// \fits  1 keV to 20 MeV
/// \not   anomalous factors near edges
/// \proof tests/physics/photon_test.cpp
#pragma once
#include "physics/photon/photon_state.hpp"

namespace beamwright {
inline namespace BW_TARGET {

struct Rayleigh {
    PhotonMaterialsView const& data;
    BW_KERNEL PhotonState operator()(PhotonState const& photon, std::uint32_t element,
                                     RandomStream& random) const {
        PhotonElement const& atom = data.elements[element];
        double const* const x2 = data.form_x2 + atom.first_form;
        double const* const sum = data.form_sum + atom.first_form;
        double const most_x = photon.energy_eV / planck_times_c_eV_angstrom;
        double const reach = integral(x2, sum, atom.form_points, most_x * most_x);
        double mu = 1;
        for (int tries = 0; tries < 1000; ++tries) {
            double const wanted = random.uniform() * reach;
            std::uint32_t const i = interval_of(sum, atom.form_points, wanted);
            double const rise = sum[i + 1] - sum[i];
            double const at = x2[i] + (rise > 0 ? (wanted - sum[i]) / rise : 0.0) * (x2[i + 1] - x2[i]);
            mu = 1.0 - 2.0 * at / (most_x * most_x);
            if (2.0 * random.uniform() < 1.0 + mu * mu) {
                break;
            }
        }
        return photon_turned(photon, photon.energy_eV, mu < -1.0 ? -1.0 : mu, random);
    }

private:
    BW_KERNEL static double integral(double const* x2, double const* sum, std::uint32_t count, double at) {
        if (at >= x2[count - 1]) {
            return sum[count - 1];
        }
        std::uint32_t const i = interval_of(x2, count, at);
        return sum[i] + (at - x2[i]) / (x2[i + 1] - x2[i]) * (sum[i + 1] - sum[i]);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
