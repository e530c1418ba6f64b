/// Any bytes given as an RT Ion Plan: a plan, or a refusal; nothing else.
#include "dicom/plan_in.hpp"
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace beamwright;
    Warnings warnings;
    try {
        auto const file =
            DicomFile::from_bytes({reinterpret_cast<char const*>(data), size}, "fuzz.dcm", warnings);
        auto const plan = read_ion_plan(file);
        for (auto const& beam : plan.beams) {
            if (beam.layers.empty() || !(beam.meterset_MU > 0.0))
                std::abort();
            for (auto const& layer : beam.layers) {
                if (layer.spots.empty() || !(layer.energy_MeV > 0.0))
                    std::abort();
            }
        }
    } catch (Refusal const&) {
    }
    return 0;
}
