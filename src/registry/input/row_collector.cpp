#include "registry/input/row_collector.hpp"
#include "registry/input/pooling.hpp"
#include "registry/input/row_words.hpp"
#include "registry/input/site.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <tuple>

namespace beamwright::registry {

namespace {

constexpr double most_count = 1e12; // more than all people who ever lived
constexpr std::size_t most_values = (std::size_t{1} << 20) - 1;
constexpr std::array<char const*, 3> sex_order{"male", "female", "both"};
constexpr std::size_t longest_shown = 60;

std::string shown(std::string_view text) {
    return std::string(text.substr(0, longest_shown)) + (text.size() > longest_shown ? "..." : "");
}

bool is_whole(double value) { return value == std::floor(value); }

} // namespace

int NameColumn::number_of_value(std::string const& value) {
    auto const [found, is_new] = by_value_.emplace(value, static_cast<int>(values_.size()));
    if (is_new) {
        values_.push_back(value);
        if (values_.size() > most_values) {
            refuse(fmt::format("more than {} different names in one column", most_values),
                   fmt::format("the last one is '{}'", shown(value)),
                   "check that the columns are not mixed up, or read the table in parts");
        }
    }
    return found->second;
}

RowCollector::RowCollector(RowRules const& rules, std::vector<std::string> file_names)
    : rules_(rules), files_(std::move(file_names)) {}

int RowCollector::age_of(std::string_view text) {
    return ages_.number_of(text, [](std::string_view word) -> std::optional<std::string> {
        auto const age = age_from_text(word);
        if (!age) {
            return std::nullopt;
        }
        return age->unknown ? std::string("unknown") : age->group.label();
    });
}

bool RowCollector::read_words(std::size_t file, std::size_t line, Words const& words, Group& group,
                              int& age) {
    auto const fail = [&](std::string what) {
        bad_.add(file, line, std::move(what));
        return false;
    };
    group.registry = registries_.number_of(words.registry, [](std::string_view text) {
        return text.empty() ? std::nullopt : std::optional<std::string>(text);
    });
    if (group.registry < 0) {
        return fail("no name of a registry");
    }
    group.sex = sexes_.number_of(words.sex, sex_from_text);
    if (group.sex < 0) {
        return fail(
            fmt::format("unknown sex '{}' (known: 1, m, male, 2, f, female, both)", shown(words.sex)));
    }
    group.site = sites_.number_of(words.site, [&](std::string_view text) -> std::optional<std::string> {
        auto const site = site_from_text(text);
        if (site) {
            return site->icd10 + '\t' + site->words;
        }
        return rules_.accept_sites && !text.empty() ? std::optional('\t' + std::string(text)) : std::nullopt;
    });
    if (group.site < 0) {
        auto const near = nearest_site(words.site);
        return fail(fmt::format(
            "unknown site '{}' ({})", shown(words.site),
            near.empty() ? "neither an ICD-10 code nor of the list; --accept-sites takes it as it is"
                         : fmt::format("did you mean '{}'?", near)));
    }
    group.period = periods_.number_of(words.period, [](std::string_view text) {
        auto const years = years_from_text(text);
        return years ? std::optional(period_text(*years)) : std::nullopt;
    });
    if (group.period < 0) {
        return fail(fmt::format("'{}' is no year (2012 or 2008-2012)", shown(words.period)));
    }
    age = age_of(words.age);
    if (age < 0) {
        return fail(fmt::format("unknown age group '{}'{}", shown(words.age),
                                looks_like_a_date(words.age)
                                    ? " (a spreadsheet has made a date of it: format the column as text)"
                                    : " (known: 0-4, 85+, 0, unknown)"));
    }
    return true;
}

bool RowCollector::check_counts(std::size_t file, std::size_t line, Counts const& counts, bool unknown_age) {
    auto const fail = [&](std::string what) {
        bad_.add(file, line, std::move(what));
        return false;
    };
    for (auto const& [name, value] :
         {std::pair{"cases", counts.cases}, std::pair{"person-years", counts.person_years},
          std::pair{"deaths", counts.deaths}}) {
        if (value < 0 || value > most_count) {
            return fail(fmt::format("{} {:.15g} (0 to {:g} is possible)", name, value, most_count));
        }
    }
    if (!rules_.allow_fractional && !(is_whole(counts.cases) && is_whole(counts.deaths))) {
        return fail(fmt::format("fractional {} {:.15g} (--allow-fractional takes it)",
                                is_whole(counts.cases) ? "deaths" : "cases",
                                is_whole(counts.cases) ? counts.deaths : counts.cases));
    }
    auto const& b = counts.basis;
    if (std::min({b.microscopic, b.death_certificate_only, b.clinical, b.unknown}) < 0 ||
        b.microscopic + b.death_certificate_only + b.clinical + b.unknown > counts.cases * (1 + 1e-12)) {
        return fail(fmt::format("the cases by basis of diagnosis are negative or more than the {:.15g} cases",
                                counts.cases));
    }
    if (unknown_age && counts.person_years > 0) {
        return fail(fmt::format("{:.15g} person-years of unknown age (write 0)", counts.person_years));
    }
    return true;
}

std::uint32_t RowCollector::stratum_of(int registry, int sex, int site, int period) {
    auto const key = (static_cast<std::uint64_t>(registry) << 44) | (static_cast<std::uint64_t>(site) << 24) |
                     (static_cast<std::uint64_t>(period) << 4) | static_cast<std::uint64_t>(sex);
    if (key == last_key_) {
        return last_stratum_;
    }
    auto const [found, is_new] = strata_.emplace(key, static_cast<std::uint32_t>(groups_.size()));
    if (is_new) {
        groups_.push_back({registry, sex, site, period, {}});
    }
    last_key_ = key;
    return last_stratum_ = found->second;
}

void RowCollector::add(std::size_t file, std::size_t line, Words const& words, Counts const& counts) {
    Group group;
    int age = 0;
    if (!read_words(file, line, words, group, age)) {
        return;
    }
    // Groups by the number of the age text; unknown ages have none
    while (age_groups_.size() < ages_.size()) {
        auto const text = age_from_text(ages_.value(age_groups_.size()));
        age_groups_.push_back(text->unknown ? AgeGroup{-1, -1} : text->group);
    }
    bool const unknown = age_groups_[static_cast<std::size_t>(age)].low_y < 0;
    if (!check_counts(file, line, counts, unknown)) {
        return;
    }
    if (counts.person_years > 0 && counts.cases > counts.person_years && more_cases_than_years_++ == 0) {
        first_more_cases_ = fmt::format("{}: line {}", files_[file], line);
    }
    auto const stratum = stratum_of(group.registry, group.sex, group.site, group.period);
    auto& basis = groups_[stratum].basis;
    basis.microscopic += counts.basis.microscopic;
    basis.death_certificate_only += counts.basis.death_certificate_only;
    basis.clinical += counts.basis.clinical;
    basis.unknown += counts.basis.unknown;
    rows_.push_back({stratum, static_cast<std::uint32_t>(line), unknown ? -1 : age,
                     static_cast<std::uint16_t>(file), counts.cases, counts.person_years, counts.deaths});
}

Stratum RowCollector::stratum_words(Group const& group) const {
    auto const at = [](NameColumn const& column, int number) {
        return column.value(static_cast<std::size_t>(number));
    };
    auto const site = at(sites_, group.site);
    auto const tab = site.find('\t');
    auto const period = at(periods_, group.period);
    auto const years = years_from_text(period);
    return {at(registries_, group.registry),
            at(sexes_, group.sex),
            site.substr(tab + 1),
            site.substr(0, tab),
            period,
            years->first,
            years->second};
}

bool RowCollector::check_sequence(std::vector<Row> const& rows, Stratum const& whose) {
    bool good = true;
    auto const fail = [&](Row const& row, std::string const& what) {
        bad_.add(row.file, row.line, fmt::format("{} ({})", what, in_words(whose)));
        good = false;
    };
    Row const* before = nullptr;
    for (auto const& row : rows) {
        auto const group = row.age < 0 ? AgeGroup{-1, -1} : age_groups_[static_cast<std::size_t>(row.age)];
        if (before && before->age == row.age) {
            fail(row, fmt::format("doubled row: age {} stands on line {} too",
                                  row.age < 0 ? "unknown" : group.label(), before->line));
        } else if (row.age >= 0) {
            bool const first = !before || before->age < 0;
            auto const last = first ? AgeGroup{} : age_groups_[static_cast<std::size_t>(before->age)];
            int const next_y = first ? 0 : last.high_y + 1;
            if (group.low_y > next_y) {
                fail(row, first
                              ? fmt::format("the age groups start with {}, not with 0", group.label())
                              : fmt::format("gap of age groups: {} follows {}", group.label(), last.label()));
            } else if (group.low_y < next_y) {
                fail(row, fmt::format("overlap of age groups: {} and {}", last.label(), group.label()));
            }
        }
        before = &row;
    }
    if (good && (!before || before->age < 0)) {
        fail(rows.front(), "no row of a known age");
    } else if (good && !age_groups_[static_cast<std::size_t>(before->age)].is_open()) {
        auto const last = age_groups_[static_cast<std::size_t>(before->age)];
        fail(*before,
             fmt::format("the last age group {} is not open: {}+ is missing", last.label(), last.high_y + 1));
    }
    return good;
}

CountStratum RowCollector::gather(std::uint32_t number, std::vector<Row>& rows) {
    auto const low_y = [&](Row const& row) {
        return row.age < 0 ? -1 : age_groups_[static_cast<std::size_t>(row.age)].low_y;
    };
    std::sort(rows.begin(), rows.end(), [&](Row const& a, Row const& b) {
        return std::make_tuple(low_y(a), a.file, a.line) < std::make_tuple(low_y(b), b.file, b.line);
    });
    CountStratum out;
    out.stratum = stratum_words(groups_[number]);
    out.basis = groups_[number].basis;
    if (!check_sequence(rows, out.stratum)) {
        return out;
    }
    out.ages.reserve(rows.size());
    for (auto const& row : rows) {
        if (row.age < 0) {
            out.cases_unknown_age = row.cases;
            out.deaths_unknown_age = row.deaths;
        } else {
            out.ages.push_back(
                {age_groups_[static_cast<std::size_t>(row.age)], row.cases, row.person_years, row.deaths});
        }
    }
    if (rules_.pool_empty_end && pool_empty_end(out.ages) && empty_ends_++ == 0) {
        first_empty_end_ = fmt::format("{}: ages from {} on are one group", in_words(out.stratum),
                                       out.ages.back().age.low_y);
    }
    if (rules_.open_from_y && !pool_from(out.ages, *rules_.open_from_y)) {
        bad_.add(rows.back().file, rows.back().line,
                 fmt::format("no age group starts at {}, where the open group shall start ({})",
                             *rules_.open_from_y, in_words(out.stratum)));
    }
    check_person_years(rows, out);
    return out;
}

void RowCollector::check_person_years(std::vector<Row> const& rows, CountStratum const& counts) {
    double years = 0;
    for (auto const& age : counts.ages) {
        years += age.person_years;
        if (age.person_years <= 0 && (age.cases > 0 || age.deaths > 0)) {
            auto const row = std::find_if(rows.begin(), rows.end(), [&](Row const& r) {
                return r.age >= 0 && age_groups_[static_cast<std::size_t>(r.age)].low_y >= age.age.low_y &&
                       (r.cases > 0 || r.deaths > 0);
            });
            bad_.add(
                row->file, row->line,
                fmt::format(
                    "{:.15g} cases and no person-years at age {} (--open-from AGE pools the last groups)",
                    age.cases, age.age.label()));
        }
    }
    if (years <= 0) {
        bad_.add(rows.front().file, rows.front().line,
                 fmt::format("no person-years at any age ({})", in_words(counts.stratum)));
    }
}

std::vector<std::uint32_t> RowCollector::in_order() const {
    std::vector<std::uint32_t> order(groups_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::vector<int> sex_rank;
    for (std::size_t i = 0; i < sexes_.size(); ++i) {
        auto const found = std::find(sex_order.begin(), sex_order.end(), sexes_.value(i));
        sex_rank.push_back(static_cast<int>(found - sex_order.begin()));
    }
    auto const key = [&](std::uint32_t i) {
        auto const& g = groups_[i];
        return std::make_tuple(g.registry, g.site, sex_rank[static_cast<std::size_t>(g.sex)],
                               std::string_view(periods_.value(static_cast<std::size_t>(g.period))));
    };
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return key(a) < key(b); });
    return order;
}

