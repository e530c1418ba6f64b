#include "lanes/constants.hpp"
#include <gtest/gtest.h>

using namespace beamwright;

// Relations between constants that come from different tables: a slip in one digit shows

TEST(Constants, bethe_constant_is_that_of_the_particle_data_group) {
    EXPECT_NEAR(constants::bethe_MeV_cm2_per_mol, 0.307075, 5e-7); // PDG 2022 prints six digits
}

TEST(Constants, classical_radius_is_alpha_hbar_c_over_electron_mass) {
    namespace c = constants;
    EXPECT_NEAR(c::fine_structure * c::hbar_c_MeV_cm / c::electron_MeV / c::classical_electron_radius_cm, 1,
                1e-9);
}

TEST(Constants, binding_energies_are_those_of_the_mass_evaluation) {
    namespace c =
        constants; // AME2020: 2.224566, 8.481798, 7.718043, 28.295662 MeV, electrons' binding neglected (below 1e-4)
    EXPECT_NEAR(c::proton_MeV + c::neutron_MeV - c::deuteron_MeV, 2.224566, 1e-4);
    EXPECT_NEAR(c::proton_MeV + 2 * c::neutron_MeV - c::triton_MeV, 8.481798, 1e-4);
    EXPECT_NEAR(2 * c::proton_MeV + c::neutron_MeV - c::helium3_MeV, 7.718043, 1e-4);
    EXPECT_NEAR(2 * (c::proton_MeV + c::neutron_MeV) - c::alpha_MeV, 28.295662, 1e-4);
}

TEST(Constants, one_MeV_per_gram_in_Gy) { EXPECT_NEAR(constants::Gy_per_MeV_per_g, 1.602176634e-10, 1e-19); }
