/// \file  constants.hpp — constants of nature, each with its source
/// \how   CODATA 2018 (Tiesinga et al. 2021, Rev. Mod. Phys. 93, 025010); AME2020 for nuclear masses
/// \fits  everywhere
/// \not   material data (room tables)
/// \proof tests/lanes/constants_test.cpp
#pragma once

namespace beamwright::constants {

inline constexpr double pi = 3.141592653589793238462643;

/// Rest energies; relative uncertainty 3e-10, far below any use here.
inline constexpr double electron_MeV = 0.51099895000;
inline constexpr double proton_MeV = 938.27208816;
inline constexpr double neutron_MeV = 939.56542052;
inline constexpr double deuteron_MeV = 1875.61294257;
inline constexpr double triton_MeV = 2808.92113298;
inline constexpr double helium3_MeV = 2808.39160743;
inline constexpr double alpha_MeV = 3727.3794066;
inline constexpr double atomic_mass_unit_MeV = 931.49410242;

inline constexpr double avogadro_per_mol = 6.02214076e23;
inline constexpr double classical_electron_radius_cm = 2.8179403262e-13;
inline constexpr double fine_structure = 7.2973525693e-3;
inline constexpr double hbar_c_MeV_cm = 1.973269804e-11;

/// 4 pi N_A r_e^2 m_e c^2: the constant of the Bethe formula, MeV cm^2 / mol.
inline constexpr double bethe_MeV_cm2_per_mol =
    4.0 * pi * avogadro_per_mol * classical_electron_radius_cm * classical_electron_radius_cm * electron_MeV;

inline constexpr double joule_per_MeV = 1.602176634e-13;
/// Dose of 1 MeV in 1 g, in Gy.
inline constexpr double Gy_per_MeV_per_g = joule_per_MeV * 1e3;

} // namespace beamwright::constants
