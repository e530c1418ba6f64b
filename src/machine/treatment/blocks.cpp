#include "machine/treatment/beam_sources.hpp"
#include "tables/material_library.hpp"
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace beamwright {

namespace {

/// Divergent walls are cut into this many plates of straight ones: 65 mm of brass 100 mm off axis in a beam from 2 m
/// then have steps of 0.4 mm or less.
constexpr int divergent_plates = 8;
/// What is solid within its outline is so in the whole plane but for this frame.
constexpr double frame_mm = 1e4;

double area_mm2(BlockSetting const& setting) {
    double twice = 0;
    for (std::size_t i = 0, last = setting.x_mm.size() - 1; i < setting.x_mm.size(); last = i++) {
        twice += setting.x_mm[last] * setting.y_mm[i] - setting.x_mm[i] * setting.y_mm[last];
    }
    return std::abs(0.5 * twice);
}

void check_block(BlockSetting const& setting, std::string const& where) {
    if (setting.x_mm.size() < 3 || setting.x_mm.size() != setting.y_mm.size() ||
        !(area_mm2(setting) > 0 && std::isfinite(area_mm2(setting)))) {
        refuse(fmt::format("{}: its outline has {} corners and no area", where, setting.x_mm.size()),
               "a block needs a closed outline of three or more corners", "correct the block in the plan");
    }
    if (!(setting.thickness_mm > 0 && setting.thickness_mm < 1000)) {
        refuse(fmt::format("{}: thickness {} mm", where, setting.thickness_mm),
               "allowed: above 0, up to 1000 mm", "state the block's thickness in the plan");
    }
    if (!(setting.isocenter_to_downstream_mm >= 0 && setting.isocenter_to_downstream_mm < 5000)) {
        refuse(fmt::format("{}: {} mm from the isocenter", where, setting.isocenter_to_downstream_mm),
               "allowed: 0 to 5000 mm upstream of the isocenter", "correct the plan");
    }
}

Material material_of(BlockSetting const& setting, std::string const& where,
                     BeamSourceOptions const& options) {
    auto const* const known =
        setting.material.empty() ? nullptr : MaterialLibrary::shipped().find(setting.material);
    if (known != nullptr) {
        return *known;
    }
    if (!options.block_material) {
        refuse(fmt::format("{}: its material '{}' is not known", where, setting.material),
               "how far protons go in it decides what the block stops",
               "pass --block-material NAME (for example Brass)");
    }
    return *options.block_material;
}

/// How much nearer to the axis a ray is at height z than in the isocenter plane.
double scale_at(double z_mm, double virtual_source_mm, std::string const& where) {
    if (virtual_source_mm > 0 && z_mm >= virtual_source_mm) {
        refuse(fmt::format("{}: reaches to {:.1f} mm from the isocenter", where, z_mm),
               fmt::format("the beam is steered from {:.1f} mm, below it", virtual_source_mm),
               "check distances in plan and machine file");
    }
    return virtual_source_mm > 0 ? 1 - z_mm / virtual_source_mm : 1;
}

} // namespace

std::vector<BeamSlab> block_slabs(BlockSetting const& setting, double virtual_source_x_mm,
                                  double virtual_source_y_mm, std::string const& beam,
                                  BeamSourceOptions const& options) {
    std::string const where = fmt::format("{}: block '{}'", beam, setting.id);
    check_block(setting, where);
    BeamSlab plate;
    plate.name = setting.id;
    plate.material = material_of(setting, where, options);
    plate.density_g_per_cm3 = plate.material.density_g_per_cm3;
    std::vector<BeamSlab> plates;
    int const count = setting.divergent ? divergent_plates : 1;
    double const height_mm = setting.thickness_mm / count;
    for (int i = count; i-- > 0;) { // upstream first
        plate.downstream_z_mm = setting.isocenter_to_downstream_mm + i * height_mm;
        plate.upstream_z_mm = plate.downstream_z_mm + height_mm;
        // Straight walls are drawn at the face on the patient's side, divergent ones in the middle of each plate
        double const drawn_at_mm =
            setting.divergent ? plate.downstream_z_mm + 0.5 * height_mm : plate.downstream_z_mm;
        double const scale_x = scale_at(drawn_at_mm, virtual_source_x_mm, where);
        double const scale_y = scale_at(drawn_at_mm, virtual_source_y_mm, where);
        PlateOutline outline;
        for (std::size_t corner = 0; corner < setting.x_mm.size(); ++corner) {
            outline.x_mm.push_back(setting.x_mm[corner] * scale_x);
            outline.y_mm.push_back(setting.y_mm[corner] * scale_y);
        }
        plate.openings = {std::move(outline)};
        if (!setting.is_aperture) {
            plate.openings.push_back(
                {{-frame_mm, frame_mm, frame_mm, -frame_mm}, {-frame_mm, -frame_mm, frame_mm, frame_mm}});
        }
        plates.push_back(plate);
    }
    return plates;
}

} // namespace beamwright
