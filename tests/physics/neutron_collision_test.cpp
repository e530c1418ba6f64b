#include "neutron_test_support.hpp"
#include "physics/neutron/neutron_collision.hpp"
#include "tables/neutron_materials.hpp"
#include <gtest/gtest.h>
#include <map>

using namespace beamwright;
using namespace beamwright::test;

namespace {

NeutronMaterials const& materials() {
    static NeutronMaterials const made(
        neutron_library(),
        {{{"water", 1.0, {{1, 0.111898}, {8, 0.888102}}, 0}, HydrogenLaw::water},
         {{"bone", 1.6, {{1, 0.05}, {6, 0.212}, {7, 0.04}, {8, 0.435}, {15, 0.087}, {20, 0.176}}, 0},
          HydrogenLaw::water}},
        293.6);
    return made;
}

} // namespace

// Shares of the nuclides hit are those of the cross sections. 4 standard deviations for each of some 60 shares:
// a right sampler fails in 0.4 % of the seeds; the seed is fixed.
TEST(NeutronCollision, targets_follow_their_cross_sections) {
    NeutronMaterialsView const v = materials().view();
    NeutronCollision const collision{v};
    int const histories = 50000;
    for (double energy : {0.0253, 1e3, 2e6, 14e6}) {
        RandomStream random{{.seed = 51}};
        std::map<std::uint32_t, int> hits;
        for (int i = 0; i < histories; ++i) {
            ++hits[collision.target(1, energy, random).part.nuclide];
        }
        double const total = neutron_material_at(v, 1, energy).total_cm2_per_g;
        for (std::uint32_t p = 0; p < v.materials[1].part_count; ++p) {
            NeutronPart const& part = v.parts[v.materials[1].first_part + p];
            double const share =
                part.atoms_per_g_e24 * neutron_nuclide_at(v, part.table, energy).total_barn / total;
            double const sigma = std::sqrt(share * (1 - share) * histories);
            // and 0.15 % for the two tables
            EXPECT_NEAR(hits[part.nuclide], share * histories, 4 * sigma + 1 + 0.0015 * share * histories)
                << energy << " eV, nuclide " << part.nuclide;
        }
    }
}

// The published age of fission neutrons aside, the simplest number of slowing down: hydrogen's mean logarithmic
// energy loss is 1 and oxygen's 0.1199 (Beckurts and Wirtz 1964), isotropic scattering far above thermal energies.
TEST(NeutronCollision, lethargy_per_collision) {
    NeutronMaterialsView const v = materials().view();
    NeutronCollision const collision{v};
    RandomStream random{{.seed = 52}};
    std::map<int, Mean> lethargy;
    for (int i = 0; i < 300000; ++i) {
        double const energy = 1e3;
        NeutronTarget const hit = collision.target(0, energy, random);
        auto const out = collision.scatter(hit, {energy, {0, 0, 1}}, random);
        lethargy[v.library.nuclides[hit.part.nuclide].A].add(std::log(energy / out.state.energy_eV));
    }
    // hydrogen is 0.9992 neutron masses; its thermal motion at 1 keV is 3e-5
    EXPECT_NEAR(lethargy[1].mean(), 1.0, 4 * lethargy[1].sigma() + 1e-3);
    EXPECT_NEAR(lethargy[16].mean(), 0.1199, 4 * lethargy[16].sigma() + 2e-4);
}

// A neutron that scatters on and on in water comes into equilibrium: the flux's mean energy is 2 kT, so collisions,
// weighted by 1 / cross section and without absorption, average to 2 kT. Five standard deviations of correlated
// collisions are taken from batches.
TEST(NeutronCollision, water_thermalizes) {
    NeutronMaterialsView const v = materials().view();
    NeutronCollision const collision{v};
    RandomStream random{{.seed = 53}};
    double const kT = boltzmann_eV_per_K * 293.6;
    NeutronState state{1.0, {0, 0, 1}};
    Mean batches;
    for (int b = 0; b < 200; ++b) {
        double energy = 0, weight = 0;
        for (int i = 0; i < 3000; ++i) {
            NeutronTarget const hit = collision.target(0, state.energy_eV, random);
            // scattering alone: a target is taken with its scattering cross section
            if (random.uniform() * hit.barn.total_barn < hit.barn.absorbed_barn) {
                continue;
            }
            double const scattering = neutron_material_at(v, 0, state.energy_eV).total_cm2_per_g -
                                      neutron_material_at(v, 0, state.energy_eV).absorbed_cm2_per_g;
            energy += state.energy_eV / scattering;
            weight += 1 / scattering;
            state = collision.scatter(hit, state, random).state;
        }
        if (b > 0) { // the first batch slows down
            batches.add(energy / weight);
        }
    }
    std::printf("  mean energy of the flux: %.4f kT, sigma %.4f\n", batches.mean() / kT,
                batches.sigma() / kT);
    // tables: 0.1 % in total, exchange 1e-4; 0.5 % in all
    EXPECT_NEAR(batches.mean() / kT, 2.0, 5 * batches.sigma() / kT + 0.01);
}

TEST(NeutronCollision, fast_neutrons_open_their_levels) {
    NeutronMaterialsView const v = materials().view();
    NeutronCollision const collision{v};
    RandomStream random{{.seed = 54}};
    auto const carbon = v.library.nuclides[neutron_library().nuclide("C12")];
    EXPECT_EQ(collision.emission(carbon, 4.0e6, random), carbon.reaction_count); // first level 4.44 MeV
    std::uint32_t const at6 = collision.emission(carbon, 6.0e6, random);
    ASSERT_LT(at6, carbon.reaction_count);
    EXPECT_EQ(v.library.reactions[carbon.first_reaction + at6].mt, 51);
}
