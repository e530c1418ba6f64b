/// Any bytes given as an RTDOSE: a dose without negative or non-finite values, or a refusal; nothing else.
#include "dicom/dose_in.hpp"
#include "dicom/file.hpp"
#include "dicom/pixels.hpp"
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace beamwright;
    Warnings warnings;
    try {
        auto const file =
            DicomFile::from_bytes({reinterpret_cast<char const*>(data), size}, "fuzz.dcm", warnings);
        if (file.kind() == DicomKind::dose && read_pixel_layout(file).pixels() > (std::size_t{1} << 22)) {
            return 0; // larger than the fuzzer's memory allows to decode
        }
        auto const dose = read_rtdose(file);
        for (float const value : dose.dose_Gy.values) {
            if (std::isnan(value) || (value < 0 && dose.type != DoseType::error)) {
                std::abort();
            }
        }
    } catch (Refusal const&) {
    }
    return 0;
}
