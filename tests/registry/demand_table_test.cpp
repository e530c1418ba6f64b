// New cases a year out of a table of counts: nothing is counted twice.
#include "registry/demand/table_cases.hpp"
#include <gtest/gtest.h>

namespace beamwright::registry {
namespace {

CountStratum stratum(char const* registry, char const* sex, char const* site, int first, int last,
                     double cases, double person_years) {
    CountStratum entry;
    entry.stratum = {registry, sex, site, "", std::to_string(first) + "-" + std::to_string(last),
                     first,    last};
    entry.ages = {{{0, 64}, cases / 4, person_years * 0.9, 0},
                  {{65, AgeGroup::open}, cases / 2, person_years * 0.1, 0}};
    entry.cases_unknown_age = cases / 4;
    return entry;
}

CountTable table() {
    CountTable table;
    table.strata = {stratum("A", "male", "Lung", 2013, 2017, 400, 5e6),
                    stratum("A", "female", "Lung", 2013, 2017, 200, 5e6),
                    stratum("A", "both", "Lung", 2013, 2017, 600, 1e7),
                    stratum("A", "male", "All sites but skin", 2013, 2017, 2000, 5e6),
                    stratum("A", "female", "All sites but skin", 2013, 2017, 1600, 5e6),
                    stratum("B", "both", "Lung", 2013, 2017, 100, 1e6),
                    stratum("B", "both", "All sites but skin", 2013, 2017, 900, 1e6)};
    return table;
}

TEST(TableCases, count_nothing_twice) {
    Warnings warnings;
    auto const all = cases_of_table(table(), {}, warnings);
    EXPECT_DOUBLE_EQ(all.counted, 3600 + 900); // the rows of all sites, both sexes
    EXPECT_DOUBLE_EQ(all.per_year.value, 900);
    EXPECT_DOUBLE_EQ(all.persons, 2e6 + 2e5);
    EXPECT_LT(all.per_year.low, 900);
    auto const lung = cases_of_table(table(), {{"lung"}, {"A"}, {}, {}}, warnings);
    EXPECT_DOUBLE_EQ(lung.counted, 600); // the row of both sexes, not its parts too
    EXPECT_TRUE(warnings.empty());
}

TEST(TableCases, scale_to_a_population_and_say_so) {
    Warnings warnings;
    TableCasesRequest request;
    request.population = 22e6;
    EXPECT_NEAR(cases_of_table(table(), request, warnings).per_year.value, 9000, 1e-9);
    EXPECT_EQ(warnings.all().size(), 1u);
}

TEST(TableCases, refuse_what_is_not_there) {
    Warnings warnings;
    EXPECT_THROW((void)cases_of_table(table(), {{"liver"}, {}, {}, {}}, warnings), Refusal);
    EXPECT_THROW((void)cases_of_table(table(), {{"l"}, {}, {}, {}}, warnings), Refusal); // both sites hold it
    EXPECT_THROW((void)cases_of_table(table(), {{}, {"C"}, {}, {}}, warnings), Refusal);
    EXPECT_THROW((void)cases_of_table(table(), {{}, {}, 2012, {}}, warnings), Refusal);
    auto uneven = table();
    uneven.strata.push_back(stratum("B", "both", "Lung", 2018, 2018, 30, 2e5));
    EXPECT_THROW((void)cases_of_table(uneven, {{"Lung"}, {}, {}, {}}, warnings), Refusal);
    EXPECT_NO_THROW((void)cases_of_table(uneven, {{"Lung"}, {}, 2015, {}}, warnings));
}

} // namespace
} // namespace beamwright::registry
