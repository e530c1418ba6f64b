/// Cancer sites as registries write them: ICD-10 codes and ranges, or the words of the usual groups.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace beamwright::registry {

struct Site {
    std::string icd10; ///< "C33-C34"; parts are joined by commas: "C47,C49"
    std::string words; ///< "Trachea, bronchus and lung"; the code itself where it is not of the list
    friend bool operator==(Site const&, Site const&) = default;
};

/// "C50", "c33-34", "C82-C86+C96", "C50.9", or the words of a listed site ("lung", "Breast"); nothing else.
std::optional<Site> site_from_text(std::string_view text);

/// One line of the built-in list.
struct ListedSite {
    char const* icd10;
    char const* words;
    char const* aliases; ///< other words, between semicolons
    bool is_group;       ///< of the disjoint groups that single codes are added up to
};
std::span<ListedSite const> listed_sites();

/// The disjoint group that holds all of a code ("C34.1" -> C33-C34); nothing if it spans several groups.
std::optional<Site> group_of(std::string_view icd10);

/// Whether two codes share a diagnosis ("C18-C21" and "C18"); false if one of them is no code.
bool codes_overlap(std::string_view first, std::string_view second);

/// The words of the list that come nearest, for a typing error; may be empty.
std::string nearest_site(std::string_view text);

} // namespace beamwright::registry
