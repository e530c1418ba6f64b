/// CI5 and CanReg5 layouts, sites, groups and sums of series.
#include "registry/input/combine.hpp"
#include "registry/input/read_counts.hpp"
#include "registry/input/site.hpp"
#include "support.hpp"
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace beamwright::registry {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

fs::path written(std::string const& name, std::string const& text) {
    auto const file = fs::path(testing::TempDir()) / name;
    std::ofstream(file, std::ios::binary) << text;
    return file;
}

std::string problem_of(std::function<void()> const& call) {
    try {
        call();
    } catch (Refusal const& refused) {
        return refused.problem + "\n" + refused.why;
    }
    return "accepted";
}

/// A made-up CI5 table: ten cases per group of cancer 10, the last two groups without person-years.
std::string ci5_table() {
    std::string out;
    for (int age = 1; age <= 18; ++age) {
        out += "1,010," + std::to_string(age) + ",10," + (age > 16 ? "0" : "1000") + "\n";
    }
    return out + "1,010,19,3,0\n";
}

TEST(Ci5, groups_without_person_years_are_pooled_and_said) {
    Warnings warnings;
    ReadOptions options;
    options.registry = "Oldtown";
    options.period = "2013-2017";
    auto const table = read_counts({written("1000.csv", ci5_table())}, options, warnings);
    ASSERT_EQ(table.strata.size(), 1U);
    auto const& s = table.strata[0];
    EXPECT_EQ(s.stratum, (Stratum{"Oldtown", "male", "CI5 cancer code 010", "", "2013-2017", 2013, 2017}));
    ASSERT_EQ(s.ages.size(), 16U);
    EXPECT_EQ(s.ages.back().age.label(), "75+");
    EXPECT_EQ(s.ages.back().cases, 30); // 75-79, 80-84 and 85+
    EXPECT_EQ(s.ages.back().person_years, 1000);
    EXPECT_EQ(s.cases_unknown_age, 3);
    EXPECT_THAT(warnings.all().at(0).problem, HasSubstr("1 series end with age groups without person-years"));
}

TEST(Ci5, codes_get_their_sites) {
    Warnings warnings;
    ReadOptions options;
    options.site_codes = written("codes.csv", "code,label\n010,\"Gullet (C15)\"\n011,Stomach\n");
    auto const table = read_counts({written("1000.csv", ci5_table())}, options, warnings);
    EXPECT_EQ(table.strata[0].stratum.site, "Oesophagus");
    EXPECT_EQ(table.strata[0].stratum.registry, "1000");
    options.site_codes = written("codes.csv", "011,Stomach\n");
    EXPECT_THAT(problem_of([&] { read_counts({written("1000.csv", ci5_table())}, options, warnings); }),
                HasSubstr("cancer code 10 is not in codes.csv"));
}

TEST(Ci5, bad_rows) {
    Warnings warnings;
    auto const text = ci5_table() + "1,010,20,1,1\n3,010,1,1,1\n1,010,1,1\n1,010,1,x,1\n";
    auto const said = problem_of([&] { read_counts({written("1000.csv", text)}, {}, warnings); });
    EXPECT_THAT(said, HasSubstr("4 bad rows"));
    EXPECT_THAT(said, HasSubstr("line 20: unknown age group '20'"));
    EXPECT_THAT(said, HasSubstr("line 21: unknown sex '3'"));
    EXPECT_THAT(said, HasSubstr("line 22: 4 cells"));
    EXPECT_THAT(said, HasSubstr("line 23: 'x' is no number"));
}

constexpr char const* inc_header =
    "YEAR\tICD10GROUP\tICD10GROUPLABEL\tSEX\tAGE_GROUP\tMORPHOLOGY\tBEHAVIOUR\tBASIS\tICCC\tCASES\n";
constexpr char const* pop_text =
    "YEAR\tAGE_GROUP_LABEL\tAGE_GROUP\tSEX\tCOUNT\tREFERENCE_COUNT\tAGE_GROUP_SIZE\n"
    "2010\t0-39\t0\t1\t5000\t1\t40\n2010\t40-64\t1\t1\t3000\t1\t25\n2010\t65+\t2\t1\t1000\t1\t20\n"
    "2011\t0-39\t0\t1\t5100\t1\t40\n2011\t40-64\t1\t1\t3100\t1\t25\n2011\t65+\t2\t1\t1100\t1\t20\n";

TEST(CanReg5, cases_and_population_meet) {
    Warnings warnings;
    ReadOptions options;
    options.registry = "Oldtown";
    options.population = written("pop.tsv", pop_text);
    auto const inc = std::string(inc_header) + "2010\t\"C33-34\"\t\"11 Lung\"\t1\t2\t8140\t3\t7\t\t4\n" +
                     "2010\t\"C33-34\"\t\"11 Lung\"\t1\t2\t8000\t3\t0\t\t1\n" +
                     "2010\t\"C33-34\"\t\"11 Lung\"\t1\t19\t8000\t3\t9\t\t2\n" +
                     "2010\t\"O&U\"\t\"11 Other and unspecified\"\t1\t1\t8000\t2\t1\t\t1\n" +
                     "2010\t\"C33-34\"\t\"11 Lung\"\t9\t2\t8000\t3\t9\t\t1\n";
    auto const table = read_counts({written("inc.tsv", inc)}, options, warnings);
    ASSERT_EQ(table.strata.size(), 4U); // two sites, two years: a year without cases is a rate of zero
    auto const& lung = table.strata[0];
    EXPECT_EQ(lung.stratum,
              (Stratum{"Oldtown", "male", "Trachea, bronchus and lung", "C33-C34", "2010", 2010, 2010}));
    ASSERT_EQ(lung.ages.size(), 3U);
    EXPECT_EQ(lung.ages[0].cases, 0);
    EXPECT_EQ(lung.ages[2].cases, 5);
    EXPECT_EQ(lung.ages[2].person_years, 1000);
    EXPECT_EQ(lung.cases_unknown_age, 2);
    EXPECT_EQ(lung.basis.microscopic, 4);
    EXPECT_EQ(lung.basis.death_certificate_only, 1);
    EXPECT_EQ(lung.basis.unknown, 2);
    EXPECT_EQ(table.strata[1].ages[2].cases, 0);
    EXPECT_EQ(table.strata[2].stratum.site,
              "Other and unspecified"); // the label without its two flags, then of the list
    EXPECT_EQ(warnings.all().size(), 2U);
}

TEST(CanReg5, what_is_missing_is_asked_for) {
    Warnings warnings;
    auto const inc =
        written("inc.tsv", std::string(inc_header) + "2012\tC50\t01 Breast\t1\t7\t8500\t3\t7\t\t6\n");
    EXPECT_THAT(problem_of([&] { read_counts({inc}, {}, warnings); }),
                HasSubstr("CanReg5 cases without a population"));
    ReadOptions options;
    options.population = written("pop.tsv", pop_text);
    EXPECT_THAT(problem_of([&] { read_counts({inc}, options, warnings); }),
                HasSubstr("inc.tsv: line 2: no population of year 2012"));
    auto const other =
        written("inc.tsv", std::string(inc_header) + "2011\tC50\t01 Breast\t1\t7\t8500\t3\t7\t\t6\n");
    EXPECT_THAT(problem_of([&] { read_counts({other}, options, warnings); }),
                HasSubstr("unknown age group 7: not in the population file"));
    options.population = written("pop.tsv", "YEAR\tSEX\n");
    EXPECT_THAT(problem_of([&] { read_counts({inc}, options, warnings); }),
                HasSubstr("pop.tsv: line 1: no column 'age_group_label'"));
}

TEST(Sites, codes_and_words) {
    EXPECT_EQ(site_from_text("C33-34"), (Site{"C33-C34", "Trachea, bronchus and lung"}));
    EXPECT_EQ(site_from_text(" lung "), (Site{"C33-C34", "Trachea, bronchus and lung"}));
    EXPECT_EQ(site_from_text("C82-86+C96"), (Site{"C82-C86,C96", "Non-Hodgkin lymphoma"}));
    EXPECT_EQ(site_from_text("c50.9"), (Site{"C50.9", "C50.9"}));
    EXPECT_EQ(site_from_text("C509"), (Site{"C50.9", "C50.9"}));
    EXPECT_EQ(site_from_text("D32-D33"), (Site{"D32-D33", "D32-D33"}));
    for (auto const* const wrong : {"", "C5", "C34-C33", "X10", "C50-", "C500-C509", "Cxx", "everything"}) {
        EXPECT_FALSE(site_from_text(wrong)) << wrong;
    }
    EXPECT_EQ(group_of("C34.1")->icd10, "C33-C34");
    EXPECT_EQ(group_of("C96")->words, "Non-Hodgkin lymphoma");
    EXPECT_FALSE(group_of("C00-C97"));
    EXPECT_TRUE(codes_overlap("C18-C21", "C18"));
    EXPECT_FALSE(codes_overlap("C34.1", "C34.2"));
}

/// Every code from C00 to C97 that ICD-10 has belongs to one group, so that groups add up to all sites.
TEST(Sites, groups_are_disjoint_and_complete) {
    int groups = 0;
    for (int code = 0; code <= 97; ++code) {
        auto const text = fmt::format("C{:02}", code);
        int holders = 0;
        for (auto const& site : listed_sites()) {
            holders += site.is_group && codes_overlap(site.icd10, text) ? 1 : 0;
        }
        // Codes that ICD-10 has not given: C27-C29, C35-C36, C42, C59, C87, C89
        bool const not_given = (code >= 27 && code <= 29) || code == 35 || code == 36 || code == 42 ||
                               code == 59 || code == 87 || code == 89;
        EXPECT_EQ(holders, not_given ? 0 : 1) << text;
    }
    for (auto const& site : listed_sites()) {
        groups += site.is_group ? 1 : 0;
        EXPECT_EQ(site_from_text(site.icd10)->words, site.words);
        EXPECT_EQ(site_from_text(site.words)->icd10, site.icd10);
    }
    EXPECT_EQ(groups, 46);
}

CountTable table_of(std::string const& rows) {
    Warnings warnings;
    return read_counts({written("t.csv", "registry,sex,site,age_group,cases,person_years\n" + rows)}, {},
                       warnings);
}

TEST(Combine, codes_become_groups_and_person_years_stay) {
    auto table =
        table_of("O,f,C33,0+,2,1000\nO,f,C34.1,0+,3,1000\nO,f,C34.9,0+,4,1000\nO,f,C00-C97,0+,50,1000\n");
    group_sites(table);
    ASSERT_EQ(table.strata.size(), 2U);
    EXPECT_EQ(table.strata[0].stratum.icd10, "C33-C34");
    EXPECT_EQ(table.strata[0].ages[0].cases, 9);
    EXPECT_EQ(table.strata[0].ages[0].person_years, 1000);
    auto twice = table_of("O,f,C18-C21,0+,9,1000\nO,f,C18,0+,5,1000\n");
    EXPECT_THAT(problem_of([&] { group_sites(twice); }), HasSubstr("the codes C18-C21 and C18 overlap"));
    auto other = table_of("O,f,C19,0+,9,1000\nO,f,C18,0+,5,999\n");
    EXPECT_THAT(problem_of([&] { group_sites(other); }), HasSubstr("different person-years"));
}

TEST(Combine, both_sexes) {
    auto table = table_of("O,f,C33,0+,2,1000\nO,m,C33,0+,5,900\nO,f,C53,0+,1,1000\n");
    add_both_sexes(table);
    ASSERT_EQ(table.strata.size(), 4U);
    EXPECT_EQ(table.strata[2].stratum.sex, "both");
    EXPECT_EQ(table.strata[2].ages[0].cases, 7);
    EXPECT_EQ(table.strata[2].ages[0].person_years, 1900);
}

} // namespace
} // namespace beamwright::registry
