#include "registry/input/combine.hpp"
#include "core/refusal.hpp"
#include "registry/input/row_words.hpp"
#include "registry/input/site.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

namespace beamwright::registry {

namespace {

bool same_ages(CountStratum const& a, CountStratum const& b) {
    return std::equal(a.ages.begin(), a.ages.end(), b.ages.begin(), b.ages.end(),
                      [](AgeCount const& x, AgeCount const& y) { return x.age == y.age; });
}

bool same_person_years(CountStratum const& a, CountStratum const& b) {
    return std::equal(
        a.ages.begin(), a.ages.end(), b.ages.begin(), b.ages.end(),
        [](auto const& x, auto const& y) { return x.age == y.age && x.person_years == y.person_years; });
}

/// Cases of `more` to `into`; the age groups are the same.
void add(CountStratum& into, CountStratum const& more, bool person_years_too) {
    for (std::size_t i = 0; i < into.ages.size(); ++i) {
        into.ages[i].cases += more.ages[i].cases;
        into.ages[i].deaths += more.ages[i].deaths;
        into.ages[i].person_years += person_years_too ? more.ages[i].person_years : 0;
    }
    into.cases_unknown_age += more.cases_unknown_age;
    into.deaths_unknown_age += more.deaths_unknown_age;
    into.basis.microscopic += more.basis.microscopic;
    into.basis.death_certificate_only += more.basis.death_certificate_only;
    into.basis.clinical += more.basis.clinical;
    into.basis.unknown += more.basis.unknown;
}

using Key = std::tuple<std::string, std::string, std::string, std::string>;

Key key_of(Stratum const& s) { return {s.registry, s.icd10 + '\t' + s.site, s.sex, s.period}; }

void refuse_overlap(Stratum const& whose, std::string const& group, std::string const& one,
                    std::string const& two) {
    refuse(fmt::format("the codes {} and {} overlap", one, two),
           fmt::format("both would be added to {} ({}), so cases would count twice", group, in_words(whose)),
           "leave the rows of one of them out, or do not group the sites");
}

} // namespace

void group_sites(CountTable& table) {
    std::vector<CountStratum> out;
    std::map<Key, std::size_t> places;
    std::vector<std::vector<std::string>> parts; // codes added up, by place
    std::unordered_map<std::string, std::optional<Site>> groups;
    for (auto& stratum : table.strata) {
        auto const code = stratum.stratum.icd10;
        auto group = groups.find(code);
        if (group == groups.end()) {
            group = groups.emplace(code, group_of(code)).first;
        }
        if (group->second) {
            stratum.stratum.icd10 = group->second->icd10;
            stratum.stratum.site = group->second->words;
        }
        auto const [place, is_new] = places.emplace(key_of(stratum.stratum), out.size());
        if (is_new) {
            out.push_back(std::move(stratum));
            parts.push_back({code});
            continue;
        }
        auto& into = out[place->second];
        for (auto const& part : parts[place->second]) {
            if (codes_overlap(part, code)) {
                refuse_overlap(into.stratum, into.stratum.icd10, part, code);
            }
        }
        if (!same_person_years(into, stratum)) {
            refuse(fmt::format("the sites of {} have different person-years", into.stratum.icd10),
                   fmt::format("{} and {} ({})", parts[place->second].front(), code, in_words(into.stratum)),
                   "give sites of one group the same age groups and person-years");
        }
        add(into, stratum, false);
        parts[place->second].push_back(code);
    }
    table.strata = std::move(out);
}

void add_both_sexes(CountTable& table) {
    std::map<Key, CountStratum const*> by_key;
    for (auto const& stratum : table.strata) {
        by_key.emplace(key_of(stratum.stratum), &stratum);
    }
    std::vector<CountStratum> out;
    for (auto const& stratum : table.strata) {
        out.push_back(stratum);
        if (stratum.stratum.sex != "female") {
            continue;
        }
        auto other = stratum.stratum;
        other.sex = "male";
        auto const male = by_key.find(key_of(other));
        other.sex = "both";
        if (male == by_key.end() || by_key.count(key_of(other)) > 0 || !same_ages(*male->second, stratum)) {
            continue;
        }
        auto both = *male->second;
        both.stratum.sex = "both";
        add(both, stratum, true);
        out.push_back(std::move(both));
    }
    table.strata = std::move(out);
}

} // namespace beamwright::registry
