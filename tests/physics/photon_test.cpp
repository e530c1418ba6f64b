#include "neutron_test_support.hpp"
#include "physics/photon/compton.hpp"
#include "physics/photon/photon_absorption.hpp"
#include "physics/photon/rayleigh.hpp"
#include "tables/photon_materials.hpp"
#include <gtest/gtest.h>

using namespace beamwright;
using namespace beamwright::test;

namespace {

PhotonMaterials const& materials() {
    static PhotonMaterials const made(neutron_library(), {{"water", 1.0, {{1, 0.111898}, {8, 0.888102}}, 0},
                                                          {"calcium", 1.55, {{20, 1.0}}, 0}});
    return made;
}

/// Midpoints over the cosine of a weight and of a weighted value.
template <class Weight, class Value> double mean_over_cosine(Weight weight, Value value) {
    double sum = 0, norm = 0;
    for (int i = 0; i < 200000; ++i) {
        double const t = (i + 0.5) / 200000, mu = 1 - 2 * t * t; // finer forward
        sum += weight(mu) * value(mu) * t;
        norm += weight(mu) * t;
    }
    return sum / norm;
}

double ratio_at(double k, double mu) { return 1 / (1 + k * (1 - mu)); }
double klein_nishina(double k, double mu) {
    double const r = ratio_at(k, mu);
    return r * r * (r + 1 / r - (1 - mu * mu));
}

} // namespace

// Free electrons at high energy: mean part given to the electron; table of Klein-Nishina (Evans 1955): 0.138 at
// 0.1 MeV, 0.440 at 1 MeV, 0.684 at 10 MeV. Bound ones by quadrature with S(x). 4 standard deviations.
TEST(Photon, compton_gives_the_mean_energy_of_klein_nishina) {
    PhotonMaterialsView const v = materials().view();
    Compton const compton{v};
    for (auto const& [energy, evans] : {std::pair{3e4, 0.0}, {1e5, 0.138}, {1e6, 0.440}, {1e7, 0.684}}) {
        for (std::uint32_t element : {0U, 1U, 2U}) { // H, O, Ca
            double const k = energy / electron_rest_eV;
            PhotonElement const& atom = v.elements[element];
            auto const weight = [&](double mu) {
                double const x = energy / planck_times_c_eV_angstrom * std::sqrt(0.5 * (1 - mu));
                return klein_nishina(k, mu) * compton.scattering(atom, x);
            };
            double const expected = mean_over_cosine(weight, [&](double mu) { return 1 - ratio_at(k, mu); });
            RandomStream random{{.seed = 41, .beam = element}};
            Mean given;
            for (int i = 0; i < 50000; ++i) {
                PhotonState const after = compton({energy, {0, 0, 1}}, element, random);
                given.add(1 - after.energy_eV / energy);
                // energy and angle belong together
                ASSERT_NEAR(after.energy_eV, energy * ratio_at(k, after.direction.z), 1e-6 * energy);
            }
            EXPECT_LT(std::abs(given.deviations(expected)), 4.0) << energy << " eV, element " << element;
            if (evans > 0 && element == 0) {
                EXPECT_NEAR(expected, evans, 0.002);
            }
        }
    }
}

TEST(Photon, rayleigh_has_the_mean_cosine_of_its_form_factor) {
    PhotonMaterialsView const v = materials().view();
    Rayleigh const rayleigh{v};
    PhotoElement const& data = neutron_library().photo_element(8);
    NeutronView const library = neutron_library().view();
    auto const form = [&](double x) {
        std::uint32_t i = 0;
        while (i + 2 < data.form_points && double{library.form_x[data.first_form + i + 1]} <= x) {
            ++i;
        }
        double const x0 = library.form_x[data.first_form + i], x1 = library.form_x[data.first_form + i + 1];
        double const F0 = library.form_y[data.first_form + i], F1 = library.form_y[data.first_form + i + 1];
        return F0 + (x - x0) / (x1 - x0) * (F1 - F0);
    };
    for (double energy : {5e3, 2e4, 1e5}) {
        auto const weight = [&](double mu) {
            double const F = form(energy / planck_times_c_eV_angstrom * std::sqrt(0.5 * (1 - mu)));
            return (1 + mu * mu) * F * F;
        };
        double const expected = mean_over_cosine(weight, [](double mu) { return mu; });
        RandomStream random{{.seed = 42}};
        Mean cosine;
        for (int i = 0; i < 50000; ++i) {
            PhotonState const after = rayleigh({energy, {0, 0, 1}}, 1, random);
            ASSERT_EQ(after.energy_eV, energy);
            cosine.add(after.direction.z);
        }
        // F^2 is a straight line over x^2 between points in the sampler: 0.3 % of 1 - cosine
        EXPECT_NEAR(cosine.mean(), expected, 4 * cosine.sigma() + 0.003 * (1 - expected)) << energy;
    }
}

TEST(Photon, elements_are_chosen_by_their_share) {
    PhotonMaterialsView const v = materials().view();
    RandomStream random{{.seed = 43}};
    double const energy = 1e6;
    double const H = v.parts[0].atoms_per_g_e24 * photon_element_at(v, 0, energy).incoherent;
    double const O = v.parts[1].atoms_per_g_e24 * photon_element_at(v, 1, energy).incoherent;
    Mean oxygen;
    for (int i = 0; i < 50000; ++i) {
        oxygen.add(photon_element(v, 0, energy, &PhotonAtEnergy::incoherent, random) == 1 ? 1.0 : 0.0);
    }
    EXPECT_LT(std::abs(oxygen.deviations(O / (H + O))), 4.0);
}

// Energy in = energy that stays + two quanta; directions fill the sphere (mean cosine 0 within 4 sigma).
TEST(Photon, pair_production_keeps_energy) {
    RandomStream random{{.seed = 44}};
    Mean cosine;
    for (int i = 0; i < 20000; ++i) {
        PhotonAbsorbed const after = PairProduction{}({5e6, {0, 0, 1}}, random);
        ASSERT_DOUBLE_EQ(after.local_eV + after.photons * electron_rest_eV, 5e6);
        ASSERT_NEAR(dot(after.direction, after.direction), 1.0, 1e-12);
        cosine.add(after.direction.z);
    }
    EXPECT_LT(std::abs(cosine.deviations(0)), 4.0);
    EXPECT_EQ(Photoelectric{}({3e4, {0, 0, 1}}).local_eV, 3e4);
}
