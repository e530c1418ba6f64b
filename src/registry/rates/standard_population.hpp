/// Standard populations: weights by age group, shipped or from a file of the user's own.
#pragma once
#include "core/refusal.hpp"
#include "registry/input/age_group.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright::registry {

struct StandardPopulation {
    struct Part {
        AgeGroup age;
        double weight = 0;
    };
    std::string name, title, source, trust;
    std::vector<std::string> aliases;
    std::vector<Part> parts; ///< the finest known, from age 0 to an open group; any unit, only shares count
};

/// The shipped standards (data/registry/standard_populations.json).
std::vector<StandardPopulation> shipped_standards();

/// A shipped standard by name or alias, or a CSV file with the columns age_group and weight.
/// \throws Refusal listing the names, or naming the wrong row
StandardPopulation find_standard(std::string const& name_or_file,
                                 std::vector<StandardPopulation> const& shipped);

} // namespace beamwright::registry
