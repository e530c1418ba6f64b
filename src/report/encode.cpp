#include "report/encode.hpp"
#include "core/contracts.hpp"
#include <png.h>
#include <zlib.h>

namespace beamwright::report {

std::string png(Picture const& picture) {
    // The simplified interface of libpng: fixed options, so the bytes depend on the picture and the library alone
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.width);
    image.height = static_cast<png_uint_32>(picture.height);
    image.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::string bytes(size, '\0');
    int const done =
        png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.pixels.data(), 0, nullptr);
    BW_ENSURE(done != 0);
    bytes.resize(size);
    return bytes;
}

std::string zlib_compressed(std::string_view bytes) {
    uLongf size = compressBound(static_cast<uLong>(bytes.size()));
    std::string out(size, '\0');
    int const code =
        compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<Bytef const*>(bytes.data()),
                  static_cast<uLong>(bytes.size()), 6);
    BW_ENSURE(code == Z_OK);
    out.resize(size);
    return out;
}

std::string base64(std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    auto const byte = [&](std::size_t i) {
        return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
    };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        unsigned const three = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
        out += digits[three >> 18U & 63U];
        out += digits[three >> 12U & 63U];
        out += i + 1 < bytes.size() ? digits[three >> 6U & 63U] : '=';
        out += i + 2 < bytes.size() ? digits[three & 63U] : '=';
    }
    return out;
}

} // namespace beamwright::report
