/// plan.json: beams, layers and spots of a case. docs/formats/plan.md
#pragma once
#include "core/json.hpp"
#include "machine/treatment/plan.hpp"
#include <string>

namespace beamwright {

/// The text of plan.json; numbers so that they read back exactly.
std::string plan_to_text(Plan const& plan);
/// \throws Refusal with file and field.
Plan plan_from_json(JsonReader const& json);

} // namespace beamwright