CountTable RowCollector::finish(Columns const& columns, Warnings& warnings) {
    bad_.refuse_if_any(files_); // a row that is missing for this reason would look like a gap
    // Rows by stratum: counted, then placed
    std::vector<std::size_t> start(groups_.size() + 1, 0);
    for (auto const& row : rows_) {
        ++start[row.stratum + 1];
    }
    std::partial_sum(start.begin(), start.end(), start.begin());
    std::vector<Row> sorted(rows_.size());
    auto at = start;
    for (auto const& row : rows_) {
        sorted[at[row.stratum]++] = row;
    }
    CountTable table;
    table.columns = columns;
    table.strata.reserve(groups_.size());
    std::vector<Row> mine;
    for (auto const number : in_order()) {
        mine.assign(sorted.begin() + static_cast<std::ptrdiff_t>(start[number]),
                    sorted.begin() + static_cast<std::ptrdiff_t>(start[number + 1]));
        table.strata.push_back(gather(number, mine));
    }
    bad_.refuse_if_any(files_);
    if (table.strata.empty()) {
        refuse(fmt::format("{}: no rows", files_.front()), "the table has a header and nothing below it",
               "give a table with cases and person-years");
    }
    if (empty_ends_ > 0) {
        warnings.add(
            fmt::format("{} series end with age groups without person-years", empty_ends_), first_empty_end_,
            "cases and weights of these groups were pooled with the last group that has person-years");
    }
    if (more_cases_than_years_ > 0) {
        warnings.add(fmt::format("{} rows have more cases than person-years", more_cases_than_years_),
                     first_more_cases_ + " is the first", "check that the columns are not exchanged");
    }
    return table;
}

} // namespace beamwright::registry
