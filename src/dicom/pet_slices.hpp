/// Where the slices of a PET lie. Inside dicom/ only.
#pragma once
#include "dicom/image_slices.hpp"

namespace beamwright {

/// PET series, and the words of capture.json for them.
SeriesKind const& pet_kind();

/// The slice in one file; none if it holds no PET. \throws Refusal for a file of several frames
std::vector<ImageSlice> read_pet_slices(DicomFile const& file, std::filesystem::path const& path);

} // namespace beamwright
