/// Small text tables: lines, words and numbers read strictly, so that a bad one is refused with file and
/// line.
#pragma once
#include "core/refusal.hpp"
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beamwright {

/// Without white space (and carriage return) at both ends.
inline std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(" \t\r\n\f\v");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r\n\f\v") - first + 1);
}

/// A whole word as a finite number ("1.5", "+2e3"), or nothing.
inline std::optional<double> number_in_text(std::string_view word) {
    word = trimmed(word);
    if (!word.empty() && word.front() == '+') {
        word.remove_prefix(1);
    }
    double value = 0;
    auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

/// Pieces between separators, each trimmed; empty pieces are kept.
inline std::vector<std::string> split_at(std::string_view text, char separator) {
    std::vector<std::string> pieces;
    while (true) {
        auto const end = text.find(separator);
        pieces.emplace_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) {
            return pieces;
        }
        text.remove_prefix(end + 1);
    }
}

/// Words between white space.
inline std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (true) {
        auto const first = text.find_first_not_of(" \t\r\n\f\v");
        if (first == std::string_view::npos) {
            return words;
        }
        auto const end = std::min(text.find_first_of(" \t\r\n\f\v", first), text.size());
        words.emplace_back(text.substr(first, end - first));
        text.remove_prefix(end);
    }
}

/// A line of a text file with its number (from 1); comments and empty lines can be told apart by `text`.
struct TextLine {
    int number = 0;
    std::string text; ///< trimmed
};

/// All lines, without a byte-order mark.
inline std::vector<TextLine> lines_of(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3);
    }
    std::vector<TextLine> lines;
    for (auto const& line : split_at(text, '\n')) {
        lines.push_back({static_cast<int>(lines.size()) + 1, line});
    }
    return lines;
}

/// Refuses a place of a text file: "<file>: line <number>: <problem>".
[[noreturn]] inline void refuse_line(std::string const& file, int line, std::string const& problem,
                                     std::string why, std::string what_to_do) {
    refuse(fmt::format("{}: line {}: {}", file, line, problem), std::move(why), std::move(what_to_do));
}

} // namespace beamwright
