// Tissue by structure name: patterns, order, refusals, and the world that comes out.
#include "patient/tissue_map.hpp"
#include "refusal_of.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

TissueMap map_of(std::string const& rules) {
    return tissue_map_from_json(JsonReader::from_text(
        R"({"format": "beamwright tissue map 1", "name": "m", "description": "", "sources": [], "rules": [)" +
            rules + "]}",
        "map.json"));
}

TEST(TissueMap, names_fit_without_regard_to_case_and_spaces) {
    EXPECT_TRUE(fits_name("brain*", "Brain_Stem"));
    EXPECT_TRUE(fits_name("brain stem", "BRAIN-STEM"));
    EXPECT_TRUE(fits_name("*air*cavity", "left air-filled nasal cavity"));
    EXPECT_FALSE(fits_name("brain", "brainstem"));
    EXPECT_FALSE(fits_name("*cavity", "cavity left"));
    EXPECT_FALSE(fits_name("skin", "skull"));
    EXPECT_TRUE(fits_name("a*b*c", "aXbYbZc"));
}

TEST(TissueMap, the_shipped_one_has_the_compositions_of_icru_46) {
    auto const map = find_tissue_map("head_icru46");
    Warnings warnings;
    std::vector<std::string> const names{"EXTERNAL", "GTV", "Skull", "Brain", "Skin"};
    auto const matched = match_tissues(map, names, warnings);
    ASSERT_EQ(matched.size(), 4U);
    EXPECT_EQ(names[matched[0].structure], "Skin"); // rule by rule
    EXPECT_EQ(names[matched[3].structure], "Brain");
    auto const& brain = map.rules[matched[3].rule].material;
    EXPECT_NEAR(mass_fraction(brain, 1), 0.107, 1e-6);
    EXPECT_NEAR(mass_fraction(brain, 7), 0.022, 1e-6);
    EXPECT_NEAR(mass_fraction(brain, 17), 0.003, 1e-6);
    EXPECT_EQ(mass_fraction(brain, 92), 0);
    EXPECT_EQ(warnings.all().size(), 1U); // nothing is called air
}

TEST(TissueMap, wins_over_hu_and_says_what_is_in_it) {
    Grid grid;
    grid.size = {4, 4, 4};
    grid.spacing_mm = {10, 10, 10};
    Volume<std::int16_t> const hu(grid, 40);
    Volume<float> inside(grid, 0.0F);
    for (int k = 0; k < 2; ++k) {
        for (int j = 0; j < 4; ++j) {
            for (int i = 0; i < 4; ++i) {
                inside.at(i, j, k) = 1;
            }
        }
    }
    auto const map = find_tissue_map("head_icru46");
    Warnings warnings;
    std::vector<std::string> const names{"brain"};
    auto const overrides = tissue_overrides(map, match_tissues(map, names, warnings), names, {&inside});
    auto const world = make_voxel_world(hu, find_calibration("schneider2000"), overrides, grid, warnings);
    StructureMask const lower{{0, 0, 0}, {4, 4, 2}, std::vector<float>(32, 1.0F), 0};
    auto const content = tissue_content(world, lower);
    EXPECT_NEAR(content.volume_cm3, 32, 1e-9);
    EXPECT_NEAR(content.mass_g, 32 * 1.04, 1e-4);
    EXPECT_NEAR(content.hydrogen, 0.107, 1e-6);
    EXPECT_NEAR(content.nitrogen, 0.022, 1e-6);
    EXPECT_NEAR(content.chlorine, 0.003, 1e-6);
    StructureMask const upper{{0, 0, 2}, {4, 4, 2}, std::vector<float>(32, 1.0F), 0};
    EXPECT_GT(std::abs(tissue_content(world, upper).nitrogen - 0.022), 0.002); // there the HU decide
}

TEST(TissueMap, is_refused_by_field) {
    auto const rule = R"({"structures": ["brain"], "material": "Brain"})";
    EXPECT_EQ(map_of(rule).rules[0].material.name, "Brain");
    auto const all = test::refusal_of([] { map_of(R"({"structures": ["*"], "material": "Brain"})"); });
    EXPECT_NE(all.problem.find("map.json"), std::string::npos);
    EXPECT_THROW(map_of(""), Refusal);
    EXPECT_THROW(map_of(R"({"structures": ["brain"], "material": "Brian", "x": 1})"), Refusal);
    Warnings warnings;
    auto const none = test::refusal_of([&] { match_tissues(map_of(rule), {"liver"}, warnings); });
    EXPECT_NE(none.why.find("liver"), std::string::npos);
}

} // namespace
} // namespace beamwright
