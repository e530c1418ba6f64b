#include "jobs/physics_check/comparisons.hpp"
#include <array>
#include <fmt/format.h>
#include <utility>

namespace beamwright::physics_check {

namespace {

constexpr std::array<std::pair<char const*, Comparison>, 22> known{{
    {"csda_range", compare_csda_range},
    {"range", compare_range},
    {"range_steps", compare_range_steps},
    {"range_voxels", compare_range_voxels},
    {"falloff", compare_falloff},
    {"depth_dose_mcsquare", compare_depth_dose_mcsquare},
    {"depth_dose_topas", compare_depth_dose_topas},
    {"steadiness", compare_steadiness},
    {"measured", compare_measured},
    {"slab_curve", compare_slab_curve},
    {"slab_widths", compare_slab_widths},
    {"slab_depths", compare_slab_depths},
    {"implant", compare_implant},
    {"lateral_interface", compare_lateral_interface},
    {"let_topas", compare_let_topas},
    {"let_mcsquare", compare_let_mcsquare},
    {"let_steps", compare_let_steps},
    {"field", compare_field},
    {"rings", compare_rings},
    {"lateral_gaussians", compare_lateral_gaussians},
    {"coverage", compare_coverage},
    {"random_worlds", compare_random_worlds},
}};

} // namespace

Comparison comparison_named(std::string const& name) {
    std::vector<std::string> names;
    for (auto const& [word, comparison] : known) {
        if (name == word) {
            return comparison;
        }
        names.emplace_back(word);
    }
    auto const nearest = nearest_word(name, names);
    refuse(fmt::format("no comparison is called '{}'", name), "a case text names what runs it",
           nearest.empty() ? "see docs/formats/physics_case.md for the names"
                           : fmt::format("did you mean '{}'?", nearest));
}

} // namespace beamwright::physics_check
