// A case on disk: what is written reads back; what is wrong is refused; nothing leads out of the folder.
#include "casefolder/case_folder.hpp"
#include "casefolder/plan_file.hpp"
#include "casefolder/result_writer.hpp"
#include "casefolder/structures_file.hpp"
#include "core/atomic_file.hpp"
#include "support.hpp"
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace beamwright {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CaseFolderTest : public testing::Test {
protected:
    fs::path const folder = fs::temp_directory_path() / ("bw_case_" + std::to_string(::getpid()));
    void SetUp() override { fs::remove_all(folder); }
    void TearDown() override { fs::remove_all(folder); }
};

std::string refusal_of(std::function<void()> const& act) {
    try {
        act();
    } catch (Refusal const& refusal) {
        return refusal.problem + " | " + refusal.why + " | " + refusal.what_to_do;
    }
    return "accepted";
}

CaseDescription example() {
    CaseDescription c;
    c.label = "Demo <head> 頭部";
    c.machine = "generic_synchrotron";
    c.calibration = "schneider2000";
    c.body_structure = "BODY";
    c.prescription = Prescription{"CTV", 60.0};
    c.goals = {{"CTV", "D95", DoseGoal::Unit::Gy, 57.0, {}},
               {"CTV", "V95%", DoseGoal::Unit::percent, 98.0, {}},
               {"CTV", "V20Gy", DoseGoal::Unit::cm3, {}, 12.0}};
    c.overrides = {{"CTV", 40.0, "", {}}, {"BODY", {}, "water", 1.0}};
    c.source.patient_id = "0815";
    c.source.plan_sop_instance_uid = "2.25.1";
    return c;
}

StructureSet two_structures() {
    StructureSet set{"set", "1.2.3", {}};
    set.structures.push_back(
        {1, "BODY", "EXTERNAL", {1, 2, 3}, {{{{-50, -50, 0.1}, {50, -50, 0.1}, {0, 50, 0.1}}}}});
    set.structures.push_back({2, "CTV", "CTV", {4, 5, 6}, {{{{0, 0, 1.0 / 3.0}, {1e-17, 2, 3}, {4, 5, 6}}}}});
    return set;
}

Plan small_plan() {
    Plan plan;
    plan.label = "two \"fields\"";
    plan.fractions = 30;
    TreatmentBeam beam;
    beam.number = 1;
    beam.name = "../../x";
    beam.gantry_deg = 90;
    beam.isocenter_mm = {1, 2.5, -3};
    beam.snout_position_mm = 200;
    beam.range_shifters = {{"RS_5CM", 275.5, 57.0}, {"unknown", {}, {}}};
    beam.blocks = {{"A1", true, "Brass", 65, 135.5, false, {-30, 30, 0.1}, {-20, -20, 1.0 / 3.0}}};
    beam.virtual_source_x_mm = 2000;
    beam.layers = {{100.5, {{-1, 2, 0.1}, {1, 2, 0.2}}, std::array{9.5, 9.75}},
                   {98, {{0, 0, 1.0 / 3.0}}, {}}};
    beam.meterset_MU = 0.1 + 0.2 + 1.0 / 3.0;
    plan.beams = {beam};
    return plan;
}

TEST_F(CaseFolderTest, description_reads_back_as_written) {
    auto const made = CaseFolder::create(folder, example());
    auto const again = CaseFolder::open(folder);
    EXPECT_EQ(to_json(again.description()), to_json(example()));
    EXPECT_EQ(again.description().source, example().source);
    EXPECT_THAT(refusal_of([&] { CaseFolder::create(folder, example()); }),
                HasSubstr("already holds a case"));
}

TEST_F(CaseFolderTest, structures_and_plan_read_back_exactly) {
    auto const made = CaseFolder::create(folder, example());
    made.write_structures(two_structures());
    auto const set = made.structures();
    ASSERT_EQ(set.structures.size(), 2u);
    EXPECT_EQ(set.structures[1].contours[0].points_mm[0].z, 1.0 / 3.0);
    EXPECT_EQ(set.structures[1].contours[0].points_mm[1].x, 1e-17);
    EXPECT_EQ(structures_to_text(set), structures_to_text(two_structures()));
    made.write_plan(small_plan());
    auto const plan = made.plan();
    EXPECT_EQ(plan_to_text(plan), plan_to_text(small_plan()));
    EXPECT_EQ(plan.beams[0].layers[1].spots[0].meterset_MU, 1.0 / 3.0);
    EXPECT_EQ(plan.beams[0].range_shifters[1].wet_mm, std::nullopt);
    ASSERT_EQ(plan.beams[0].blocks.size(), 1U);
    EXPECT_EQ(plan.beams[0].blocks[0].y_mm[2], 1.0 / 3.0);
    EXPECT_TRUE(plan.beams[0].blocks[0].is_aperture);
}

TEST_F(CaseFolderTest, wrong_descriptions_are_refused_with_place_and_help) {
    struct Row {
        char const *change, *expected;
    };
    // Each row replaces members of a good case.json
    Row const rows[] = {
        {R"({"machne": "x"})", "did you mean 'machine'?"},
        {R"({"schema_version": 99})", "newer than this program"},
        {R"({"schema_version": 0})", "not read any more"},
        {R"({"ct_file": "../../etc/passwd"})", "not a file of this case"},
        {R"({"ct_file": "/etc/passwd"})", "not a file of this case"},
        {R"({"label": 7})", "$.label: is not a text"},
        {R"({"prescription": {"structure": "CTV", "dose_Gy": -1}})", "out of range"},
        {R"({"goals": [{"structure": "CTV", "metric": "D95"}]})", "asks for nothing"},
        {R"({"goals": [{"structure": "CTV", "metric": "Q95", "at_least_Gy": 1}]})", "is not a metric"},
        {R"({"goals": [{"structure": "CTV", "metric": "D195", "at_least_Gy": 1}]})", "is not a metric"},
        {R"({"goals": [{"structure": "CTV", "metric": "D95", "at_least_percent": 1}]})",
         "wrong unit for D95"},
        {R"({"overrides": [{"structure": "CTV", "ct_HU": 1, "material": "water"}]})",
         "does not say one thing"},
        {R"({"dicom_source": {"patient_nme": "x"}})", "did you mean 'patient_name'?"},
    };
    for (auto const& row : rows) {
        Json json = to_json(example());
        json.update(Json::parse(row.change));
        auto const reader = JsonReader::from_text(json.dump(), "case.json");
        EXPECT_THAT(refusal_of([&] { case_from_json(reader); }), HasSubstr(row.expected)) << row.change;
    }
}

TEST_F(CaseFolderTest, a_link_out_of_the_folder_is_not_followed) {
    auto const made = CaseFolder::create(folder, example());
    fs::create_symlink("/etc/hostname", folder / "ct.nrrd");
    EXPECT_THAT(refusal_of([&] { (void)made.ct_path(); }), HasSubstr("leads out of the case"));
}

TEST_F(CaseFolderTest, validation_names_the_structure_that_does_not_exist) {
    auto description = example();
    description.goals[1].structure = "CTW";
    auto const made = CaseFolder::create(folder, description);
    write_atomically(made.ct_path(), std::string_view("ct"));
    made.write_structures(two_structures());
    made.write_plan(small_plan());
    Warnings warnings;
    EXPECT_THAT(refusal_of([&] { made.validate(warnings); }),
                testing::AllOf(HasSubstr("$.goals[1].structure"), HasSubstr("did you mean 'CTV'?")));
}

TEST_F(CaseFolderTest, plans_that_do_not_hold_together_are_refused) {
    auto const refused = [](std::function<void(Json&)> const& change) {
        Json json = Json::parse(plan_to_text(small_plan()));
        change(json);
        return refusal_of([&] { plan_from_json(JsonReader::from_text(json.dump(), "plan.json")); });
    };
    EXPECT_THAT(refused([](Json& j) { j["beams"][0]["meterset_MU"] = 0.7; }),
                HasSubstr("does not match the spots"));
    EXPECT_THAT(refused([](Json& j) { j["beams"][0]["layers"][0]["spot_x_mm"].push_back(1); }),
                HasSubstr("differ in length"));
    EXPECT_THAT(refused([](Json& j) { j["beams"][0]["layers"][0]["spot_meterset_MU"][1] = -1; }),
                HasSubstr("is negative"));
    EXPECT_THAT(refused([](Json& j) { j["beams"].push_back(j["beams"][0]); }), HasSubstr("stands twice"));
    EXPECT_THAT(refused([](Json& j) { j["patient_position"] = "HFX"; }), HasSubstr("known: HFS"));
    EXPECT_THAT(refused([](Json& j) { j["beams"][0]["layers"][0]["energy_MeV"] = 0; }),
                HasSubstr("out of range"));
}

TEST_F(CaseFolderTest, names_of_results_cannot_leave_the_folder) {
    auto const made = CaseFolder::create(folder, example());
    for (std::string const name : {"../x", "a/b", "", ".hidden", "-rf", "a b", "x\n"}) {
        EXPECT_THAT(refusal_of([&] { made.result_path(name); }), HasSubstr("cannot name a result")) << name;
    }
    EXPECT_EQ(made.result_path("final_2.1").filename(), "final_2.1");
    EXPECT_EQ(beam_dose_file(3), "dose_beam_3.nrrd");
}

TEST_F(CaseFolderTest, a_result_replaces_the_last_one_whole_or_not_at_all) {
    auto const made = CaseFolder::create(folder, example());
    RunRecord record;
    record.verb = "dose";
    record.inputs = {{"ct", "ct.nrrd", "aa"}};
    {
        ResultWriter writer(made, "a");
        writer.write_text("dose.nrrd", "first");
        writer.commit(record);
    }
    { // A run that dies before commit: the last good result stays, nothing else is left
        ResultWriter writer(made, "a");
        writer.write_text("dose.nrrd", "half");
    }
    EXPECT_EQ(read_file(made.result_path("a") / "dose.nrrd"), "first");
    {
        ResultWriter writer(made, "a");
        writer.write_text("dose.nrrd", "second");
        writer.commit(record);
    }
    EXPECT_EQ(read_file(made.result_path("a") / "dose.nrrd"), "second");
    EXPECT_EQ(made.result_names(), std::vector<std::string>{"a"});
    EXPECT_EQ(std::distance(fs::directory_iterator(folder / "results"), fs::directory_iterator{}), 1);
    // Cut off between the two renames of the fallback: put back
    fs::rename(made.result_path("a"), folder / "results" / ".a.previous");
    restore_result(made.result_path("a"));
    EXPECT_EQ(read_file(made.result_path("a") / "dose.nrrd"), "second");
}

TEST_F(CaseFolderTest, a_finished_result_is_known_by_its_inputs_and_settings) {
    auto const made = CaseFolder::create(folder, example());
    RunRecord record;
    record.verb = "dose";
    record.seed = 7;
    record.inputs = {{"ct", "ct.nrrd", "aa"}, {"plan", "plan.json", "bb"}};
    record.details["settings"] = {{"grid_mm", 2.0}};
    EXPECT_EQ(made.result_state("a", record).kind, ResultState::Kind::absent);
    ResultWriter writer(made, "a");
    writer.write_text("dose.nrrd", "dose");
    record.wall_s = 12;
    writer.commit(record);
    record.wall_s = 0; // what a result took does not matter
    EXPECT_EQ(made.result_state("a", record).kind, ResultState::Kind::matches);
    auto other = record;
    other.inputs[1].sha256 = "cc";
    other.details["settings"]["grid_mm"] = 1.0;
    auto const state = made.result_state("a", other);
    EXPECT_EQ(state.kind, ResultState::Kind::differs);
    EXPECT_THAT(state.differences,
                testing::ElementsAre(HasSubstr("settings"), HasSubstr("plan 'plan.json' has changed")));
    fs::resize_file(made.result_path("a") / "dose.nrrd", 1);
    EXPECT_THAT(made.result_state("a", record).differences,
                testing::ElementsAre(HasSubstr("missing or has another size")));
}

TEST(Migration, goes_step_by_step_and_refuses_gaps) {
    std::vector<Migration> const steps{{1, [](Json& j) { j["b"] = j["a"]; }},
                                       {2, [](Json& j) { j.erase("a"); }}};
    auto const old = JsonReader::from_text(R"({"schema_version": 1, "a": 5})", "old.json");
    EXPECT_EQ(migrated(old, 3, steps), Json::parse(R"({"schema_version": 3, "b": 5})"));
    EXPECT_THAT(refusal_of([&] { migrated(old, 4, steps); }), HasSubstr("not read any more"));
}

} // namespace
} // namespace beamwright
