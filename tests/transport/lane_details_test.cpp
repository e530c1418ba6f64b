// LET and species in the lane engine: the definition and the numbers of the double-precision one.
#include "tables/let_table.hpp"
#include "transport/schedule/spot.hpp"
#include "two_engines.hpp"
#include <numeric>

namespace beamwright {
namespace {

using LaneDetails = test::LanesHere;
using test::Numbers;

/// Alike protons that only slow down: the LET of each plane follows from the energies at its two faces.
TEST_F(LaneDetails, LET_of_alike_protons_is_the_mean_over_their_path_in_each_voxel) {
    ProtonMaterialTables const water({MaterialLibrary::shipped().named("water")});
    LetTable const table(water.view());
    for (double const edge_mm : {0.5, 1.0, 3.0}) {
        int const planes = static_cast<int>(75 / edge_mm);
        auto const world = test::box_of("water", {1, 1, planes}, {100, 100, edge_mm});
        auto request = test::request_for(world, test::pencil(100, 3), 20, 2);
        request.options.let = LetParticles::primaries;
        request.options.target = LaneTarget::avx2;
        request.options.on.nuclear = request.options.on.straggling = request.options.on.scattering = false;
        auto const result = test::calculate(request);
        double range = water_range_g_per_cm2(water.view(), 100);
        for (int k = 0; k < planes; ++k) {
            double const from = water_energy_MeV(water.view(), range);
            range -= 0.1 * edge_mm;
            double const to = water_energy_MeV(water.view(), range);
            double const weighted =
                let_integral(table.view().proton, from) - let_integral(table.view().proton, to);
            double const dose_averaged = 0.1 * weighted / (from - to);
            double const track_averaged = 0.1 * (from - to) / (0.1 * edge_mm);
            auto const voxel = static_cast<std::size_t>(k);
            // Single precision: energies of 100 MeV are known to 1e-5, the loss in a thin voxel of 0.36 MeV to 3e-5; the
            // range at the end to 1e-5 g/cm2 of the 0.26 that are left, and the cubic of a step to 1e-5 of the energy
            double const share = 1e-3;
            EXPECT_NEAR(result.let.dose_averaged_keV_per_um.values[voxel], dose_averaged,
                        share * dose_averaged)
                << edge_mm << " " << k;
            EXPECT_NEAR(result.let.track_averaged_keV_per_um.values[voxel], track_averaged,
                        share * track_averaged)
                << edge_mm << " " << k;
        }
    }
}

DoseRequest lung_request(VoxelWorld const& world, LaneTarget target, LetParticles particles) {
    auto request = test::request_for(world, test::pencil(110, 8), 4000, 400);
    request.options.target = target;
    request.options.let = particles;
    request.options.species = true;
    return request;
}

/// Water with lung in the middle.
VoxelWorld lung_world() {
    auto world = test::box_of("water", {9, 9, 50}, {5, 5, 2});
    world.materials.push_back(MaterialLibrary::shipped().named("Lung"));
    for (int k = 10; k < 20; ++k) {
        for (int at = 0; at < 81; ++at) {
            auto const voxel = static_cast<std::size_t>(81 * k + at);
            world.material[voxel] = 1;
            world.density_g_per_cm3[voxel] = 0.3f;
        }
    }
    return world;
}

TEST_F(LaneDetails, bits_do_not_depend_on_threads_or_width_and_do_not_change_the_dose) {
    auto const world = lung_world();
    auto request = lung_request(world, LaneTarget::avx2, LetParticles::helium);
    request.options.threads = 1;
    auto const one = test::calculate(request);
    for (int const width : {1, 16}) {
        request.options.lane_width = width;
        request.options.threads = width == 1 ? 1 : 3;
        auto const other = test::calculate(request);
        EXPECT_EQ(one.let.dose_averaged_keV_per_um.values, other.let.dose_averaged_keV_per_um.values);
        EXPECT_EQ(one.let.track_averaged_keV_per_um.values, other.let.track_averaged_keV_per_um.values);
        EXPECT_EQ(one.species[1].fluence_per_cm2.values, other.species[1].fluence_per_cm2.values);
    }
    request.options.let = LetParticles::none;
    request.options.species = false;
    EXPECT_EQ(one.total.to_medium_Gy.values, test::calculate(request).total.to_medium_Gy.values);
}

TEST_F(LaneDetails, doses_of_species_add_up) {
    auto const world = lung_world();
    auto const result = test::calculate(lung_request(world, LaneTarget::avx2, LetParticles::none));
    for (std::size_t voxel = 0; voxel < world.grid.voxels(); ++voxel) {
        double all = 0;
        for (auto const& one : result.species) {
            all += one.dose_Gy.values[voxel];
        }
        // Integers add up exactly; the floats are rounded once each (6e-8)
        EXPECT_NEAR(all, result.total.to_medium_Gy.values[voxel], 5e-7 * all) << voxel;
    }
}

/// LET (sums over planes of LET times dose, so that few slow tracks do not make a heavy tail), dose and fluence.
TEST_F(LaneDetails, agree_with_double_precision) {
    auto const world = lung_world();
    auto const run = [&](LetParticles particles) {
        return [&world, particles](LaneTarget target, std::uint32_t seed) {
            auto request = lung_request(world, target, particles);
            request.options.seed = seed;
            auto const result = test::calculate(request);
            Numbers numbers;
            std::size_t const plane = 81;
            auto const& dose_let = result.let.dose_averaged_keV_per_um.values;
            auto const& track_let = result.let.track_averaged_keV_per_um.values;
            for (std::size_t part = 0; part < 5; ++part) {
                auto const name = std::to_string(part);
                double dose = 0, weighted = 0, tracks = 0;
                for (std::size_t voxel = 10 * part * plane; voxel < 10 * (part + 1) * plane; ++voxel) {
                    double const here = result.total.to_medium_Gy.values[voxel];
                    dose += here;
                    weighted += here * dose_let[voxel];
                    tracks += here * track_let[voxel];
                    for (std::size_t which = 0; which < 4; ++which) {
                        auto const& one = result.species[which];
                        numbers["dose_" + std::to_string(which) + "_" + name] += one.dose_Gy.values[voxel];
                        numbers["fluence_" + std::to_string(which) + "_" + name] +=
                            one.fluence_per_cm2.values[voxel];
                    }
                }
                numbers["LETd_" + name] = weighted / dose;
                numbers["LETt_" + name] = tracks / dose;
            }
            return numbers;
        };
    };
    std::map<std::string, double> const bounds{
        {"LETd_0", 5e-3}, {"LETd_3", 0.01}, {"LETt_0", 3e-3}, {"LETt_3", 0.01}, {"fluence_0_0", 2e-3}};
    test::expect_same_means(run(LetParticles::primaries), bounds);
    // Few slow tracks carry the LET of all species: 4 % of noise, so that only a gross fault would be seen
    std::map<std::string, double> const wide{{"LETd_0", 0.14}, {"LETd_3", 0.08}};
    test::expect_same_means(run(LetParticles::helium), wide);
}

// As in species_test.cpp: helium that stayed where it was made would leave the gaps with a thousandth of the fluence
TEST_F(LaneDetails, helium_goes_along_its_range) {
    SpotRequest request;
    request.energy_MeV = 200;
    request.histories = 400'000;
    request.species = true;
    request.target = LaneTarget::avx2;
    auto const& water = MaterialLibrary::shipped().named("water");
    for (int pair = 0; pair < 20; ++pair) {
        request.slabs.push_back({water, 1.0, 1.0});
        request.slabs.push_back({water, 0.001, 1.0});
    }
    Warnings warnings;
    auto const result = calculate_spot(request, warnings);
    auto const& fluence = result.species[static_cast<std::size_t>(DoseSpecies::helium)].fluence;
    double plates = 0, gaps = 0;
    for (std::size_t k = 0; k + 1 < fluence.size(); k += 2) {
        plates += fluence[k];
        gaps += fluence[k + 1];
    }
    EXPECT_NEAR(gaps / plates, 1, 0.4); // 5 standard deviations, as there
}

} // namespace
} // namespace beamwright
