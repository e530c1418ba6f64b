/// Stored pixel values of an image or dose file, decoded and checked. Inside dicom/ only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace beamwright {

class DicomFile;

/// What the file says about its pixels; checked to be one sample of 8, 16 or 32 bits.
struct PixelLayout {
    int rows = 0, columns = 0, frames = 1;
    int bits_allocated = 16, bits_stored = 16;
    bool is_signed = false;
    std::size_t pixels_per_frame() const {
        return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    }
    std::size_t pixels() const { return pixels_per_frame() * static_cast<std::size_t>(frames); }
    std::size_t bytes() const { return pixels() * static_cast<std::size_t>(bits_allocated / 8); }
};

/// Reads the layout; does not touch the pixels. \throws Refusal for color, MONOCHROME1, more than 8192 rows
/// or columns, more than 2^28 pixels, or bits that contradict each other.
PixelLayout read_pixel_layout(DicomFile const& file);

/// Decoded pixels, frame after frame.
struct StoredPixels {
    bool is_signed = false;
    std::vector<std::uint32_t> words; ///< sign-extended where signed
    std::int64_t value(std::size_t i) const {
        return is_signed ? std::int64_t{static_cast<std::int32_t>(words[i])} : std::int64_t{words[i]};
    }
};

/// Decodes the pixels (native, JPEG, JPEG-LS, RLE, JPEG 2000).
/// \throws Refusal for a transfer syntax that cannot be decoded, pixel data of the wrong length, and values
/// that do not fit the stated bits.
StoredPixels read_pixels(DicomFile const& file, PixelLayout const& layout);

/// Stored values that mean "outside the scan" (PS3.3 C.7.5.1.1.2).
struct PixelPadding {
    std::int64_t least, most;
    bool holds(std::int64_t value) const { return least <= value && value <= most; }
};

/// The padding that the file states, if any.
std::optional<PixelPadding> read_padding(DicomFile const& file, PixelLayout const& layout);

/// One frame of JPEG 2000 as little-endian words, by GDCM (Debian's DCMTK has no such codec); empty if it
/// fails. The code stream must have the size that `layout` says.
std::vector<std::uint8_t> decode_jpeg2000(std::string_view code_stream, PixelLayout const& layout);

} // namespace beamwright
