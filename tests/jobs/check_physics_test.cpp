// The validation suite judges rightly: verdicts, reference tables, case texts, and what it must catch.
#include "core/atomic_file.hpp"
#include "jobs/check_physics.hpp"
#include "jobs/physics_check/comparisons.hpp"
#include "jobs/physics_check/results.hpp"
#include "refusal_of.hpp"
#include "support.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace beamwright::physics_check {
namespace {

namespace fs = std::filesystem;

Figure figure(double value, double sigma, std::optional<double> bar) {
    return {.acceptance = 5, .what = "x", .value = value, .sigma = sigma, .unit = "mm", .bar = bar};
}

TEST(Verdicts, follow_bar_and_noise) {
    EXPECT_EQ(figure(0.9, 0, 1.0).verdict(), Verdict::passed);
    EXPECT_EQ(figure(-1.1, 0, 1.0).verdict(), Verdict::failed);
    EXPECT_EQ(figure(1.1, 0.1, 1.0).verdict(), Verdict::undecided); // 1.1 - 0.64 is below the bar
    EXPECT_EQ(figure(1.7, 0.1, 1.0).verdict(), Verdict::failed);
    EXPECT_EQ(figure(1.7, 0.1, {}).verdict(), Verdict::reported);
    EXPECT_EQ(figure(std::nan(""), 0.1, 1.0).verdict(), Verdict::failed);
}

TEST(Verdicts, of_a_case_are_those_of_its_worst_figure) {
    CaseOutcome outcome;
    EXPECT_EQ(outcome.verdict(), Verdict::reported);
    outcome.figures = {figure(0, 0, 1.0), figure(2, 0, {})};
    EXPECT_EQ(outcome.verdict(), Verdict::passed);
    outcome.figures.push_back(figure(2, 0, 1.0));
    EXPECT_EQ(outcome.verdict(), Verdict::failed);
    outcome.missing = {"a.csv"};
    EXPECT_EQ(outcome.verdict(), Verdict::not_run); // never passed, never failed
}

TEST(Outcomes, survive_being_written) {
    CaseOutcome outcome;
    outcome.figures = {figure(1.25, 0.5, 1.0)};
    outcome.figures[0].beyond_noise = 0.75;
    outcome.plots = {{"t",
                      "n",
                      "x",
                      "y",
                      {{"ours", {{1, 2}, {3, 4}, {0.1, 0.2}}}, {"theirs", {{1}, {2}, {}}, true}},
                      true}};
    outcome.notes = {"note"};
    outcome.histories = 1e6;
    auto const text = to_json(outcome).dump();
    auto const again = outcome_from_json(JsonReader::from_text(text, "test"));
    EXPECT_EQ(to_json(again).dump(), text);
}

fs::path file_with(std::string const& name, std::string const& text) {
    auto const file = fs::path(::testing::TempDir()) / name;
    write_atomically(file, text);
    return file;
}

TEST(References, are_read_by_the_names_of_columns) {
    ReferenceTable const table(
        file_with("table.csv", "# comment\nname,x,y\n\"a, b\",1,2\n\"a, b\",2,nan\nc,1,5\n\"a, b\",3,4\n"));
    auto const curve = table.where("name", "a, b").curve("x", "y");
    EXPECT_EQ(curve.x, (std::vector<double>{1, 3}));
    EXPECT_EQ(curve.y, (std::vector<double>{2, 4}));
    EXPECT_EQ(table.where("x", 1.0).rows(), 2u);
    EXPECT_NE(test::refusal_of([&] { (void)table.number(0, "z"); }).problem.find("no column 'z'"),
              std::string::npos);
    auto const bad = file_with("bad.csv", "x,y\n1,2\n3\n");
    EXPECT_NE(test::refusal_of([&] { ReferenceTable{bad}; }).problem.find("line 3"), std::string::npos);
}

TEST(CaseTexts, that_ship_are_sound_and_answer_all_tests) {
    auto const cases = read_cases(test::source_dir() / "validation" / "proton");
    for (int number = 1; number <= 22; ++number) {
        bool const answered = std::any_of(cases.begin(), cases.end(),
                                          [&](PhysicsCase const& one) { return one.answers(number); });
        EXPECT_TRUE(answered) << "acceptance test " << number;
    }
    for (auto const& one : cases) {
        if (one.comparison != "in_tests") {
            EXPECT_NO_THROW((void)comparison_named(one.comparison)) << one.name;
        } else {
            EXPECT_FALSE(one.tests.empty()) << one.name;
        }
    }
    auto const refusal = test::refusal_of([] { (void)comparison_named("rinks"); });
    EXPECT_NE(refusal.what_to_do.find("'rings'"), std::string::npos);
}

TEST(Suite, refuses_case_texts_that_cannot_be_run) {
    auto const folder = fs::path(::testing::TempDir()) / "bw_cases";
    fs::remove_all(folder);
    fs::create_directories(folder);
    auto const text = [&](std::string const& format, std::string const& name, std::string const& settings) {
        write_atomically(
            folder / "one.json",
            fmt::format(R"({{"format": "{}", "about": "test", "cases": [{{"name": "{}", "title": "t",
  "acceptance": [2], "claim": "c", "comparison": "range", "settings": {}, "bars": {{}}}}]}})",
                        format, name, settings));
        return read_cases(folder);
    };
    constexpr auto format = "beamwright physics cases 1";
    auto const problem = [&](auto const& body) { return test::refusal_of(body).problem; };
    EXPECT_NE(problem([&] { text("cases 7", "a", "{}"); }).find("$.format"), std::string::npos);
    for (auto const* name : {"../../a", "a/b", ".", "a b"}) { // the outcome is a file of this name
        EXPECT_NE(problem([&] { text(format, name, "{}"); }).find("name"), std::string::npos) << name;
    }
    auto const cases =
        text(format, "a", R"({"voxels": -1, "runs": 1, "histories": 0, "voxel_mm": 0, "other": -1})");
    for (auto const* key : {"voxels", "runs", "histories", "voxel_mm"}) {
        EXPECT_NE(problem([&] { (void)cases[0].number(key, false); }).find(key), std::string::npos);
    }
    EXPECT_EQ(cases[0].number("other", false), -1);
}

