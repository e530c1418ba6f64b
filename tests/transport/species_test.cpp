// Dose and fluence by species: they add up to the dose, and fluences are what theory says.
#include "transport/schedule/spot.hpp"
#include "worlds.hpp"
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

namespace beamwright {
namespace {

SpotRequest spot_of(double energy_MeV, std::int64_t histories) {
    SpotRequest spot;
    spot.energy_MeV = energy_MeV;
    spot.histories = histories;
    spot.species = true;
    return spot;
}

SpotSpecies const& of(SpotResult const& result, DoseSpecies which) {
    return result.species[static_cast<std::size_t>(which)];
}

double sum(std::vector<double> const& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(Species, doses_add_up_to_the_dose_in_every_voxel) {
    auto const world = test::box_of("Bone_Cortical", {5, 5, 40}, {20, 20, 3});
    auto request = test::request_for(world, test::pencil(150, 8), 4000);
    request.options.species = request.options.dose_to_water = true;
    request.options.let = LetParticles::protons; // side by side with the other tallies
    auto const result = test::calculate(request);
    ASSERT_EQ(result.species.size(), std::size_t{dose_species_count});
    for (std::size_t voxel = 0; voxel < world.grid.voxels(); ++voxel) {
        double all = 0;
        for (auto const& one : result.species) {
            EXPECT_GE(one.dose_Gy.values[voxel], 0);
            all += one.dose_Gy.values[voxel];
        }
        // Integers add up exactly; seven floats are rounded once each (6e-8)
        EXPECT_NEAR(all, result.total.to_medium_Gy.values[voxel], 4e-7 * all) << voxel;
    }
    EXPECT_TRUE(result.species.back().fluence_per_cm2.values.empty()); // recoils
    auto without = request;
    without.options.species = false;
    EXPECT_EQ(test::calculate(without).total.to_medium_Gy.values, result.total.to_medium_Gy.values);
    EXPECT_EQ(test::calculate(without).let.dose_averaged_keV_per_um.values,
              result.let.dose_averaged_keV_per_um.values);
}

// Straight protons without events: 1e9 of them through every plane of 100 mm x 100 mm until they stop
TEST(Species, fluence_of_straight_protons_is_their_number_over_the_area) {
    auto const world = test::box_of("water", {1, 1, 40}, {100, 100, 2});
    auto request = test::request_for(world, test::pencil(100, 3), 2000);
    request.options.on.nuclear = request.options.on.scattering = request.options.on.straggling = false;
    request.options.species = true;
    auto const result = test::calculate(request);
    auto const& fluence = result.species[0].fluence_per_cm2.values;
    for (std::size_t k = 0; k < 38; ++k) {            // the range is 77.6 mm
        EXPECT_NEAR(fluence[k], 1e9 / 100, 2.0) << k; // floats, and 1e-7 of rounding per piece of path
    }
    EXPECT_EQ(fluence[39], 0);
    EXPECT_EQ(
        *std::max_element(result.species[1].dose_Gy.values.begin(), result.species[1].dose_Gy.values.end()),
        0);
}

// Path per depth is the number of protons over the mean cosine. 150 MeV at 135 mm: 60 mrad per plane of multiple scattering
// make 0.4 % (mean of theta^2 / 2), protons scattered elastically by 10 to 60 degrees as much again
TEST(Species, fluence_of_primaries_falls_as_their_number_does) {
    Warnings warnings;
    auto const result = calculate_spot(spot_of(150, 20'000), warnings);
    auto const& primaries = of(result, DoseSpecies::primary_protons);
    double given = 0;
    for (auto const& one : result.species) {
        given += sum(one.MeV_per_mm);
    }
    EXPECT_NEAR(given, result.energy.deposited, 1e-9 * given);
    for (std::size_t k = 5; k < 145; k += 10) {
        auto const& curve = result.integrated_depth_dose;
        double const entering = 0.5 * (curve[k].primaries + curve[k + 1].primaries);
        EXPECT_GT(primaries.fluence[k] / entering, 0.999) << k;
        EXPECT_LT(primaries.fluence[k] / entering, 1.002 + 5e-5 * static_cast<double>(k)) << k;
    }
    // Non-elastic events send out protons above all; ICRU 63 has 0.28 helium nuclei per event on oxygen at 150 MeV
    EXPECT_GT(sum(of(result, DoseSpecies::secondary_protons).MeV_per_mm), 5.0);
    for (auto const which :
         {DoseSpecies::deuterons, DoseSpecies::tritons, DoseSpecies::helium, DoseSpecies::recoils}) {
        EXPECT_GT(sum(of(result, which).MeV_per_mm), 0.005);
        EXPECT_LT(sum(of(result, which).MeV_per_mm), 1.5);
    }
}

// Fano's theorem: where sources per mass are uniform, fluence does not depend on density. Helium ranges are 0.1 mm in the
// plates and 1000 times that in the gaps, so helium that stayed where it was made would leave the gaps with a
// thousandth of the fluence. 20 gaps and 400,000 protons send about 300 nuclei through gaps, each with the weight of
// its obliqueness (twofold variance): 8 %; 4.8 standard deviations of it
TEST(Species, helium_goes_along_its_range_as_fano_wants) {
    auto spot = spot_of(200, 400'000);
    auto const& water = MaterialLibrary::shipped().named("water");
    for (int pair = 0; pair < 20; ++pair) {
        spot.slabs.push_back({water, 1.0, 1.0});
        spot.slabs.push_back({water, 0.001, 1.0});
    }
    Warnings warnings;
    auto const result = calculate_spot(spot, warnings);
    auto const& fluence = of(result, DoseSpecies::helium).fluence;
    double plates = 0, gaps = 0;
    for (std::size_t k = 0; k + 1 < fluence.size(); k += 2) {
        plates += fluence[k];
        gaps += fluence[k + 1];
    }
    EXPECT_NEAR(gaps / plates, 1, 0.4);
}

} // namespace
} // namespace beamwright
