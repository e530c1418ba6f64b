// capture.json: what is written reads back; one field stands at the top, several in a list.
#include "casefolder/capture_file.hpp"
#include "refusal_of.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

CapturePlan plan_of_two() {
    CapturePlan plan;
    plan.label = "two ports";
    CaptureField left, top;
    left.name = "left";
    left.port = "fir1_k63";
    left.amount = 0.25;
    left.target = "GTV";
    left.gantry_deg = 90;
    left.skin_to_port_mm = 12;
    left.share = 0.75;
    top.name = "vertex";
    top.port = "generic_epithermal";
    top.target_mm = Vec3<double>{1, 2, 3};
    top.couch_deg = 30;
    top.share = 0.25;
    plan.fields = {left, top};
    plan.pause_min = 12;
    plan.blood_samples = {{0, 20}, {30, 14}};
    plan.boron_map = CaptureBoronMap{"pet", "1.2.8", "1.2.77", "SUV", 12.0, 4.0, {}, true, 0.1};
    plan.weights = "bpa_common";
    plan.isoeffective = "transcribed_2026";
    plan.elsewhere.weights_tissue = "skin";
    plan.elsewhere.isoeffective_tissue = "mucosa";
    CaptureStructure brain;
    brain.structure = "Brain";
    brain.boron_to_blood = 1.1;
    brain.weights_tissue = brain.isoeffective_tissue = "brain";
    plan.structures = {brain};
    plan.limits = {{"Brain", LimitKind::isoeffective, "D2cc", 9}};
    plan.normal_tissue = "Brain";
    plan.tumor_tissue = "elsewhere";
    return plan;
}

CapturePlan again(CapturePlan const& plan) {
    return capture_from_json(JsonReader::from_text(capture_to_text(plan), "capture.json"));
}

std::string problem_of(Json const& json) {
    return test::refusal_of([&] { capture_from_json(JsonReader::from_text(json.dump(), "capture.json")); })
        .problem;
}

TEST(CaptureFile, several_fields_and_a_map_read_back) {
    auto const plan = again(plan_of_two());
    ASSERT_EQ(plan.fields.size(), 2U);
    EXPECT_EQ(plan.fields[0].name, "left");
    EXPECT_EQ(plan.fields[0].amount, 0.25);
    EXPECT_EQ(plan.fields[0].share, 0.75);
    EXPECT_EQ(plan.fields[1].target_mm->z, 3);
    EXPECT_EQ(plan.fields[1].couch_deg, 30);
    EXPECT_EQ(plan.pause_min, 12);
    EXPECT_EQ(plan.boron_map->series_uid, "1.2.8");
    EXPECT_EQ(plan.boron_map->accept_frame_uid, "1.2.77");
    EXPECT_EQ(plan.boron_map->ppm_per_SUV, 4.0);
    EXPECT_TRUE(plan.boron_map->negatives_are_zero);
    EXPECT_FALSE(plan.elsewhere.boron_to_blood.has_value()); // the map says it
    EXPECT_EQ(plan.structures[0].boron_to_blood, 1.1);
    EXPECT_EQ(plan.normal_tissue, "Brain");
    EXPECT_EQ(plan.tumor_tissue, "elsewhere");
    EXPECT_EQ(capture_to_text(plan), capture_to_text(again(plan)));
}

TEST(CaptureFile, one_field_without_a_name_stands_at_the_top) {
    auto plan = plan_of_two();
    plan.fields.resize(1);
    plan.fields[0].name.clear();
    plan.fields[0].share = 1;
    auto const json = JsonReader::from_text(capture_to_text(plan), "capture.json").raw();
    EXPECT_TRUE(json.contains("port"));
    EXPECT_FALSE(json.contains("fields"));
    EXPECT_EQ(again(plan).fields[0].port, "fir1_k63");
}

TEST(CaptureFile, shares_are_taken_in_any_sum) {
    auto plan = plan_of_two();
    plan.fields[0].share = 30;
    plan.fields[1].share = 10;
    EXPECT_DOUBLE_EQ(again(plan).fields[0].share, 0.75);
}

TEST(CaptureFile, says_what_is_wrong_with_fields_and_maps) {
    auto const good = JsonReader::from_text(capture_to_text(plan_of_two()), "capture.json").raw();
    auto const changed = [&](auto const& change) {
        Json json = good;
        change(json);
        return problem_of(json);
    };
    using J = Json;
    EXPECT_NE(changed([](J& j) { j["fields"][1]["name"] = "left"; }).find("fields[1].name"),
              std::string::npos);
    EXPECT_NE(changed([](J& j) { j["port"] = "fir1_k63"; }).find("beside 'fields'"), std::string::npos);
    EXPECT_NE(changed([](J& j) { j["fields"] = J::array(); }).find("0 fields"), std::string::npos);
    EXPECT_NE(changed([](J& j) { j["fields"][0]["share"] = -1; }).find("share"), std::string::npos);
    EXPECT_NE(changed([](J& j) { j["boron_map"].erase("unit"); }).find("unit"), std::string::npos);
    EXPECT_NE(changed([](J& j) { j["boron_map"]["blood_SUV"] = 2; }).find("how the map goes"),
              std::string::npos);
    EXPECT_NE(changed([](J& j) { j.erase("boron_map"); }).find("boron_to_blood"), std::string::npos);
    EXPECT_NE(changed([](J& j) { j["normal_tissue"] = "Liver"; }).find("Liver"), std::string::npos);
    EXPECT_NE(changed([](J& j) { j["structures"].push_back(j["structures"][0]); }).find("again"),
              std::string::npos);
    EXPECT_NE(changed([](J& j) { j["blood"]["samples"][0][1] = -2; }).find("samples[0]"), std::string::npos);
}

} // namespace
} // namespace beamwright
