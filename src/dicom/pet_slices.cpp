#include "dicom/pet_slices.hpp"
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>

namespace beamwright {

SeriesKind const& pet_kind() {
    static SeriesKind const kind{"PET",
                                 {DicomKind::pet},
                                 "name one of these as 'series' in boron_map",
                                 "export the whole series again from the scanner or the archive"};
    return kind;
}

std::vector<ImageSlice> read_pet_slices(DicomFile const& file, std::filesystem::path const& path) {
    if (file.kind() != DicomKind::pet) {
        return {};
    }
    auto slice = read_slice_identity(file, path);
    if (slice.layout.frames != 1) {
        file.refuse_element(DCM_NumberOfFrames, fmt::format("is {}", slice.layout.frames),
                            "a PET image of this SOP class has one; several would be frames in time or gates",
                            "export one static series, one file per slice");
    }
    slice.plane.position_mm = read_position(file);
    read_orientation(file, slice.plane);
    read_spacing(file, slice.plane);
    slice.thickness_mm = file.number_or(DCM_SliceThickness, 0);
    return {slice};
}

} // namespace beamwright
