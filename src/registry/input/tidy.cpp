#include "core/json.hpp"
#include "registry/input/delimited.hpp"
#include "registry/input/layouts.hpp"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace beamwright::registry {

namespace {

enum Column {
    registry,
    sex,
    site,
    age_group,
    cases,
    person_years,
    year,
    deaths,
    mv_cases,
    dco_cases,
    clinical_cases,
    unknown_basis_cases,
    column_count
};
constexpr int required = person_years + 1;

struct Spelling {
    char const* name;
    Column column;
};
/// The first spelling of a column is its name in messages.
constexpr std::array spellings{
    Spelling{"registry", registry},
    Spelling{"sex", sex},
    Spelling{"site", site},
    Spelling{"age_group", age_group},
    Spelling{"cases", cases},
    Spelling{"person_years", person_years},
    Spelling{"year", year},
    Spelling{"deaths", deaths},
    Spelling{"mv_cases", mv_cases},
    Spelling{"dco_cases", dco_cases},
    Spelling{"clinical_cases", clinical_cases},
    Spelling{"unknown_basis_cases", unknown_basis_cases},
    Spelling{"area", registry},
    Spelling{"region", registry},
    Spelling{"gender", sex},
    Spelling{"cancer", site},
    Spelling{"icd10", site},
    Spelling{"icd_10", site},
    Spelling{"age", age_group},
    Spelling{"agegroup", age_group},
    Spelling{"count", cases},
    Spelling{"new_cases", cases},
    Spelling{"py", person_years},
    Spelling{"personyears", person_years},
    Spelling{"person_time", person_years},
    Spelling{"population", person_years},
    Spelling{"period", year},
    Spelling{"years", year},
};

int column_of(std::string const& name) {
    auto const found =
        std::find_if(spellings.begin(), spellings.end(), [&](auto const& s) { return name == s.name; });
    return found == spellings.end() ? -1 : found->column;
}

/// Where each column stands in the header; -1 = absent.
using Places = std::array<int, column_count>;

[[noreturn]] void refuse_header(SourceFile const& file, std::vector<std::string> const& names,
                                Column missing) {
    std::string has;
    for (auto const& name : names) {
        has += (has.empty() ? "" : ", ") + name;
    }
    auto const* const name = spellings[static_cast<std::size_t>(missing)].name;
    auto const near = nearest_word(name, names);
    refuse(fmt::format("{}: line 1: no column '{}'", file.name, name),
           fmt::format("the header has: {}", has.substr(0, 400)),
           fmt::format(
               "{}give the columns registry, sex, site, age_group, cases, person_years (and year, deaths)",
               near.empty() ? "" : fmt::format("rename '{}', or ", near)));
}

Places places_of(Cells const& header, SourceFile const& file, Warnings& warnings) {
    Places places;
    places.fill(-1);
    std::vector<std::string> names;
    std::string ignored;
    for (std::size_t i = 0; i < header.size(); ++i) {
        names.push_back(column_name(header[i]));
        int const column = column_of(names.back());
        if (column < 0) {
            ignored += (ignored.empty() ? "" : ", ") + names.back();
        } else if (places[static_cast<std::size_t>(column)] >= 0) {
            refuse(fmt::format("{}: line 1: two columns for '{}'", file.name,
                               spellings[static_cast<std::size_t>(column)].name),
                   fmt::format("one of them is called '{}'", names.back()), "leave one of them out");
        } else {
            places[static_cast<std::size_t>(column)] = static_cast<int>(i);
        }
    }
    for (int column = 0; column < required; ++column) {
        if (places[static_cast<std::size_t>(column)] < 0) {
            refuse_header(file, names, static_cast<Column>(column));
        }
    }
    if (!ignored.empty()) {
        warnings.add(fmt::format("{}: columns not used: {}", file.name, ignored.substr(0, 400)),
                     "their names are not known", "docs/formats/registry_tables.md lists the columns");
    }
    return places;
}

/// Reads the rows below the header.
class TidyReader {
public:
    TidyReader(Places const& places, std::size_t columns, bool decimal_comma, SourceFile const& file,
               RowCollector& rows)
        : places_(places), columns_(columns), decimal_comma_(decimal_comma), file_(file), rows_(rows) {}

