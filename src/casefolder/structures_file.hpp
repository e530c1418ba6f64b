/// structures.json: the structures of a case as contours. docs/formats/structures.md
#pragma once
#include "core/json.hpp"
#include "patient/structures.hpp"
#include <string>

namespace beamwright {

/// The text of structures.json; one contour per line, numbers so that they read back exactly.
std::string structures_to_text(StructureSet const& set);
/// \throws Refusal with file and field.
StructureSet structures_from_json(JsonReader const& json);

/// The first structure of that name. \throws Refusal listing the names that exist, with the nearest.
Structure const& structure_named(StructureSet const& set, std::string const& name);

/// The outer contour: of that name, or with an empty name the one of type EXTERNAL; nullptr if there is none.
Structure const* body_structure(StructureSet const& set, std::string const& name);

} // namespace beamwright
