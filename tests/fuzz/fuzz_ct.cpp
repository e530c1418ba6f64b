/// Any bytes given as a CT image: slices with decoded pixels, or a refusal; nothing else.
#include "dicom/ct_slices.hpp"
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace beamwright;
    Warnings warnings;
    try {
        auto const file =
            DicomFile::from_bytes({reinterpret_cast<char const*>(data), size}, "fuzz.dcm", warnings);
        auto slices = read_ct_slices(file, "fuzz.dcm");
        if (slices.empty() || slices.front().layout.pixels() > (std::size_t{1} << 22)) {
            return 0; // no CT, or larger than the fuzzer's memory allows to decode
        }
        auto const layout = slices.front().layout;
        auto const stack =
            stack_slices(choose_series(std::move(slices), "", ct_kind()), true, ct_kind(), warnings);
        if (!(stack.grid.spacing_mm.z > 0.0) || read_pixels(file, layout).words.size() != layout.pixels()) {
            std::abort();
        }
    } catch (Refusal const&) {
    }
    return 0;
}
