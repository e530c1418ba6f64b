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
    std::span<double const> sum_of_squares() const { return square_; }

    /// The running batch of a voxel.
    double running_MeV(std::size_t voxel, double per_MeV) const {
        return static_cast<double>(running_[voxel]) / per_MeV;
    }
    bool row_used(std::size_t row) const { return row_used_[row] != 0; }
    std::size_t row_length() const { return row_length_; }

    /// Standard deviation of the sum over `batches` batches: batches^2 times the variance of their mean.
    double sum_sigma(std::size_t voxel, std::int64_t batches) const;

    /// Gives the running batch's memory back once a run has ended.
    void release_running() { std::vector<std::int64_t>().swap(running_); } // = {} would keep it
    /// ... and that of the squares and of the sums, once results are made of them.
    void release_squares() { std::vector<double>().swap(square_); }
    void release_sums() { std::vector<double>().swap(sum_); }

    /// Bytes per voxel while a run lasts.
    static constexpr std::size_t bytes_per_voxel = 24;

private:
    std::vector<std::int64_t> running_;
    std::vector<std::uint8_t> row_used_;
    std::vector<double> sum_, square_;
    std::size_t row_length_;
};

/// Sum over whole batches of the product of two quantities, for the uncertainty of their ratio. 8 bytes per voxel.
class CrossSum {
public:
    explicit CrossSum(std::size_t voxels) : sum_(voxels) {}
    /// Adds the running batch of both; to be called before they are folded. Rows are those of `a`.
    void fold(BatchTally const& a, BatchTally const& b, double per_MeV);
    std::span<double> sum() { return sum_; }
    std::span<double const> sum() const { return sum_; }
    static constexpr std::size_t bytes_per_voxel = 8;

private:
    std::vector<double> sum_;
};

/// Variance of sum(a) - ratio * sum(b) over `batches` batches: that of a ratio near `ratio` times sum(b)^2. 0 with
/// fewer than two batches.
double residual_variance(BatchTally const& a, BatchTally const& b, CrossSum const& cross, double ratio,
                         std::size_t voxel, std::int64_t batches);

} // namespace beamwright
