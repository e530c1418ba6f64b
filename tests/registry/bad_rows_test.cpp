/// What bad registry tables get: file, line and value, and nothing half read (design page bad-inputs, section E).
#include "registry/input/read_counts.hpp"
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace beamwright::registry {
namespace {

using testing::HasSubstr;

std::string const header = "registry,sex,site,age_group,cases,person_years\n";
/// A whole series in three groups.
std::string const good =
    header + "Oldtown,male,C50,0-64,3,70000\nOldtown,male,C50,65-74,5,9000\nOldtown,male,C50,75+,7,4000\n";

class BadTables : public testing::Test {
protected:
    CountTable read(std::string const& text, ReadOptions const& options = {}) {
        auto const file = std::filesystem::path(testing::TempDir()) / "table.csv";
        std::ofstream(file, std::ios::binary) << text;
        return read_counts({file}, options, warnings_);
    }
    /// All words of the refusal of a table.
    std::string refusal(std::string const& text, ReadOptions const& options = {}) {
        try {
            read(text, options);
        } catch (Refusal const& refused) {
            EXPECT_FALSE(refused.what_to_do.empty());
            return refused.problem + "\n" + refused.why + "\n" + refused.what_to_do;
        }
        ADD_FAILURE() << "accepted: " << text;
        return {};
    }
    /// The good table with one line in another's place.
    static std::string with_line(int number, std::string const& line) {
        std::string out;
        std::size_t start = 0;
        for (int now = 1; start < good.size(); ++now) {
            auto const end = good.find('\n', start);
            out += (now == number ? line : good.substr(start, end - start)) + "\n";
            start = end + 1;
        }
        return out;
    }
    Warnings warnings_;
};

TEST_F(BadTables, a_good_table_is_read) {
    auto const table = read(good);
    ASSERT_EQ(table.strata.size(), 1U);
    auto const& s = table.strata[0];
    EXPECT_EQ(s.stratum, (Stratum{"Oldtown", "male", "Breast", "C50", "", 0, 0}));
    ASSERT_EQ(s.ages.size(), 3U);
    EXPECT_EQ(s.ages[2].age.label(), "75+");
    EXPECT_EQ(s.ages[2].cases, 7);
    EXPECT_EQ(s.ages[0].person_years, 70000);
    EXPECT_TRUE(warnings_.empty());
}

TEST_F(BadTables, unknown_age_group) {
    auto const said = refusal(with_line(3, "Oldtown,male,C50,sixty,5,9000"));
    EXPECT_THAT(said, HasSubstr("table.csv: 1 bad row"));
    EXPECT_THAT(said, HasSubstr("table.csv: line 3: unknown age group 'sixty'"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,9-May,5,9000")),
                HasSubstr("a spreadsheet has made a date of it"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,74-65,5,9000")),
                HasSubstr("unknown age group '74-65'"));
}

TEST_F(BadTables, gaps_and_overlaps_of_age_groups) {
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,66-74,5,9000")),
                HasSubstr("line 3: gap of age groups: 66-74 follows 0-64"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,60-74,5,9000")),
                HasSubstr("line 3: overlap of age groups: 0-64 and 60-74"));
    EXPECT_THAT(refusal(with_line(2, "Oldtown,male,C50,1-64,3,70000")),
                HasSubstr("line 2: the age groups start with 1-64, not with 0"));
    EXPECT_THAT(refusal(with_line(4, "Oldtown,male,C50,75-84,7,4000")),
                HasSubstr("line 4: the last age group 75-84 is not open: 85+ is missing"));
    EXPECT_THAT(refusal(header + "Oldtown,male,C50,unknown,7,0\n"), HasSubstr("no row of a known age"));
}

TEST_F(BadTables, cases_without_person_years) {
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,65-74,5,0")),
                HasSubstr("line 3: 5 cases and no person-years at age 65-74"));
    auto const last = with_line(4, "Oldtown,male,C50,75+,7,0");
    EXPECT_THAT(refusal(last), HasSubstr("--open-from"));
    ReadOptions pooled;
    pooled.rules.open_from_y = 65;
    auto const table = read(last, pooled);
    ASSERT_EQ(table.strata[0].ages.size(), 2U);
    EXPECT_EQ(table.strata[0].ages[1].cases, 12);
    EXPECT_THAT(refusal(header + "O,male,C50,0-64,0,0\nO,male,C50,65+,0,0\n"),
                HasSubstr("no person-years at any age"));
    pooled.rules.open_from_y = 70;
    EXPECT_THAT(refusal(good, pooled), HasSubstr("no age group starts at 70"));
    EXPECT_THAT(refusal(good + "Oldtown,male,C50,unknown,1,5\n"),
                HasSubstr("line 5: 5 person-years of unknown age"));
}

TEST_F(BadTables, negative_and_fractional_cases) {
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,65-74,-5,9000")), HasSubstr("line 3: cases -5"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,65-74,5,-9000")),
                HasSubstr("line 3: person-years -9000"));
    auto const fraction = with_line(3, "Oldtown,male,C50,65-74,5.5,9000");
    EXPECT_THAT(refusal(fraction), HasSubstr("line 3: fractional cases 5.5 (--allow-fractional takes it)"));
    ReadOptions allowed;
    allowed.rules.allow_fractional = true;
    EXPECT_EQ(read(fraction, allowed).strata[0].ages[1].cases, 5.5);
    EXPECT_NO_THROW(read(with_line(3, "Oldtown,male,C50,65-74,5,9000.5")));
}

