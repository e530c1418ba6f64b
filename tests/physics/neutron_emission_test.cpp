#include "neutron_test_support.hpp"
#include "physics/neutron/neutron_emission.hpp"
#include "physics/neutron/neutron_photons.hpp"
#include <gtest/gtest.h>

using namespace beamwright;
using namespace beamwright::test;

// The nucleus takes the rest of the momentum; energies add up to E + Q in every event (doubles, 1e-9).
TEST(NeutronEmission, level_events_balance) {
    NeutronView const v = neutron_library().view();
    NeutronEmissionSampler const emit{v};
    RandomStream random{{.seed = 31}};
    NeutronNuclide const& n = nuclide_of("C12");
    NeutronReaction const& r = reaction_of("C12", 51); // 4.44 MeV
    double const A = n.mass_ratio;
    for (double energy : {4.9e6, 7e6, 14e6}) {
        for (int i = 0; i < 2000; ++i) {
            NeutronState const after = emit({energy, {0, 0, 1}}, n, r, random);
            Vec3<double> const left =
                Vec3<double>{0, 0, std::sqrt(energy)} - std::sqrt(after.energy_eV) * after.direction;
            double const recoil = dot(left, left) / A;
            ASSERT_NEAR(after.energy_eV + recoil, energy + double{r.QI_eV}, 1e-9 * energy);
        }
    }
}

TEST(NeutronEmission, cosines_have_the_mean_that_was_asked_for) {
    for (double mean : {-0.8, -0.3, 0.0, 0.05, 0.3, 0.6, 0.9}) {
        double sum = 0;
        int const steps = 20000;
        for (int i = 0; i < steps; ++i) {
            double const mu = cosine_of_mean(mean, (i + 0.5) / steps);
            ASSERT_GE(mu, -1.0 - 1e-9);
            ASSERT_LE(mu, 1.0 + 1e-9);
            sum += mu;
        }
        EXPECT_NEAR(sum / steps, mean, 0.004) << mean; // docs/methods/neutron_collisions.md eq. 6
    }
}

// Every reaction with a neutron gives one with a finite positive energy, not above what went in plus Q.
TEST(NeutronEmission, every_reaction_can_be_drawn) {
    NeutronView const v = neutron_library().view();
    NeutronEmissionSampler const emit{v};
    RandomStream random{{.seed = 32}};
    int drawn = 0;
    for (std::uint32_t k = 0; k < v.nuclide_count; ++k) {
        NeutronNuclide const& n = v.nuclides[k];
        for (std::uint32_t i = 0; i < n.reaction_count; ++i) {
            NeutronReaction const& r = v.reactions[n.first_reaction + i];
            if (r.emission == NeutronEmission::none || r.mt == 2 || r.point_count == 0) {
                continue;
            }
            for (double energy : {3e6, 14e6, 19.9e6}) {
                if (energy < 1.01 * static_cast<double>(v.threshold_eV[r.first_point])) {
                    continue;
                }
                for (int j = 0; j < 20; ++j) {
                    NeutronState const after = emit({energy, {0, 0, 1}}, n, r, random);
                    ASSERT_GE(after.energy_eV, 0.0)
                        << neutron_library().data().nuclide_names[k] << " MT=" << r.mt;
                    ASSERT_LT(after.energy_eV, 1.02 * energy)
                        << neutron_library().data().nuclide_names[k] << " MT=" << r.mt;
                    ++drawn;
                }
            }
        }
    }
    EXPECT_GT(drawn, 5000);
}

// Photon energy per thermal capture, as the reference transport code sees it in the same evaluations (capture_photons_
// thermal.csv, five digits).
TEST(NeutronPhotons, capture_gives_the_evaluated_energy) {
    NeutronView const v = neutron_library().view();
    NeutronPhotons const photons{v};
    struct Row {
        char const* nuclide;
        double photons, energy_MeV;
    };
    for (Row const& row : {Row{"H1", 1.0, 2.2233},
                           {"C12", 1.32, 4.9465},
                           {"N14", 2.146, 10.833},
                           {"Na23", 3.76, 6.9595},
                           {"P31", 2.67, 7.9407},
                           {"S32", 2.397, 8.643},
                           {"Cl35", 2.739, 8.5797},
                           {"Cl37", 2.837, 6.1077},
                           {"K39", 3.237, 7.801}}) {
        NeutronNuclide const& n = nuclide_of(row.nuclide);
        double many = 0, energy_MeV = 0, sigma2 = 0;
        for (std::uint32_t i = 0; i < n.source_count; ++i) {
            NeutronPhotonSource const& s = v.photon_sources[n.first_source + i];
            if (s.mt != 102) {
                continue;
            }
            RandomStream random{{.seed = 33, .beam = i}};
            Mean energy;
            for (int j = 0; j < 100000; ++j) {
                energy.add(photons.energy(s, n.mass_ratio, 0.0253, random) * 1e-6);
            }
            double const amount = photons.amount(s, 0.0253);
            many += amount;
            energy_MeV += amount * energy.mean();
            sigma2 += amount * amount * energy.sigma() * energy.sigma();
        }
        EXPECT_NEAR(many, row.photons, 6e-4 * row.photons) << row.nuclide; // printed to four digits
        EXPECT_NEAR(energy_MeV, row.energy_MeV, 4 * std::sqrt(sigma2) + 6e-4 * row.energy_MeV) << row.nuclide;
    }
}

// 93.7 % of the thermal B-10 reactions leave Li-7 excited, with a photon of 0.478 MeV.
TEST(NeutronPhotons, boron_gives_its_line) {
    NeutronView const v = neutron_library().view();
    NeutronPhotons const photons{v};
    auto const b10 = neutron_library().nuclide("B10");
    double const excited = neutron_library().cross_section_barn(b10, 801, 0.0253, 0);
    double const all = neutron_library().cross_section_barn(b10, 107, 0.0253, 0);
    EXPECT_NEAR(excited / all, 0.937, 0.001);
    NeutronNuclide const& n = v.nuclides[b10];
    int lines = 0;
    RandomStream random{{.seed = 34}};
    for (std::uint32_t i = 0; i < n.source_count; ++i) {
        NeutronPhotonSource const& s = v.photon_sources[n.first_source + i];
        if (s.mt == 801) {
            ++lines;
            EXPECT_NEAR(photons.amount(s, 0.0253), 1.0, 1e-3);
            EXPECT_NEAR(photons.energy(s, n.mass_ratio, 0.0253, random), 477.6e3, 0.3e3);
        }
    }
    EXPECT_EQ(lines, 1);
}
