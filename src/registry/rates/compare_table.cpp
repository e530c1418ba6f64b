#include "registry/rates/compare_table.hpp"
#include "core/json.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <tuple>

namespace beamwright::registry {

namespace {

std::string word_of(Stratum const& s, CompareBy by) {
    switch (by) {
    case CompareBy::sex:
        return s.sex;
    case CompareBy::registry:
        return s.registry;
    case CompareBy::year:
        return s.period;
    }
    return {};
}

using Key = std::tuple<std::string, std::string, std::string, std::string, std::string>;

/// Everything but the compared word.
Key rest_of(Stratum s, CompareBy by) {
    (by == CompareBy::sex ? s.sex : by == CompareBy::registry ? s.registry : s.period).clear();
    return {s.registry, s.icd10, s.site, s.sex, s.period};
}

/// The words in the table, in its order.
std::vector<std::string> words_in(CountTable const& table, CompareBy by) {
    std::vector<std::string> words;
    for (auto const& stratum : table.strata) {
        auto const word = word_of(stratum.stratum, by);
        if (std::find(words.begin(), words.end(), word) == words.end()) {
            words.push_back(word);
        }
    }
    return words;
}

std::string known_reference(std::vector<std::string> const& words, std::string const& asked,
                            std::string const& what) {
    if (std::find(words.begin(), words.end(), asked) != words.end()) {
        return asked;
    }
    auto const shown = std::vector<std::string>(
        words.begin(), words.begin() + std::min<std::ptrdiff_t>(20, std::ssize(words)));
    auto const near = nearest_word(asked, words);
    refuse(fmt::format("no {} '{}' in the table", what, asked),
           fmt::format("it has: {}", fmt::join(shown, ", ")),
           near.empty() ? "name one of these as the reference" : fmt::format("did you mean '{}'?", near));
}

std::map<Key, CountStratum const*> references(CountTable const& table, CompareBy by,
                                              std::string const& reference) {
    std::map<Key, CountStratum const*> found;
    for (auto const& stratum : table.strata) {
        if (word_of(stratum.stratum, by) == reference) {
            found.emplace(rest_of(stratum.stratum, by), &stratum);
        }
    }
    return found;
}

} // namespace

CompareBy compare_by(std::string const& name) {
    for (auto const by : {CompareBy::sex, CompareBy::registry, CompareBy::year}) {
        if (name == compare_by_name(by)) {
            return by;
        }
    }
    refuse(fmt::format("nothing is compared by '{}'", name), "known are: sex, registry, year",
           "use one of these");
}

std::string compare_by_name(CompareBy by) {
    return by == CompareBy::sex ? "sex" : by == CompareBy::registry ? "registry" : "year";
}

std::vector<ComparisonResult> compare_table(CountTable const& table, CompareBy by,
                                            std::string const& reference, StandardPopulation const& standard,
                                            RatioMethod method, RateOptions const& options) {
    auto const words = words_in(table, by);
    auto const first_choice = by == CompareBy::sex ? std::string("female") : words.front();
    auto const word =
        known_reference(words, reference.empty() ? first_choice : reference, compare_by_name(by));
    auto const against = references(table, by, word);
    std::vector<ComparisonResult> out;
    for (auto const& stratum : table.strata) {
        auto const mine = word_of(stratum.stratum, by);
        auto const found = against.find(rest_of(stratum.stratum, by));
        if (mine == word || found == against.end() || (by == CompareBy::sex && mine == "both")) {
            continue;
        }
        out.push_back(compare_rates(stratum, *found->second, standard, method, options));
        out.back().by = compare_by_name(by);
    }
    if (out.empty()) {
        refuse(fmt::format("nothing to compare by {}", compare_by_name(by)),
               fmt::format("no two series of the table differ in the {} alone", compare_by_name(by)),
               fmt::format("give a table with at least two values of {}", compare_by_name(by)));
    }
    return out;
}

std::vector<SirResult> sir_table(CountTable const& table, std::string const& reference, CountMethod method,
                                 RateOptions const& options) {
    auto const by = CompareBy::registry;
    auto const word = known_reference(words_in(table, by), reference, "registry");
    auto const against = references(table, by, word);
    std::vector<SirResult> out;
    for (auto const& stratum : table.strata) {
        auto const found = against.find(rest_of(stratum.stratum, by));
        if (stratum.stratum.registry == word || found == against.end()) {
            continue;
        }
        double observed = options.unknown_age == UnknownAge::redistribute ? stratum.cases_unknown_age : 0;
        for (auto const& age : stratum.ages) {
            observed += age.cases;
        }
        double const expected = expected_cases(stratum.ages, found->second->ages) *
                                unknown_age_factor(*found->second, options.unknown_age);
        out.push_back(sir_of(observed, expected, method, options.confidence));
        out.back().stratum = stratum.stratum;
        out.back().reference = word;
    }
    if (out.empty()) {
        refuse(fmt::format("nothing to compare with the rates of '{}'", word),
               "no other registry of the table has the same sites, sexes and periods",
               "give a table that holds the reference and the registries to be compared");
    }
    return out;
}

} // namespace beamwright::registry
