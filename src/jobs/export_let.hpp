/// What LET adds to an export: the dose weighted with a named model, and LET maps. docs/methods/let.md
#pragma once
#include "jobs/export_parts.hpp"

namespace beamwright {

/// The dose of the course weighted as asked, as RTDOSE of type EFFECTIVE or as a volume; never without its name. Beams
/// are not weighted one by one: a variable RBE depends on the dose and LET of all of them. \throws Refusal
Json export_weighted(ExportFrame const& frame, std::string const& plan_uid, Volume<float> const& dose_Gy,
                     Warnings& warnings);

/// LETd and LETt as volumes (NRRD beside RTDOSE); with let_as_rtdose LETd also as RTDOSE with units RELATIVE, since
/// DICOM has no object of LET. \throws Refusal if the result has none
std::vector<Json> export_let(ExportFrame const& frame, std::string const& plan_uid, Warnings& warnings);

} // namespace beamwright
