#include "neutron_test_support.hpp"
#include "physics/neutron/neutron_elastic.hpp"
#include <gtest/gtest.h>

using namespace beamwright;
using namespace beamwright::test;

namespace {

constexpr int histories = 200000;

/// sigma_eff(E) / sigma of a gas of free nuclei with a constant cross section.
double gas_factor(double y) {
    return (1 + 1 / (2 * y * y)) * std::erf(y) + std::exp(-y * y) / (y * std::sqrt(3.14159265358979));
}

} // namespace

// In equilibrium collisions change no mean energy. Flux of a Maxwellian times the gas' cross section is the density
// of collisions. Bound: 4 standard deviations (false alarm 6e-5 per nuclide, the seed is fixed).
TEST(NeutronElastic, keeps_a_gas_in_equilibrium) {
    NeutronView const v = neutron_library().view();
    double const kelvin = 293.6, kT = boltzmann_eV_per_K * kelvin;
    for (char const* name : {"H1", "C12", "O16", "Ca40"}) {
        NeutronNuclide const& n = nuclide_of(name);
        NeutronElastic const scatter{{v}, kelvin};
        RandomStream random{{.seed = 11}};
        Mean change, gross;
        for (int i = 0; i < histories; ++i) {
            double const energy = -kT * std::log(random.uniform() * random.uniform());
            double const weight = gas_factor(std::sqrt(double{n.mass_ratio} * energy / kT));
            NeutronState const after = scatter({energy, {0, 0, 1}}, n, reaction_of(name, 2), random);
            change.add(after.energy_eV - energy, weight);
            gross.add(std::abs(after.energy_eV - energy), weight);
        }
        std::printf("  %s: mean change %.2g of the mean exchange, %.1f sigma\n", name,
                    change.mean() / gross.mean(), change.deviations(0));
        EXPECT_LT(std::abs(change.deviations(0)), 4.0) << name;
    }
}

// Far above the thermal motion the mean loss is that of a nucleus at rest: E 2A / (A+1)^2 (1 - mean cosine). Hydrogen's
// angles are isotropic to 1 % at 1 MeV; at 10 keV all these nuclides are.
TEST(NeutronElastic, loses_what_kinematics_says) {
    NeutronView const v = neutron_library().view();
    for (char const* name : {"H1", "C12", "N14", "O16"}) {
        NeutronNuclide const& n = nuclide_of(name);
        NeutronElastic const scatter{{v}, 293.6};
        RandomStream random{{.seed = 12}};
        Mean loss;
        double const energy = 1e4, A = n.mass_ratio;
        for (int i = 0; i < histories; ++i) {
            loss.add(1 - scatter({energy, {1, 0, 0}}, n, reaction_of(name, 2), random).energy_eV / energy);
        }
        // evaluated mean cosines at 10 keV are below 0.002: 0.2 % of the loss
        EXPECT_NEAR(loss.mean(), 2 * A / ((A + 1) * (A + 1)), 4 * loss.sigma() + 0.003 * loss.mean()) << name;
    }
}

TEST(NeutronElastic, angles_keep_the_evaluated_mean_and_kerma) {
    // The kerma of hydrogen above the range of capture is elastic: E sigma (1 - mean cosine) 2A/(A+1)^2, from
    // the evaluation's Legendre moments; the sampled loss must give the same. Tables: 0.1 % each, and their nodes.
    NeutronView const v = neutron_library().view();
    for (double energy : {1e5, 1e6, 5e6}) {
        RandomStream random{{.seed = 13}};
        NeutronElastic const scatter{{v}, 293.6};
        Mean loss;
        for (int i = 0; i < histories; ++i) {
            loss.add(energy -
                     scatter({energy, {0, 1, 0}}, nuclide_of("H1"), reaction_of("H1", 2), random).energy_eV);
        }
        auto const h1 = neutron_library().nuclide("H1");
        double const kerma = neutron_library().other_kerma_eV_barn(h1, energy, 0) /
                             neutron_library().cross_section_barn(h1, 2, energy, 0);
        EXPECT_NEAR(loss.mean(), kerma, 4 * loss.sigma() + 0.003 * kerma) << energy;
    }
}
