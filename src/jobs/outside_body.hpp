/// What the CT shows outside the body: couch, mask, cables. Kept, or taken as air but for named structures.
#pragma once
#include "jobs/patient_setup.hpp"
#include <optional>

namespace beamwright {

inline constexpr double air_HU = -1000; ///< also zero stopping power in a stopping power map

/// Share of each CT voxel that counts as air: outside the body and outside the structures that are kept. Nothing where the
/// case leaves the CT as it is. \throws Refusal without a body structure, or for a name that is none
std::optional<Volume<float>> outside_body_mask(PatientSetup const& setup, Warnings& warnings);

/// "--couch remove" or "--couch keep:NAME[,NAME]". \throws Refusal for other words, names that are no structures, or no
/// body structure
OutsideBodyAir outside_body_from(std::string const& words, StructureSet const& structures);

/// For run.json: what counts as air, what is kept.
Json outside_body_json(CaseDescription const& description);

} // namespace beamwright
