#include "core/refusal.hpp"
#include "csv_rows.hpp"
#include "support.hpp"
#include "tables/photon_materials.hpp"
#include <cmath>
#include <gtest/gtest.h>

using namespace beamwright;
using beamwright::test::number;
using beamwright::test::read_csv;

namespace {

NeutronLibrary const& library() {
    static NeutronLibrary const loaded;
    return loaded;
}

} // namespace

// NIST (Hubbell and Seltzer). Evaluation against evaluation: 0.5 % in attenuation; absorption 1 % to 3 MeV, 1.5 % to
// 10 MeV (the specification's bounds; radiative loss by a simple formula).
TEST(PhotonMaterials, agree_with_the_nist_tables) {
    BW_NEEDS_SHARED(shared);
    PhotonMaterials const materials(library(), {{"water", 1.0, {{1, 0.111898}, {8, 0.888102}}, 0}});
    int compared = 0;
    for (auto const& row : read_csv((shared / "reference/neutron/reference/nist_xaamdi_mu.csv").string())) {
        double const energy = number(row, "energy_MeV") * 1e6;
        if (row.at("name") != "water" || energy < 9.9e3 || energy > 10.1e6) {
            continue;
        }
        PhotonAtEnergy const at = photon_material_at(materials.view(), 0, energy);
        EXPECT_NEAR(at.total() / number(row, "mu_over_rho_cm2_per_g"), 1.0, 0.005) << energy;
        EXPECT_NEAR(at.absorbed / number(row, "mu_en_over_rho_cm2_per_g"), 1.0, energy < 3.1e6 ? 0.01 : 0.015)
            << energy;
        ++compared;
    }
    EXPECT_GT(compared, 20);
}

TEST(PhotonMaterials, a_mixture_is_the_sum_of_its_elements) {
    PhotonMaterials const materials(
        library(),
        {{"H", 1.0, {{1, 1.0}}, 0}, {"O", 1.0, {{8, 1.0}}, 0}, {"both", 1.0, {{1, 0.3}, {8, 0.7}}, 0}});
    for (double energy : {1e3, 2e4, 5e5, 3e6, 2e7}) {
        double const H = photon_material_at(materials.view(), 0, energy).total();
        double const O = photon_material_at(materials.view(), 1, energy).total();
        double const both = photon_material_at(materials.view(), 2, energy).total();
        EXPECT_NEAR(both, 0.3 * H + 0.7 * O, 1e-6 * both); // floats
    }
}

TEST(PhotonMaterials, refuse_elements_without_data) {
    EXPECT_THROW(PhotonMaterials(library(), {{"uranium", 19.0, {{92, 1.0}}, 0}}), Refusal);
    EXPECT_THROW(PhotonMaterials(library(), {{"lead", 11.3, {{82, 1.0}}, 0}}), Refusal); // no neutron data
}
