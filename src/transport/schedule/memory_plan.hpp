/// Memory of a run, counted before anything is allocated.
#pragma once
#include "geometry/grid.hpp"
#include <cstddef>

namespace beamwright {

struct MemoryPlan {
    std::size_t voxels = 0;
    int quantities = 1, beams = 1;
    bool let = false;
    std::size_t neutron_bytes = 0; ///< of a neutron run, per voxel, in place of the above
    /// 24 bytes per voxel, quantity and beam (LET: three quantities and two cross sums), and 64 MiB for tables and
    /// threads.
    std::size_t bytes() const;
    std::size_t bytes_per_voxel() const;
};

/// MemAvailable of the system; 0 where it cannot be told.
std::size_t available_memory_bytes();

/// \throws Refusal with numbers, and with the largest selection that fits, if the plan needs more than
/// `limit_bytes` (0 = what is free).
void require_memory(MemoryPlan const& plan, Grid const& grid, std::size_t limit_bytes);

} // namespace beamwright
