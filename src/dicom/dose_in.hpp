/// RTDOSE in: a dose in Gy on a regular grid.
#pragma once
#include "dicom/dose.hpp"

namespace beamwright {

class DicomFile;

/// \throws Refusal for relative dose, missing scaling, uneven planes, and what cannot be read.
/// docs/formats/dicom.md
DoseObject read_rtdose(std::filesystem::path const& file, Warnings& warnings);
DoseObject read_rtdose(DicomFile const& file);

/// Checks that a dose belongs to a CT and plan. \throws Refusal if the frames of reference differ; warns where they
/// are not stated, and where the dose refers to another plan. An empty plan UID is not compared.
void check_dose_belongs(DoseObject const& dose, std::string const& name,
                        std::string const& frame_of_reference_uid, std::string const& plan_uid,
                        Warnings& warnings);

} // namespace beamwright
