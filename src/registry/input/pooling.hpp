/// Age groups joined at the upper end. docs/methods/registry_rates.md section 2
#pragma once
#include "registry/input/count_table.hpp"
#include <vector>

namespace beamwright::registry {

/// All groups from age `from_y` on as one open group; no change where the open group starts earlier.
/// \returns false where `from_y` lies inside a closed group
bool pool_from(std::vector<AgeCount>& ages, int from_y);

/// Open groups without person-years joined to the last group that has some: cases, and so weights, go there.
/// \returns whether anything was joined
bool pool_empty_end(std::vector<AgeCount>& ages);

} // namespace beamwright::registry
