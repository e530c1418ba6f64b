/// Structures as drawn: closed planar contours in patient coordinates.
#pragma once
#include "lanes/vec3.hpp"
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace beamwright {

/// One closed planar polygon; the last point joins the first. Overlapping contours of one plane combine by
/// XOR (even-odd).
struct Contour {
    std::vector<Vec3<double>> points_mm;
};

struct Structure {
    int number = 0;   ///< ROI number, unique in the set; names may repeat
    std::string name; ///< UTF-8
    std::string type; ///< "EXTERNAL", "PTV", "ORGAN", ...; may be empty
    std::array<std::uint8_t, 3> color{128, 128, 128};
    std::vector<Contour> contours;
};

struct StructureSet {
    std::string label;
    std::string frame_of_reference_uid; ///< may be empty
    std::vector<Structure> structures;
};

} // namespace beamwright
