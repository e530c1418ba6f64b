/// What a boron map shows of the body and of each structure that takes its boron from it. docs/formats/capture.md
#pragma once
#include "jobs/capture_setup.hpp"

namespace beamwright {

/// Share of a mask (the body, a structure) within the map's grid `cover`, by centers of voxels that it half fills.
double covered_share(Volume<float> const& mask, Grid const& cover);

/// `ratio`: ppm per ppm of blood, on the dose grid. \throws Refusal for a map that shows less of a limiting structure or
/// the target than its irradiation needs, and for less boron in the whole body than any compound leaves. Warns of other
/// structures that it does not cover, and of those with next to no boron.
void check_map(CaptureSetup const& setup, Volume<float> const& ratio, Grid const& cover, Warnings& warnings);

} // namespace beamwright
