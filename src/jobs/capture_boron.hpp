/// Boron of a capture irradiation: the level in blood, and a map from a volume. docs/formats/capture.md
#pragma once
#include "jobs/capture_setup.hpp"

namespace beamwright {

/// Level and its uncertainty from the plan into the setup.
void read_blood_level(CaptureSetup& setup, Warnings& warnings);

/// The file or folder of the plan's boron map. \throws Refusal if it leads out of the case
std::filesystem::path boron_map_path(CaptureSetup const& setup);
/// The plan's boron map on the dose grid.
struct CaptureBoron {
    Volume<float> ratio; ///< ppm per ppm of blood
    std::optional<CapturePet> pet;
};
/// \throws Refusal for negative or missing values, another place in space, ratios beyond 100 or too low, and a PET that gives no SUV
CaptureBoron read_boron_ratio(CaptureSetup const& setup, Warnings& warnings);
/// A map with the ratios that structures (or elsewhere) state; where they overlap the last decides, as for all of its
/// tissue, and takes the map if it states none.
Volume<float> boron_over_map(Volume<float> map, CaptureSetup const& setup);

} // namespace beamwright
