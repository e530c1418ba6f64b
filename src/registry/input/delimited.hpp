/// Text tables with a separator: lines, cells, quotes; fast enough for millions of rows.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beamwright::registry {

/// The text without a UTF-8 byte-order mark. \throws Refusal on UTF-16 and on text with zero bytes (no text at all)
std::string_view plain_text(std::string_view bytes, std::string const& file_name);

/// Lines of a text, counted from 1; "\n", "\r\n" and a lone "\r" end one.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text) {}
    bool next(std::string_view& line);
    std::size_t number() const { return number_; }

private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

/// Cells of a line without blanks around them and without quotes. The views live until the next call.
class Cells {
public:
    explicit Cells(char separator) : separator_(separator) {}
    /// \returns false if a quote is not closed
    bool read(std::string_view line);
    std::size_t size() const { return cells_.size(); }
    std::string_view operator[](std::size_t i) const { return cells_[i]; }

private:
    bool read_quoted(std::string_view line);
    char separator_;
    std::vector<std::string_view> cells_;
    std::string unquoted_;
};

/// Numbers as tables write them: "1.5", "+2", "1e3"; with `decimal_comma` also "1,5" (but not "1,500": it could be
/// a thousand).
std::optional<double> cell_number(std::string_view cell, bool decimal_comma);

/// A column's name in one spelling: lower case, blanks and dashes as "_".
std::string column_name(std::string_view cell);

/// The separator (comma, semicolon, tab, bar) with which most cells of the header are known; ties go to the first.
char separator_of(std::string_view header, bool (*is_known)(std::string const& column));

} // namespace beamwright::registry
