/// RTSTRUCT in: closed planar contours, names in UTF-8, references. Rules: docs/formats/dicom_structures.md.
#pragma once
#include "dicom/file.hpp"
#include "dicom/patient_study.hpp"
#include "patient/structures.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright {

/// What an RTSTRUCT file holds.
struct StructuresIn {
    StructureSet set;
    PatientStudy patient;
    std::string sop_instance_uid;
    /// image series that the structures were drawn on; may be empty
    std::vector<std::string> referenced_series_uids;
};

/// Reads a structure set from an open file; warnings go where the file was opened with. CLOSED_PLANAR and
/// CLOSEDPLANAR_XOR contours are kept; points and open lines are left out with a warning; a structure without
/// contours stays, empty. Structures of one name are kept apart by their number. \throws Refusal naming the
/// structure
StructuresIn read_structures(DicomFile const& file);
StructuresIn read_structures(std::filesystem::path const& file, Warnings& warnings);

} // namespace beamwright
