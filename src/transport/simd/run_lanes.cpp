// Compiled once per instruction set: BW_TARGET names it (style T9).
#include "transport/simd/lane_histories.hpp"

namespace beamwright {
inline namespace BW_TARGET {

namespace {

/// Tracks in flight.
constexpr int slots = 16;

template <int N> void plan(LanePlanSettings const& settings, LaneState<slots>& state) {
    LanePlanner<N> const planner{settings};
    for (int first = 0; first < slots; first += N) {
        planner(state, first);
    }
}

PlanLanes<slots> plan_of_width(int width) {
    return width == 1 ? &plan<1> : width == 16 ? &plan<16> : &plan<8>;
}

struct Range {
    std::int64_t first, last;
};

template <class Media, class Score>
void run(HistoryWork const& work, Media media, Score score, Range range, TrackBook& book) {
    LaneHistories<slots, Media, Score> histories(work, plan_of_width(work.lane_width), media, score);
    histories(range.first, range.last, book);
}

template <bool shared, bool detailed> void choose(HistoryWork const& work, Range range, TrackBook& book) {
    if (work.score_planes) {
        run(work, PlaneMedia{work.media}, LanePlaneScore<shared, detailed>{work.planes}, range, book);
    } else if (work.media_by_plane) {
        run(work, PlaneMedia{work.media}, LaneDoseScore<shared, detailed>{work.dose}, range, book);
    } else {
        run(work, VoxelMedia{work.media}, LaneDoseScore<shared, detailed>{work.dose}, range, book);
    }
}

bool asks(LetScoreView const& let, SpeciesScoreView const& species) {
    return let.particles != LetParticles::none || species.sums != nullptr;
}

} // namespace

void run_lanes(HistoryWork const& work, std::int64_t first, std::int64_t last, TrackBook& book) {
    // Without -maes -mpclmul Highway would take an older set. HWY_SCALAR is the build for any processor: the same bits
    static_assert(HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_SCALAR);
    bool const detailed = work.score_planes ? asks(work.planes.let, work.planes.species)
                                            : asks(work.dose.let, work.dose.species);
    if (detailed) {
        choose<true, true>(work, {first, last}, book);
    } else if (work.one_thread) {
        choose<false, false>(work, {first, last}, book);
    } else {
        choose<true, false>(work, {first, last}, book);
    }
}

} // namespace BW_TARGET
} // namespace beamwright
