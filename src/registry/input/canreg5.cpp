#include "core/atomic_file.hpp"
#include "registry/input/delimited.hpp"
#include "registry/input/layouts.hpp"
#include "registry/input/site.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

namespace beamwright::registry {

namespace {

constexpr int unknown_age_index = 19;

/// A tab-separated text with a header: cells by column name.
class Table {
public:
    Table(std::string_view text, SourceFile file, std::vector<std::string> const& needed)
        : lines_(text), cells_('\t'), file_(std::move(file)) {
        std::string_view header;
        lines_.next(header);
        cells_.read(header);
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            places_[column_name(cells_[i])] = i;
        }
        width_ = cells_.size();
        for (auto const& name : needed) {
            if (places_.count(name) == 0) {
                refuse(fmt::format("{}: line 1: no column '{}'", file_.name, name),
                       "CanReg5's files have a header line and tabs between the columns",
                       "export inc.tsv and pop.tsv from CanReg5 again");
            }
        }
    }
    /// The next line that is not empty; one of a wrong width is told as bad and passed over.
    bool next(RowCollector& rows) {
        std::string_view line;
        while (lines_.next(line)) {
            if (line.empty()) {
                continue;
            }
            if (cells_.read(line) && cells_.size() == width_) {
                return true;
            }
            rows.bad(file_.number, lines_.number(),
                     fmt::format("{} cells, the header has {}", cells_.size(), width_));
        }
        return false;
    }
    std::string_view text(std::string const& column) const { return cells_[places_.at(column)]; }
    bool has(std::string const& column) const { return places_.count(column) > 0; }
    /// A number of at least 0, or -1 after telling the bad row.
    double number(std::string const& column, RowCollector& rows) const {
        auto const value = cell_number(text(column), false);
        if (!value || *value < 0) {
            rows.bad(file_.number, lines_.number(),
                     fmt::format("'{}' is no number of at least 0 (column '{}')", text(column).substr(0, 60),
                                 column));
            return -1;
        }
        return *value;
    }
    std::size_t line() const { return lines_.number(); }
    std::size_t file() const { return file_.number; }

private:
    Lines lines_;
    Cells cells_;
    SourceFile file_;
    std::map<std::string, std::size_t> places_;
    std::size_t width_ = 0;
};

struct Population {
    std::string age;
    double person_years = 0;
    std::size_t line = 0;
};
using Key = std::tuple<std::string, std::string>;             // year, sex
using Populations = std::map<Key, std::map<int, Population>>; // by age index

Populations read_population(std::string_view text, SourceFile const& file, RowCollector& rows) {
    Populations all;
    Table table(text, file, {"year", "age_group_label", "age_group", "sex", "count"});
    while (table.next(rows)) {
        double const index = table.number("age_group", rows), count = table.number("count", rows);
        if (index < 0 || count < 0) {
            continue;
        }
        auto& ages = all[{std::string(table.text("year")), std::string(table.text("sex"))}];
        Population const entry{std::string(table.text("age_group_label")), count, table.line()};
        if (!ages.emplace(static_cast<int>(index), entry).second) {
            rows.bad(table.file(), table.line(),
                     fmt::format("doubled row: age group {} of this year and sex", index));
        }
    }
    return all;
}

struct Cases {
    double cases = 0;
    BasisCounts basis;
    std::size_t line = 0;
};

/// Basis of diagnosis: 0 death certificate only, 1-4 clinical, 5-8 microscopic, 9 unknown.
void add_basis(BasisCounts& basis, std::string_view code, double cases) {
    if (code == "0") {
        basis.death_certificate_only += cases;
    } else if (code.size() == 1 && code >= "1" && code <= "4") {
        basis.clinical += cases;
    } else if (code.size() == 1 && code >= "5" && code <= "8") {
        basis.microscopic += cases;
    } else {
        basis.unknown += cases;
    }
}

/// The site of a row: its ICD-10 range where that is one, else the label without its two flags.
std::string site_of(Table const& table) {
    std::string code(table.text("icd10group"));
    if (site_from_text(code) || !table.has("icd10grouplabel")) {
        return code;
    }
    std::string_view label = table.text("icd10grouplabel");
    if (label.size() > 3 && label[2] == ' ' && label[0] >= '0' && label[0] <= '9') {
        label.remove_prefix(3);
    }
    return std::string(label);
}

class Incidence {
public:
    Incidence(SourceFile file, Populations const& populations)
        : file_(std::move(file)), populations_(populations) {}

