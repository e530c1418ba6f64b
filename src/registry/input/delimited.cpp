#include "registry/input/delimited.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::registry {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

} // namespace

std::string_view plain_text(std::string_view bytes, std::string const& file_name) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        refuse(fmt::format("{}: UTF-16 text", file_name), "the file starts with a UTF-16 byte-order mark",
               "save the table as CSV in UTF-8");
    }
    if (bytes.find('\0') != std::string_view::npos) {
        refuse(fmt::format("{}: not a text table", file_name),
               "the file holds zero bytes, as spreadsheets and archives do",
               "save the table as CSV in UTF-8");
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        bytes.remove_prefix(3);
    }
    return bytes;
}

bool Lines::next(std::string_view& line) {
    if (rest_.empty()) {
        return false;
    }
    auto const end = std::min(rest_.find('\n'), rest_.size());
    line = rest_.substr(0, end);
    auto used = std::min(end + 1, rest_.size());
    // Old Macintosh files end lines with "\r" alone
    if (auto const lone = line.find('\r'); lone != std::string_view::npos && lone + 1 < line.size()) {
        line = line.substr(0, lone);
        used = lone + 1;
    }
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    rest_.remove_prefix(used);
    ++number_;
    return true;
}

bool Cells::read(std::string_view line) {
    cells_.clear();
    if (line.find('"') != std::string_view::npos) {
        return read_quoted(line);
    }
    while (true) {
        auto const end = line.find(separator_);
        cells_.push_back(without_blanks(line.substr(0, end)));
        if (end == std::string_view::npos) {
            return true;
        }
        line.remove_prefix(end + 1);
    }
}

bool Cells::read_quoted(std::string_view line) {
    // Cells are gathered as places in one buffer that does not grow while they are read
    unquoted_.clear();
    unquoted_.reserve(line.size());
    std::size_t start = 0;
    bool quoted = false;
    auto const close = [&] {
        cells_.push_back(without_blanks(std::string_view(unquoted_).substr(start)));
        start = unquoted_.size();
    };
    for (std::size_t i = 0; i < line.size(); ++i) {
        char const c = line[i];
        if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
            unquoted_ += c;
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == separator_ && !quoted) {
            close();
        } else {
            unquoted_ += c;
        }
    }
    close();
    return !quoted;
}

std::optional<double> cell_number(std::string_view cell, bool decimal_comma) {
    if (!cell.empty() && cell.front() == '+') {
        cell.remove_prefix(1);
    }
    double value = 0;
    auto const parse = [&](std::string_view word) {
        auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        return !word.empty() && error == std::errc{} && end == word.data() + word.size() &&
               std::isfinite(value);
    };
    if (parse(cell)) {
        return value;
    }
    auto const comma = cell.find(',');
    if (decimal_comma && comma != std::string_view::npos && cell.size() - comma - 1 != 3) {
        std::string with_point(cell);
        with_point[comma] = '.';
        if (parse(with_point)) {
            return value;
        }
    }
    return std::nullopt;
}

std::string column_name(std::string_view cell) {
    std::string name;
    for (char const c : without_blanks(cell)) {
        bool const joins = is_blank(c) || c == '-' || c == '.';
        name += joins ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return name;
}

char separator_of(std::string_view header, bool (*is_known)(std::string const& column)) {
    char best = ',';
    std::size_t most = 0;
    for (char const separator : {',', ';', '\t', '|'}) {
        Cells cells(separator);
        if (!cells.read(header)) {
            continue;
        }
        std::size_t known = 0;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            known += is_known(column_name(cells[i])) ? 1 : 0;
        }
        if (known > most) {
            most = known;
            best = separator;
        }
    }
    return best;
}

} // namespace beamwright::registry
