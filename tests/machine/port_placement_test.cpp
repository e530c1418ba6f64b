// Placement of a port: IEC angles there and back, the skin, and ports that would enter the patient.
#include "lanes/random.hpp"
#include "machine/port/port_placement.hpp"
#include "port_testing.hpp"
#include "refusal_of.hpp"
#include <gtest/gtest.h>

namespace beamwright {
namespace {

/// A ball of 80 mm around (10, -20, 30) on 2 mm voxels; the share falls from 1 to 0 over one voxel at its
/// surface.
Volume<float> ball() {
    Grid grid;
    grid.size = {100, 100, 100};
    grid.spacing_mm = {2, 2, 2};
    grid.origin_mm = {10 - 99, -20 - 99, 30 - 99};
    Volume<float> body(grid);
    for (int k = 0; k < 100; ++k) {
        for (int j = 0; j < 100; ++j) {
            for (int i = 0; i < 100; ++i) {
                double const away =
                    norm(grid.to_patient({double(i), double(j), double(k)}) - Vec3<double>{10, -20, 30});
                body.at(i, j, k) = static_cast<float>(std::clamp(0.5 + (80 - away) / 2, 0.0, 1.0));
            }
        }
    }
    return body;
}

TEST(PortPlacement, directions_come_back_from_their_angles) {
    RandomStream random({11, 0, 0, 0});
    for (int position = 0; position < 8; ++position) {
        for (int i = 0; i < 200; ++i) {
            auto const [x, y] = random.gaussian_pair();
            auto direction = Vec3<double>{x, y, random.gaussian_pair().first};
            if (i < 6) { // along the axes, too
                direction = {i == 0   ? 1.
                             : i == 1 ? -1.
                                      : 0.,
                             i == 2   ? 1.
                             : i == 3 ? -1.
                                      : 0.,
                             i == 4   ? 1.
                             : i == 5 ? -1.
                                      : 0.};
            }
            auto const placed = place_port({5, 6, 7}, direction, 40, static_cast<PatientPosition>(position));
            auto const unit = normalized(direction);
            EXPECT_LT(norm(placed.direction() - unit), 1e-12);
            EXPECT_LE(std::abs(placed.iec.couch_deg), 90 + 1e-9);
            EXPECT_GE(placed.iec.gantry_deg, 0);
            // The aperture stands 40 mm before the entry
            auto const middle = placed.port_to_patient.point({0, 0, 0});
            EXPECT_LT(norm(middle + 40.0 * unit - Vec3<double>{5, 6, 7}), 1e-10);
        }
    }
}

TEST(PortPlacement, from_above_is_gantry_0) {
    // Supine, head first: a beam from the ceiling goes towards the back, which is +y in patient coordinates
    auto const placed = place_port({0, 0, 0}, {0, 1, 0}, 0, PatientPosition::HFS);
    EXPECT_NEAR(placed.iec.gantry_deg, 0, 1e-12);
    EXPECT_NEAR(placed.iec.couch_deg, 0, 1e-12);
    // From the patient's left (+x): gantry 90
    EXPECT_NEAR(place_port({0, 0, 0}, {-1, 0, 0}, 0, PatientPosition::HFS).iec.gantry_deg, 90, 1e-12);
}

TEST(PortPlacement, finds_the_skin_on_the_axis) {
    auto const body = ball();
    Vec3<double> const target{20, -15, 25}, direction{1, 2, -2};
    auto const skin = skin_entry(body, target, direction);
    // The line meets the ball where |target + s u - center| = 80, on the side it comes from; the share is
    // linear over a voxel and trilinear between centers: 0.1 mm
    auto const unit = normalized(direction);
    auto const to_target = target - Vec3<double>{10, -20, 30};
    double const along = dot(to_target, unit),
                 s = -along - std::sqrt(along * along - dot(to_target, to_target) + 6400);
    EXPECT_LT(norm(skin - (target + s * unit)), 0.1);
    auto const missed = test::refusal_of([&] { skin_entry(body, {200, 200, 200}, {1, 0, 0}); });
    EXPECT_NE(missed.problem.find("misses the body"), std::string::npos);
}

TEST(PortPlacement, a_port_that_enters_the_patient_is_refused) {
    auto const body = ball();
    auto port = test::port_of(test::port_text());
    Vec3<double> const direction{0, 1, 0};
    auto const skin = skin_entry(body, {10, -20, 30}, direction);
    // A ball in contact: nothing of it lies behind the plane
    EXPECT_NO_THROW(check_port_clear(port, place_port(skin, direction, 0, PatientPosition::HFS), body));
    // An entry point 12 mm under the skin: 12 mm of the ball are behind the plane
    auto const deep = skin + 12.0 * direction;
    auto const refusal = test::refusal_of(
        [&] { check_port_clear(port, place_port(deep, direction, 0, PatientPosition::HFS), body); });
    EXPECT_NE(refusal.problem.find("enters the patient: 1"), std::string::npos) << refusal.problem;
    EXPECT_NE(refusal.what_to_do.find("move it back to 1"), std::string::npos) << refusal.what_to_do;
    EXPECT_NO_THROW(check_port_clear(port, place_port(deep, direction, 12.5, PatientPosition::HFS), body));
    // Off the middle the housing meets the ball although the axis touches the skin
    Vec3<double> const side = Vec3<double>{60, -20, 30};
    auto const off = skin_entry(body, side, direction);
    auto const tilted = place_port(off, direction, 0, PatientPosition::HFS);
    EXPECT_THROW(check_port_clear(port, tilted, body), Refusal);
    port.housing_radius_mm
        .reset(); // without a housing the aperture alone counts: 40 mm to the side, still too near
    EXPECT_THROW(check_port_clear(port, tilted, body), Refusal);
    EXPECT_THROW(place_port({0, 0, 0}, {0, 0, 0}, 10, PatientPosition::HFS), Refusal);
    EXPECT_THROW(place_port({0, 0, 0}, {0, 1, 0}, -1, PatientPosition::HFS), Refusal);
}

} // namespace
} // namespace beamwright
