/// The step loop, compiled once per instruction set and chosen when the program runs.
#pragma once
#include "machine/source/spot_source_view.hpp"
#include "transport/step/history.hpp"
#include "transport/step/score_view.hpp"

namespace beamwright {

/// One beam of one batch: all that its histories read, and where they write. Plain data.
struct HistoryWork {
    HistorySourceView source;
    BeamLineView line;
    StepTablesView tables;
    VoxelMediaView media;
    bool media_by_plane = false; ///< media holds one entry per plane of constant k
    bool score_planes = false;   ///< fill `planes` instead of `dose`
    DoseScoreView dose;
    PlaneScoreView planes;
    double per_MeV = 1;
};

/// Runs histories [first, last) and adds to the tallies; energies and counts go to `book`.
using RunHistories = void (*)(HistoryWork const& work, std::int64_t first, std::int64_t last,
                              TrackBook& book);

/// The fastest build of the loop that this processor runs. All give the same bits.
RunHistories run_histories_here();
/// The build for any processor.
RunHistories run_histories_baseline();
/// True where run_histories_here() uses fused multiply-add instructions.
bool has_fused_multiply_add();

/// The lane target of the results, for run.json and checkpoints.
inline constexpr char const* lane_target = "scalar";

} // namespace beamwright
