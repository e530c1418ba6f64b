/// What a run has gathered after whole batches: what a checkpoint holds and results are made of.
#pragma once
#include "transport/step/track.hpp"
#include "transport/tally/batch_tally.hpp"
#include "transport/tally/cross_moments.hpp"
#include <array>
#include <cstdint>
#include <vector>

namespace beamwright {

/// Sums over whole batches of one beam.
struct BeamState {
    std::int64_t histories_per_batch = 0;
    std::array<double, energy_term_count> energy_MeV{}; ///< by EnergyTerm
    std::array<std::int64_t, rare_count> rare{};
    std::int64_t steps = 0, nuclear_events = 0, nonelastic_events = 0, primary_nonelastic_events = 0,
                 secondaries = 0;
    std::vector<std::int64_t> counts; ///< of neutron runs, by NeutronCount
    std::vector<double> notes;        ///< of neutron runs: misfit (MeV) and absorptions by nuclide
    /// Dose to medium, then (if asked) dose to water, then (if asked) LET: energy, energy x stopping, path.
    std::vector<BatchTally> tallies;
    std::vector<CrossSum> crosses; ///< with LET: energy x (energy x stopping), energy x path
    std::vector<CrossMoments>
        moments; ///< of neutron runs: how boron, nitrogen, fast and photon dose vary together

    /// Adds the book of a whole batch.
    void add(TrackBook const& book, double per_MeV);
};

struct RunState {
    std::int64_t batches = 0;
    double cpu_s = 0, wall_s = 0;
    std::vector<BeamState> beams;
};

} // namespace beamwright
