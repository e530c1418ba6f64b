#include "dicom/text.hpp"
#include <algorithm>
#include <array>
#include <cstring>
#include <iconv.h>

namespace beamwright {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

/// One coded character set of PS3.3 table C.12-3/4: term, escape that brings it in, and its name for iconv.
struct CodedSet {
    char const* term;     ///< without "ISO_IR " or "ISO 2022 IR "
    char const* escape;   ///< after ESC
    char const* encoding; ///< iconv name of the set with its bytes as EUC (high bit set) or ISO 8859
    enum { single_high, double_high, double_low } form;
};
constexpr std::array<CodedSet, 16> coded_sets{{
    {"100", "-A", "ISO-8859-1", CodedSet::single_high},
    {"101", "-B", "ISO-8859-2", CodedSet::single_high},
    {"109", "-C", "ISO-8859-3", CodedSet::single_high},
    {"110", "-D", "ISO-8859-4", CodedSet::single_high},
    {"144", "-L", "ISO-8859-5", CodedSet::single_high},
    {"127", "-G", "ISO-8859-6", CodedSet::single_high},
    {"126", "-F", "ISO-8859-7", CodedSet::single_high},
    {"138", "-H", "ISO-8859-8", CodedSet::single_high},
    {"148", "-M", "ISO-8859-9", CodedSet::single_high},
    {"203", "-b", "ISO-8859-15", CodedSet::single_high},
    {"166", "-T", "TIS-620", CodedSet::single_high},
    {"13", ")I", "SHIFT_JIS", CodedSet::single_high},
    {"149", "$)C", "EUC-KR", CodedSet::double_high},
    {"58", "$)A", "EUC-CN", CodedSet::double_high},
    {"87", "$B", "EUC-JP", CodedSet::double_low},
    {"159", "$(D", "EUC-JP", CodedSet::double_low},
}};

/// Converts all of `raw`; bytes that mean nothing become U+FFFD, one for each.
CharacterSet::Decoded converted(std::string_view raw, std::string const& encoding) {
    CharacterSet::Decoded result;
    iconv_t const converter = iconv_open("UTF-8", encoding.c_str());
    if (converter == iconv_t(-1)) { // NOLINT(performance-no-int-to-ptr): POSIX defines the error value so
        for (char const c : raw) {
            bool const ascii = static_cast<unsigned char>(c) < 0x80;
            result.utf8 += ascii ? std::string(1, c) : std::string(replacement);
            result.replaced |= !ascii;
        }
        return result;
    }
    char* in = const_cast<char*>(raw.data()); // iconv does not write to it
    std::size_t left = raw.size();
    std::array<char, 512> piece;
    while (left > 0) {
        char* out = piece.data();
        std::size_t room = piece.size();
        std::size_t const before = left;
        std::size_t const rc = iconv(converter, &in, &left, &out, &room);
        result.utf8.append(piece.data(), piece.size() - room);
        if (rc == std::size_t(-1) && errno != E2BIG && left > 0) {
            result.utf8 += replacement;
            result.replaced = true;
            ++in;
            --left;
            iconv(converter, nullptr, nullptr, nullptr, nullptr);
        } else if (left == before && room == piece.size()) {
            break;
        }
    }
    iconv_close(converter);
    return result;
}

void append(CharacterSet::Decoded& all, CharacterSet::Decoded const& piece) {
    all.utf8 += piece.utf8;
    all.replaced |= piece.replaced;
}

/// ISO 2022 reading state: what low (G0) and high (G1) bytes mean now.
struct Shift {
    CodedSet const* low = nullptr; ///< null: ASCII
    std::string high;              ///< encoding of high bytes; empty: none
    bool high_double = false;
};

/// Reads the escape at raw[at] (the ESC); returns its length, or 0 if it is unknown.
std::size_t take_escape(std::string_view raw, std::size_t at, Shift& shift) {
    std::string_view const rest = raw.substr(at + 1);
    if (rest.starts_with("(B") || rest.starts_with("(J")) {
        shift.low = nullptr;
        return 3;
    }
    for (auto const& set : coded_sets) {
        if (rest.starts_with(set.escape)) {
            if (set.form == CodedSet::double_low) {
                shift.low = &set;
            } else {
                shift.high = set.encoding;
                shift.high_double = set.form == CodedSet::double_high;
            }
            return 1 + std::strlen(set.escape);
        }
    }
    return 0;
}

bool is_high(char c) { return static_cast<unsigned char>(c) >= 0x80; }

/// The two-byte characters of a set in G0 from `at` on, as UTF-8; moves `at` behind them.
CharacterSet::Decoded take_low_double(std::string_view raw, std::size_t& at, CodedSet const& set) {
    std::string euc;
    bool const supplement = std::string_view(set.term) == "159";
    while (at + 1 < raw.size() && raw[at] > 0x20 && raw[at] < 0x7F && raw[at + 1] > 0x20 &&
           raw[at + 1] < 0x7F) {
        if (supplement) {
            euc += '\x8F';
        }
        euc += static_cast<char>(raw[at] | 0x80);
        euc += static_cast<char>(raw[at + 1] | 0x80);
        at += 2;
    }
    return converted(euc, set.encoding);
}

} // namespace

