#include "dicom/pixels.hpp"
#include "dicom/file.hpp"
#include <algorithm>
#include <cstring>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcxfer.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <fmt/format.h>

namespace beamwright {
namespace {

constexpr char const* export_again = "export the file again from the system that wrote it";
constexpr char const* export_plain = "export the file uncompressed (explicit VR little endian)";

void register_codecs() {
    static bool const once = [] {
        DJDecoderRegistration::registerCodecs();
        DJLSDecoderRegistration::registerCodecs();
        DcmRLEDecoderRegistration::registerCodecs();
        return true;
    }();
    (void)once;
}

[[noreturn]] void cannot_decode(DicomFile const& file, std::string const& why) {
    refuse(fmt::format("{}: its pixels cannot be decoded", file.name()),
           fmt::format("transfer syntax {}: {}", file.transfer_syntax_name(), why), export_plain);
}

[[noreturn]] void wrong_length(DicomFile const& file, std::size_t found, PixelLayout const& layout) {
    refuse(fmt::format("{}: pixel data are {} bytes long, but {} are needed", file.name(), found,
                       layout.bytes()),
           fmt::format("{} rows x {} columns x {} frames x {} bits", layout.rows, layout.columns,
                       layout.frames, layout.bits_allocated),
           export_again);
}

/// Little-endian words of `width` bytes to unsigned numbers.
std::vector<std::uint32_t> from_bytes(std::uint8_t const* bytes, std::size_t count, int width) {
    std::vector<std::uint32_t> words(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t word = 0;
        for (int b = 0; b < width; ++b) {
            word |= std::uint32_t{bytes[i * static_cast<std::size_t>(width) + static_cast<std::size_t>(b)]}
                    << 8 * b;
        }
        words[i] = word;
    }
    return words;
}

/// 16-bit words as DCMTK hands them out (host order) to pixels.
std::vector<std::uint32_t> from_words(Uint16 const* words, PixelLayout const& layout, bool big_endian) {
    std::vector<std::uint32_t> pixels(layout.pixels());
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        if (layout.bits_allocated == 16) {
            pixels[i] = words[i];
        } else {
            std::uint32_t const first = words[2 * i], second = words[2 * i + 1];
            pixels[i] = big_endian ? first << 16 | second : second << 16 | first;
        }
    }
    return pixels;
}

std::vector<std::uint32_t> native_pixels(DicomFile const& file, PixelLayout const& layout) {
    DcmElement* element = nullptr;
    if (file.dataset().findAndGetElement(DCM_PixelData, element).bad() || element == nullptr) {
        file.refuse_element(DCM_PixelData, "is missing", "an image without pixels cannot be used",
                            export_again);
    }
    bool const big = DcmXfer(file.transfer_syntax_uid().c_str()).isBigEndian();
    Uint8* bytes = nullptr;
    if (element->getTag().getEVR() == EVR_OB || layout.bits_allocated == 8) {
        if (element->getUint8Array(bytes).good() && bytes != nullptr &&
            (!big || layout.bits_allocated == 8)) {
            // One byte more pads to an even length
            if (element->getLength() != layout.bytes() &&
                element->getLength() != layout.bytes() + layout.bytes() % 2) {
                wrong_length(file, element->getLength(), layout);
            }
            return from_bytes(bytes, layout.pixels(), layout.bits_allocated / 8);
        }
        cannot_decode(file, "its value representation does not fit");
    }
    Uint16* words = nullptr;
    if (element->getUint16Array(words).bad() || words == nullptr) {
        cannot_decode(file, "the pixel data are empty or not made of words");
    }
    if (element->getLength() != layout.bytes()) {
        wrong_length(file, element->getLength(), layout);
    }
    return from_words(words, layout, big);
}

/// The code streams of a JPEG 2000 file: one fragment per frame, or all fragments of a single frame.
std::vector<std::string> code_streams(DicomFile const& file, PixelLayout const& layout) {
    DcmElement* element = nullptr;
    DcmPixelSequence* sequence = nullptr;
    file.dataset().findAndGetElement(DCM_PixelData, element);
    auto* const pixels = dynamic_cast<DcmPixelData*>(element);
    E_TransferSyntax const syntax = DcmXfer(file.transfer_syntax_uid().c_str()).getXfer();
    if (pixels == nullptr || pixels->getEncapsulatedRepresentation(syntax, nullptr, sequence).bad()) {
        cannot_decode(file, "there are no compressed pixel data");
    }
    std::vector<std::string> streams(static_cast<std::size_t>(layout.frames));
    for (unsigned long i = 1; i < sequence->card(); ++i) { // item 0 is the offset table
        DcmPixelItem* item = nullptr;
        Uint8* bytes = nullptr;
        if (sequence->getItem(item, i).good() && item->getUint8Array(bytes).good() && bytes != nullptr) {
            std::size_t const frame = layout.frames == 1 ? 0 : i - 1;
            if (frame >= streams.size()) {
                cannot_decode(file, "frames are split into several fragments");
            }
            streams[frame].append(reinterpret_cast<char const*>(bytes), item->getLength());
        }
    }
    return streams;
}

/// The frame header of a JPEG or JPEG-LS stream (ISO 10918-1 B.2.2) must state the size that the file states, or the
/// decoder would write by one and we would read by the other.
bool jpeg_size_agrees(std::string const& stream, PixelLayout const& layout) {
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(stream[at]); };
    for (std::size_t at = 2; at + 10 <= stream.size() && byte(at) == 0xFF;) {
        int const mark = byte(at + 1);
        bool const frame =
            (mark >= 0xC0 && mark <= 0xCF && mark != 0xC4 && mark != 0xC8 && mark != 0xCC) || mark == 0xF7;
        if (frame) {
            return byte(at + 4) <= layout.bits_allocated &&
                   (byte(at + 5) << 8 | byte(at + 6)) == layout.rows &&
                   (byte(at + 7) << 8 | byte(at + 8)) == layout.columns && byte(at + 9) == 1;
        }
        at += mark == 0xFF ? 1 : std::size_t{2} + static_cast<std::size_t>(byte(at + 2) << 8 | byte(at + 3));
    }
    return false;
}

