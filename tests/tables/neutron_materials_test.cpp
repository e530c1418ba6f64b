#include "core/refusal.hpp"
#include "csv_rows.hpp"
#include "head_tissues.hpp"
#include "support.hpp"
#include "tables/neutron_materials.hpp"
#include <cmath>
#include <gtest/gtest.h>

using namespace beamwright;
using beamwright::test::brain_material;
using beamwright::test::number;
using beamwright::test::read_csv;
using beamwright::test::water_material;

namespace {

NeutronLibrary const& library() {
    static NeutronLibrary const loaded;
    return loaded;
}

NeutronMaterials const& materials() {
    static NeutronMaterials const made(library(),
                                       {{brain_material(), HydrogenLaw::water},
                                        {water_material(), HydrogenLaw::water},
                                        {brain_material(), HydrogenLaw::free}},
                                       293.6);
    return made;
}

} // namespace

// The material's table is the sum of its nuclides' at any energy: 0.1 % of each library table, 0.05 % of its own.
TEST(NeutronMaterials, are_the_sums_of_their_nuclides) {
    NeutronMaterialsView const v = materials().view();
    double worst = 0;
    for (int i = 0; i < 20000; ++i) {
        double const energy = 1.1e-5 * std::exp(i / 20000.0 * std::log(19e6 / 1.1e-5));
        NeutronAtEnergy const at = neutron_material_at(v, 2, energy); // free hydrogen: all from the library
        double total = 0, other = 0, nitrogen = 0;
        for (std::uint32_t p = 0; p < v.materials[2].part_count; ++p) {
            NeutronPart const& part = v.parts[v.materials[2].first_part + p];
            double const n = part.atoms_per_g_e24;
            total += n * library().cross_section_barn(part.nuclide, 1, energy, 0);
            other += n * library().other_kerma_eV_barn(part.nuclide, energy, 0) * 1e-6;
            nitrogen += n * library().named_kerma_eV_barn(part.nuclide, energy, 0) * 1e-6;
        }
        worst = std::max(worst, std::abs(at.total_cm2_per_g / total - 1));
        ASSERT_NEAR(at.total_cm2_per_g, total, 1e-3 * total) << energy;
        ASSERT_NEAR(at.other_kerma_MeV_cm2_per_g, other, 1e-3 * std::abs(other)) << energy;
        ASSERT_NEAR(at.nitrogen_kerma_MeV_cm2_per_g, nitrogen, 1e-3 * nitrogen + 1e-12) << energy;
    }
    std::printf("  brain: %zu points, water: %zu points; total worst %.3f %%\n", materials().points_of(0),
                materials().points_of(1), 100 * worst);
}

TEST(NeutronMaterials, choosing_a_nuclide_uses_the_same_sum) {
    NeutronMaterialsView const v = materials().view();
    for (double energy : {1e-3, 0.0253, 1.0, 50.0, 1e4, 1e6, 9.3e6}) {
        double total = 0, absorbed = 0;
        for (std::uint32_t p = 0; p < v.materials[0].part_count; ++p) {
            NeutronPart const& part = v.parts[v.materials[0].first_part + p];
            NuclideAtEnergy const n = neutron_nuclide_at(v, part.table, energy);
            total += part.atoms_per_g_e24 * n.total_barn;
            absorbed += part.atoms_per_g_e24 * n.absorbed_barn;
        }
        NeutronAtEnergy const at = neutron_material_at(v, 0, energy);
        EXPECT_NEAR(total, at.total_cm2_per_g, 1.5e-3 * total) << energy; // two tables of 0.05 %
        EXPECT_NEAR(absorbed, at.absorbed_cm2_per_g, 1.5e-3 * absorbed) << energy;
    }
}

// Water at 0.0253 eV: 2 x 51.70 b of bound hydrogen, 2 x 0.3326 b captured, oxygen 3.85 b + free motion (3.9 b).
// Measured, 2200 m/s neutrons in light water at room temperature: 103-109 b per molecule (ENDF/B-VIII.1: 107.9).
TEST(NeutronMaterials, water_total_at_thermal_energy) {
    NeutronAtEnergy const at = neutron_material_at(materials().view(), 1, 0.0253);
    double const barn_per_molecule = at.total_cm2_per_g * 18.0153 / 0.602214076;
    EXPECT_NEAR(barn_per_molecule, 107.95, 0.3);
    // absorption 0.0222 cm2/g: the textbook value of water (0.0222 1/cm; Beckurts and Wirtz 1964)
    EXPECT_NEAR(at.absorbed_cm2_per_g, 0.0222, 0.0001);
}