CharacterSet::CharacterSet(std::vector<std::string> const& defined_terms) {
    for (std::size_t i = 0; i < defined_terms.size(); ++i) {
        std::string const& term = defined_terms[i];
        if (term == "ISO_IR 192" || term == "GB18030" || term == "GBK") {
            whole_encoding_ = term == "ISO_IR 192" ? "UTF-8" : term;
            multi_byte_whole_ = true;
            return;
        }
        if (term.empty() || term == "ISO_IR 6" || term == "ISO 2022 IR 6") {
            continue;
        }
        std::string number;
        for (std::string const prefix : {"ISO_IR ", "ISO 2022 IR "}) {
            if (term.starts_with(prefix)) {
                number = term.substr(prefix.size());
            }
        }
        auto const known = std::find_if(coded_sets.begin(), coded_sets.end(),
                                        [&](CodedSet const& set) { return number == set.term; });
        if (known == coded_sets.end()) {
            unknown_.push_back(term);
        } else if (i == 0 && known->form == CodedSet::single_high) {
            first_high_ = known->encoding;
        }
    }
}

CharacterSet::Decoded CharacterSet::decode(std::string_view raw) const {
    if (multi_byte_whole_) {
        auto result = converted(raw, whole_encoding_);
        auto const clean = cleaned_utf8(result.utf8);
        return {clean.utf8, result.replaced || clean.replaced};
    }
    auto const result = decode_escaped(raw);
    auto const clean = cleaned_utf8(result.utf8);
    return {clean.utf8, result.replaced || clean.replaced};
}

CharacterSet::Decoded CharacterSet::decode_escaped(std::string_view raw) const {
    Shift const start{nullptr, first_high_, false};
    Shift shift = start;
    Decoded result;
    std::size_t at = 0;
    while (at < raw.size()) {
        char const c = raw[at];
        if (c == '\x1B') {
            std::size_t const length = take_escape(raw, at, shift);
            if (length == 0) {
                result.utf8 += replacement;
                result.replaced = true;
            }
            at += length == 0 ? 1 : length;
            continue;
        }
        if (shift.low && !is_high(c) && c > 0x20) {
            std::size_t const before = at;
            append(result, take_low_double(raw, at, *shift.low));
            if (at > before) {
                continue;
            }
        }
        if (is_high(c)) {
            std::size_t last = at;
            while (last < raw.size() && is_high(raw[last])) {
                ++last;
            }
            append(result, converted(raw.substr(at, last - at), shift.high.empty() ? "ASCII" : shift.high));
            at = last;
            continue;
        }
        // Between values, name components and lines the first set holds again (PS3.5 6.1.2.5.3)
        if (c == '\\' || c == '^' || c == '=' || c == '\n' || c == '\r' || c == '\f' || c == '\t') {
            shift = start;
        }
        result.utf8 += c;
        ++at;
    }
    return result;
}

CharacterSet::Decoded cleaned_utf8(std::string_view text) {
    auto result = converted(text, "UTF-8");
    std::erase_if(result.utf8, [](char c) {
        auto const u = static_cast<unsigned char>(c);
        return (u < 0x20 && c != '\n' && c != '\r' && c != '\t') || u == 0x7F;
    });
    return result;
}

} // namespace beamwright
