/// Where too few particles came for a stated uncertainty to be believed. docs/methods/neutron_transport.md section 4
#pragma once
#include "jobs/capture_result.hpp"

namespace beamwright {

/// A stated relative standard deviation above this only says that too few particles came.
inline constexpr double trusted_relative_sigma = 0.2;
/// A component counts in a voxel's weighted dose from this share of it.
inline constexpr double notable_dose_share = 0.1;

/// Adds `uncertain` of plan.structures to `values`, and a warning where it touches the weighted dose.
void add_trust(CaptureSetup const& setup, CaptureValues& values, Warnings& warnings);

/// `uncertain_volume_percent` of each structure.
Json trust_json(UncertainShares const& shares);

} // namespace beamwright
