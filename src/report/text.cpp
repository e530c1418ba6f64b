#include "report/text.hpp"
#include "core/contracts.hpp"
#include "report/assets.hpp"
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace beamwright::report {

namespace {

/// Length of the well-formed UTF-8 character at `at`, or 0.
std::size_t utf8_length(std::string_view text, std::size_t at) {
    auto const byte = [&](std::size_t i) {
        return static_cast<unsigned char>(i < text.size() ? text[i] : '\0');
    };
    unsigned const first = byte(at);
    std::size_t const length = first < 0x80                    ? 1
                               : first >= 0xC2 && first < 0xE0 ? 2
                               : first >= 0xE0 && first < 0xF0 ? 3
                               : first >= 0xF0 && first < 0xF5 ? 4
                                                               : 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0) != 0x80) {
            return 0;
        }
    }
    // Overlong forms, surrogates and what lies beyond U+10FFFF
    bool const bad = (first == 0xE0 && byte(at + 1) < 0xA0) || (first == 0xED && byte(at + 1) > 0x9F) ||
                     (first == 0xF0 && byte(at + 1) < 0x90) || (first == 0xF4 && byte(at + 1) > 0x8F);
    return bad ? 0 : length;
}

} // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (std::size_t i = 0; i < text.size();) {
        std::size_t const length = utf8_length(text, i);
        char const c = text[i];
        if (length == 0 ||
            (length == 1 && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) && c != '\n' && c != '\t')) {
            out += "\xEF\xBF\xBD";
            i += 1;
            continue;
        }
        switch (length == 1 ? c : '\0') {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out.append(text, i, length);
        }
        i += length;
    }
    return out;
}

std::string json_for_script(Json const& json) {
    std::string const plain = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string out;
    out.reserve(plain.size());
    for (char const c : plain) {
        // Inside JSON these stand in strings only, where the escape means the same
        switch (c) {
        case '<':
            out += "\\u003c";
            break;
        case '>':
            out += "\\u003e";
            break;
        case '&':
            out += "\\u0026";
            break;
        default:
            out += c;
        }
    }
    return out;
}

Json const& words() {
    static Json const table = Json::parse(asset_words_en);
    return table;
}

std::string const& word(std::string const& key) {
    auto const found = words().find(key);
    BW_EXPECT(found != words().end());
    return found->get_ref<std::string const&>();
}

std::string fill_in(std::string text,
                    std::initializer_list<std::pair<std::string_view, std::string>> places) {
    for (auto const& [name, value] : places) {
        std::string const place = fmt::format("{{{}}}", name);
        if (auto const at = text.find(place); at != std::string::npos) {
            text.replace(at, place.size(), value);
        }
    }
    return text;
}

std::string number(double value, std::optional<double> uncertainty) {
    if (!std::isfinite(value)) {
        return "–";
    }
    int decimals = std::abs(value) >= 1000 ? 0 : std::abs(value) >= 100 ? 1 : 2;
    if (uncertainty && *uncertainty > 0 && std::isfinite(*uncertainty)) {
        decimals = 0;
        for (double shown = *uncertainty; shown < 9.5 && decimals < 2; shown *= 10) {
            ++decimals;
        }
    }
    std::string text = fmt::format("{:.{}f}", value, decimals);
    return text.find_first_of("123456789") == std::string::npos && text[0] == '-' ? text.substr(1) : text;
}

std::string with_uncertainty(double value, std::optional<double> uncertainty) {
    std::string text = number(value, uncertainty);
    if (uncertainty && std::isfinite(*uncertainty)) {
        text += " ± " + number(*uncertainty, uncertainty);
    }
    return text;
}

} // namespace beamwright::report
