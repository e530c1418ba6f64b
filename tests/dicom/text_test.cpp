// Character sets: every text shown right or with replaced characters, never lost, never a crash.
#include "dicom/text.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using Terms = std::vector<std::string>;

TEST(CharacterSet, ascii_where_nothing_is_said) {
    auto const result = CharacterSet{}.decode("PTV_60");
    EXPECT_EQ(result.utf8, "PTV_60");
    EXPECT_FALSE(result.replaced);
}

TEST(CharacterSet, bytes_without_a_character_set_are_replaced_and_said) {
    auto const result = CharacterSet{}.decode("Gr\xF6\xDF"
                                              "e");
    EXPECT_TRUE(result.replaced);
    EXPECT_EQ(result.utf8, "Gr\uFFFD\uFFFDe");
}

TEST(CharacterSet, latin_1_and_greek) {
    EXPECT_EQ(CharacterSet(Terms{"ISO_IR 100"})
                  .decode("Gr\xF6\xDF"
                          "e")
                  .utf8,
              "Größe");
    EXPECT_EQ(CharacterSet(Terms{"ISO_IR 126"}).decode("\xC4\xE9\xEF\xED\xF5\xF3\xE9\xEF\xF2").utf8,
              "Διονυσιος");
}

TEST(CharacterSet, utf_8_and_gb18030) {
    EXPECT_EQ(CharacterSet(Terms{"ISO_IR 192"}).decode("王^小東").utf8, "王^小東");
    EXPECT_EQ(CharacterSet(Terms{"GB18030"}).decode("Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB=").utf8,
              "Wang^XiaoDong=王^小东=");
}

// PS3.5 annex H.3.1: Yamada^Tarou in kanji and hiragana
TEST(CharacterSet, japanese_with_escapes) {
    std::string const raw =
        "Yamada^Tarou=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B=\x1B$B$d$^$@\x1B(B^\x1B$B$?$m$&\x1B(B";
    auto const result = CharacterSet(Terms{"", "ISO 2022 IR 87"}).decode(raw);
    EXPECT_FALSE(result.replaced);
    EXPECT_EQ(result.utf8, "Yamada^Tarou=山田^太郎=やまだ^たろう");
}

// PS3.5 annex H.3.2: half-width katakana, JIS X 0201
TEST(CharacterSet, japanese_half_width_first) {
    std::string const raw = "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1B$B;3ED\x1B(J^\x1B$BB@O:\x1B(J";
    EXPECT_EQ(CharacterSet(Terms{"ISO 2022 IR 13", "ISO 2022 IR 87"}).decode(raw).utf8, "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎");
}

// PS3.5 annex I.2: Hong^Gildong
TEST(CharacterSet, korean_with_escapes) {
    std::string const raw =
        "Hong^Gildong=\x1B$)C\xFB\xF3^\x1B$)C\xD1\xCE\xD4\xD7=\x1B$)C\xC8\xAB^\x1B$)C\xB1\xE6\xB5\xBF";
    EXPECT_EQ(CharacterSet(Terms{"", "ISO 2022 IR 149"}).decode(raw).utf8, "Hong^Gildong=洪^吉洞=홍^길동");
}

TEST(CharacterSet, simplified_chinese_with_escapes) {
    std::string const raw = "Zhang^XiaoDong=\x1B$)A\xD5\xC5^\x1B$)A\xD0\xA1\xB6\xAB=";
    EXPECT_EQ(CharacterSet(Terms{"", "ISO 2022 IR 58"}).decode(raw).utf8, "Zhang^XiaoDong=张^小东=");
}

// A kanji whose second byte is the backslash (0x5C) must not split the value
TEST(CharacterSet, a_backslash_inside_a_kanji_is_no_separator) {
    auto const result = CharacterSet(Terms{"", "ISO 2022 IR 87"}).decode("\x1B$B0\\\x1B(B\\B");
    EXPECT_FALSE(result.replaced);
    EXPECT_EQ(std::count(result.utf8.begin(), result.utf8.end(), '\\'), 1);
}

TEST(CharacterSet, an_unknown_set_is_named_and_its_letters_replaced) {
    CharacterSet const set(Terms{"ISO_IR 999"});
    EXPECT_EQ(set.unknown_terms(), Terms{"ISO_IR 999"});
    auto const result = set.decode("a\xE4");
    EXPECT_TRUE(result.replaced);
    EXPECT_EQ(result.utf8, "a\uFFFD");
}

TEST(CharacterSet, broken_bytes_never_stop_it) {
    for (auto const& terms :
         {Terms{"ISO_IR 192"}, Terms{"GB18030"}, Terms{"", "ISO 2022 IR 87"}, Terms{"ISO 2022 IR 149"}}) {
        for (int a = 0; a < 256; ++a) {
            std::string raw = "\x1B$B";
            raw += static_cast<char>(a);
            raw += static_cast<char>(255 - a);
            raw += '\x1B';
            EXPECT_NO_THROW(CharacterSet(terms).decode(raw));
        }
    }
}

} // namespace
} // namespace beamwright
