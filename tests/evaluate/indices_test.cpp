#include "evaluate/dvh/tables.hpp"
#include "evaluate/indices/indices.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

TEST(Indices, homogeneity_is_that_of_icru_83) {
    Dvh const dvh({{58, 3}, {60, 94}, {63, 3}});
    EXPECT_NEAR(*homogeneity_icru83(dvh), (63.0 - 58.0) / 60.0, 1e-12);
    EXPECT_EQ(*homogeneity_icru83(Dvh({{60, 5}})), 0.0);
    EXPECT_FALSE(homogeneity_icru83(Dvh{}).has_value());
}

TEST(Indices, conformity_of_a_known_overlap) {
    // 1 cm3 voxels: 8 get 60 Gy, the target has 6 cm3 of which 4 get 60 Gy
    Grid grid;
    grid.size = {5, 4, 1};
    grid.spacing_mm = {10, 10, 10};
    Volume<float> dose(grid, 10.0F);
    std::fill_n(dose.values.begin(), 8, 60.0F);
    auto const result = conformity(dose, Dvh({{60, 4}, {10, 2}}), 57.0);
    EXPECT_NEAR(result->paddick, 16.0 / 48.0, 1e-12);
    EXPECT_NEAR(result->rtog, 8.0 / 6.0, 1e-12);
    EXPECT_NEAR(result->coverage, 4.0 / 6.0, 1e-12);
    EXPECT_FALSE(conformity(dose, Dvh({{60, 4}}), 70.0).has_value());
}

StructureDvh sample() {
    StructureDvh one;
    one.number = 7;
    one.name = "PTV, \"boost\"";
    one.dvh = Dvh({{1, 2}, {3, 2}});
    one.contour_volume_cm3 = 4;
    return one;
}

TEST(DvhTables, csv_is_tidy_and_quotes_names) {
    EXPECT_EQ(dvh_csv({sample()}, 1.0),
              "structure_number,structure,dose_Gy,volume_percent,volume_cm3,differential_cm3\n"
              "7,\"PTV, \"\"boost\"\"\",0,100,4,0\n"
              "7,\"PTV, \"\"boost\"\"\",1,100,4,2\n"
              "7,\"PTV, \"\"boost\"\"\",2,50,2,0\n"
              "7,\"PTV, \"\"boost\"\"\",3,50,2,2\n"
              "7,\"PTV, \"\"boost\"\"\",4,0,0,0\n");
}

TEST(DvhTables, json_answers_the_questions) {
    DvhQuestions questions;
    questions.volume_at_Gy = {2};
    questions.volume_at_percent = {95};
    questions.prescription_Gy = 3;
    questions.dose_at_cm3 = {1, 50};
    auto const json = dvh_json({sample(), StructureDvh{}}, questions, 1.0);
    EXPECT_EQ(json[0]["mean_Gy"], 2.0);
    EXPECT_EQ(json[0]["D95_Gy"], 1.0);
    EXPECT_EQ(json[0]["V2Gy_percent"], 50.0);
    EXPECT_EQ(json[0]["V95%_percent"], 50.0);
    EXPECT_EQ(json[0]["D1cc_Gy"], 3.0);
    EXPECT_TRUE(json[0]["D50cc_Gy"].is_null());
    EXPECT_FALSE(json[1].contains("mean_Gy"));
    EXPECT_NE(dvh_table({sample(), StructureDvh{}}).find("no dose"), std::string::npos);
}

} // namespace
} // namespace beamwright
