#include "transport/tally/cross_moments.hpp"
#include "core/parallel.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

void CrossMoments::fold(BatchTally const& tally, std::size_t stride, Offsets const& at, double per_unit,
                        std::int64_t before) {
    auto const row_length = tally.row_length() / stride;
    auto const rows = moment_.size() / pairs / row_length;
    auto const earlier = static_cast<double>(before), now = earlier + 1;
    parallel_ranges(rows * row_length, row_length * 64, [&](std::size_t first, std::size_t last) {
        for (std::size_t voxel = first; voxel < last; ++voxel) {
            bool const used = tally.row_used(voxel / row_length);
            std::array<double, quantities> from_old{}, from_new{};
            bool any = false;
            for (std::size_t q = 0; q < quantities; ++q) {
                auto const cell = voxel * stride + at[q];
                double const sum = tally.sum()[cell];
                double const here = used ? tally.running_MeV(cell, per_unit) : 0.0;
                from_old[q] = before > 0 ? here - sum / earlier : here;
                from_new[q] = here - (sum + here) / now;
                any = any || sum > 0 || here > 0;
            }
            if (!any) {
                continue;
            }
            float* moment = moment_.data() + voxel * pairs;
            for (std::size_t a = 0; a + 1 < quantities; ++a) {
                for (std::size_t b = a + 1; b < quantities; ++b) {
                    *moment = static_cast<float>(static_cast<double>(*moment) + from_old[a] * from_new[b]);
                    ++moment;
                }
            }
        }
    });
}

double correlation_of(BatchTally const& tally, std::size_t a, std::size_t b, double moment,
                      std::int64_t batches) {
    auto const n = static_cast<double>(batches);
    auto const spread = [&](std::size_t cell) {
        return std::max(tally.sum_of_squares()[cell] - tally.sum()[cell] * tally.sum()[cell] / n, 0.0);
    };
    double const scale = std::sqrt(spread(a)) * std::sqrt(spread(b));
    return scale > 0 ? std::clamp(moment / scale, -1.0, 1.0) : 0.0;
}

} // namespace beamwright