// Power: the same run against a range that is 0.3 mm off fails, against the right one it passes
TEST(Suite, catches_a_range_that_is_off_and_keeps_what_is_finished) {
    auto const folder = fs::path(::testing::TempDir()) / "bw_suite";
    fs::remove_all(folder);
    fs::create_directories(folder / "cases");
    auto const csda = [&](double factor) {
        return fmt::format("E_MeV,range_ICRU90_g_per_cm2\n90,{}\n100,{}\n110,{}\n", 6.42 * factor,
                           7.759 * factor, 9.2 * factor);
    };
    write_atomically(
        folder / "cases" / "one.json",
        R"({"format": "beamwright physics cases 1", "about": "test", "cases": [{"name": "range", "title": "t",
  "acceptance": [2], "claim": "c", "comparison": "range", "references": ["csda.csv"],
  "settings": {"energies_MeV": [100], "detour": 0.9987, "histories": 20000, "lateral_mm": 100, "voxel_mm": 5, "depth_step_mm": 0.1},
  "bars": {"r80_mm": {"at_most": 0.15, "because": "test"}}}]})");
    CheckPhysicsRequest request;
    request.cases = folder / "cases";
    request.out = folder / "out";
    JobContext context;
    EXPECT_EQ(check_physics(request, context).json["cases"][0]["verdict"], "NOT RUN");
    request.reference = folder;
    write_atomically(folder / "csda.csv", csda(1));
    auto const right = check_physics(request, context);
    EXPECT_EQ(right.json["cases"][0]["verdict"], "passed") << right.table;
    EXPECT_FALSE(right.failed);
    EXPECT_EQ(check_physics(request, context).json["cases"][0]["kept"], true);
    write_atomically(folder / "csda.csv", csda(1.004));
    auto const wrong = check_physics(request, context);
    EXPECT_EQ(wrong.json["cases"][0]["kept"], false); // another reference: run again
    EXPECT_EQ(wrong.json["cases"][0]["verdict"], "failed") << wrong.table;
    EXPECT_TRUE(wrong.failed);
    EXPECT_NE(read_file(request.out / "report.html").find("Beyond their bars"), std::string::npos);
}

} // namespace
} // namespace beamwright::physics_check
