#include "registry/input/row_words.hpp"
#include "core/text.hpp"
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <fmt/format.h>
#include <unordered_map>

namespace beamwright::registry {

std::optional<std::string> sex_from_text(std::string_view text) {
    static std::unordered_map<std::string, char const*> const known{
        {"1", "male"},         {"m", "male"},          {"male", "male"},
        {"males", "male"},     {"men", "male"},        {"man", "male"},
        {"2", "female"},       {"f", "female"},        {"female", "female"},
        {"females", "female"}, {"women", "female"},    {"woman", "female"},
        {"both", "both"},      {"both sexes", "both"}, {"persons", "both"},
        {"total", "both"},     {"all", "both"},        {"male and female", "both"}};
    std::string word;
    for (char const c : text) {
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    auto const found = known.find(word);
    return found != known.end() ? std::optional<std::string>(found->second) : std::nullopt;
}

/// "2012" or "2013-2017"; an empty text is an empty period.
std::optional<std::pair<int, int>> years_from_text(std::string_view text) {
    constexpr int first = 1800, last = 2200;
    auto const year = [](std::string_view word) {
        auto const value = word.size() == 4 ? number_in_text(word) : std::nullopt;
        return value && *value >= first && *value <= last && *value == std::floor(*value)
                   ? static_cast<int>(*value)
                   : 0;
    };
    if (text.empty()) {
        return std::pair{0, 0};
    }
    auto const dash = text.find_first_not_of("0123456789");
    int const low = year(text.substr(0, dash));
    int const high = dash == std::string_view::npos
                         ? low
                         : year(text.substr(std::min(text.find_last_not_of("0123456789") + 1, text.size())));
    return low > 0 && high >= low ? std::optional(std::pair{low, high}) : std::nullopt;
}

std::string period_text(std::pair<int, int> years) {
    return years.first == 0              ? std::string()
           : years.first == years.second ? fmt::format("{}", years.first)
                                         : fmt::format("{}-{}", years.first, years.second);
}

std::string in_words(Stratum const& stratum) {
    return fmt::format("{}, {}, {}{}{}", stratum.registry, stratum.sex, stratum.site,
                       stratum.period.empty() ? "" : ", ", stratum.period);
}

bool looks_like_a_date(std::string_view text) {
    static constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                             "jul", "aug", "sep", "oct", "nov", "dec"};
    std::string word;
    for (char const c : text) {
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return std::any_of(months.begin(), months.end(),
                       [&](std::string_view month) { return word.find(month) != std::string::npos; });
}

} // namespace beamwright::registry
