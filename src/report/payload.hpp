/// What the page's script needs: one compressed block of voxels and a JSON document that describes it.
#pragma once
#include "core/json.hpp"
#include "report/scene.hpp"
#include <string>

namespace beamwright::report {

struct Payload {
    Json head;         ///< grid, sections of the block, structures, words
    std::string block; ///< base64 of a zlib stream
};

/// CT to 1 HU within 12 bits, maps in 4095 steps of their greatest value, outlines in 255 steps.
Payload make_payload(ReportInput const& input, Scene const& scene);

} // namespace beamwright::report
