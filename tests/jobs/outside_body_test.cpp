// Couch and mask: what the CT shows outside the body is kept, or is air but for named structures.
#include "jobs/outside_body.hpp"
#include "refusal_of.hpp"
#include "volume/volume_file.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

namespace fs = std::filesystem;

Structure box(int number, std::string const& name, std::string const& type, double low_y, double high_y) {
    Structure structure;
    structure.number = number;
    structure.name = name;
    structure.type = type;
    for (int k = 0; k < 10; ++k) {
        double const z = 2.0 * k;
        structure.contours.push_back(
            {{{0.5, low_y, z}, {30.5, low_y, z}, {30.5, high_y, z}, {0.5, high_y, z}}});
    }
    return structure;
}

/// Water from y = 4 to 20 mm is the patient, 24 to 30 the couch, 32 to 34 another thing; air else.
fs::path made_case(std::string const& name, CaseDescription description) {
    auto const folder = fs::path(::testing::TempDir()) / name;
    fs::remove_all(folder);
    description.calibration = "schneider2000";
    description.plan_file = "";
    auto const made = CaseFolder::create(folder, description);
    Volume<std::int16_t> ct(Grid{.size = {16, 20, 10}, .origin_mm = {0, 0, 0}, .spacing_mm = {2, 2, 2}});
    for (int k = 0; k < 10; ++k) {
        for (int j = 0; j < 20; ++j) {
            for (int i = 0; i < 16; ++i) {
                bool const dense = (j >= 2 && j < 10) || (j >= 12 && j < 15) || j == 16;
                ct.at(i, j, k) = dense ? 0 : -1000;
            }
        }
    }
    write_volume(made.ct_path(), ct);
    StructureSet set;
    set.structures = {box(1, "BODY", "EXTERNAL", 3, 19), box(2, "Couch", "SUPPORT", 23, 29)};
    made.write_structures(set);
    return folder;
}

/// Density along the middle, by y index.
std::vector<float> densities(fs::path const& folder) {
    Warnings warnings;
    auto const setup = read_patient_setup(CaseFolder::open(folder), "", "ct", "full_slice");
    auto const world = world_of(setup, warnings);
    std::vector<float> line;
    for (int j = 0; j < 20; ++j) {
        line.push_back(world.density_g_per_cm3[world.grid.index(8, j, 5)]);
    }
    return line;
}

TEST(OutsideBody, is_kept_removed_or_kept_by_name) {
    auto const as_it_is = densities(made_case("bw_outside_1", {}));
    CaseDescription removed;
    removed.outside_body.emplace();
    auto const without = densities(made_case("bw_outside_2", removed));
    CaseDescription kept;
    kept.outside_body = OutsideBodyAir{{"Couch"}};
    auto const with_couch = densities(made_case("bw_outside_3", kept));
    for (std::size_t j = 0; j < 20; ++j) {
        bool const body = j >= 2 && j < 10, couch = j >= 12 && j < 15, other = j == 16;
        EXPECT_EQ(as_it_is[j] > 0.5F, body || couch || other) << j;
        EXPECT_EQ(without[j] > 0.5F, body) << j;
        EXPECT_EQ(with_couch[j] > 0.5F, body || couch) << j;
        if (body) {
            EXPECT_EQ(without[j], as_it_is[j]);
        }
    }
    auto const read = CaseFolder::open(fs::path(::testing::TempDir()) / "bw_outside_3").description();
    EXPECT_EQ(outside_body_json(read).dump(), R"({"as":"air","keep":["Couch"]})");
    EXPECT_EQ(outside_body_json({}), "as the CT shows it");
}

TEST(OutsideBody, is_asked_for_in_words) {
    StructureSet set;
    set.structures = {box(1, "BODY", "EXTERNAL", 3, 19), box(2, "Couch", "SUPPORT", 23, 29),
                      box(3, "Mask", "", 1, 3)};
    EXPECT_TRUE(outside_body_from("remove", set).keep.empty());
    EXPECT_EQ(outside_body_from("keep:Couch,Mask", set).keep, (std::vector<std::string>{"Couch", "Mask"}));
    EXPECT_NE(test::refusal_of([&] { (void)outside_body_from("keep:Table", set); }).problem.find("Table"),
              std::string::npos);
    EXPECT_NE(test::refusal_of([&] { (void)outside_body_from("away", set); }).what_to_do.find("remove"),
              std::string::npos);
    EXPECT_NE(test::refusal_of([&] { (void)outside_body_from("remove", {}); }).why.find("EXTERNAL"),
              std::string::npos);
}

} // namespace
} // namespace beamwright