// Kerma factors behind the reference transport results: same evaluations, its program, one nuclide per element.
TEST(NeutronMaterials, kerma_factors_of_the_reference_transport) {
    BW_NEEDS_SHARED(shared);
    auto const rows = read_csv((shared / "reference/neutron/openmc/kerma_factors_endfb81.csv").string());
    ASSERT_GT(rows.size(), 1000U);
    constexpr double to_Gy_cm2 = 1.602176634e-10;
    double worst_nitrogen = 0, worst_boron = 0, worst_total = 0;
    int beyond = 0;
    for (auto const& row : rows) {
        double const energy = number(row, "E_eV");
        if (energy < 1e-5 || energy > 19.9e6) {
            continue;
        }
        NeutronMaterialsView const v = materials().view();
        NeutronAtEnergy const at = neutron_material_at(v, 0, energy);
        double const nitrogen = at.nitrogen_kerma_MeV_cm2_per_g * to_Gy_cm2;
        double const total = nitrogen + at.other_kerma_MeV_cm2_per_g * to_Gy_cm2;
        // theirs has the recoil of elastic scattering in it
        double const recoil = library().other_kerma_eV_barn(library().nuclide("B10"), energy, 0) * 1e-6;
        double const boron =
            (neutron_boron_at(v, energy).kerma_MeV_cm2_per_g + recoil * 1e-6 / 10.01294 * 0.602214076) *
            to_Gy_cm2;
        worst_boron = std::max(worst_boron, std::abs(boron / number(row, "B10_per_ppm") - 1));
        if (energy < 1e5) { // above, theirs has a fixed Q + E and no photons
            // natural nitrogen has 0.37 % N-15, which has no (n,p) here: they count it as N-14
            worst_nitrogen =
                std::max(worst_nitrogen, std::abs(nitrogen / 0.99632 / number(row, "brain_N14_np") - 1));
        }
        double const off = std::abs(total / number(row, "brain_total") - 1);
        beyond += off > 0.01 ? 1 : 0;
        worst_total = energy < 1e5 ? std::max(worst_total, off) : worst_total;
    }
    std::printf(
        "  worst: boron %.2f %%, nitrogen %.2f %%, total below 100 keV %.2f %%; %d of %zu beyond 1 %%\n",
        100 * worst_boron, 100 * worst_nitrogen, 100 * worst_total, beyond, rows.size());
    EXPECT_LT(worst_boron, 0.003);
    EXPECT_LT(worst_nitrogen, 0.003);
    EXPECT_LT(beyond, static_cast<int>(rows.size()) / 20);
}

TEST(NeutronMaterials, clamp_energies_outside_the_tables) {
    NeutronMaterialsView const v = materials().view();
    double const low =
        neutron_material_at(v, 0, 1e-5).total_cm2_per_g; // the ends are floats: 1e-5 is met to 6e-8
    EXPECT_NEAR(neutron_material_at(v, 0, 1e-9).total_cm2_per_g, low, 1e-6 * low);
    EXPECT_EQ(neutron_material_at(v, 0, 1e9).total_cm2_per_g, neutron_material_at(v, 0, 2e7).total_cm2_per_g);
}

// Infinite water with 10 ppm B-10 by mass: the reference transport code absorbs 0.0940 of 0.998 source neutrons in boron
// (statistics 0.1 %), the rest in water. Most absorption is thermal and 1/v in both.
TEST(NeutronMaterials, boron_takes_its_share_of_water) {
    NeutronMaterialsView const v = materials().view();
    double const water = neutron_material_at(v, 1, 0.0253).absorbed_cm2_per_g;
    double const boron = 10 * neutron_boron_at(v, 0.0253).absorbed_cm2_per_g;
    EXPECT_NEAR(boron / (water + boron), 0.0940 / 0.998, 0.003 * 0.0942);
}
