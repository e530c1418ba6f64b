/// How quantities that lie side by side in one tally vary together from batch to batch.
#pragma once
#include "transport/tally/batch_tally.hpp"
#include <array>
#include <vector>

namespace beamwright {

/// Sum over batches of the product of two quantities' deviations from their means, for the six pairs of four quantities,
/// brought up batch by batch (Welford 1962; for pairs Bennett et al. 2009): nothing large cancels, so single precision
/// holds it. 24 bytes per voxel.
class CrossMoments {
public:
    static constexpr std::size_t quantities = 4, pairs = 6;
    using Offsets = std::array<std::size_t, quantities>; ///< of the quantities in a voxel's row of cells

    explicit CrossMoments(std::size_t voxels) : moment_(voxels * pairs) {}

    /// Adds the running batch; to be called before it is folded. `before`: batches already in.
    void fold(BatchTally const& tally, std::size_t stride, Offsets const& at, double per_unit,
              std::int64_t before);

    /// Pairs in the order 01, 02, 03, 12, 13, 23.
    double moment(std::size_t voxel, std::size_t pair) const {
        return static_cast<double>(moment_[voxel * pairs + pair]);
    }
    std::vector<float>& values() { return moment_; }
    std::vector<float> const& values() const { return moment_; }

    static constexpr std::size_t bytes_per_voxel = pairs * sizeof(float);

private:
    std::vector<float> moment_; ///< [voxel][pair]
};

/// Correlation of two quantities of a tally, -1 to 1; 0 where one of them does not vary.
double correlation_of(BatchTally const& tally, std::size_t a, std::size_t b, double moment,
                      std::int64_t batches);

} // namespace beamwright
