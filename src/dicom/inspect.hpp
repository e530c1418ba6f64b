/// What DICOM files hold and what is wrong with them, without a case.
#pragma once
#include "core/json.hpp"
#include <filesystem>
#include <vector>

namespace beamwright {

/// Looks at every file named or found in the folders named, and at how the objects fit together. Never refuses for
/// what is in a file: that becomes an entry of `problems`. The layout (docs/formats/dicom.md):
/// {"objects": [...], "ct": {...}, "structures": [...], "plan": {...}, "dose": {...}, "problems": [{"problem", "why",
/// "do"}], "warnings": [...]}; ct, structures, plan and dose repeat the first object of the kind and are absent where
/// there is none.
Json inspect(std::vector<std::filesystem::path> const& paths);

} // namespace beamwright
