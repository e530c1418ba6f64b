/// Text of DICOM files in UTF-8, from any SpecificCharacterSet (PS3.3 C.12.1.1.2, PS3.5 6.1).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace beamwright {

/// The values of SpecificCharacterSet (0008,0005) of a file or item.
class CharacterSet {
public:
    CharacterSet() = default; ///< ASCII, as the standard says where the element is absent
    explicit CharacterSet(std::vector<std::string> const& defined_terms);

    struct Decoded {
        std::string utf8;
        bool replaced = false; ///< some bytes had no meaning and became U+FFFD
    };
    /// Decodes a whole element value; several values stay separated by backslashes. Never throws on bad
    /// bytes.
    Decoded decode(std::string_view raw) const;

    /// Defined terms that are not in the standard; text in them is shown with replaced characters.
    std::vector<std::string> const& unknown_terms() const { return unknown_; }

private:
    Decoded decode_escaped(std::string_view raw) const;
    std::string whole_encoding_; ///< encoding of a set without escapes (UTF-8, GB18030, GBK, one ISO 8859);
                                 ///< else empty
    std::string first_high_;     ///< encoding of bytes >= 0x80 before any escape; empty: none
    bool multi_byte_whole_ = false;
    std::vector<std::string> unknown_;
};

/// UTF-8 as it is, with what is no UTF-8 replaced by U+FFFD and control characters (but tab and line ends)
/// left out.
CharacterSet::Decoded cleaned_utf8(std::string_view text);

} // namespace beamwright