/// JPEG and JPEG-LS streams are looked at before DCMTK decodes them; RLE has no header with a size.
void check_streams(DicomFile const& file, PixelLayout const& layout, E_TransferSyntax syntax) {
    if (syntax == EXS_RLELossless) {
        return;
    }
    for (auto const& stream : code_streams(file, layout)) {
        if (!jpeg_size_agrees(stream, layout)) {
            cannot_decode(file, "a code stream is damaged, or not of the size that the file states");
        }
    }
}

std::vector<std::uint32_t> jpeg2000_pixels(DicomFile const& file, PixelLayout const& layout) {
    std::vector<std::uint32_t> all;
    for (auto const& stream : code_streams(file, layout)) {
        auto const bytes = decode_jpeg2000(stream, layout);
        if (bytes.size() != layout.bytes() / static_cast<std::size_t>(layout.frames)) {
            cannot_decode(file, "the code stream is damaged, or not of the size that the file states");
        }
        auto const words = from_bytes(bytes.data(), layout.pixels_per_frame(), layout.bits_allocated / 8);
        all.insert(all.end(), words.begin(), words.end());
    }
    return all;
}

/// Sign-extends, and refuses words that the stated bits cannot hold.
void apply_bits(DicomFile const& file, PixelLayout const& layout, std::vector<std::uint32_t>& words) {
    std::uint32_t const mask =
        layout.bits_stored == 32 ? 0xFFFFFFFF : (std::uint32_t{1} << layout.bits_stored) - 1;
    std::uint32_t const word =
        layout.bits_allocated == 32 ? 0xFFFFFFFF : (std::uint32_t{1} << layout.bits_allocated) - 1;
    std::uint32_t const sign = std::uint32_t{1} << (layout.bits_stored - 1);
    for (auto& value : words) {
        std::uint32_t const high = value & word & ~mask;
        bool const negative = layout.is_signed && (value & sign) != 0;
        if (high != 0 && !(negative && high == (word & ~mask))) {
            refuse(fmt::format("{}: stored value {} does not fit into {} bits", file.name(), value,
                               layout.bits_stored),
                   fmt::format(
                       "BitsStored (0028,0101) is {} and PixelRepresentation (0028,0103) is {}: the pixels "
                       "contradict them",
                       layout.bits_stored, layout.is_signed ? "signed" : "unsigned"),
                   export_again);
        }
        value = negative ? value | ~mask : value & mask;
    }
}

} // namespace

