#include "transport/tally/batch_tally.hpp"
#include "core/contracts.hpp"
#include "core/parallel.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

BatchTally::BatchTally(std::size_t voxels, std::size_t row_length)
    : running_(voxels), row_used_(voxels / row_length), sum_(voxels), square_(voxels),
      row_length_(row_length) {
    BW_EXPECT(row_length > 0 && voxels % row_length == 0);
}

void BatchTally::fold(double per_MeV) {
    parallel_ranges(row_used_.size(), 256, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; ++row) {
            if (row_used_[row] == 0) {
                continue;
            }
            row_used_[row] = 0;
            for (std::size_t voxel = row * row_length_; voxel < (row + 1) * row_length_; ++voxel) {
                double const energy_MeV = static_cast<double>(running_[voxel]) / per_MeV;
                running_[voxel] = 0;
                sum_[voxel] += energy_MeV;
                square_[voxel] += energy_MeV * energy_MeV;
            }
        }
    });
}

void CrossSum::fold(BatchTally const& a, BatchTally const& b, double per_MeV) {
    parallel_ranges(sum_.size() / a.row_length(), 256, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; ++row) {
            if (!a.row_used(row)) {
                continue;
            }
            for (std::size_t voxel = row * a.row_length(); voxel < (row + 1) * a.row_length(); ++voxel) {
                sum_[voxel] += a.running_MeV(voxel, per_MeV) * b.running_MeV(voxel, per_MeV);
            }
        }
    });
}

double residual_variance(BatchTally const& a, BatchTally const& b, CrossSum const& cross, double ratio,
                         std::size_t voxel, std::int64_t batches) {
    if (batches < 2) {
        return 0;
    }
    auto const n = static_cast<double>(batches);
    double const rest = a.sum()[voxel] - ratio * b.sum()[voxel];
    double const squares = a.sum_of_squares()[voxel] + ratio * ratio * b.sum_of_squares()[voxel] -
                           2 * ratio * cross.sum()[voxel];
    return std::max(squares - rest * rest / n, 0.0) * n / (n - 1);
}

void BatchTally::drop() {
    std::fill(running_.begin(), running_.end(), 0);
    std::fill(row_used_.begin(), row_used_.end(), std::uint8_t{0});
}

double BatchTally::sum_sigma(std::size_t voxel, std::int64_t batches) const {
    if (batches < 2) {
        return 0;
    }
    auto const n = static_cast<double>(batches);
    double const spread = square_[voxel] - sum_[voxel] * sum_[voxel] / n;
    return std::sqrt(std::max(spread, 0.0) * n / (n - 1));
}

} // namespace beamwright
