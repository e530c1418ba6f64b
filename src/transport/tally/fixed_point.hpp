/// Fixed-point scale of the tallies: energies become 64-bit integers, so that the order of adding cannot
/// matter.
#pragma once
#include <cstdint>

namespace beamwright {

/// A power of two, so that scaling is exact.
struct FixedPoint {
    double per_MeV = 1; ///< integer units per MeV
    double MeV(std::int64_t units) const { return static_cast<double>(units) / per_MeV; }
};

/// The finest scale at which `histories` that each tally at most `most_MeV` cannot overflow one voxel (with a
/// factor of four to spare). \throws std::logic_error if that leaves rounding above 1e-8 MeV
/// per deposit.
FixedPoint fixed_point_for(std::int64_t histories, double most_MeV);

} // namespace beamwright
