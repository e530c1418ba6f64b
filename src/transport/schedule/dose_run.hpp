/// The main job: runs batches until a stop rule is met. Internal to transport; others call calculate_dose.
#pragma once
#include "transport/engine/beam_line.hpp"
#include "transport/engine/history_source.hpp"
#include "transport/engine/lane_tables.hpp"
#include "transport/engine/run_histories.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/checkpoint.hpp"
#include "transport/schedule/dose_request.hpp"
#include "transport/schedule/run_state.hpp"
#include "transport/tally/fixed_point.hpp"
#include <chrono>
#include <memory>
#include <vector>

namespace beamwright {

class DoseRun {
public:
    /// Checks the request, plans the memory, loads tables. \throws Refusal
    DoseRun(DoseRequest const& request, Warnings& warnings);
    /// \throws Interrupted when cancelled; the checkpoint, if one is named, is written first.
    DoseResult run();

private:
    struct Beam {
        std::unique_ptr<HistorySource> source;
        std::unique_ptr<BeamLine> line;
        HistoryWork work;
    };

    void plan_batches();
    void build_beams(Warnings& warnings);
    /// Tallies and cross sums of LET, where asked for.
    void add_let(BeamState& state, HistoryWork& work) const;
    /// All histories of one batch; false if cancelled (then the tallies are dropped).
    bool run_batch();
    /// This process's histories of a batch; not all of them if cancelled.
    TrackBook run_beam(std::size_t beam);
    /// Sums a whole batch over processes and folds it, in the first process.
    void finish_batch(BeamState& state, TrackBook const& book);
    /// Empty while the run goes on.
    std::optional<StopReason> stop_after_batch();
    std::optional<StopReason> reason_to_stop();
    void save();
    void tell_progress();
    double wall_s() const;
    double cpu_s() const;
    void check_hits_grid() const;

    DoseRequest const& request_;
    VoxelWorld const& world_;
    std::vector<std::int64_t> batch_of_beam_;
    std::shared_ptr<TransportTables const> tables_;
    std::optional<LaneTables> lane_tables_; ///< for the lane engine
    std::vector<Beam> beams_;
    RunState state_;
    FixedPoint fixed_;
    CheckpointIdentity identity_;
    double measured_ = 0; ///< mean relative uncertainty at the last look
    double start_cpu_s_ = 0, earlier_cpu_s_ = 0, earlier_wall_s_ = 0;
    std::chrono::steady_clock::time_point start_, last_save_;
    bool resumed_ = false;
};

/// Dose volumes and numbers of a finished run. Frees the tallies of each beam once it is read.
DoseResult make_result(DoseRequest const& request, RunState& state, std::vector<double> const& protons);

/// LET of all beams together, each weighted with its protons. Empty without LET.
LetVolumes make_let(VoxelWorld const& world, RunState const& state, std::vector<double> const& protons);

/// Mean relative standard deviation by the rule, or, without one, over voxels above half of the greatest
/// dose.
double mean_relative_uncertainty(VoxelWorld const& world, RunState const& state,
                                 std::vector<double> const& protons, UncertaintyRule const* rule);

/// Batches after which the uncertainty is looked at: 10, 11, 12, ... growing by 15 %. Depends on nothing
/// else.
bool is_looked_at(std::int64_t batch);

} // namespace beamwright
