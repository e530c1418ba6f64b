#include "machine/treatment/beam_sources.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Beside the filter there is air: what is solid within its outline is so in the whole plane but for this frame.
constexpr double frame_mm = 1e4;
/// Gaps end this far before the rim, so that no two walls coincide: a frame of so much material.
constexpr double rim_mm = 1;

void check_filter(RidgeFilterSetting const& setting, std::string const& where) {
    auto const at = [&](char const* what, double value, double most) {
        if (!(value > 0 && value <= most)) {
            refuse(fmt::format("{}: {} {} mm", where, what, value),
                   fmt::format("allowed: above 0, up to {} mm", most),
                   "correct the ridge filter in the plan");
        }
    };
    at("period", setting.period_mm, 100);
    at("half width", setting.half_width_mm, 500);
    if (setting.half_width_mm < setting.period_mm || setting.half_width_mm < 2 * rim_mm) {
        refuse(fmt::format("{}: half width {} mm with a period of {} mm", where, setting.half_width_mm,
                           setting.period_mm),
               fmt::format("a filter holds two periods or more, and is {:g} mm wide at least", 4 * rim_mm),
               "correct the ridge filter in the plan");
    }
    double above_mm = setting.period_mm, below_mm = 0;
    for (auto const& step : setting.steps) {
        at("step width", step.width_mm, setting.period_mm);
        at("step height", step.height_mm, 500);
        if (step.width_mm > above_mm || step.height_mm <= below_mm) {
            refuse(
                fmt::format("{}: step of {} mm width and {} mm height", where, step.width_mm, step.height_mm),
                "steps are listed from the base up: each higher than the one before, and not wider",
                "list the steps in that order");
        }
        above_mm = step.width_mm;
        below_mm = step.height_mm;
    }
    if (setting.steps.empty() || 2 * setting.half_width_mm / setting.period_mm > 400) {
        refuse(fmt::format("{}: {} steps, {:.0f} ridges", where, setting.steps.size(),
                           2 * setting.half_width_mm / setting.period_mm),
               "a filter has one step or more, and up to 400 ridges", "correct the ridge filter in the plan");
    }
    if (!(setting.isocenter_to_downstream_mm >= 0 && setting.isocenter_to_downstream_mm < 5000)) {
        refuse(fmt::format("{}: {} mm from the isocenter", where, setting.isocenter_to_downstream_mm),
               "allowed: 0 to 5000 mm upstream of the isocenter", "correct the plan");
    }
}

/// From low to high along the axis of the period, `half` to both sides across it.
PlateOutline box_of(bool along_x, double low, double high, double half) {
    PlateOutline outline{{low, high, high, low}, {-half, -half, half, half}};
    if (!along_x) {
        std::swap(outline.x_mm, outline.y_mm);
    }
    return outline;
}

/// Bars of `width_mm` in the middle of every period, with air between them and beside the filter.
std::vector<PlateOutline> openings_of(RidgeFilterSetting const& setting, double width_mm) {
    double const half = setting.half_width_mm;
    std::vector<PlateOutline> openings{box_of(setting.along_x, -frame_mm, frame_mm, frame_mm),
                                       box_of(setting.along_x, -half, half, half)};
    double const gap = setting.period_mm - width_mm;
    if (gap <= 1e-9 * setting.period_mm) {
        return openings;
    }
    double const last = half - rim_mm;
    // Between the ridges n and n + 1, to both sides
    for (int n = 0; n * setting.period_mm + 0.5 * width_mm < last; ++n) {
        double const low = n * setting.period_mm + 0.5 * width_mm, high = std::min(low + gap, last);
        openings.push_back(box_of(setting.along_x, low, high, last));
        openings.push_back(box_of(setting.along_x, -high, -low, last));
    }
    return openings;
}

} // namespace

std::vector<BeamSlab> ridge_filter_slabs(RidgeFilterSetting const& setting, std::string const& beam) {
    std::string const where = fmt::format("{}: ridge filter '{}'", beam, setting.id);
    check_filter(setting, where);
    BeamSlab plate;
    plate.name = setting.id;
    plate.material = MaterialLibrary::shipped().named(setting.material);
    plate.density_g_per_cm3 = plate.material.density_g_per_cm3;
    std::vector<BeamSlab> plates;
    for (auto step = setting.steps.rbegin(); step != setting.steps.rend(); ++step) { // upstream first
        double const base_mm = step + 1 == setting.steps.rend() ? 0 : (step + 1)->height_mm;
        plate.downstream_z_mm = setting.isocenter_to_downstream_mm + base_mm;
        plate.upstream_z_mm = setting.isocenter_to_downstream_mm + step->height_mm;
        plate.openings = openings_of(setting, step->width_mm);
        plates.push_back(plate);
    }
    return plates;
}

} // namespace beamwright
