#include "lanes/constants.hpp"
#include "lanes/vec3.hpp"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace beamwright;

namespace {
double worst_angle_error(Vec3<double> direction) {
    double worst = 0;
    for (double const mu : {-1.0, -0.7, 0.0, 0.3, 0.999999, 1.0}) {
        for (int step = 0; step < 8; ++step) {
            auto const turn = sincos(step * constants::pi / 4);
            auto const out = turned(direction, mu, turn.cosine, turn.sine);
            worst = std::max({worst, std::abs(dot(out, direction) - mu), std::abs(norm(out) - 1)});
        }
    }
    return worst;
}
} // namespace

TEST(Turned, keeps_length_and_makes_the_angle_asked_for_in_every_direction) {
    for (auto const& axis : {Vec3<double>{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, -1}, {0.6, 0, -0.8}}) {
        EXPECT_LT(worst_angle_error(axis),
                  1e-12); // a dozen roundings of 1e-16, more where the frame's pole is near
    }
    EXPECT_LT(worst_angle_error(normalized(Vec3<double>{1e-9, 1e-9, -1})), 1e-12);
}

TEST(Turned, azimuths_spread_evenly) {
    Vec3<double> sum{};
    for (int step = 0; step < 360; ++step) {
        auto const turn = sincos(step * constants::pi / 180);
        sum = sum + turned(Vec3<double>{0.48, 0.6, 0.64}, 0.5, turn.cosine, turn.sine);
    }
    auto const mean = (1.0 / 360) * sum;
    EXPECT_NEAR(norm(mean - 0.5 * Vec3<double>{0.48, 0.6, 0.64}), 0, 1e-12);
}

TEST(Mat3, turns_and_turns_back) {
    auto const turn = sincos(0.7);
    Mat3<double> const m{{turn.cosine, -turn.sine, 0}, {turn.sine, turn.cosine, 0}, {0, 0, 1}};
    Vec3<double> const v{1, 2, 3};
    EXPECT_NEAR(norm(m.transposed() * (m * v) - v), 0, 1e-14);
    EXPECT_NEAR(norm((m * m) * v - m * (m * v)), 0, 1e-14);
    EXPECT_EQ(m.column(1), (Vec3<double>{-turn.sine, turn.cosine, 0}));
}
