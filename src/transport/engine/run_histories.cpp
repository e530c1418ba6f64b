// Compiled once per instruction set: BW_TARGET names it (style T9).
#include "transport/engine/run_histories.hpp"

namespace beamwright {
inline namespace BW_TARGET {

namespace {

template <class Media, class Score>
void run(HistoryWork const& work, Media media, Score score, std::int64_t first, std::int64_t last,
         TrackBook& book) {
    HistoryRunner<Media, Score> const runner{.source = work.source,
                                             .line = work.line,
                                             .physics = {work.tables},
                                             .media = media,
                                             .score = score,
                                             .per_MeV = work.per_MeV};
    TrackStack stack;
    for (std::int64_t history = first; history < last; ++history) {
        runner(history, stack, book);
    }
}

} // namespace

void run_histories(HistoryWork const& work, std::int64_t first, std::int64_t last, TrackBook& book) {
    if (work.score_planes) {
        run(work, PlaneMedia{work.media}, PlaneScore{work.planes}, first, last, book);
    } else if (work.media_by_plane) {
        run(work, PlaneMedia{work.media}, DoseScore{work.dose}, first, last, book);
    } else {
        run(work, VoxelMedia{work.media}, DoseScore{work.dose}, first, last, book);
    }
}

} // namespace BW_TARGET
} // namespace beamwright
