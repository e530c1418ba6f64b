#include "report/planes.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright::report {

namespace {

Rgb mixed(Rgb below, Rgb above, float part) {
    Rgb out{};
    for (std::size_t c = 0; c < 3; ++c) {
        out[c] = static_cast<std::uint8_t>(
            std::lround((1 - part) * static_cast<float>(below[c]) + part * static_cast<float>(above[c])));
    }
    return out;
}

/// How strongly the wash hides the CT: nothing below 5 % of the top, rising to 0.55.
float wash_strength(double part) {
    return static_cast<float>(0.55 * std::clamp((part - 0.05) / 0.15, 0.0, 1.0));
}

/// Draws lines of one color: each pixel takes the strongest coverage of all segments, so joints do not darken.
void stroke(Picture& picture, std::vector<Segment> const& lines, double scale, Rgb color, double width_px) {
    std::vector<float> cover(picture.pixels.size(), 0.0F);
    double const reach = 0.5 * width_px + 1;
    for (auto const& s : lines) {
        double const ax = (s.x0 + 0.5) * scale - 0.5, ay = (s.y0 + 0.5) * scale - 0.5;
        double const bx = (s.x1 + 0.5) * scale - 0.5, by = (s.y1 + 0.5) * scale - 0.5;
        double const dx = bx - ax, dy = by - ay, length2 = std::max(dx * dx + dy * dy, 1e-12);
        int const x0 = std::max(0, static_cast<int>(std::floor(std::min(ax, bx) - reach)));
        int const x1 = std::min(picture.width - 1, static_cast<int>(std::ceil(std::max(ax, bx) + reach)));
        int const y0 = std::max(0, static_cast<int>(std::floor(std::min(ay, by) - reach)));
        int const y1 = std::min(picture.height - 1, static_cast<int>(std::ceil(std::max(ay, by) + reach)));
        for (int y = y0; y <= y1; ++y) {
            for (int x = x0; x <= x1; ++x) {
                double const t = std::clamp(((x - ax) * dx + (y - ay) * dy) / length2, 0.0, 1.0);
                double const distance = std::hypot(x - ax - t * dx, y - ay - t * dy);
                auto& c = cover[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                                static_cast<std::size_t>(x)];
                c = std::max(c, static_cast<float>(std::clamp(0.5 * width_px + 0.5 - distance, 0.0, 1.0)));
            }
        }
    }
    for (std::size_t i = 0; i < cover.size(); ++i) {
        if (cover[i] > 0) {
            picture.pixels[i] = mixed(picture.pixels[i], color, cover[i]);
        }
    }
}

void paint(Picture& picture, Slice const& ct, Slice const& map, double scale, double top,
           std::vector<Rgb> const& ramp) {
    for (int y = 0; y < picture.height; ++y) {
        for (int x = 0; x < picture.width; ++x) {
            double const u = (x + 0.5) / scale - 0.5, v = (y + 0.5) / scale - 0.5;
            auto const gray =
                static_cast<std::uint8_t>(gray_of(ct.between(u, v), window_level_HU, window_width_HU));
            float const value = map.between(u, v);
            Rgb color{gray, gray, gray};
            if (std::isfinite(value) && top > 0) {
                double const part = value / top;
                auto const index = static_cast<std::size_t>(std::clamp(255 * part, 0.0, 255.0));
                color = mixed(color, ramp[index], wash_strength(part));
            }
            picture.at(x, y) = color;
        }
    }
}

} // namespace

float gray_of(float hu, float level_HU, float width_HU) {
    return std::clamp(255 * ((hu - level_HU) / width_HU + 0.5F), 0.0F, 255.0F);
}

double map_top(Scene const& scene, std::size_t map) {
    if (map == 0) {
        return 1.1 * scene.reference_Gy;
    }
    std::vector<float> shown;
    for (float const value : scene.maps[map].values) {
        if (std::isfinite(value) && value > 0) {
            shown.push_back(value);
        }
    }
    if (shown.empty()) {
        return 1;
    }
    auto const place =
        shown.begin() + static_cast<std::ptrdiff_t>(0.98 * static_cast<double>(shown.size() - 1));
    std::nth_element(shown.begin(), place, shown.end());
    return *place;
}

Picture draw_plane(ReportInput const& input, Scene const& scene, Plane plane, DrawOptions const& options) {
    int const at = scene.focus[plane == Plane::axial ? 2 : plane == Plane::coronal ? 1 : 0];
    std::size_t const map = options.uncertainty && scene.has_uncertainty ? 1 : 0;
    Slice const ct = slice_of(scene.grid, scene.ct_HU, plane, at);
    Slice const shown = slice_of(scene.grid, scene.maps[map].values, plane, at);
    Slice const dose = slice_of(scene.grid, scene.maps[0].values, plane, at);
    double const scale = static_cast<double>(options.longest_side_px) / std::max(ct.width, ct.height);
    Picture picture(std::max(1, static_cast<int>(ct.width * scale)),
                    std::max(1, static_cast<int>(ct.height * scale)));
    paint(picture, ct, shown, scale, map_top(scene, map), map == 1 ? uncertainty_ramp() : dose_ramp());
    // Isodoses with a dark edge, then structures on top
    for (auto it = isodose_percent.rbegin(); map == 0 && it != isodose_percent.rend(); ++it) {
        auto const lines = level_lines(dose, static_cast<float>(*it / 100 * scene.reference_Gy));
        stroke(picture, lines, scale, {12, 14, 18}, 2.4);
        stroke(picture, lines, scale, readable_on(dose_color(*it), {12, 14, 18}, 4.5), 1.2);
    }
    for (std::size_t s = 0; s < scene.outlines.size(); ++s) {
        if (input.structures[s].shown && !scene.outlines[s].filled.empty()) {
            auto const lines = level_lines(slice_of(scene.grid, scene.outlines[s], plane, at), 127.5F);
            stroke(picture, lines, scale, {12, 14, 18}, 3.2);
            stroke(picture, lines, scale, readable_on(input.structures[s].structure.color, {20, 22, 26}, 4.5),
                   1.8);
        }
    }
    return picture;
}

} // namespace beamwright::report
