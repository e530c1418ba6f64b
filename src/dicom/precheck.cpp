#include "dicom/precheck.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <array>
#include <cstdint>
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctag.h>
#include <dcmtk/dcmdata/dcvr.h>
#include <fmt/format.h>
#include <zlib.h>

namespace beamwright::precheck {
namespace {

constexpr char const* export_again = "export the file again from the system that wrote it";
constexpr std::uint32_t undefined_length = 0xFFFFFFFF;
constexpr std::array<std::string_view, 34> known_vrs{
    "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV",
    "OW", "PN", "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV"};
constexpr std::array<std::string_view, 13> long_vrs{"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                    "SV", "UC", "UN", "UR", "UT", "UV"};

std::uint32_t unsigned_at(std::string_view bytes, std::size_t at, int width, bool big_endian) {
    std::uint32_t value = 0;
    for (int i = 0; i < width; ++i) {
        auto const byte = static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
        int const shift = 8 * (big_endian ? width - 1 - i : i);
        value |= static_cast<std::uint32_t>(byte) << shift;
    }
    return value;
}

/// Tag, value representation and length of an element, and where its value begins.
struct Header {
    std::uint16_t group = 0, element = 0;
    std::string_view vr; ///< empty in implicit VR
    std::uint32_t length = 0;
    std::size_t value_at = 0;
    std::uint32_t tag() const { return static_cast<std::uint32_t>(group) << 16 | element; }
};
constexpr std::uint32_t item_tag = 0xFFFEE000, item_end_tag = 0xFFFEE00D, sequence_end_tag = 0xFFFEE0DD;
constexpr std::uint32_t pixel_tags[] = {0x7FE00010, 0x7FE00008, 0x7FE00009};

class Walker {
public:
    Walker(std::string_view bytes, std::string const& name) : bytes_(bytes), name_(name) {}
    Walked result;

    /// Elements in [at, end); `delimited`: until an item end tag. Returns the first byte behind.
    std::size_t elements(std::size_t at, std::size_t end, bool explicit_vr, bool big, int depth,
                         bool delimited) {
        std::uint32_t last = 0;
        while (at < end) {
            Header const h = header(at, end, explicit_vr, big);
            if (h.tag() == item_end_tag && delimited) {
                return h.value_at;
            }
            if (h.group == 0xFFFE) {
                broken(at, fmt::format("holds a sequence mark ({:04X},{:04X}) where no sequence is", h.group,
                                       h.element));
            }
            note_order(h, last, at);
            last = std::max(last, h.tag());
            if (depth == 0 &&
                std::find(std::begin(pixel_tags), std::end(pixel_tags), h.tag()) != std::end(pixel_tags)) {
                result.pixel_data_at = std::min(result.pixel_data_at, at);
            }
            at = value(h, at, end, explicit_vr, big, depth);
        }
        if (delimited) {
            broken(at, "ends inside a sequence item");
        }
        return at;
    }

private:
    [[noreturn]] void broken(std::size_t at, std::string const& what) const {
        refuse(fmt::format("{}: the file is truncated or damaged", name_),
               fmt::format("at byte {} it {}", at, what), export_again);
    }

    Header header(std::size_t at, std::size_t end, bool explicit_vr, bool big) {
        if (end - at < 8) {
            broken(at, "ends inside an element");
        }
        if (++result.elements > most_elements) {
            refuse(
                fmt::format("{}: more than {} elements", name_, most_elements),
                "no CT, structure set, plan or dose needs so many; reading them would take unbounded memory",
                "check what wrote this file");
        }
        Header h;
        h.group = static_cast<std::uint16_t>(unsigned_at(bytes_, at, 2, big));
        h.element = static_cast<std::uint16_t>(unsigned_at(bytes_, at + 2, 2, big));
        if (!explicit_vr || h.group == 0xFFFE) {
            h.length = unsigned_at(bytes_, at + 4, 4, big);
            h.value_at = at + 8;
            return h;
        }
        h.vr = bytes_.substr(at + 4, 2);
        if (std::find(known_vrs.begin(), known_vrs.end(), h.vr) == known_vrs.end()) {
            broken(at, fmt::format("gives ({:04X},{:04X}) a value representation that does not exist",
                                   h.group, h.element));
        }
        if (std::find(long_vrs.begin(), long_vrs.end(), h.vr) == long_vrs.end()) {
            h.length = unsigned_at(bytes_, at + 6, 2, big);
            h.value_at = at + 8;
            return h;
        }
        if (end - at < 12) {
            broken(at, "ends inside an element");
        }
        h.length = unsigned_at(bytes_, at + 8, 4, big);
        h.value_at = at + 12;
        return h;
    }

    /// An element twice in one item has no one meaning; elements out of order are unusual but readable.
    void note_order(Header const& h, std::uint32_t last, std::size_t at) {
        if (h.tag() == last && last != 0) {
            broken(at, fmt::format("holds ({:04X},{:04X}) twice", h.group, h.element));
        }
        if (h.tag() < last && ++result.out_of_order > most_out_of_order) {
            broken(at, fmt::format("has more than {} elements out of order", most_out_of_order));
        }
    }

    std::size_t value(Header const& h, std::size_t at, std::size_t end, bool explicit_vr, bool big,
                      int depth) {
        // A sequence inside UN is implicit VR, little endian (PS3.5 6.2.2)
        bool const unknown = h.vr == "UN";
        if (h.length == undefined_length) {
            if (h.tag() == pixel_tags[0] && explicit_vr && (h.vr == "OB" || h.vr == "OW")) {
                return fragments(h.value_at, end, big);
            }
            if (explicit_vr && h.vr != "SQ" && !unknown) {
                broken(at, fmt::format("gives ({:04X},{:04X}) no length", h.group, h.element));
            }
            return sequence(h.value_at, end, explicit_vr && !unknown, big && !unknown, depth + 1, true);
        }
        if (h.length > end - h.value_at) {
            broken(at, fmt::format("says that ({:04X},{:04X}) is {} bytes long, but {} follow", h.group,
                                   h.element, h.length, end - h.value_at));
        }
        std::size_t const behind = h.value_at + h.length;
        bool const starts_with_item = h.length >= 8 &&
                                      (unsigned_at(bytes_, h.value_at, 2, big && !unknown) == 0xFFFE) &&
                                      (unsigned_at(bytes_, h.value_at + 2, 2, big && !unknown) == 0xE000);
        bool const is_sequence = explicit_vr
                                     ? h.vr == "SQ" || (unknown && starts_with_item)
                                     : implicit_sequence(h) || ((h.group & 1) != 0 && starts_with_item);
        if (is_sequence) {
            sequence(h.value_at, behind, explicit_vr && !unknown, big && !unknown, depth + 1, false);
        }
        return behind;
    }

    static bool implicit_sequence(Header const& h) { return DcmTag(h.group, h.element).getEVR() == EVR_SQ; }

    std::size_t sequence(std::size_t at, std::size_t end, bool explicit_vr, bool big, int depth,
                         bool delimited) {
        if (depth > most_depth) {
            broken(at, fmt::format("nests sequences deeper than {}", most_depth));
        }
        while (at < end) {
            Header const h = header(at, end, explicit_vr, big);
            if (h.tag() == sequence_end_tag && delimited) {
                return h.value_at;
            }
            if (h.tag() != item_tag) {
                broken(at, fmt::format("holds ({:04X},{:04X}) where a sequence item must be", h.group,
                                       h.element));
            }
            if (h.length == undefined_length) {
                at = elements(h.value_at, end, explicit_vr, big, depth, true);
            } else if (h.length > end - h.value_at) {
                broken(at, fmt::format("says that an item is {} bytes long, but {} follow", h.length,
                                       end - h.value_at));
            } else {
                at = elements(h.value_at, h.value_at + h.length, explicit_vr, big, depth, false);
            }
        }
        if (delimited) {
            broken(at, "ends inside a sequence");
        }
        return at;
    }

    /// Compressed pixel data: items without inner structure.
    std::size_t fragments(std::size_t at, std::size_t end, bool big) {
        while (at < end) {
            Header const h = header(at, end, false, big);
            if (h.tag() == sequence_end_tag) {
                return h.value_at;
            }
            if (h.tag() != item_tag || h.length > end - h.value_at) {
                broken(at, "breaks off inside its compressed pixel data");
            }
            at = h.value_at + h.length;
        }
        broken(at, "ends inside its compressed pixel data");
    }

    std::string_view bytes_;
    std::string const& name_;
};

[[noreturn]] void no_dicom(std::string const& name, char const* why) {
    refuse(fmt::format("{} is not a DICOM file", name), why, "name DICOM files, or a folder of them");
}

std::string trimmed_uid(std::string_view raw) {
    std::size_t const last = raw.find_last_not_of(std::string_view(" \0", 2));
    return std::string(raw.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

/// The meta group from `at`: explicit VR, little endian, group 0002.
Layout read_meta(std::string_view bytes, std::size_t at, std::string const& name) {
    Layout layout;
    layout.has_meta = true;
    std::size_t stated_end = 0;
    while (bytes.size() - at >= 8 && unsigned_at(bytes, at, 2, false) == 2) {
        bool const long_form =
            std::find(long_vrs.begin(), long_vrs.end(), bytes.substr(at + 4, 2)) != long_vrs.end();
        std::size_t const head = long_form ? 12 : 8;
        std::uint32_t const length = bytes.size() - at < head ? undefined_length
                                     : long_form              ? unsigned_at(bytes, at + 8, 4, false)
                                                              : unsigned_at(bytes, at + 6, 2, false);
        if (bytes.size() - at < head || length > bytes.size() - at - head) {
            refuse(fmt::format("{}: the file is truncated or damaged", name),
                   fmt::format("its header (group 0002) breaks off at byte {}", at), export_again);
        }
        auto const value = bytes.substr(at + head, length);
        auto const element = unsigned_at(bytes, at + 2, 2, false);
        at += head + length;
        if (element == 0x0000 && length == 4) {
            stated_end = at + unsigned_at(value, 0, 4, false);
        } else if (element == 0x0002) {
            layout.sop_class_uid = trimmed_uid(value);
        } else if (element == 0x0010) {
            layout.transfer_syntax_uid = trimmed_uid(value);
        }
    }
    if (stated_end != 0 && stated_end != at) {
        refuse(fmt::format("{}: the file header lies about its length", name),
               fmt::format("it says that it ends at byte {}, but it ends at byte {}", stated_end, at),
               export_again);
    }
    if (layout.transfer_syntax_uid.empty()) {
        refuse(fmt::format("{}: TransferSyntaxUID (0002,0010) is missing", name),
               "without it nobody knows how the file is coded", export_again);
    }
    layout.dataset_at = at;
    return layout;
}

} // namespace

Layout find_layout(std::string_view bytes, std::string const& name) {
    if (bytes.size() >= 132 && bytes.substr(128, 4) == "DICM") {
        return read_meta(bytes, 132, name);
    }
    if (bytes.size() < 8) {
        no_dicom(name, bytes.empty() ? "the file is empty" : "it is too short and has no DICM mark");
    }
    if (bytes.substr(0, 4) == "DICM") {
        return read_meta(bytes, 4, name);
    }
    auto const group = unsigned_at(bytes, 0, 2, false);
    if (group == 2) {
        return read_meta(bytes, 0, name);
    }
    // No header at all: old files begin with group 0008 and their coding shows in the first element
    bool const big = unsigned_at(bytes, 0, 2, true) == 8;
    if (group != 8 && !big) {
        no_dicom(name, "it has no DICM mark at byte 128, and its first bytes are no DICOM element");
    }
    bool const has_vr = std::find(known_vrs.begin(), known_vrs.end(), bytes.substr(4, 2)) != known_vrs.end();
    if (big && !has_vr) {
        no_dicom(name, "it has no DICM mark at byte 128, and its first bytes are no DICOM element");
    }
    Layout layout;
    layout.transfer_syntax_uid =
        big ? "1.2.840.10008.1.2.2" : (has_vr ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2");
    return layout;
}

Walked walk(std::string_view bytes, bool explicit_vr, bool big_endian, std::string const& name) {
    Walker walker(bytes, name);
    walker.result.pixel_data_at = bytes.size();
    walker.result.end = walker.elements(0, bytes.size(), explicit_vr, big_endian, 0, false);
    return walker.result;
}

std::string inflated(std::string_view bytes, std::string const& name) {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) { // raw deflate, PS3.5 A.5
        refuse(fmt::format("{}: cannot start to inflate", name), "zlib has no memory",
               "free memory and try again");
    }
    std::string out;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    int state = Z_OK;
    std::array<char, 1 << 16> piece;
    while (state == Z_OK && out.size() <= most_inflated_bytes) {
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(piece.data(), piece.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (out.size() > most_inflated_bytes) {
        refuse(fmt::format("{}: inflates to more than {} MiB", name, most_inflated_bytes >> 20),
               fmt::format("it is {} bytes long; such a ratio is not that of an image", bytes.size()),
               "export it without deflate (explicit VR little endian)");
    }
    if (state != Z_STREAM_END) {
        refuse(fmt::format("{}: the file is truncated or damaged", name), "its deflated part does not end",
               export_again);
    }
    return out;
}

} // namespace beamwright::precheck
