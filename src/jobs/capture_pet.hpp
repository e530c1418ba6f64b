/// The boron map of a capture irradiation from a folder of DICOM PET slices. docs/formats/capture.md
#pragma once
#include "casefolder/case_folder.hpp"
#include "dicom/pet_in.hpp"
#include "report/figure_section.hpp"

namespace beamwright {

/// What a PET was and how its values became SUV; no name, date or UID, since it stands in run.json and the report.
struct CapturePet {
    PetUptake uptake;
    std::size_t slices = 0;
    HashedInput input; ///< the hash is that of the list of the files' hashes
};

struct CapturePetMap {
    Volume<float> suv;
    CapturePet pet;
};

/// The PET in `path`, a folder inside the case. \throws Refusal for another unit than SUV, another frame of reference
/// than the CT's (unless the map accepts it), and whatever gives no SUV
CapturePetMap read_capture_pet(std::filesystem::path const& path, CaptureBoronMap const& map,
                               CaseFolder const& folder, Warnings& warnings);

Json to_json(CapturePet const& pet);
report::TextTable pet_table(CapturePet const& pet);

} // namespace beamwright
