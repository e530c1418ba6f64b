// Every worked example of the outside table, run through the model. The rows are read, none is skipped.
#include "core/atomic_file.hpp"
#include "core/text.hpp"
#include "csv_rows.hpp"
#include "registry/demand/demand.hpp"
#include "support.hpp"
#include <gtest/gtest.h>
#include <regex>

namespace beamwright::registry {
namespace {

std::vector<double> numbers_in(std::string const& text) {
    static std::regex const number(R"(\d+(\.\d+)?)");
    std::vector<double> found;
    for (std::sregex_iterator at(text.begin(), text.end(), number), end; at != end; ++at) {
        found.push_back(std::stod(at->str()));
    }
    return found;
}

/// The model with every figure given.
DemandAnswer answer_of(double cases, double utilization, double retreatment, double fractions) {
    static DemandFigures const figures =
        DemandFigures::load(test::source_dir() / "data/registry/demand_figures.json");
    DemandRequest request;
    request.draws = 1000;
    request.cases = exact(cases);
    request.given = {{"utilization", exact(utilization)},
                     {"retreatment", exact(retreatment)},
                     {"fractions_per_course", exact(fractions)}};
    return estimate_demand(request, figures);
}

TEST(DemandExamples, agree_to_the_printed_precision) {
    BW_NEEDS_SHARED(shared);
    auto const lines = lines_of(read_file(shared / "reference/registry/demand_examples.csv"));
    int checked = 0;
    double cases = 0, utilization = 0, factor = 0;
    for (auto const& line : lines) {
        if (line.number == 1 || line.text.empty()) {
            continue;
        }
        auto const fields = test::csv_cells(line.text);
        ASSERT_EQ(fields.size(), 8u) << line.text;
        auto const &example = fields[0], &quantity = fields[2];
        auto const given = numbers_in(fields[1]);
        double const expected = *number_in_text(fields[3]), tolerance = *number_in_text(fields[5]);
        double ours = -1;
        if (example == "OMAN_WORKLOAD") {
            DemandAnswer const answer = answer_of(1000, 1, 0, 1);
            EXPECT_EQ(answer.input("fractions_per_hour")->estimate, exact(given[0]));
            EXPECT_EQ(answer.input("hours_per_day")->estimate, exact(given[1]));
            EXPECT_EQ(answer.input("days_per_year")->estimate, exact(given[2]));
            ours = answer.fractions_per_room;
        } else if (example == "OMAN_FRACTIONS") { // fractions are given: one for each of as many cases
            ours = answer_of(given[0], 1, given[1] / 100, 1).step("fractions").amount.value;
        } else if (example == "OMAN_ROOMS") {
            auto const answer = answer_of(given[0], 1, 0, 1);
            EXPECT_EQ(answer.fractions_per_room, given[1]);
            ours = quantity == "rooms, rounded up" ? answer.rooms : answer.step("rooms").amount.value;
        } else if (example == "WONG_PRODUCT") {
            ours = answer_of(1000, given[0], 0, given[1]).fractions_per_new_case;
        } else if (example.starts_with("LMIC_")) {
            // The factor is 0.5 x 1.25 (said in the first of these rows): utilization and retreatment
            EXPECT_NEAR(given[1], 0.5 * 1.25, 1e-12);
            ours = answer_of(given[0], 0.5, 0.25, 1).step("courses").amount.value;
        } else if (example == "CHINA_SCENARIO" && quantity == "courses") {
            cases = given[0];
            utilization = given[1];
            factor = given[2];
            ours = answer_of(cases, utilization, factor - 1, 1).step("courses").amount.value;
        } else if (example == "CHINA_SCENARIO") {
            auto const answer = answer_of(cases, utilization, factor - 1, 19.4);
            ours = quantity == "fractions"           ? answer.step("fractions").amount.value
                   : quantity == "rooms, rounded up" ? answer.rooms
                                                     : whole_rooms(*answer.rooms_by_patients);
            if (quantity == "fractions") {
                EXPECT_EQ(given[0], 19.4);
            }
        }
        EXPECT_NEAR(ours, expected, tolerance + 1e-9 * expected)
            << "line " << line.number << ": " << line.text;
        ++checked;
    }
    EXPECT_GE(checked, 13);
}

} // namespace
} // namespace beamwright::registry
