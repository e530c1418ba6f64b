// The voxel walk: right voxels, whole paths, no way to get stuck.
#include "geometry/walk/voxel_walk.hpp"
#include "lanes/random.hpp"
#include <gtest/gtest.h>
#include <vector>

namespace beamwright {
namespace {

struct Draw {
    RandomStream random;
    explicit Draw(std::uint64_t history) : random({7, 1, history, 0}) {}
    double between(double low, double high) { return low + (high - low) * random.uniform(); }
    Vec3<double> direction() {
        double const mu = between(-1, 1), phi = between(0, 6.283185307179586);
        double const sine = std::sqrt(1 - mu * mu);
        return {sine * std::cos(phi), sine * std::sin(phi), mu};
    }
};

GridBox random_box(Draw& draw) {
    return {1 + static_cast<int>(draw.between(0, 9)),
            1 + static_cast<int>(draw.between(0, 9)),
            1 + static_cast<int>(draw.between(0, 9)),
            draw.between(0.1, 5),
            draw.between(0.1, 5),
            draw.between(0.1, 5)};
}

Vec3<double> random_point(GridBox const& box, Draw& draw) {
    return {draw.between(0, box.nx * box.edge_x_mm), draw.between(0, box.ny * box.edge_y_mm),
            draw.between(0, box.nz * box.edge_z_mm)};
}

TEST(VoxelWalk, visits_the_voxel_of_each_middle_point_and_covers_the_whole_chord) {
    for (std::uint64_t n = 0; n < 3000; ++n) {
        Draw draw(n);
        auto const box = random_box(draw);
        auto const from = random_point(box, draw);
        auto const along = draw.direction();
        VoxelWalk<double> walk(box);
        walk.start(from, along);
        double path = 0;
        int steps = 0;
        while (walk.inside()) {
            double const piece = walk.to_face_mm();
            auto const middle = from + (path + 0.5 * piece) * along;
            if (piece > 1e-9) {
                EXPECT_EQ(walk.i(), static_cast<int>(middle.x / box.edge_x_mm));
                EXPECT_EQ(walk.j(), static_cast<int>(middle.y / box.edge_y_mm));
                EXPECT_EQ(walk.k(), static_cast<int>(middle.z / box.edge_z_mm));
            }
            path += piece;
            walk.reach_face();
            ASSERT_LT(++steps, 100);
        }
        // Rounding of a few positions of 50 mm: 1e-12 mm
        EXPECT_NEAR(path, cross_box(box, from, along).leave_mm, 1e-12 * 50 * 50);
    }
}

TEST(VoxelWalk, runs_along_axes_faces_and_edges) {
    GridBox const box{4, 4, 4, 1, 1, 1};
    for (double const sign : {1.0, -1.0}) {
        for (double const x : {0.0, 1.0, 2.5, 4.0}) {
            VoxelWalk<double> walk(box);
            walk.start({x, 2.0, sign > 0 ? 0.0 : 4.0}, {0, 0, sign});
            int steps = 0;
            double path = 0;
            for (; walk.inside(); ++steps) {
                path += walk.to_face_mm();
                walk.reach_face();
            }
            EXPECT_EQ(steps, 4);
            EXPECT_DOUBLE_EQ(path, 4.0);
        }
    }
}

TEST(VoxelWalk, turns_anywhere_without_leaving_its_voxel_or_getting_stuck) {
    for (std::uint64_t n = 0; n < 300; ++n) {
        Draw draw(n);
        auto const box = random_box(draw);
        VoxelWalk<double> walk(box);
        walk.start(random_point(box, draw), draw.direction());
        for (int turn = 0; turn < 200 && walk.inside(); ++turn) {
            auto const voxel = walk.voxel();
            walk.move(draw.between(0, 1) * walk.to_face_mm());
            walk.turn(walk.position(), draw.direction());
            EXPECT_EQ(walk.voxel(), voxel);
            EXPECT_GE(walk.to_face_mm(), 0.0);
            if (turn % 3 == 0) {
                walk.reach_face();
            }
        }
    }
}

TEST(VoxelWalk, box_is_met_from_outside_where_geometry_says) {
    GridBox const box{10, 10, 10, 1, 1, 1};
    auto const hit = cross_box<double>(box, {5, 5, -3}, {0, 0, 1});
    EXPECT_TRUE(hit.hit);
    EXPECT_DOUBLE_EQ(hit.enter_mm, 3);
    EXPECT_DOUBLE_EQ(hit.leave_mm, 13);
    EXPECT_FALSE(cross_box<double>(box, {11, 5, -3}, {0, 0, 1}).hit);
    EXPECT_FALSE(cross_box<double>(box, {5, 5, -3}, {0, 0, -1}).hit);
    EXPECT_TRUE(cross_box<double>(box, {5, 5, 5}, {0, 0, -1}).hit);
    EXPECT_DOUBLE_EQ(cross_box<double>(box, {5, 5, 5}, {0, 0, -1}).enter_mm, 0);
}

} // namespace
} // namespace beamwright