TEST_F(BadTables, doubled_rows) {
    EXPECT_THAT(refusal(good + "Oldtown,M,Breast,65-74,5,9000\n"),
                HasSubstr("line 5: doubled row: age 65-74 stands on line 3 too"));
    EXPECT_THAT(refusal(good + "Oldtown,1,C50,unknown,5,\nOldtown,1,C50,unknown,6,\n"),
                HasSubstr("line 6: doubled row: age unknown"));
}

TEST_F(BadTables, unknown_sex_and_site) {
    EXPECT_THAT(refusal(with_line(3, "Oldtown,3,C50,65-74,5,9000")), HasSubstr("line 3: unknown sex '3'"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,Braest,65-74,5,9000")),
                HasSubstr("line 3: unknown site 'Braest' (did you mean 'breast'?)"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,E11,65-74,5,9000")), HasSubstr("unknown site 'E11'"));
    ReadOptions own;
    own.rules.accept_sites = true;
    auto const table = read(header + "O,male,Our group 7,0-64,1,10\nO,male,Our group 7,65+,1,10\n", own);
    EXPECT_EQ(table.strata[0].stratum.site, "Our group 7");
    EXPECT_THAT(refusal(with_line(3, ",male,C50,65-74,5,9000")), HasSubstr("no name of a registry"));
}

TEST_F(BadTables, text_in_numbers) {
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,65-74,five,9000")),
                HasSubstr("line 3: 'five' is no number (column 'cases')"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,65-74,,9000")),
                HasSubstr("line 3: the column 'cases' is empty"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,65-74,5,nan")), HasSubstr("'nan' is no number"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,65-74,5,1e400")), HasSubstr("'1e400' is no number"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,65-74,5,\"9,000\"")),
                HasSubstr("write it without commas for thousands"));
    EXPECT_THAT(refusal(with_line(3, "Oldtown,male,C50,65-74,5,9000,1")),
                HasSubstr("line 3: 7 cells, the header has 6"));
    EXPECT_THAT(refusal(with_line(3, "\"Oldtown,male,C50,65-74,5,9000")),
                HasSubstr("line 3: a quote is not closed"));
}

TEST_F(BadTables, years) {
    std::string const with_year = "registry,sex,site,age_group,year,cases,person_years\n";
    auto const table = read(with_year + "O,f,lung,0-64,2011,1,10\nO,f,lung,65+,2011,1,10\nO,f,lung,0-64,2012-"
                                        "2016,1,10\nO,f,lung,65+,2012-2016,1,10\n");
    ASSERT_EQ(table.strata.size(), 2U);
    EXPECT_EQ(table.strata[1].stratum.period, "2012-2016");
    EXPECT_EQ(table.strata[1].stratum.last_year, 2016);
    EXPECT_THAT(refusal(with_year + "O,f,lung,0+,12,1,10\n"), HasSubstr("'12' is no year"));
    EXPECT_THAT(refusal(with_year + "O,f,lung,0+,,1,10\n"), HasSubstr("the column 'year' is empty"));
    EXPECT_THAT(refusal(with_year + "O,f,lung,0+,2016-2012,1,10\n"), HasSubstr("'2016-2012' is no year"));
}

TEST_F(BadTables, twenty_rows_are_shown_and_all_are_counted) {
    std::string text = header;
    for (int i = 0; i < 50; ++i) {
        text += "Oldtown,male,C50,old,1,1\n";
    }
    auto const said = refusal(text);
    EXPECT_THAT(said, HasSubstr("table.csv: 50 bad rows"));
    EXPECT_THAT(said, HasSubstr("line 21: unknown age group"));
    EXPECT_THAT(said, testing::Not(HasSubstr("line 22:")));
    EXPECT_THAT(said, HasSubstr("... and 30 more"));
}

TEST_F(BadTables, separators_and_byte_order_marks_are_accepted_where_they_are_clear) {
    auto const changed = [&](char separator, std::string const& end) {
        std::string out;
        for (char const c : good) {
            out += c == ',' ? std::string(1, separator) : c == '\n' ? end : std::string(1, c);
        }
        return out;
    };
    for (char const separator : {';', '\t', '|'}) {
        EXPECT_EQ(read(changed(separator, "\r\n")).strata[0].ages[1].cases, 5);
    }
    EXPECT_EQ(read("\xEF\xBB\xBF" + good).strata[0].ages[1].cases, 5);
    EXPECT_EQ(read(changed(',', "\r")).strata[0].ages[1].cases, 5);
    EXPECT_THAT(refusal("\xFF\xFEr\0e"), HasSubstr("UTF-16"));
    EXPECT_THAT(refusal(good + std::string(1, '\0')), HasSubstr("zero bytes"));
    // A decimal comma is clear between semicolons, a thousand is not
    auto const semicolons = changed(';', "\n");
    EXPECT_EQ(read(semicolons + "Oldtown;female;C50;0+;1;10,5\n").strata[1].ages[0].person_years, 10.5);
    EXPECT_THAT(refusal(semicolons + "Oldtown;female;C50;0+;1;10,500\n"), HasSubstr("'10,500' is no number"));
}

TEST_F(BadTables, headers) {
    EXPECT_THAT(refusal(""), HasSubstr("empty file"));
    EXPECT_THAT(refusal(header), HasSubstr("no rows"));
    auto const said = refusal("registry,sex,sitte,age_group,cases,person_years\n");
    EXPECT_THAT(said, HasSubstr("line 1: no column 'site'"));
    EXPECT_THAT(said, HasSubstr("rename 'sitte'"));
    EXPECT_THAT(refusal("registry,sex,gender,site,age_group,cases,person_years\n"),
                HasSubstr("two columns for 'sex'"));
    read("registry,sex,site,age_group,cases,person_years,remark\nO,f,C50,0+,1,10,x\n");
    EXPECT_THAT(warnings_.all().at(0).problem, HasSubstr("columns not used: remark"));
}

TEST_F(BadTables, basis_and_deaths) {
    std::string const more = "registry,sex,site,age_group,cases,person_years,deaths,mv_cases,dco_cases\n";
    auto const table =
        read(more + "O,f,C50,0-64,10,1000,4,8,1\nO,f,C50,65+,10,500,6,5,1\nO,f,C50,unknown,2,,1,0,1\n");
    EXPECT_EQ(table.strata[0].basis.microscopic, 13);
    EXPECT_EQ(table.strata[0].basis.death_certificate_only, 3);
    EXPECT_EQ(table.strata[0].deaths_unknown_age, 1);
    EXPECT_EQ(table.strata[0].cases_unknown_age, 2);
    EXPECT_THAT(refusal(more + "O,f,C50,0+,10,1000,4,8,3\n"), HasSubstr("more than the 10 cases"));
    EXPECT_THAT(refusal(more + "O,f,C50,0+,10,1000,-4,8,1\n"), HasSubstr("deaths -4"));
}

TEST_F(BadTables, more_cases_than_person_years_is_a_warning) {
    read(header + "O,f,C50,0+,10,5\n");
    EXPECT_THAT(warnings_.all().at(0).problem, HasSubstr("more cases than person-years"));
}

} // namespace
} // namespace beamwright::registry
