/// The suite's results as JSON, as text and as a page.
#pragma once
#include "jobs/physics_check/case_text.hpp"
#include "jobs/physics_check/outcome.hpp"
#include "jobs/physics_check/runner.hpp"
#include <string>
#include <vector>

namespace beamwright::physics_check {

struct CaseResult {
    PhysicsCase const* text = nullptr;
    CaseOutcome outcome;
    bool kept = false; ///< from an earlier run with the same inputs
};

struct SuiteResult {
    std::vector<CaseResult> cases;
    RunSettings settings;
    Warnings warnings;
    Json run_record = Json::object();
};

/// What the acceptance tests say, one line each, worst verdict first asked for.
struct TestVerdict {
    int number = 0;
    std::string title;
    Verdict verdict = Verdict::not_run;
};
std::vector<TestVerdict> verdicts_by_test(SuiteResult const& suite);
/// Words for the acceptance tests of a particle ("proton", "neutron"); empty for another number.
std::string test_title(int number, std::string const& particle = "proton");
/// How many acceptance tests there are.
int test_count(std::string const& particle);

Json suite_json(SuiteResult const& suite);
std::string suite_text(SuiteResult const& suite);
/// The HTML page.
std::string suite_page(SuiteResult const& suite);
/// "+0.123 mm ± 0.004"
std::string value_text(Figure const& figure);
std::string bar_text(Figure const& figure);

} // namespace beamwright::physics_check
