#include "patient/hu_converter.hpp"
#include "patient/world_builder.hpp"
#include "patient_testing.hpp"
#include "tables/material_library.hpp"
#include <limits>

using namespace beamwright;
using namespace beamwright::test;

namespace {

/// Feet-first-like axes: left and superior turned, so that a wrong axis shows.
Grid ct_grid() {
    Grid grid;
    grid.size = {24, 30, 18};
    grid.origin_mm = {-20, 15, 100};
    grid.spacing_mm = {1.0, 1.5, 2.5};
    grid.axes = {{-1, 0, 0}, {0, 1, 0}, {0, 0, -1}};
    return grid;
}

Volume<std::int16_t> noisy_ct() {
    Volume<std::int16_t> ct(ct_grid());
    std::uint32_t state = 7;
    for (auto& value : ct.values) {
        state = state * 1664525u + 1013904223u;
        value = static_cast<std::int16_t>(static_cast<int>((state >> 16) % 2600) - 1000);
    }
    return ct;
}

double mass_g(VoxelWorld const& world) {
    double sum = 0;
    for (float const density : world.density_g_per_cm3) {
        sum += static_cast<double>(density);
    }
    return sum * world.grid.voxel_cm3();
}

} // namespace

TEST(WorldBuilder, voxels_get_the_tissue_of_their_HU) {
    auto const ct = noisy_ct();
    auto const calibration = find_calibration("schneider2000");
    HuConverter const converter(calibration);
    Warnings warnings;
    auto const world = make_voxel_world(ct, calibration, {}, ct.grid, warnings);
    for (std::size_t v = 0; v < ct.values.size(); ++v) {
        auto const tissue = converter.at(ct.values[v]);
        ASSERT_EQ(world.material[v], tissue.material);
        ASSERT_EQ(world.density_g_per_cm3[v], static_cast<float>(tissue.density_g_per_cm3));
    }
    EXPECT_TRUE(warnings.empty());
    Volume<float> real(ct.grid);
    std::copy(ct.values.begin(), ct.values.end(), real.values.begin());
    EXPECT_EQ(make_voxel_world(real, calibration, {}, ct.grid, warnings).density_g_per_cm3,
              world.density_g_per_cm3);
}

// Densities are kept as 32-bit numbers (6e-8 each, rounded twice): the sum over thousands is good to 1e-7
TEST(WorldBuilder, mass_is_conserved_on_any_grid_that_covers_the_ct) {
    auto const ct = noisy_ct();
    Warnings warnings;
    auto const fine = make_voxel_world(ct, find_calibration("schneider2000"), {}, ct.grid, warnings);
    Grid coarse = ct.grid; // the same box in other voxels: 24 x 45 x 45 mm
    coarse.size = {10, 9, 15};
    coarse.spacing_mm = {2.4, 5.0, 3.0};
    coarse.origin_mm = ct.grid.to_patient({-0.5 + 1.2, -0.5 + 2.5 / 1.5, -0.5 + 1.5 / 2.5});
    auto const world = make_voxel_world(ct, find_calibration("schneider2000"), {}, coarse, warnings);
    EXPECT_NEAR(mass_g(world), mass_g(fine), 1e-7 * mass_g(fine));
    EXPECT_TRUE(warnings.empty());

    Grid turned = coarse; // the same voxels, counted along the patient axes: z up, indices swapped
    turned.size = {15, 9, 10};
    turned.spacing_mm = {3.0, 5.0, 2.4};
    turned.axes = {{0, 0, 1}, {0, 1, 0}, {1, 0, 0}};
    turned.origin_mm = coarse.to_patient({9, 0, 14});
    auto const other = make_voxel_world(ct, find_calibration("schneider2000"), {}, turned, warnings);
    for (int k = 0; k < 15; ++k) {
        for (int j = 0; j < 9; ++j) {
            for (int i = 0; i < 10; ++i) {
                auto const a = coarse.index(i, j, k), b = turned.index(14 - k, j, 9 - i);
                ASSERT_NEAR(world.density_g_per_cm3[a], other.density_g_per_cm3[b], 1e-6);
                ASSERT_EQ(world.material[a], other.material[b]);
            }
        }
    }
}

TEST(WorldBuilder, the_heaviest_material_stands_for_a_mixed_voxel) {
    Volume<std::int16_t> ct(Grid{.size = {4, 1, 1}, .spacing_mm = {1, 1, 1}});
    ct.values = {-1000, -1000, -1000, 40}; // three quarters of air by volume, tissue by mass
    Grid one = ct.grid;
    one.size = {1, 1, 1};
    one.spacing_mm = {4, 1, 1};
    one.origin_mm = {1.5, 0, 0};
    Warnings warnings;
    auto const world = make_voxel_world(ct, find_calibration("schneider2000"), {}, one, warnings);
    EXPECT_EQ(world.materials[world.material[0]].name, "Schneider_SoftTissue");
    HuConverter const converter(find_calibration("schneider2000"));
    EXPECT_NEAR(world.density_g_per_cm3[0], 0.75 * 0.00121 + 0.25 * converter.at(40).density_g_per_cm3, 1e-6);
}

