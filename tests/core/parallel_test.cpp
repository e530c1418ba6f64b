#include "core/parallel.hpp"
#include <gtest/gtest.h>

using namespace beamwright;

TEST(ParallelRanges, cover_every_index_once_for_any_number_of_threads) {
    for (int const threads : {1, 2, 7}) {
        ThreadLimit const limit(threads);
        std::vector<int> visits(10'007, 0);
        parallel_ranges(visits.size(), 64, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) {
                ++visits[i]; // disjoint pieces: no race
            }
        });
        EXPECT_EQ(std::count(visits.begin(), visits.end(), 1), 10'007);
    }
}

TEST(ParallelRanges, a_throw_reaches_the_caller) {
    EXPECT_THROW(parallel_ranges(100, 1, [](std::size_t, std::size_t) { throw std::runtime_error("x"); }),
                 std::runtime_error);
}
