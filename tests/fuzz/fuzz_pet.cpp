/// Any bytes given as a PET image: a slice with decoded pixels and a factor to SUV, or a refusal; nothing else.
#include "dicom/pet_slices.hpp"
#include "dicom/pet_suv.hpp"
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
        auto slices = read_pet_slices(file, "fuzz.dcm");
        if (slices.empty() || slices.front().layout.pixels() > (std::size_t{1} << 22)) {
            return 0; // no PET, or larger than the fuzzer's memory allows to decode
        }
        auto const layout = slices.front().layout;
        auto const uptake = uptake_of({read_pet_header(file)}, warnings);
        auto const stack =
            stack_slices(choose_series(std::move(slices), "", pet_kind()), false, pet_kind(), warnings);
        bool const sound = uptake.SUV_per_value > 0 && std::isfinite(uptake.SUV_per_value);
        if (!sound || !(stack.grid.spacing_mm.z > 0.0) ||
            read_pixels(file, layout).words.size() != layout.pixels()) {
            std::abort();
        }
    } catch (Refusal const&) {
    }
    return 0;
}
