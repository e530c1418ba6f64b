#include "patient/water_equivalent.hpp"
#include "patient/world_builder.hpp"
#include "patient_testing.hpp"
#include "tables/material_library.hpp"
#include "tables/proton_materials.hpp"
#include <cmath>

using namespace beamwright;
using namespace beamwright::test;

namespace {

/// 60 x 40 x 50 mm of water with a bone plate from index 20 to 29 in x (10 mm), axes turned about z by 30 degrees.
VoxelWorld plate_world() {
    Grid grid;
    grid.size = {60, 20, 10};
    grid.spacing_mm = {1, 2, 5};
    grid.origin_mm = {12, -7, 30};
    double const c = std::cos(0.5235987755982988), s = 0.5;
    grid.axes = {{c, -s, 0}, {s, c, 0}, {0, 0, 1}};
    Volume<MaterialId> index(grid, MaterialId{0});
    for (int k = 0; k < 10; ++k) {
        for (int j = 0; j < 20; ++j) {
            for (int i = 20; i < 30; ++i) {
                index.at(i, j, k) = 1;
            }
        }
    }
    auto const& library = MaterialLibrary::shipped();
    return make_material_world(index, {library.named("water"), library.named("Bone_Cortical")});
}

double bone() {
    return relative_stopping_power(MaterialLibrary::shipped().named("Bone_Cortical"), 1.92, 100);
}

} // namespace

// Densities are 32-bit numbers (6e-8); everything else is exact arithmetic
TEST(WaterEquivalent, straight_and_oblique_rays_through_a_plate) {
    auto const world = plate_world();
    auto const at = [&](double i, double j, double k) { return world.grid.to_patient({i, j, k}); };
    EXPECT_NEAR(wet_mm(world, at(-10, 10.2, 5.1), at(80, 10.2, 5.1)), 50 + 10 * bone(), 1e-4);
    EXPECT_NEAR(wet_mm(world, at(80, 10.2, 5.1), at(-10, 10.2, 5.1)), 50 + 10 * bone(), 1e-4); // backwards
    EXPECT_NEAR(wet_mm(world, at(-10, 3, 3), at(24.5, 3, 3)), 20 + 5 * bone(), 1e-4);          // ends inside
    EXPECT_NEAR(wet_mm(world, at(2, 3, 3), at(7, 3, 3)), 5, 1e-5);                             // all inside
    EXPECT_EQ(wet_mm(world, at(-10, 25, 3), at(80, 25, 3)), 0);                                // misses
    EXPECT_EQ(wet_mm(world, at(3, 3, 3), at(3, 3, 3)), 0); // no way at all
    // Slanted: from face to face in x over 59 -> 60 mm, 12 mm in y, 20 mm in z; path grows by the slant alone
    double const slant = std::sqrt(60.0 * 60 + 12 * 12 + 20 * 20) / 60;
    EXPECT_NEAR(wet_mm(world, at(-0.5, 5, 2), at(59.5, 11, 6)), slant * (50 + 10 * bone()), 1e-4);
    // Along an edge between voxels and through corners: nothing lost, nothing counted twice
    EXPECT_NEAR(wet_mm(world, at(-0.5, 9.5, 4.5), at(59.5, 9.5, 4.5)), 50 + 10 * bone(), 1e-4);
    EXPECT_NEAR(wet_mm(world, at(-0.5, -0.5, 4), at(9.5, 9.5, 4)), std::sqrt(100.0 + 400), 1e-4);
}

TEST(WaterEquivalent, adds_up_over_pieces_of_random_rays) {
    auto const world = plate_world();
    WaterEquivalent const water(world);
    std::uint32_t state = 11;
    auto const place = [&] {
        auto const u = [&] {
            state = state * 1664525u + 1013904223u;
            return (state >> 8) * 0x1p-24;
        };
        double const x = u(), y = u(), z = u();
        return world.grid.to_patient({-20 + 100 * x, -10 + 40 * y, -5 + 20 * z});
    };
    for (int n = 0; n < 2000; ++n) {
        auto const a = place(), c = place();
        auto const b = a + 0.37 * (c - a);
        double const whole = water.between_mm(a, c);
        ASSERT_TRUE(std::isfinite(whole));
        ASSERT_NEAR(water.between_mm(a, b) + water.between_mm(b, c), whole, 1e-9 * (1 + whole));
        ASSERT_LE(whole, 1.8 * norm(c - a));
    }
}

TEST(WaterEquivalent, to_a_structure) {
    auto const world = plate_world();
    Volume<float> inside(world.grid, 0.0f);
    for (int i = 40; i < 50; ++i) {
        inside.at(i, 10, 5) = 1.0f;
    }
    auto const source = world.grid.to_patient({-1e6, 10, 5});
    auto const summary = WaterEquivalent(world).to_structure(source, inside);
    EXPECT_EQ(summary.rays, 10u);
    // Centers of voxels 40 to 49 lie 40.5 to 49.5 mm deep, 10 mm of that in bone; 1e6 mm of source distance cost 1e-9
    EXPECT_NEAR(summary.least_mm, 30.5 + 10 * bone(), 1e-3);
    EXPECT_NEAR(summary.greatest_mm, 39.5 + 10 * bone(), 1e-3);
    EXPECT_NEAR(summary.mean_mm, 35.0 + 10 * bone(), 1e-3);
    EXPECT_EQ(WaterEquivalent(world).to_structure(source, Volume<float>(world.grid, 0.0f)).rays, 0u);
}
