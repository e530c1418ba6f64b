/// When a calculation stops.
#pragma once
#include "core/refusal.hpp"
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// Stop when the mean relative standard deviation per voxel falls below `target`: over voxels above half of
/// the greatest dose, or, where `weights` (one per voxel of the grid, 0 to 1) is given, over those.
struct UncertaintyRule {
    double target = 0.01;
    std::vector<float> weights;
    std::string where; ///< name of the structure, for the stop reason
};

/// At least one of the three; whichever is reached first stops the run, after a whole batch.
struct StopRules {
    std::optional<std::int64_t> histories; ///< rounded up to whole batches
    std::optional<double> time_s;          ///< wall time
    std::optional<UncertaintyRule> uncertainty;
};

enum class StopReason { histories, time, uncertainty };
std::string to_string(StopReason reason);

/// \throws Refusal where nothing says when to stop, or a rule cannot be met.
void check_stop_rules(StopRules const& stop, std::size_t voxels);

/// Uncertainties come from the differences between batches: one batch has none.
void warn_of_one_batch(std::int64_t batches, Warnings& warnings);

} // namespace beamwright