    void read(std::string_view text, RowCollector& rows) {
        Table table(text, file_, {"year", "icd10group", "sex", "age_group", "behaviour", "basis", "cases"});
        while (table.next(rows)) {
            double const age = table.number("age_group", rows), cases = table.number("cases", rows);
            std::string const sex(table.text("sex")), year(table.text("year"));
            if (age < 0 || cases < 0) {
                continue;
            }
            if (sex != "1" && sex != "2") {
                other_sex_ += cases;
                continue;
            }
            auto const population = populations_.find({year, sex});
            if (population == populations_.end()) {
                rows.bad(file_.number, table.line(),
                         fmt::format("no population of year {} and sex {}", year, sex));
                continue;
            }
            int index = static_cast<int>(age);
            if (population->second.count(index) == 0) {
                if (index != unknown_age_index) {
                    rows.bad(file_.number, table.line(),
                             fmt::format("unknown age group {}: not in the population file", index));
                    continue;
                }
                index = -1;
            }
            not_malignant_ += table.text("behaviour") == "3" ? 0 : cases;
            auto const site = site_of(table);
            sites_.insert({site, sex});
            auto& cell = cells_[{site, sex, year, index}];
            cell.cases += cases;
            cell.line = cell.line == 0 ? table.line() : cell.line;
            add_basis(cell.basis, table.text("basis"), cases);
        }
    }

    /// Every age of every year of a site and sex that has cases at all; ages without cases have zero.
    void hand_over(std::string const& registry, std::size_t population_file, RowCollector& rows) const {
        for (auto const& [site, sex] : sites_) {
            for (auto const& [key, ages] : populations_) {
                auto const& [year, its_sex] = key;
                if (its_sex != sex) {
                    continue;
                }
                for (auto const& [index, population] : ages) {
                    hand_over_one({registry, sex, site, year, population.age}, index, population.person_years,
                                  population_file, population.line, rows);
                }
                hand_over_one({registry, sex, site, year, "unknown"}, -1, 0, file_.number, 1, rows);
            }
        }
    }

    void warn(Warnings& warnings) const {
        if (other_sex_ > 0) {
            warnings.add(fmt::format("{:.15g} cases of neither sex 1 nor 2 were left out", other_sex_),
                         "there is no population to divide them by", "");
        }
        if (not_malignant_ > 0) {
            warnings.add(
                fmt::format("{:.15g} cases have a behaviour other than 3 (malignant)", not_malignant_),
                "they were counted", "leave them out of the export if the rates shall not hold them");
        }
    }

private:
    void hand_over_one(RowCollector::Words const& words, int index, double person_years, std::size_t file,
                       std::size_t line, RowCollector& rows) const {
        auto const found =
            cells_.find({std::string(words.site), std::string(words.sex), std::string(words.period), index});
        bool const has = found != cells_.end();
        if (has || index >= 0) {
            RowCollector::Counts counts{has ? found->second.cases : 0, person_years, 0,
                                        has ? found->second.basis : BasisCounts{}};
            rows.add(has ? file_.number : file, has ? found->second.line : line, words, counts);
        }
    }

    SourceFile file_;
    Populations const& populations_;
    std::set<std::pair<std::string, std::string>> sites_; // with sex
    std::map<std::tuple<std::string, std::string, std::string, int>, Cases> cells_;
    double other_sex_ = 0, not_malignant_ = 0;
};

} // namespace

bool looks_like_canreg5(std::string_view text) {
    Lines lines(text);
    std::string_view header;
    Cells cells('\t');
    if (!lines.next(header) || !cells.read(header)) {
        return false;
    }
    bool group = false, basis = false;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto const name = column_name(cells[i]);
        group = group || name == "icd10group";
        basis = basis || name == "basis";
    }
    return group && basis;
}

Columns read_canreg5(std::string_view text, SourceFile const& file, ReadOptions const& options,
                     RowCollector& rows, Warnings& warnings) {
    if (options.population.empty()) {
        refuse(fmt::format("{}: CanReg5 cases without a population", file.name),
               "the person-years are in a file of their own", "name it with --population pop.tsv");
    }
    SourceFile const population_file{file.number + 1, options.population.filename().string()};
    auto const bytes = read_file(options.population, std::size_t{1} << 28);
    auto const populations = read_population(plain_text(bytes, population_file.name), population_file, rows);
    Incidence incidence(file, populations);
    incidence.read(text, rows);
    auto const registry =
        options.registry.empty() ? std::filesystem::path(file.name).stem().string() : options.registry;
    incidence.hand_over(registry, population_file.number, rows);
    incidence.warn(warnings);
    return {false, true, true, true, true};
}

} // namespace beamwright::registry
