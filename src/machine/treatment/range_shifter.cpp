#include "machine/treatment/beam_sources.hpp"
#include "tables/proton_materials.hpp"
#include <algorithm>
#include <cctype>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Water-equivalent thickness is understood for protons of this energy; between 70 and 230 MeV it moves by
/// 0.3 %.
constexpr double wet_energy_MeV = 100;
/// Plan and machine may differ by this share before a warning: the spread of WET by energy and rounding to a
/// millimeter.
constexpr double wet_agreement = 0.02;

bool means_none(std::string id) {
    std::transform(id.begin(), id.end(), id.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return id.empty() || id == "none";
}

RangeShifterModel const* find_shifter(MachineModel const& machine, std::string const& id) {
    for (auto const& shifter : machine.range_shifters) {
        auto const& aliases = shifter.aliases;
        if (shifter.id == id || std::find(aliases.begin(), aliases.end(), id) != aliases.end()) {
            return &shifter;
        }
    }
    return nullptr;
}

std::string known_ids(MachineModel const& machine) {
    std::string text;
    for (auto const& shifter : machine.range_shifters) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", shifter.id);
    }
    return text.empty() ? "none" : text;
}

double tray_distance_mm(RangeShifterSetting const& setting, RangeShifterModel const* shifter,
                        std::string const& where) {
    auto const stated = setting.isocenter_to_tray_mm;
    auto const distance =
        stated ? stated : (shifter ? shifter->isocenter_to_tray_mm : std::optional<double>{});
    if (!distance) {
        refuse(where + ": its distance from the isocenter is not known",
               "the plan has no Isocenter to Range Shifter Distance and the machine file no "
               "isocenter_to_tray_mm",
               "add isocenter_to_tray_mm to the range shifter in the machine file");
    }
    if (!(*distance >= 0 && *distance < 5000)) {
        refuse(fmt::format("{}: {} mm from the isocenter", where, *distance),
               "allowed: 0 to 5000 mm upstream of the isocenter", "correct the plan or the machine file");
    }
    return *distance;
}

} // namespace

std::optional<BeamSlab> range_shifter_slab(RangeShifterSetting const& setting, MachineModel const& machine,
                                           std::string const& beam, Warnings& warnings,
                                           BeamSourceOptions const& options) {
    if (means_none(setting.id)) {
        return std::nullopt;
    }
    auto const* const shifter = find_shifter(machine, setting.id);
    std::string const where = fmt::format("{}: range shifter '{}'", beam, setting.id);

    // The material: the machine's, else the one named for the job
    auto material = shifter && shifter->material ? shifter->material : options.range_shifter_material;
    if (!material) {
        refuse(where + ": its material is not known",
               fmt::format("machine '{}' knows these range shifters: {}", machine.name, known_ids(machine)),
               "add it to the machine file, or pass --range-shifter-material NAME");
    }
    BeamSlab slab;
    slab.name = setting.id;
    slab.density_g_per_cm3 = shifter && shifter->material && shifter->density_g_per_cm3 > 0
                                 ? shifter->density_g_per_cm3
                                 : material->density_g_per_cm3;

    // The thickness: the machine's, else from water-equivalent thickness, the machine's before the plan's
    double const relative_stopping =
        relative_stopping_power(*material, slab.density_g_per_cm3, wet_energy_MeV);
    auto const plan_wet = setting.wet_mm && *setting.wet_mm > 0 ? setting.wet_mm : std::nullopt;
    std::optional<double> thickness_mm = shifter ? shifter->thickness_mm : std::nullopt;
    if (!thickness_mm) {
        auto const wet = shifter && shifter->wet_mm ? shifter->wet_mm : plan_wet;
        if (!wet) {
            refuse(where + ": its thickness is not known",
                   "neither machine nor plan state a thickness or a water-equivalent thickness",
                   "add thickness_mm or wet_mm to the range shifter in the machine file");
        }
        thickness_mm = *wet / relative_stopping;
    }
    double const wet_mm = *thickness_mm * relative_stopping;
    if (plan_wet && std::abs(wet_mm - *plan_wet) > wet_agreement * *plan_wet) {
        warnings.add(fmt::format("{}: {:.1f} mm of water in the machine file, {:.1f} mm in the plan", where,
                                 wet_mm, *plan_wet),
                     "the machine file is used", "check which of the two is right");
    }
    slab.material = std::move(*material);
    slab.downstream_z_mm = tray_distance_mm(setting, shifter, where);
    slab.upstream_z_mm = slab.downstream_z_mm + *thickness_mm;
    return slab;
}

} // namespace beamwright
