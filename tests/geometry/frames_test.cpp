#include "geometry/frames.hpp"
#include <gtest/gtest.h>

using namespace beamwright;

namespace {

using P = PatientPosition;

/// Rounding of a product of four rotations: a few units of 2^-53; ten times that.
constexpr double rounding = 1e-15;

void expect_vector(Vec3<double> got, Vec3<double> expected, double within = rounding) {
    EXPECT_NEAR(got.x, expected.x, within);
    EXPECT_NEAR(got.y, expected.y, within);
    EXPECT_NEAR(got.z, expected.z, within);
}

constexpr double root_half = 0.70710678118654752440;

} // namespace

TEST(Frames, gantry_0_shines_from_above_in_every_position) {
    // Down, said in patient words: supine posterior, prone anterior, on the left side left, on the right side
    // right
    expect_vector(beam_direction({.patient_position = P::HFS}), {0, 1, 0}, 0);
    expect_vector(beam_direction({.patient_position = P::FFS}), {0, 1, 0}, 0);
    expect_vector(beam_direction({.patient_position = P::HFP}), {0, -1, 0}, 0);
    expect_vector(beam_direction({.patient_position = P::FFP}), {0, -1, 0}, 0);
    expect_vector(beam_direction({.patient_position = P::HFDL}), {1, 0, 0}, 0);
    expect_vector(beam_direction({.patient_position = P::FFDL}), {1, 0, 0}, 0);
    expect_vector(beam_direction({.patient_position = P::HFDR}), {-1, 0, 0}, 0);
    expect_vector(beam_direction({.patient_position = P::FFDR}), {-1, 0, 0}, 0);
}

TEST(Frames, gantry_90_shines_from_the_right_of_an_observer_who_faces_the_gantry) {
    // Supine, head to the gantry: from the patient's left. The rest follows by turning the patient in
    // thought.
    expect_vector(beam_direction({.gantry_deg = 90, .patient_position = P::HFS}), {-1, 0, 0}, 0);
    expect_vector(beam_direction({.gantry_deg = 90, .patient_position = P::HFP}), {1, 0, 0}, 0);
    expect_vector(beam_direction({.gantry_deg = 90, .patient_position = P::FFS}), {1, 0, 0}, 0);
    expect_vector(beam_direction({.gantry_deg = 90, .patient_position = P::FFP}), {-1, 0, 0}, 0);
    // On the left side, head to the gantry: the face looks to the observer's right, the beam enters in front
    expect_vector(beam_direction({.gantry_deg = 90, .patient_position = P::HFDL}), {0, 1, 0}, 0);
    expect_vector(beam_direction({.gantry_deg = 90, .patient_position = P::HFDR}), {0, -1, 0}, 0);
    expect_vector(beam_direction({.gantry_deg = 90, .patient_position = P::FFDL}), {0, -1, 0}, 0);
    expect_vector(beam_direction({.gantry_deg = 90, .patient_position = P::FFDR}), {0, 1, 0}, 0);
}

TEST(Frames, gantry_180_and_270) {
    expect_vector(beam_direction({.gantry_deg = 180}), {0, -1, 0}, 0);
    expect_vector(beam_direction({.gantry_deg = 270}), {1, 0, 0}, 0);
    expect_vector(beam_direction({.gantry_deg = -90}), {1, 0, 0}, 0);
    expect_vector(beam_direction({.gantry_deg = 450}), {-1, 0, 0}, 0);
}

TEST(Frames, couch_turns_counterclockwise_seen_from_above) {
    // Couch 90: the head, which was at the gantry, now lies to the observer's left; a beam from his right
    // (gantry 90) enters at the feet and travels to the head. Gantry 0 does not care.
    expect_vector(beam_direction({.gantry_deg = 90, .couch_deg = 90}), {0, 0, 1}, 0);
    expect_vector(beam_direction({.gantry_deg = 270, .couch_deg = 90}), {0, 0, -1}, 0);
    expect_vector(beam_direction({.gantry_deg = 90, .couch_deg = 270}), {0, 0, -1}, 0);
    expect_vector(beam_direction({.gantry_deg = 0, .couch_deg = 37}), {0, 1, 0});
}

TEST(Frames, gantry_45_couch_30_as_worked_out_elsewhere) {
    // Reference case plan_gantry45_couch30: six printed digits
    expect_vector(beam_direction({.gantry_deg = 45, .couch_deg = 30}), {-0.612372, 0.707107, 0.353553}, 6e-7);
}

