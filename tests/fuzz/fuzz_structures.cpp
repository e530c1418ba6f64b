/// Any bytes given as an RT Structure Set: structures, or a refusal; then the same for their fit to a CT.
#include "dicom/fit.hpp"
#include "dicom/structures_in.hpp"
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace beamwright;
    Warnings warnings;
    try {
        auto const file =
            DicomFile::from_bytes({reinterpret_cast<char const*>(data), size}, "fuzz.dcm", warnings);
        auto in = read_structures(file);
        for (auto const& structure : in.set.structures) {
            for (auto const& contour : structure.contours) {
                if (contour.points_mm.size() < 3)
                    std::abort();
            }
        }
        CtSeries ct;
        ct.hu.grid.size = {50, 40, 20};
        ct.hu.grid.spacing_mm = {2, 2, 3};
        ct.frame_of_reference_uid = in.set.frame_of_reference_uid;
        in.referenced_series_uids.clear();
        check_structures_fit_ct(in, ct, {}, warnings);
    } catch (Refusal const&) {
    }
    return 0;
}
