#include "registry/input/age_group.hpp"
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

namespace beamwright::registry {

namespace {

/// Lower case, without blanks and quotes; long dashes and "to" become "-".
std::string plain(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if (byte == 0xE2 && i + 2 < text.size() && static_cast<unsigned char>(text[i + 1]) == 0x80) {
            out += '-'; // en dash, em dash and their like
            i += 2;
        } else if (!std::isspace(byte) && byte != '"' && byte != '\'') {
            out += static_cast<char>(std::tolower(byte));
        }
    }
    return out;
}

/// A whole word as an age of at most three digits.
std::optional<int> age_of(std::string_view word) {
    int value = 0;
    auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    bool const good = error == std::errc{} && end == word.data() + word.size() && !word.empty() &&
                      word.size() <= 3 && value >= 0 && value < AgeGroup::open;
    return good ? std::optional<int>(value) : std::nullopt;
}

bool strip_end(std::string& word, std::initializer_list<std::string_view> ends) {
    for (auto const end : ends) {
        if (word.size() > end.size() && word.ends_with(end)) {
            word.resize(word.size() - end.size());
            return true;
        }
    }
    return false;
}

std::optional<AgeText> known(int low_y, int high_y) {
    if (high_y < low_y) {
        return std::nullopt;
    }
    return AgeText{false, {low_y, high_y}};
}

} // namespace

std::string AgeGroup::label() const {
    if (is_open()) {
        return fmt::format("{}+", low_y);
    }
    return low_y == high_y ? fmt::format("{}", low_y) : fmt::format("{}-{}", low_y, high_y);
}

std::optional<AgeText> age_from_text(std::string_view text) {
    static constexpr std::array<std::string_view, 8> unknown_words{
        "unknown", "unk", "unknownage", "ageunknown", "notknown", "notstated", "na", "missing"};
    std::string word = plain(text);
    if (std::find(unknown_words.begin(), unknown_words.end(), word) != unknown_words.end()) {
        return AgeText{true, {}};
    }
    strip_end(word, {"years", "year", "yrs"});
    if (strip_end(word, {"+", "andover", "andolder", "plus", "-open", "orover", "ormore"})) {
        auto const low_y = age_of(word);
        return low_y ? known(*low_y, AgeGroup::open) : std::nullopt;
    }
    if (word.starts_with('<')) {
        auto const below_y = age_of(std::string_view(word).substr(1));
        return below_y ? known(0, *below_y - 1) : std::nullopt;
    }
    auto const dash = word.find_first_of("-_");
    if (dash == std::string::npos) {
        auto const one_y = age_of(word);
        return one_y ? known(*one_y, *one_y) : std::nullopt;
    }
    auto const low_y = age_of(std::string_view(word).substr(0, dash));
    auto const high_y = age_of(std::string_view(word).substr(dash + 1));
    return low_y && high_y ? known(*low_y, *high_y) : std::nullopt;
}

} // namespace beamwright::registry
