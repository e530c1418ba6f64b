/// Memory of a device for a dose run, counted before anything is allocated there.
#pragma once
#include "geometry/grid.hpp"
#include <cstddef>
#include <cstdint>

namespace beamwright {

struct DevicePlan {
    std::size_t voxels = 0, row_length = 1;
    int quantities = 1; ///< of each beam: dose, dose to water, three of LET
    int crosses = 0;
    int beams = 1;
    std::size_t table_bytes = 0;
    std::int64_t batch_histories = 1; ///< of all beams together

    /// World, tables and sums: what does not grow with the batches in flight.
    std::size_t fixed_bytes() const;
    /// Tallies of one batch of all beams.
    std::size_t bytes_per_batch() const;
    /// Batches in flight: enough to keep `threads` busy, as many as fit into `free_bytes`. No effect on the result.
    /// \throws Refusal, with the largest grid that fits, if there is no room for one.
    std::int64_t batches_in_flight(Grid const& grid, std::size_t free_bytes, std::int64_t threads) const;
};

} // namespace beamwright
