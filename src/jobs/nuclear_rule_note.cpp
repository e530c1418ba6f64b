#include "jobs/nuclear_rule_note.hpp"
#include "tables/material_library.hpp"
#include "tables/nuclear_rule.hpp"
#include <fmt/format.h>
#include <set>

namespace beamwright {

Json nuclear_rule_note(std::vector<Material> const& materials, Warnings& warnings) {
    Json list = Json::array();
    std::set<std::string> seen;
    for (auto const& material : materials) {
        if (!seen.insert(material.name).second) {
            continue;
        }
        double by_rule = 0;
        for (auto const& element : ruled_elements(material)) {
            by_rule += element.cross_section_by_rule ? element.mass_fraction : 0;
            list.push_back(
                {{"material", material.name},
                 {"element", element_symbol(element.Z)},
                 {"mass_fraction", element.mass_fraction},
                 {"cross_section", element.cross_section_by_rule ? "rule" : "evaluated"},
                 {"events_of", element.events_of},
                 {"sigma_percent", element.cross_section_by_rule ? 100 * nuclear_rule_sigma : 0.0}});
        }
        if (by_rule > 0.1) {
            warnings.add(
                fmt::format("'{}' uses nuclear cross sections by rule", material.name),
                fmt::format(
                    "{:.0f} % of its mass are elements without an evaluation; their non-elastic cross "
                    "section is interpolated between neighbours, one standard deviation {:g} % "
                    "(50 to 200 MeV), and their products are those of the nearest element",
                    100 * by_rule, 100 * nuclear_rule_sigma));
        }
    }
    return list;
}

std::vector<Material> used_materials(VoxelWorld const& world, std::vector<BeamSource> const& beams) {
    std::vector<bool> used(world.materials.size(), false);
    for (auto const id : world.material) {
        used[id] = true;
    }
    std::vector<Material> materials;
    for (std::size_t id = 0; id < used.size(); ++id) {
        if (used[id]) {
            materials.push_back(world.materials[id]);
        }
    }
    for (auto const& beam : beams) {
        for (auto const& slab : beam.slabs) {
            materials.push_back(slab.material);
        }
    }
    return materials;
}

} // namespace beamwright
