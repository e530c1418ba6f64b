/// The main job: runs batches until a stop rule is met. Internal to transport; others call calculate_dose.
#pragma once
#include "transport/cuda/device_batches.hpp"
#include "transport/engine/beam_line.hpp"
#include "transport/engine/history_source.hpp"
#include "transport/engine/lane_tables.hpp"
#include "transport/engine/run_histories.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/batch_loop.hpp"
#include "transport/schedule/dose_request.hpp"
#include "transport/schedule/run_state.hpp"
#include "transport/tally/fixed_point.hpp"
#include <memory>
#include <vector>

namespace beamwright {

class DoseRun final : private BatchJob {
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
    /// The tally of species, where asked for.
    void add_species(BeamState& state, HistoryWork& work) const;
    /// Tallies and cross sums of LET, where asked for.
    void add_let(BeamState& state, HistoryWork& work) const;
    bool run_batch() override;
    void check_first_batch() const override;
    double measured_uncertainty(UncertaintyRule const& rule) const override;
    void bring_state() override;
    /// Where the histories are followed on a device.
    void use_device();
    bool run_batch_on_device();
    /// This process's histories of a batch; not all of them if cancelled.
    TrackBook run_beam(std::size_t beam);
    /// Sums a whole batch over processes and folds it, in the first process.
    void finish_batch(BeamState& state, TrackBook const& book);
    std::vector<double> protons() const;

    DoseRequest const& request_;
    VoxelWorld const& world_;
    BatchOptions batch_options_;
    std::vector<std::int64_t> batch_of_beam_;
    std::shared_ptr<TransportTables const> tables_;
    std::optional<LaneTables> lane_tables_; ///< for the lane engine
    std::vector<Beam> beams_;
    RunState state_;
    FixedPoint fixed_;
    BatchLoop loop_;
    std::optional<DeviceBatches> device_; ///< instead of threads
};

/// Dose volumes and numbers of a finished run. Frees the tallies of each beam once it is read.
DoseResult make_result(DoseRequest const& request, RunState& state, std::vector<double> const& protons);

/// LET of all beams together, each weighted with its protons. Empty without LET.
LetVolumes make_let(VoxelWorld const& world, RunState const& state, std::vector<double> const& protons);

/// Dose and fluence by species, all beams together. Empty where not asked for.
std::vector<SpeciesVolumes> make_species(DoseRequest const& request, RunState const& state,
                                         std::vector<double> const& protons);

/// Mean relative standard deviation by the rule, or, without one, over voxels above half of the greatest
/// dose.
double mean_relative_uncertainty(VoxelWorld const& world, RunState const& state,
                                 std::vector<double> const& protons, UncertaintyRule const* rule);

} // namespace beamwright
