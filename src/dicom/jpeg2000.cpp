// The only file that names GDCM.
#include "dicom/pixels.hpp"
#include <gdcmByteValue.h>
#include <gdcmDataElement.h>
#include <gdcmFragment.h>
#include <gdcmJPEG2000Codec.h>
#include <gdcmPixelFormat.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>

namespace beamwright {
namespace {

std::uint32_t big_endian_at(std::string_view bytes, std::size_t at, int width) {
    std::uint32_t value = 0;
    for (int i = 0; i < width; ++i) {
        value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    }
    return value;
}

/// The size segment of the code stream (ISO 15444-1 A.5.1) says what the DICOM elements say: one component,
/// whole image, same rows and columns, no more bits. Otherwise a lie could make the decoder allocate without
/// bound.
bool size_agrees(std::string_view code_stream, PixelLayout const& layout) {
    if (code_stream.size() < 44 || big_endian_at(code_stream, 0, 4) != 0xFF4FFF51) {
        return false;
    }
    auto const at = [&](std::size_t offset, int width = 4) {
        return big_endian_at(code_stream, offset, width);
    };
    bool const size = at(8) == static_cast<std::uint32_t>(layout.columns) &&
                      at(12) == static_cast<std::uint32_t>(layout.rows) && at(16) == 0 && at(20) == 0;
    bool const tiles = at(24) >= 64 || at(24) >= at(8);
    std::uint32_t const bits = (at(42, 1) & 0x7F) + 1;
    return size && tiles && at(40, 2) == 1 && bits <= static_cast<std::uint32_t>(layout.bits_allocated);
}

} // namespace

std::vector<std::uint8_t> decode_jpeg2000(std::string_view code_stream, PixelLayout const& layout) {
    if (!size_agrees(code_stream, layout)) {
        return {};
    }
    gdcm::Trace::WarningOff();
    gdcm::Trace::ErrorOff();
    gdcm::Trace::DebugOff();
    auto const bits = [](int n) { return static_cast<unsigned short>(n); };
    gdcm::PixelFormat const format(1, bits(layout.bits_allocated), bits(layout.bits_stored),
                                   bits(layout.bits_stored - 1), layout.is_signed ? 1 : 0);
    unsigned int const dimensions[2] = {static_cast<unsigned int>(layout.columns),
                                        static_cast<unsigned int>(layout.rows)};
    gdcm::JPEG2000Codec codec;
    codec.SetPixelFormat(format);
    codec.SetNumberOfDimensions(2);
    codec.SetDimensions(dimensions);
    codec.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
    gdcm::Fragment fragment;
    fragment.SetByteValue(code_stream.data(), gdcm::VL(static_cast<std::uint32_t>(code_stream.size())));
#ifdef __clang_analyzer__ // to it GDCM's counted pointers look like a use after the end
    return {};
#endif
    gdcm::SmartPointer<gdcm::SequenceOfFragments> fragments = new gdcm::SequenceOfFragments;
    fragments->AddFragment(fragment);
    gdcm::DataElement in(gdcm::Tag(0x7FE0, 0x0010)), out;
    in.SetValue(*fragments);
    if (!codec.Decode(in, out) || out.GetByteValue() == nullptr) {
        return {};
    }
    auto const* const bytes = out.GetByteValue();
    auto const* const first = reinterpret_cast<std::uint8_t const*>(bytes->GetPointer());
    return {first, first + static_cast<std::size_t>(bytes->GetLength())};
}

} // namespace beamwright
