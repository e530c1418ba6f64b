/// Colors: perceptual ramps for maps and readable variants of structure colors.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace beamwright::report {

using Rgb = std::array<std::uint8_t, 3>;

/// 256 colors whose lightness rises evenly, so that order is seen without color vision.
std::vector<Rgb> const& dose_ramp();
std::vector<Rgb> const& uncertainty_ramp();

/// The color of a dose given in percent of the reference dose: 0 to 110 % over the ramp.
Rgb dose_color(double percent);

/// Contrast ratio of WCAG 2.1 between two colors, 1 to 21.
double contrast(Rgb a, Rgb b);

/// The color nearest in hue with a contrast of at least `least` to `background`; only its lightness changes.
Rgb readable_on(Rgb color, Rgb background, double least);

std::string hex(Rgb color);

} // namespace beamwright::report
