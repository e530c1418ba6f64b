// Compiled once per instruction set: BW_TARGET names it (style T9).
#include "transport/simd/lane_histories.hpp"

namespace beamwright {
inline namespace BW_TARGET {

namespace {

/// Tracks in flight.
constexpr int slots = 16;

template <int N, class Media, class Score>
void run(HistoryWork const& work, Media media, Score score, std::int64_t first, std::int64_t last,
         TrackBook& book) {
    LaneHistories<N, slots, Media, Score> histories(work, media, score);
    histories(first, last, book);
}

template <int N, bool shared>
void choose(HistoryWork const& work, std::int64_t first, std::int64_t last, TrackBook& book) {
    if (work.score_planes) {
        run<N>(work, PlaneMedia{work.media}, LanePlaneScore<shared>{work.planes}, first, last, book);
    } else if (work.media_by_plane) {
        run<N>(work, PlaneMedia{work.media}, LaneDoseScore<shared>{work.dose}, first, last, book);
    } else {
        run<N>(work, VoxelMedia{work.media}, LaneDoseScore<shared>{work.dose}, first, last, book);
    }
}

template <int N>
void choose(HistoryWork const& work, std::int64_t first, std::int64_t last, TrackBook& book) {
    if (work.one_thread) {
        choose<N, false>(work, first, last, book);
    } else {
        choose<N, true>(work, first, last, book);
    }
}

} // namespace

void run_lanes(HistoryWork const& work, std::int64_t first, std::int64_t last, TrackBook& book) {
    static_assert(HWY_TARGET == HWY_AVX2); // without -maes -mpclmul Highway would take an older set
    switch (work.lane_width) {
    case 1:
        return choose<1>(work, first, last, book);
    case 16:
        return choose<16>(work, first, last, book);
    default:
        return choose<8>(work, first, last, book);
    }
}

} // namespace BW_TARGET
} // namespace beamwright
