#include "core/atomic_file.hpp"
#include "registry/input/delimited.hpp"
#include "registry/input/layouts.hpp"
#include "registry/input/site.hpp"
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <optional>

namespace beamwright::registry {

namespace {

constexpr std::size_t columns = 5; // sex, cancer, age, cases, person-years
constexpr int unknown_age = 19;    // 1 = 0-4 ... 18 = 85+

std::optional<int> whole_in(std::string_view cell, int least, int most) {
    int value = 0;
    auto const [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    bool const good =
        error == std::errc{} && end == cell.data() + cell.size() && value >= least && value <= most;
    return good ? std::optional(value) : std::nullopt;
}

std::string age_text(int index) {
    return index == unknown_age ? "unknown"
           : index == 18        ? "85+"
                                : fmt::format("{}-{}", 5 * (index - 1), 5 * index - 1);
}

/// "010,Oesophagus (C15)" or "10;C15": number of the code to a site; the ICD-10 code in brackets wins.
std::map<int, std::string> read_codes(std::filesystem::path const& file) {
    std::map<int, std::string> codes;
    if (file.empty()) {
        return codes;
    }
    auto const name = file.filename().string();
    auto const bytes = read_file(file, std::size_t{1} << 24);
    Lines lines(plain_text(bytes, name));
    std::string_view line;
    while (lines.next(line)) {
        auto const end = line.find_first_not_of("0123456789");
        auto const code = whole_in(line.substr(0, end), 0, 999);
        if (!code || end == std::string_view::npos) {
            if (!codes.empty() && !line.empty()) {
                refuse(fmt::format("{}: line {}: no cancer code", name, lines.number()),
                       fmt::format("it says '{}'", line.substr(0, 60)),
                       "write lines like 010,Oesophagus (C15)");
            }
            continue; // a header
        }
        Cells cells(line[end]);
        cells.read(line);
        std::string words;
        for (std::size_t i = 1; i < cells.size(); ++i) {
            words += (words.empty() ? "" : ", ") + std::string(cells[i]);
        }
        auto const open = words.rfind('('), close = words.rfind(')');
        auto const in_brackets =
            open != std::string::npos && close != std::string::npos && close > open
                ? site_from_text(std::string_view(words).substr(open + 1, close - open - 1))
                : std::nullopt;
        codes[*code] = in_brackets ? in_brackets->icd10 : words;
    }
    return codes;
}

} // namespace

bool looks_like_ci5(std::string_view text) {
    Lines lines(text);
    std::string_view line;
    if (!lines.next(line)) {
        return false;
    }
    Cells cells(',');
    if (!cells.read(line) || cells.size() != columns) {
        return false;
    }
    for (std::size_t i = 0; i < columns; ++i) {
        if (!cell_number(cells[i], false)) {
            return false;
        }
    }
    return true;
}

void read_ci5(std::string_view text, SourceFile const& file, ReadOptions const& options, RowCollector& rows) {
    auto const codes = read_codes(options.site_codes);
    auto const registry =
        options.registry.empty() ? std::filesystem::path(file.name).stem().string() : options.registry;
    std::array<std::string, unknown_age + 1> ages;
    for (int index = 1; index <= unknown_age; ++index) {
        ages[static_cast<std::size_t>(index)] = age_text(index);
    }
    Lines lines(text);
    std::string_view line;
    Cells cells(',');
    std::string site;
    while (lines.next(line)) {
        auto const bad = [&](std::string what) { rows.bad(file.number, lines.number(), std::move(what)); };
        if (line.empty()) {
            continue;
        }
        if (!cells.read(line) || cells.size() != columns) {
            bad(fmt::format("{} cells, this layout has {}", cells.size(), columns));
            continue;
        }
        auto const code = whole_in(cells[1], 0, 999);
        auto const age = whole_in(cells[2], 1, unknown_age);
        auto const cases = cell_number(cells[3], false), years = cell_number(cells[4], false);
        if (!code) {
            bad(fmt::format("'{}' is no cancer code (0 to 999)", cells[1].substr(0, 60)));
        } else if (!age) {
            bad(fmt::format("unknown age group '{}' (1 = 0-4 to 18 = 85+, 19 = unknown)",
                            cells[2].substr(0, 60)));
        } else if (!cases || !years) {
            bad(fmt::format("'{}' is no number", (cases ? cells[4] : cells[3]).substr(0, 60)));
        } else if (cells[0] != "1" && cells[0] != "2") {
            bad(fmt::format("unknown sex '{}' (1 male, 2 female)", cells[0].substr(0, 60)));
        } else {
            auto const found = codes.find(*code);
            if (!codes.empty() && found == codes.end()) {
                bad(fmt::format("cancer code {} is not in {}", *code,
                                options.site_codes.filename().string()));
                continue;
            }
            site = found != codes.end() ? found->second : fmt::format("CI5 cancer code {:03}", *code);
            rows.add(file.number, lines.number(),
                     {registry, cells[0], site, options.period, ages[static_cast<std::size_t>(*age)]},
                     {*cases, *years, 0, {}});
        }
    }
}

} // namespace beamwright::registry
