/// From the headers of a PET to the factor between its activities and SUV. Inside dicom/ only.
#pragma once
#include "core/refusal.hpp"
#include "dicom/pet_header.hpp"
#include "dicom/pet_in.hpp"

namespace beamwright {

/// The uptake of a series by the headers of its slices (at least one). \throws Refusal where they do not go
/// together or the times give no decay. docs/methods/boron_distribution.md eq. 1-2
PetUptake uptake_of(std::vector<PetHeader> const& headers, Warnings& warnings);

} // namespace beamwright
