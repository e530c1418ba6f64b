/// What a CT file says of its slices: places and the way to CT numbers. Inside dicom/ only.
#pragma once
#include "dicom/image_slices.hpp"

namespace beamwright {

/// CT series, and the words of the command line for them.
SeriesKind const& ct_kind();

/// The slices in one file (none if it holds no CT; localizers are passed over with a warning).
std::vector<ImageSlice> read_ct_slices(DicomFile const& file, std::filesystem::path const& path);

} // namespace beamwright
