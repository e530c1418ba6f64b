/// The step loop, compiled once per instruction set and chosen when the program runs.
#pragma once
#include "machine/source/spot_source_view.hpp"
#include "transport/step/history.hpp"
#include "transport/step/lane_tables_view.hpp"
#include "transport/step/score_view.hpp"
#include <string>

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
    LaneTablesView lanes;    ///< for the lane engine
    bool one_thread = false; ///< no other thread adds to these tallies now
    int lane_width = 8;      ///< 1, 8 or 16: the lane engine gives the same bits with each
};

/// Runs histories [first, last) and adds to the tallies; energies and counts go to `book`.
using RunHistories = void (*)(HistoryWork const& work, std::int64_t first, std::int64_t last,
                              TrackBook& book);

/// The fastest build of the scalar loop that this processor runs. All give the same bits.
RunHistories run_histories_here();
/// The build for any processor.
RunHistories run_histories_baseline();
/// True where run_histories_here() uses fused multiply-add instructions.
bool has_fused_multiply_add();

/// What makes the result: an engine, and for the lane engine the instructions that it uses. All builds of the lane engine
/// give the same bits, whatever the processor; scalar and lanes agree within their statistics.
enum class LaneTarget : std::uint8_t {
    scalar,   ///< double precision, one track at a time: the reference
    avx2,     ///< single precision, eight lanes in a register
    avx512,   ///< sixteen; not yet run on a processor that has it
    portable, ///< the lanes one by one: for any processor, slow
    cuda      ///< the scalar loop on a CUDA device: its bits (docs/methods/gpu.md)
};

/// The word that asks for it: "scalar", "avx2", "avx512", "portable", "cuda".
std::string to_string(LaneTarget target);
/// For run.json and checkpoints, the same wherever the bits are: "scalar", "lanes" or "cuda".
std::string engine_of(LaneTarget target);
/// "lanes" is avx2 where it runs, else portable. \throws Refusal for a name that is none, or a target that this processor or build cannot run.
LaneTarget lane_target_named(std::string const& name);
/// This processor and this build can run it.
bool runs_here(LaneTarget target);
/// The lane engine (LaneTablesView) in one of its builds.
inline bool in_lanes(LaneTarget target) { return target != LaneTarget::scalar && target != LaneTarget::cuda; }
/// On this processor. \pre runs_here(target); cuda is no loop of the host (transport/cuda/device_batches.hpp)
RunHistories run_histories_of(LaneTarget target);

} // namespace beamwright
