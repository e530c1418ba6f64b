/// One quantity of one beam: a fixed-point tally of the running batch, and sums over whole batches.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace beamwright {

/// 24 bytes per voxel. Energies in MeV.
class BatchTally {
public:
    /// `row_length` voxels share one mark that tells whether any of them was touched.
    BatchTally(std::size_t voxels, std::size_t row_length);

    std::int64_t* running() { return running_.data(); }
    std::uint8_t* rows() { return row_used_.data(); }

    /// Adds the running batch to sum and sum of squares and clears it; rows never touched are skipped.
    void fold(double per_MeV);
    /// Forgets the running batch.
    void drop();

    std::span<double> sum() { return sum_; }
    std::span<double> sum_of_squares() { return square_; }
    std::span<double const> sum() const { return sum_; }

    /// Standard deviation of the sum over `batches` batches: batches^2 times the variance of their mean.
    double sum_sigma(std::size_t voxel, std::int64_t batches) const;

    /// Bytes per voxel while a run lasts.
    static constexpr std::size_t bytes_per_voxel = 24;

private:
    std::vector<std::int64_t> running_;
    std::vector<std::uint8_t> row_used_;
    std::vector<double> sum_, square_;
    std::size_t row_length_;
};

} // namespace beamwright
