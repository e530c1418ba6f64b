/// \file  photon_state.hpp — what a photon's collision takes and gives
/// \how   docs/methods/photon_collisions.md
/// \fits  photons of 1 keV to 20 MeV
/// \not   position, weight, polarization
/// \proof tests/physics/photon_test.cpp
#pragma once
#include "lanes/constants.hpp"
#include "lanes/math.hpp"
#include "lanes/random.hpp"
#include "lanes/vec3.hpp"
#include "tables/photon_material_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

inline constexpr double electron_rest_eV = constants::electron_MeV * 1e6;
/// h c: x in 1/Angstrom of a photon scattered by theta is E / (h c) sin(theta / 2). CODATA 2018.
inline constexpr double planck_times_c_eV_angstrom = 12398.41984;

struct PhotonState {
    double energy_eV;
    Vec3<double> direction;
};

/// Which element of a material a photon hits, by one of its cross sections (a member of PhotonAtEnergy).
BW_KERNEL std::uint32_t photon_element(PhotonMaterialsView const& view, std::uint32_t material,
                                       double energy_eV, double PhotonAtEnergy::*process,
                                       RandomStream& random) {
    PhotonMaterial const& m = view.materials[material];
    double sum = 0;
    for (std::uint32_t p = 0; p < m.part_count; ++p) {
        PhotonPart const& part = view.parts[m.first_part + p];
        sum += part.atoms_per_g_e24 * photon_element_at(view, part.element, energy_eV).*process;
    }
    double left = random.uniform() * sum;
    for (std::uint32_t p = 0; p + 1 < m.part_count; ++p) {
        PhotonPart const& part = view.parts[m.first_part + p];
        left -= part.atoms_per_g_e24 * photon_element_at(view, part.element, energy_eV).*process;
        if (left < 0) {
            return part.element;
        }
    }
    return view.parts[m.first_part + m.part_count - 1].element;
}

/// The interval of a rising table that holds a value: its lower point.
BW_KERNEL std::uint32_t interval_of(double const* x, std::uint32_t count, double at) {
    std::uint32_t low = 0, high = count - 1;
    while (high - low > 1) {
        std::uint32_t const middle = (low + high) / 2;
        if (x[middle] <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

BW_KERNEL PhotonState photon_turned(PhotonState const& photon, double energy_eV, double mu,
                                    RandomStream& random) {
    SinCos const azimuth = sincos_turns(random.uniform());
    return {energy_eV, turned(photon.direction, mu, azimuth.cosine, azimuth.sine)};
}

} // namespace BW_TARGET
} // namespace beamwright
