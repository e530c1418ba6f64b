#include "lanes/octave_grid.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

using Grid5 = OctaveGrid<-10, 9, 5>;

TEST(OctaveGrid, finds_the_cell_that_holds_a_number) {
    for (double x = Grid5::least; x < 512; x *= 1.000731) {
        auto const at = Grid5::cell(x);
        ASSERT_GE(at.index, 0);
        ASSERT_LT(at.index, Grid5::cells);
        ASSERT_LE(Grid5::node(at.index), x);
        ASSERT_LT(x, Grid5::node(at.index + 1));
        // place and width rebuild the number to rounding: place carries 47 of 52 bits exactly
        ASSERT_DOUBLE_EQ(Grid5::node(at.index) + at.place * at.width, x);
    }
}

TEST(OctaveGrid, nodes_are_starts_of_cells) {
    for (int node = 0; node < Grid5::cells; ++node) {
        auto const at = Grid5::cell(Grid5::node(node));
        ASSERT_EQ(at.index, node);
        ASSERT_EQ(at.place, 0.0);
        ASSERT_EQ(at.width, Grid5::node(node + 1) - Grid5::node(node));
    }
}

TEST(OctaveGrid, clamps_to_its_first_and_last_cell) {
    EXPECT_EQ(Grid5::cell(Grid5::clamped(0.0)).index, 0);
    EXPECT_EQ(Grid5::cell(Grid5::clamped(-3.0)).index, 0);
    EXPECT_EQ(Grid5::cell(Grid5::clamped(1e9)).index, Grid5::cells - 1);
}

} // namespace
} // namespace beamwright
