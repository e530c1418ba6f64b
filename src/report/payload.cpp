#include "report/payload.hpp"
#include "report/encode.hpp"
#include "report/planes.hpp"
#include "report/text.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright::report {

namespace {

constexpr int map_steps = 4095; ///< 12 bits; 0 stands for "not shown" in maps other than the dose
constexpr std::size_t dvh_points = 240;

/// Differences along x, folded to be positive, low bytes before high bytes: what zlib packs best.
template <class Values> std::string packed(Values const& values) {
    std::string bytes(2 * values.size(), '\0');
    int before = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        int const difference = values[i] - before;
        before = values[i];
        unsigned const folded = difference >= 0 ? 2U * static_cast<unsigned>(difference)
                                                : 2U * static_cast<unsigned>(-difference) - 1U;
        bytes[i] = static_cast<char>(folded & 255U);
        bytes[values.size() + i] = static_cast<char>(folded >> 8U & 255U);
    }
    return bytes;
}

std::string packed_map(SceneMap const& map, bool is_dose, double& step) {
    float most = 0;
    for (float const value : map.values) {
        most = std::isfinite(value) ? std::max(most, value) : most;
    }
    step = most > 0 ? most / (map_steps - 1.0) : 1.0;
    std::vector<int> steps(map.values.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        float const value = map.values[i];
        // A dose starts at 0; other maps keep 0 for "not shown" and start at 1
        steps[i] = std::isfinite(value)
                       ? static_cast<int>(std::lround(std::max(value, 0.0F) / step)) + (is_dose ? 0 : 1)
                       : 0;
    }
    return packed(steps);
}

/// The curve at evenly spaced doses: enough for a plot, small for the page.
Json sampled_curve(ReportStructure const& entry, double most_Gy) {
    Json volumes = Json::array();
    for (std::size_t i = 0; i < dvh_points; ++i) {
        double const dose = most_Gy * static_cast<double>(i) / (dvh_points - 1);
        auto const above = std::lower_bound(entry.dose_Gy.begin(), entry.dose_Gy.end(), dose);
        double value = 0;
        if (above == entry.dose_Gy.begin()) {
            value = entry.volume_percent.empty() ? 0 : entry.volume_percent.front();
        } else if (above != entry.dose_Gy.end()) {
            auto const j = static_cast<std::size_t>(above - entry.dose_Gy.begin());
            double const a = entry.dose_Gy[j - 1], b = entry.dose_Gy[j];
            double const t = b > a ? (dose - a) / (b - a) : 1;
            value = (1 - t) * entry.volume_percent[j - 1] + t * entry.volume_percent[j];
        }
        volumes.push_back(std::round(value * 1000) / 1000);
    }
    return volumes;
}

Json color_strings(std::vector<Rgb> const& ramp) {
    Json all = Json::array();
    for (std::size_t i = 0; i < ramp.size(); i += 3) {
        all.push_back(hex(ramp[i]));
    }
    return all;
}

Json structures_head(ReportInput const& input, Scene const& scene, double most_Gy, std::string& block) {
    Json all = Json::array();
    for (std::size_t s = 0; s < input.structures.size(); ++s) {
        auto const& entry = input.structures[s];
        auto const& outline = scene.outlines[s];
        all.push_back({{"name", entry.structure.name},
                       {"shown", entry.shown},
                       {"on_dark", hex(readable_on(entry.structure.color, {20, 22, 26}, 4.5))},
                       {"first", outline.first},
                       {"size", outline.size},
                       {"offset", block.size()},
                       {"bytes", outline.filled.size()},
                       {"volume_percent", sampled_curve(entry, most_Gy)}});
        block.append(reinterpret_cast<char const*>(outline.filled.data()), outline.filled.size());
    }
    return all;
}

} // namespace

Payload make_payload(ReportInput const& input, Scene const& scene) {
    Payload payload;
    auto const& grid = scene.grid;
    std::string block = packed(scene.ct_HU);
    double most_Gy = 1e-9;
    for (auto const& entry : input.structures) {
        most_Gy = entry.dose_Gy.empty() ? most_Gy : std::max(most_Gy, entry.dose_Gy.back());
    }
    payload.head = {{"size", grid.size},
                    {"origin_mm", {grid.origin_mm.x, grid.origin_mm.y, grid.origin_mm.z}},
                    {"spacing_mm", grid.spacing_mm.x},
                    {"focus", scene.focus},
                    {"reference_Gy", scene.reference_Gy},
                    {"fractions", input.fractions},
                    {"window", {window_level_HU, window_width_HU}},
                    {"dvh_most_Gy", most_Gy}};
    payload.head["maps"] = Json::array();
    for (std::size_t m = 0; m < scene.maps.size(); ++m) {
        double step = 1;
        std::size_t const offset = block.size();
        block += packed_map(scene.maps[m], m == 0, step);
        bool const error_map = m == 1 && scene.has_uncertainty;
        payload.head["maps"].push_back(
            {{"name", scene.maps[m].name},
             {"unit", scene.maps[m].unit},
             {"offset", offset},
             {"step", step},
             {"zero_hides", m != 0},
             {"top", map_top(scene, m)},
             {"ramp", color_strings(error_map ? uncertainty_ramp() : dose_ramp())}});
    }
    payload.head["structures"] = structures_head(input, scene, most_Gy, block);
    payload.head["isodoses"] = Json::array();
    for (double const percent : isodose_percent) {
        payload.head["isodoses"].push_back(
            {{"percent", percent}, {"color", hex(readable_on(dose_color(percent), {12, 14, 18}, 4.5))}});
    }
    payload.head["words"] = Json::object();
    for (auto const& [key, value] : words().items()) {
        if (key.rfind("js_", 0) == 0) {
            payload.head["words"][key.substr(3)] = value;
        }
    }
    payload.block = base64(zlib_compressed(block));
    return payload;
}

} // namespace beamwright::report