TEST(WorldBuilder, outside_the_ct_is_air_and_said) {
    auto const ct = noisy_ct();
    Grid larger = ct.grid;
    larger.size = {48, 30, 18};
    Warnings warnings;
    auto const world = make_voxel_world(ct, find_calibration("schneider2000"), {}, larger, warnings);
    EXPECT_EQ(world.materials[world.material[larger.index(40, 3, 3)]].name, "air");
    EXPECT_NEAR(world.density_g_per_cm3[larger.index(40, 3, 3)], 0.00120479, 1e-8);
    ASSERT_EQ(warnings.all().size(), 1u);
    EXPECT_TRUE(has(warnings.all()[0].problem, "50.0 % of the dose grid"));
    Grid turned = ct.grid;
    turned.axes = {{0.8, -0.6, 0}, {0.6, 0.8, 0}, {0, 0, 1}};
    EXPECT_TRUE(has(refusal_text([&] {
                        (void)make_voxel_world(ct, find_calibration("schneider2000"), {}, turned, warnings);
                    }),
                    "turned against the CT"));
}

TEST(WorldBuilder, HU_outside_the_calibration_are_refused_with_count_and_place) {
    auto ct = noisy_ct();
    auto calibration = find_calibration("schneider2000");
    calibration.clamp = false;
    ct.at(3, 4, 5) = 3200;
    ct.at(6, 4, 5) = 5000;
    Warnings warnings;
    auto const text = refusal_text([&] { (void)make_voxel_world(ct, calibration, {}, ct.grid, warnings); });
    EXPECT_TRUE(has(text, "2 voxels have HU outside calibration 'schneider2000', up to 5000 HU")) << text;
    EXPECT_TRUE(has(text, "voxel (3, 4, 5) at (-23.0, 21.0, 87.5) mm")) << text;
    calibration.clamp = true;
    (void)make_voxel_world(ct, calibration, {}, ct.grid, warnings);
    ASSERT_EQ(warnings.all().size(), 1u); // metal is clamped as the calibration says, and said
    EXPECT_TRUE(has(warnings.all()[0].problem, "2 voxels are above 1600 HU, up to 5000 HU"));
}

TEST(WorldBuilder, NaN_is_refused_even_where_HU_are_clamped) {
    Volume<float> ct(ct_grid(), 0.0f);
    ct.at(1, 2, 3) = std::numeric_limits<float>::quiet_NaN();
    Warnings warnings;
    EXPECT_TRUE(has(refusal_text([&] {
                        (void)make_voxel_world(ct, find_calibration("schneider2000"), {}, ct.grid, warnings);
                    }),
                    "1 voxels have HU outside"));
}

TEST(WorldBuilder, overrides_replace_tissue_inside_structures) {
    auto ct = noisy_ct();
    ct.at(5, 5, 5) = 9000; // metal that the calibration does not hold
    auto calibration = find_calibration("schneider2000");
    calibration.clamp = false;
    Volume<float> implant(ct.grid, 0.0f), couch(ct.grid, 0.0f);
    implant.at(5, 5, 5) = 1.0f;
    implant.at(6, 5, 5) = 0.5f;
    implant.at(7, 5, 5) = 0.49f;
    couch.at(0, 0, 0) = 1.0f;
    auto const titanium = MaterialLibrary::shipped().named("titanium");
    Warnings warnings;
    auto const world = make_voxel_world(
        ct, calibration, {{"implant", &implant, {}, titanium, 4.4}, {"couch", &couch, -800.0, {}, {}}},
        ct.grid, warnings);
    for (int i : {5, 6}) {
        auto const v = ct.grid.index(i, 5, 5);
        EXPECT_EQ(world.materials[world.material[v]].name, "titanium");
        EXPECT_FLOAT_EQ(world.density_g_per_cm3[v], 4.4f);
    }
    EXPECT_NE(world.materials[world.material[ct.grid.index(7, 5, 5)]].name, "titanium");
    HuConverter const converter(calibration);
    EXPECT_FLOAT_EQ(world.density_g_per_cm3[0], static_cast<float>(converter.at(-800).density_g_per_cm3));
    auto const build = [&](WorldOverride override) {
        return refusal_text([&] { (void)make_voxel_world(ct, calibration, {override}, ct.grid, warnings); });
    };
    EXPECT_TRUE(has(build({"a", &implant, 40.0, titanium, {}}), "either HU or material"));
    EXPECT_TRUE(has(build({"a", &implant, {}, titanium, -1.0}), "density -1"));
    EXPECT_TRUE(has(build({"a", &implant, 9000.0, {}, {}}), "9000 HU"));
    EXPECT_TRUE(has(build({"a", nullptr, 40.0, {}, {}}), "its mask is not on the grid"));
}

TEST(WorldBuilder, phantoms_are_made_of_named_materials) {
    Volume<MaterialId> index(ct_grid(), MaterialId{0});
    index.at(1, 1, 1) = 1;
    auto const& library = MaterialLibrary::shipped();
    auto const world = make_material_world(index, {library.named("water"), library.named("Bone_Cortical")});
    EXPECT_EQ(world.density_g_per_cm3[0], 1.0f);
    EXPECT_FLOAT_EQ(world.density_g_per_cm3[ct_grid().index(1, 1, 1)], 1.92f);
    EXPECT_TRUE(has(refusal_text([&] { (void)make_material_world(index, {library.named("water")}); }),
                    "material 1 in a voxel"));
}