    void row(Cells const& cells, std::size_t line) {
        if (cells.size() != columns_) {
            rows_.bad(file_.number, line, fmt::format("{} cells, the header has {}", cells.size(), columns_));
            return;
        }
        auto const text = [&](Column column) {
            int const place = places_[column];
            return place < 0 ? std::string_view() : cells[static_cast<std::size_t>(place)];
        };
        if (places_[year] >= 0 && text(year).empty()) {
            rows_.bad(file_.number, line, "the column 'year' is empty");
            return;
        }
        RowCollector::Counts counts;
        if (number(cells, line, cases, counts.cases) && person_years_of(cells, line, counts.person_years) &&
            number(cells, line, deaths, counts.deaths) &&
            number(cells, line, mv_cases, counts.basis.microscopic) &&
            number(cells, line, dco_cases, counts.basis.death_certificate_only) &&
            number(cells, line, clinical_cases, counts.basis.clinical) &&
            number(cells, line, unknown_basis_cases, counts.basis.unknown)) {
            rows_.add(file_.number, line,
                      {text(registry), text(sex), text(site), text(year), text(age_group)}, counts);
        }
    }

private:
    /// A cell as a number; an absent column leaves `value`. \returns false after telling a bad row
    bool number(Cells const& cells, std::size_t line, Column column, double& value) {
        int const place = places_[column];
        if (place < 0) {
            return true;
        }
        auto const cell = cells[static_cast<std::size_t>(place)];
        auto const read = cell_number(cell, decimal_comma_);
        if (!read) {
            rows_.bad(file_.number, line,
                      cell.empty() ? fmt::format("the column '{}' is empty", spellings[column].name)
                                   : fmt::format("'{}' is no number (column '{}'){}", cell.substr(0, 60),
                                                 spellings[column].name,
                                                 cell.find(',') != std::string_view::npos
                                                     ? "; write it without commas for thousands"
                                                     : ""));
            return false;
        }
        value = *read;
        return true;
    }

    /// Person-years may be left empty where the age is not known.
    bool person_years_of(Cells const& cells, std::size_t line, double& value) {
        if (!cells[static_cast<std::size_t>(places_[person_years])].empty()) {
            return number(cells, line, person_years, value);
        }
        auto const age = age_from_text(cells[static_cast<std::size_t>(places_[age_group])]);
        return (age && age->unknown) || number(cells, line, person_years, value);
    }

    Places places_;
    std::size_t columns_;
    bool decimal_comma_;
    SourceFile const& file_;
    RowCollector& rows_;
};

} // namespace

bool is_tidy_column(std::string const& column) { return column_of(column) >= 0; }

Columns read_tidy(std::string_view text, SourceFile const& file, RowCollector& rows, Warnings& warnings) {
    Lines lines(text);
    std::string_view line;
    if (!lines.next(line)) {
        refuse(fmt::format("{}: empty file", file.name), "there is no header line",
               "give a table with the columns registry, sex, site, age_group, cases, person_years");
    }
    char const separator = separator_of(line, is_tidy_column);
    Cells cells(separator);
    cells.read(line);
    auto const places = places_of(cells, file, warnings);
    TidyReader reader(places, cells.size(), separator != ',', file, rows);
    constexpr std::size_t bytes_per_row = 40;
    rows.reserve(text.size() / bytes_per_row);
    while (lines.next(line)) {
        if (line.find_first_not_of(" \t") == std::string_view::npos) {
            continue;
        }
        if (cells.read(line)) {
            reader.row(cells, lines.number());
        } else {
            rows.bad(file.number, lines.number(), "a quote is not closed on its line");
        }
    }
    auto const has = [&](Column column) { return places[column] >= 0; };
    return {has(deaths), has(mv_cases), has(dco_cases), has(clinical_cases), has(unknown_basis_cases)};
}

} // namespace beamwright::registry
