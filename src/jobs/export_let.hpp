/// What LET adds to an export: the dose weighted with a named model, and LET maps. docs/methods/let.md
#pragma once
#include "jobs/export_parts.hpp"

namespace beamwright {

/// One map of LET, and what it is in words.
struct LetMap {
    std::string stem;
    std::string what;
    std::string comment; ///< of an RTDOSE: at most 64 letters
    VolumeNotes notes;
    Volume<float> keV_per_um;
};

/// What is asked for beside the dose, ready to be written: what is missing is refused before the first file.
struct ExportExtras {
    std::optional<WeightedDose> weighted;
    std::vector<LetMap> let; ///< LETd, then LETt
};
/// \throws Refusal
ExportExtras export_extras(ExportFrame const& frame, Warnings& warnings);

/// The dose of the course weighted as asked, as RTDOSE of type EFFECTIVE or as a volume; never without its name. Beams
/// are not weighted one by one: a variable RBE depends on the dose and LET of all of them.
Json export_weighted(ExportFrame const& frame, std::string const& plan_uid, WeightedDose weighted,
                     Warnings& warnings);

/// LETd and LETt as volumes (NRRD beside RTDOSE); with let_as_rtdose LETd also as RTDOSE with units RELATIVE, since
/// DICOM has no object of LET.
std::vector<Json> export_let(ExportFrame const& frame, std::string const& plan_uid,
                             std::vector<LetMap> const& maps, Warnings& warnings);

} // namespace beamwright
