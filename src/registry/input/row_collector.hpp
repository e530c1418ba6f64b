/// Gathers rows of any layout, checks them together, and makes the table of counts.
#pragma once
#include "core/refusal.hpp"
#include "registry/input/bad_rows.hpp"
#include "registry/input/count_table.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beamwright::registry {

/// What the checks allow.
struct RowRules {
    bool allow_fractional = false;  ///< cases and deaths need not be whole
    bool accept_sites = false;      ///< sites outside the list are taken as words
    bool pool_empty_end = false;    ///< open groups without person-years join the last one that has some
    std::optional<int> open_from_y; ///< the open group starts here
};

/// Distinct texts of one column, each read once. Several texts may mean one value.
class NameColumn {
public:
    /// Number of the value of `text`, or -1 if `read` finds none.
    template <class Read> int number_of(std::string_view text, Read read) {
        if (text == last_text_) {
            return last_number_;
        }
        auto found = by_text_.find(std::string(text));
        if (found == by_text_.end()) {
            auto const value = read(text);
            found = by_text_.emplace(std::string(text), value ? number_of_value(*value) : -1).first;
        }
        last_text_ = found->first; // keys of the map stay where they are
        return last_number_ = found->second;
    }
    std::string const& value(std::size_t number) const { return values_[number]; }
    std::size_t size() const { return values_.size(); }

private:
    int number_of_value(std::string const& value);
    std::unordered_map<std::string, int> by_text_, by_value_;
    std::vector<std::string> values_;
    std::string_view last_text_{"\xFF unset"};
    int last_number_ = -1;
};

class RowCollector {
public:
    RowCollector(RowRules const& rules, std::vector<std::string> file_names);

    /// Words of a row; an unknown one is a bad row and gives nothing.
    struct Words {
        std::string_view registry, sex, site, period, age;
    };
    struct Counts {
        double cases = 0, person_years = 0, deaths = 0;
        BasisCounts basis;
    };
    void add(std::size_t file, std::size_t line, Words const& words, Counts const& counts);
    /// A row whose cells could not be read.
    void bad(std::size_t file, std::size_t line, std::string what) { bad_.add(file, line, std::move(what)); }
    void reserve(std::size_t rows) { rows_.reserve(rows); }
    RowRules const& rules() const { return rules_; }

    /// All checks that need the rows together. \throws Refusal with the bad rows
    CountTable finish(Columns const& columns, Warnings& warnings);

private:
    struct Row {
        std::uint32_t stratum, line;
        std::int32_t age; ///< number of the age text; -1 = unknown age
        std::uint16_t file;
        double cases, person_years, deaths;
    };
    struct Group {
        int registry = 0, sex = 0, site = 0, period = 0;
        BasisCounts basis;
    };
    std::uint32_t stratum_of(int registry, int sex, int site, int period);
    int age_of(std::string_view text);
    bool read_words(std::size_t file, std::size_t line, Words const& words, Group& group, int& age);
    bool check_counts(std::size_t file, std::size_t line, Counts const& counts, bool unknown_age);
    std::vector<std::uint32_t> in_order() const;
    Stratum stratum_words(Group const& group) const;
    CountStratum gather(std::uint32_t stratum, std::vector<Row>& rows);
    bool check_sequence(std::vector<Row> const& rows, Stratum const& whose);
    void check_person_years(std::vector<Row> const& rows, CountStratum const& counts);

    RowRules rules_;
    std::vector<std::string> files_;
    NameColumn registries_, sexes_, sites_, periods_, ages_;
    std::vector<AgeGroup> age_groups_; ///< by age number
    std::unordered_map<std::uint64_t, std::uint32_t> strata_;
    std::uint64_t last_key_ = ~std::uint64_t{0};
    std::uint32_t last_stratum_ = 0;
    std::vector<Group> groups_;
    std::vector<Row> rows_;
    BadRows bad_;
    std::size_t empty_ends_ = 0, more_cases_than_years_ = 0;
    std::string first_empty_end_, first_more_cases_;
};

} // namespace beamwright::registry