PixelLayout read_pixel_layout(DicomFile const& file) {
    auto const within = [&](DcmTagKey tag, long value, long least, long most) {
        if (value < least || value > most) {
            file.refuse_element(tag, fmt::format("is {}", value),
                                fmt::format("{} to {} is allowed", least, most), export_again);
        }
        return static_cast<int>(value);
    };
    PixelLayout layout;
    layout.rows = within(DCM_Rows, file.integer(DCM_Rows), 1, 8192);
    layout.columns = within(DCM_Columns, file.integer(DCM_Columns), 1, 8192);
    layout.frames = within(DCM_NumberOfFrames, file.integer_or(DCM_NumberOfFrames, 1), 1, 65536);
    within(DCM_SamplesPerPixel, file.integer_or(DCM_SamplesPerPixel, 1), 1, 1);
    if (auto const kind = file.text(DCM_PhotometricInterpretation); kind != "MONOCHROME2") {
        file.refuse_element(DCM_PhotometricInterpretation, fmt::format("is '{}'", kind),
                            "only MONOCHROME2 holds CT numbers or doses as they are", export_again);
    }
    layout.bits_allocated = within(DCM_BitsAllocated, file.integer(DCM_BitsAllocated), 8, 32);
    if (layout.bits_allocated % 8 != 0 || layout.bits_allocated == 24) {
        file.refuse_element(DCM_BitsAllocated, fmt::format("is {}", layout.bits_allocated),
                            "8, 16 or 32 is allowed", export_again);
    }
    layout.bits_stored = within(DCM_BitsStored, file.integer(DCM_BitsStored), 1, layout.bits_allocated);
    within(DCM_HighBit, file.integer_or(DCM_HighBit, layout.bits_stored - 1), layout.bits_stored - 1,
           layout.bits_stored - 1);
    layout.is_signed = within(DCM_PixelRepresentation, file.integer(DCM_PixelRepresentation), 0, 1) == 1;
    if (layout.pixels() > std::size_t{1} << 28) {
        refuse(fmt::format("{}: {} x {} x {} pixels are more than fits", file.name(), layout.columns,
                           layout.rows, layout.frames),
               "at most 268 million pixels are read from one file", "export a smaller part");
    }
    return layout;
}

std::optional<PixelPadding> read_padding(DicomFile const& file, PixelLayout const& layout) {
    // Some writers give the bits of a signed value as an unsigned number; the bits are what counts
    auto const as_stored = [&](long value) -> std::int64_t {
        if (!layout.is_signed || layout.bits_allocated != 16) {
            return layout.is_signed ? value : value & (layout.bits_allocated == 16 ? 0xFFFF : 0xFFFFFFFF);
        }
        return static_cast<std::int16_t>(value & 0xFFFF);
    };
    auto const value = file.find_integer(DCM_PixelPaddingValue);
    if (!value) {
        return {};
    }
    auto const a = as_stored(*value);
    auto const b = as_stored(file.integer_or(DCM_PixelPaddingRangeLimit, *value));
    return PixelPadding{std::min(a, b), std::max(a, b)};
}

StoredPixels read_pixels(DicomFile const& file, PixelLayout const& layout) {
    register_codecs();
    DcmXfer const syntax(file.transfer_syntax_uid().c_str());
    bool const jpeg2000 = syntax.getXfer() == EXS_JPEG2000 || syntax.getXfer() == EXS_JPEG2000LosslessOnly;
    StoredPixels stored{layout.is_signed, {}};
    if (jpeg2000) {
        stored.words = jpeg2000_pixels(file, layout);
    } else {
        if (syntax.isEncapsulated()) {
            check_streams(file, layout, syntax.getXfer());
            auto const condition = file.dataset().chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
            if (condition.bad()) {
                cannot_decode(file, condition.text());
            }
        }
        stored.words = native_pixels(file, layout);
    }
    apply_bits(file, layout, stored.words);
    return stored;
}

} // namespace beamwright
