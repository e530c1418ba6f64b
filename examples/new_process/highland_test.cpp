// Highland's formula: against a model that was not made from it, and against itself.
#include "highland.hpp"
#include "physics/proton/energy_loss.hpp"
#include "tables/material_library.hpp"
#include "tables/proton_materials.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

constexpr double water_radiation_length_g_per_cm2 = 36.08; // Particle Data Group

TEST(Highland, agrees_with_the_engine_within_the_error_of_the_fit) {
    ProtonMaterialTables const tables(std::vector<Material>{MaterialLibrary::shipped().named("water")});
    EnergyLoss<> const loss{tables.view()};
    Scattering<> const engine{tables.view()};
    Highland<> const highland{water_radiation_length_g_per_cm2};
    for (double const energy_MeV : {70.0, 150.0, 230.0}) {
        for (double const slab : {0.1, 0.3, 1.0}) { // g/cm2: 0.003 to 0.03 radiation lengths
            double const after_MeV = loss.mean_energy_after_MeV(0, 1.0, slab, energy_MeV);
            double const theirs = engine.angle_variance(0, 1.0, slab, energy_MeV, after_MeV,
                                                        pv_MeV(energy_MeV, constants::proton_MeV));
            double const ours = highland.angle_variance(slab, 0.5 * (energy_MeV + after_MeV));
            // 11 % is what the authors of the fit state for it
            EXPECT_NEAR(std::sqrt(ours / theirs), 1.0, 0.11) << energy_MeV << " MeV, " << slab << " g/cm2";
        }
    }
}

TEST(Highland, no_matter_no_change) {
    Highland<> const highland{water_radiation_length_g_per_cm2};
    RandomStream random({.seed = 1});
    auto const after = highland({0, 0, 1}, 0.0, 100.0, random);
    EXPECT_EQ(after.x, 0);
    EXPECT_EQ(after.y, 0);
    EXPECT_EQ(after.z, 1);
}

TEST(Highland, directions_have_the_variance_of_the_formula) {
    Highland<> const highland{water_radiation_length_g_per_cm2};
    double const wanted = highland.angle_variance(1.0, 150.0);
    int const histories = 200'000;
    double sum = 0;
    for (int i = 0; i < histories; ++i) {
        RandomStream random({.seed = 7, .history = static_cast<std::uint64_t>(i)});
        auto const after = highland({0, 0, 1}, 1.0, 150.0, random);
        sum += after.x * after.x / (after.z * after.z);
    }
    // A sum of n squares of normal numbers spreads by sqrt(2/n) = 0.32 %; 5 of these: a right sampler fails
    // for one seed in 1.7 million
    EXPECT_NEAR(sum / histories / wanted, 1.0, 5 * std::sqrt(2.0 / histories));
}

} // namespace
} // namespace beamwright
