// Fixed point and batches: what the dose rests on.
#include "transport/step/score_view.hpp"
#include "transport/tally/batch_tally.hpp"
#include "transport/tally/fixed_point.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace beamwright {
namespace {

TEST(FixedPoint, cannot_overflow_and_rounds_finely) {
    for (std::int64_t const histories : {1LL, 1000LL, 20'000LL, 1'000'000LL}) {
        auto const fixed = fixed_point_for(histories, 4400.0);
        EXPECT_LT(static_cast<double>(histories) * 4400.0 * fixed.per_MeV, 0x1p62);
        // A voxel that gets 0.01 MeV per history of a batch: half a unit is far below 1e-9 of it
        EXPECT_LT(0.5 / fixed.per_MeV, 1e-9 * 0.01 * static_cast<double>(histories));
    }
}

TEST(FixedPoint, rounds_to_the_nearest_and_alike_on_both_sides) {
    EXPECT_EQ(fixed_point(1.4, 1.0), 1);
    EXPECT_EQ(fixed_point(1.5, 1.0), 2);
    EXPECT_EQ(fixed_point(-1.4, 1.0), -1);
    EXPECT_EQ(fixed_point(-1.5, 1.0), -2);
}

TEST(BatchTally, folds_batches_into_mean_and_standard_deviation) {
    BatchTally tally(4, 2);
    std::vector<double> const batches = {3, 5, 4, 8}; // MeV in voxel 1
    for (double const energy : batches) {
        tally.running()[1] += fixed_point(energy, 1024);
        tally.rows()[0] = 1;
        tally.running()[2] += 1024; // its row is not marked: stays in the running batch
        tally.fold(1024);
    }
    EXPECT_DOUBLE_EQ(tally.sum()[1], 20);
    EXPECT_DOUBLE_EQ(tally.sum()[2], 0);
    // Sample variance of 3 5 4 8 is 14/3; the sum of four has standard deviation sqrt(4 * 14/3)
    EXPECT_NEAR(tally.sum_sigma(1, 4), std::sqrt(4 * 14.0 / 3), 1e-12);
    tally.drop();
    EXPECT_EQ(tally.running()[2], 0);
}

} // namespace
} // namespace beamwright
