#include "dicom/private_element.hpp"
#include "dicom/file.hpp"
#include <charconv>
#include <cmath>
#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcitem.h>

namespace beamwright {

std::string private_text(DicomItem const& item, std::uint16_t group, std::string const& creator,
                         std::uint8_t element) {
    for (std::uint16_t block = 0x10; block <= 0xFF; ++block) {
        if (item.text_or(DcmTagKey(group, block), "") != creator) {
            continue;
        }
        DcmElement* found = nullptr;
        DcmTagKey const key(group, static_cast<std::uint16_t>(block << 8 | element));
        if (item.dcmtk().findAndGetElement(key, found).bad() || found == nullptr) {
            return {};
        }
        // Files without value representations leave private elements as bytes
        Uint8* bytes = nullptr;
        OFString text;
        if (found->getUint8Array(bytes).good() && bytes != nullptr) {
            text.assign(reinterpret_cast<char const*>(bytes), found->getLength());
        } else if (found->getOFStringArray(text).bad()) {
            return {};
        }
        auto const first = text.find_first_not_of(' ');
        auto const last = text.find_last_not_of(OFString(" \0", 2));
        return first == OFString_npos || last == OFString_npos || last < first
                   ? std::string()
                   : std::string(text.c_str() + first, last - first + 1);
    }
    return {};
}

std::optional<double> private_number(DicomItem const& item, std::uint16_t group, std::string const& creator,
                                     std::uint8_t element) {
    auto const text = private_text(item, group, creator, element);
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const whole = !text.empty() && error == std::errc{} && end == text.data() + text.size();
    return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

} // namespace beamwright
