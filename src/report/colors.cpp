// OKLab: B. Ottosson, "A perceptual color space for image processing" (2020). Contrast: W3C, WCAG 2.1, section 1.4.3.
#include "report/colors.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::report {

namespace {

struct OkLab {
    double lightness, a, b;
};

double linear(std::uint8_t value) {
    double const c = value / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

std::uint8_t encoded(double c) {
    double const s = c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(std::max(c, 0.0), 1 / 2.4) - 0.055;
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(s, 0.0, 1.0)));
}

OkLab to_oklab(Rgb color) {
    double const r = linear(color[0]), g = linear(color[1]), b = linear(color[2]);
    double const l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    double const m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    double const s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Rgb to_rgb(OkLab c) {
    double const l = std::pow(c.lightness + 0.3963377774 * c.a + 0.2158037573 * c.b, 3);
    double const m = std::pow(c.lightness - 0.1055613458 * c.a - 0.0638541728 * c.b, 3);
    double const s = std::pow(c.lightness - 0.0894841775 * c.a - 1.2914855480 * c.b, 3);
    return {encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

double luminance(Rgb color) {
    return 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
}

/// A ramp through stops of (lightness, chroma, hue in degrees), straight lines in between.
std::vector<Rgb> ramp(std::vector<std::array<double, 3>> const& stops) {
    std::vector<Rgb> colors;
    for (int i = 0; i < 256; ++i) {
        double const at = i / 255.0 * static_cast<double>(stops.size() - 1);
        auto const below = std::min(static_cast<std::size_t>(at), stops.size() - 2);
        double const part = at - static_cast<double>(below);
        std::array<double, 3> lch{};
        for (std::size_t c = 0; c < 3; ++c) {
            lch[c] = (1 - part) * stops[below][c] + part * stops[below + 1][c];
        }
        double const hue = lch[2] * 3.14159265358979323846 / 180;
        colors.push_back(to_rgb({lch[0], lch[1] * std::cos(hue), lch[1] * std::sin(hue)}));
    }
    return colors;
}

} // namespace

std::vector<Rgb> const& dose_ramp() {
    static std::vector<Rgb> const colors = ramp({{0.34, 0.16, 285},
                                                 {0.47, 0.17, 262},
                                                 {0.60, 0.12, 225},
                                                 {0.71, 0.13, 165},
                                                 {0.83, 0.17, 125},
                                                 {0.93, 0.17, 100}});
    return colors;
}

std::vector<Rgb> const& uncertainty_ramp() {
    static std::vector<Rgb> const colors =
        ramp({{0.28, 0.06, 300}, {0.50, 0.16, 350}, {0.70, 0.15, 390}, {0.92, 0.10, 440}});
    return colors;
}

Rgb dose_color(double percent) {
    return dose_ramp()[static_cast<std::size_t>(std::clamp(percent / 110.0 * 255.0, 0.0, 255.0))];
}

double contrast(Rgb a, Rgb b) {
    double const la = luminance(a) + 0.05, lb = luminance(b) + 0.05;
    return std::max(la, lb) / std::min(la, lb);
}

Rgb readable_on(Rgb color, Rgb background, double least) {
    if (contrast(color, background) >= least) {
        return color;
    }
    OkLab const start = to_oklab(color);
    double const step = luminance(background) > 0.18 ? -0.01 : 0.01;
    for (int i = 1; i <= 100; ++i) {
        OkLab const moved{std::clamp(start.lightness + i * step, 0.0, 1.0), start.a, start.b};
        if (Rgb const found = to_rgb(moved); contrast(found, background) >= least) {
            return found;
        }
    }
    return step < 0 ? Rgb{0, 0, 0} : Rgb{255, 255, 255};
}

std::string hex(Rgb color) { return fmt::format("#{:02x}{:02x}{:02x}", color[0], color[1], color[2]); }

} // namespace beamwright::report