TEST(Frames, pitch_and_roll_tilt_the_table) {
    // Pitch +90 about x_t (clockwise seen along +x_t) lifts the gantry end: the head points up. From above:
    // head to feet
    expect_vector(beam_direction({.table_pitch_deg = 90}), {0, 0, -1}, 0);
    // Roll +90 about y_t (clockwise seen along +y_t) turns the right edge of the table down, so the patient's
    // left points down: from above the beam goes right to left, towards +x
    expect_vector(beam_direction({.table_roll_deg = 90}), {1, 0, 0}, 0);
    // 45 degrees: half of each
    expect_vector(beam_direction({.table_pitch_deg = 45}), {0, root_half, -root_half});
    expect_vector(beam_direction({.table_roll_deg = 45}), {root_half, root_half, 0});
    // Both: pitch first, then roll about the pitched y_t. By hand: R_y(-90) R_x(-90) (0,0,-1) = (0,-1,0) on
    // the table, which is towards the feet
    expect_vector(beam_direction({.table_pitch_deg = 90, .table_roll_deg = 90}), {0, 0, -1}, 0);
}

TEST(Frames, spot_axes_of_an_upright_beam) {
    // HFS, gantry 0: x_g to the patient's left, y_g to the head
    IecChain const chain{.isocenter_mm = {10, 20, 30}};
    expect_vector(to_patient({{5, 0, 0}}, chain).mm, {15, 20, 30}, 0);
    expect_vector(to_patient({{0, 5, 0}}, chain).mm, {10, 20, 35}, 0);
    expect_vector(to_patient({{0, 0, 5}}, chain).mm, {10, 15, 30}, 0);
    // Gantry 90: x_g points down in the room, posterior
    IecChain const lateral{.gantry_deg = 90, .isocenter_mm = {10, 20, 30}};
    expect_vector(to_patient({{5, 0, 0}}, lateral).mm, {10, 25, 30}, 0);
}

TEST(Frames, transforms_are_rotations_and_go_back) {
    for (int p = 0; p < 8; ++p) {
        IecChain const chain{.gantry_deg = 33.25,
                             .couch_deg = 291.5,
                             .table_pitch_deg = 1.75,
                             .table_roll_deg = -2.5,
                             .patient_position = static_cast<P>(p),
                             .isocenter_mm = {-12.5, 170.25, 44}};
        auto const m = gantry_to_patient(chain).rotation;
        expect_vector(cross(m.column(0), m.column(1)), m.column(2), 4 * rounding); // right-handed
        expect_vector(m * (m.transposed() * Vec3<double>{1, 2, 3}), {1, 2, 3}, 10 * rounding);
        GantryPoint const start{{31, -17, 250}};
        // 250 mm away: a few units in the last place of 250
        expect_vector(to_gantry(to_patient(start, chain), chain).mm, start.mm, 1e-12);
        expect_vector(to_patient({}, chain).mm, chain.isocenter_mm, 0);
    }
}

TEST(Frames, couch_and_gantry_rotations_compose) {
    // Two couch turns in a row are one; a table turned by the gantry's own angle about y (roll) undoes the
    // gantry
    auto const once = rotation_z_deg(50), twice = rotation_z_deg(20) * rotation_z_deg(30);
    for (int i = 0; i < 3; ++i)
        expect_vector(once.column(i), twice.column(i));
    auto const undone = gantry_to_patient({.gantry_deg = 77, .table_roll_deg = 77});
    auto const plain = gantry_to_patient({});
    for (int i = 0; i < 3; ++i)
        expect_vector(undone.rotation.column(i), plain.rotation.column(i));
    // Turning patient and gantry together about the vertical axis by half a turn: FFS at couch 180 is HFS
    auto const feet = gantry_to_patient({.gantry_deg = 25, .couch_deg = 180, .patient_position = P::FFS});
    auto const head = gantry_to_patient({.gantry_deg = 25});
    for (int i = 0; i < 3; ++i)
        expect_vector(feet.rotation.column(i), head.rotation.column(i));
}

TEST(Frames, sines_are_exact_at_quarter_turns) {
    for (int quarter = -8; quarter <= 8; ++quarter) {
        auto const [s, c] = sincos_deg(90.0 * quarter);
        EXPECT_EQ(std::abs(s) + std::abs(c), 1.0) << quarter;
        EXPECT_EQ(s * c, 0.0) << quarter;
    }
    EXPECT_NEAR(sincos_deg(30).sine, 0.5, rounding);
    EXPECT_NEAR(sincos_deg(210).cosine, -0.86602540378443865, rounding);
}

TEST(Frames, codes_of_positions) {
    for (auto const name : patient_position_names)
        EXPECT_EQ(patient_position_names[static_cast<std::size_t>(patient_position_from(name))], name);
    EXPECT_THROW(patient_position_from(""), Refusal);
    EXPECT_THROW(patient_position_from("SITTING"), Refusal);
    EXPECT_THROW(patient_position_from("hfs"), Refusal);
}
