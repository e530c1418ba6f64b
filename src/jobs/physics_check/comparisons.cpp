#include "jobs/physics_check/comparisons.hpp"
#include <array>
#include <fmt/format.h>
#include <utility>

namespace beamwright::physics_check {

namespace {

constexpr std::array<std::pair<char const*, Comparison>, 35> known{{
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
    {"neutron_water", compare_neutron_water},
    {"neutron_photon_points", compare_neutron_photon_points},
    {"neutron_infinite_boron", compare_neutron_infinite_boron},
    {"neutron_head", compare_neutron_head},
    {"neutron_head_2002", compare_neutron_head_2002},
    {"neutron_head_boron", compare_neutron_head_boron},
    {"neutron_energy", compare_neutron_energy},
    {"neutron_coverage", compare_neutron_coverage},
    {"neutron_fir1", compare_neutron_fir1},
    {"neutron_diffusion", compare_neutron_diffusion},
    {"neutron_age", compare_neutron_age},
    {"neutron_reciprocity", compare_neutron_reciprocity},
    {"neutron_rotation", compare_neutron_rotation},
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
