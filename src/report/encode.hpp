/// Bytes for the page: PNG pictures, zlib streams, base64.
#pragma once
#include "report/colors.hpp"
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace beamwright::report {

struct Picture {
    int width = 0, height = 0;
    std::vector<Rgb> pixels; ///< rows from the top
    Picture() = default;
    Picture(int w, int h)
        : width(w), height(h), pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
    Rgb& at(int x, int y) {
        return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                      static_cast<std::size_t>(x)];
    }
};

std::string png(Picture const& picture);
std::string zlib_compressed(std::string_view bytes);
std::string base64(std::string_view bytes);

} // namespace beamwright::report
