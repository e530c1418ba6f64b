/// Where too few particles came for a stated uncertainty to be believed. docs/methods/neutron_transport.md section 4
#pragma once
#include "evaluate/capture/structure_dose.hpp"
#include "jobs/capture_result.hpp"

namespace beamwright {

/// Up to this a stated relative standard deviation covers what it should (2000 runs); above, its intervals are too
/// narrow, because few particles of different weight make dose and deviation, low together.
inline constexpr double trusted_relative_sigma = 0.1;
/// A component counts in a voxel's weighted dose from this share of it.
inline constexpr double notable_dose_share = 0.1;

/// What a dose map's trust depends on, all on one grid.
struct TrustMaps {
    Grid const& grid;
    Volume<float> const& body;        ///< share of each voxel in the outer contour; no dose where 0
    Volume<float> const& boron_ratio; ///< 0: no boron there
    std::vector<CaptureTissue> const& tissues;
    std::vector<std::uint8_t> const& tissue_index;
    ComponentDoses const& components;
    std::array<Volume<float>, capture_component_count> const& sigmas; ///< one standard deviation
};
/// Volume of a structure, in percent, above `trusted_relative_sigma`.
UncertainShares uncertain_shares(StructureVoxels const& structure, TrustMaps const& maps);

/// Adds `uncertain` of plan.structures to `values`, and a warning where it touches the weighted dose.
void add_trust(CaptureSetup const& setup, CaptureValues& values, Warnings& warnings);

/// `uncertain_volume_percent` of each structure.
Json trust_json(UncertainShares const& shares);

} // namespace beamwright
