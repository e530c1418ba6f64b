/// Elements whose proton cross sections are not evaluated but follow from their neighbours by a rule, with the
/// uncertainty that the rule shows where evaluations exist. docs/methods/proton_nuclear_data.md, section The rule.
#pragma once
#include "tables/material.hpp"
#include <string>
#include <vector>

namespace beamwright {

/// An element of a material that has no evaluation of its own, or whose events are those of another.
struct RuledElement {
    int Z = 0;
    double mass_fraction = 0;
    std::string events_of;             ///< element whose products and angles it takes
    bool cross_section_by_rule = true; ///< else evaluated, and only the events are borrowed
};

/// Standard deviation of the rule's non-elastic cross section (leave one out, 50 to 200 MeV), relative.
inline constexpr double nuclear_rule_sigma = 0.05;

/// Whether the non-elastic cross section of the element is an evaluation (ENDF/B-VIII.1). Hydrogen has none.
bool has_own_cross_section(int Z);

/// Those of at least `least_fraction` by mass, by Z. Tissue has none above 1 %, but for potassium or sulphur in rare
/// materials. \throws Refusal for elements beyond the table
std::vector<RuledElement> ruled_elements(Material const& material, double least_fraction = 0.01);

} // namespace beamwright
