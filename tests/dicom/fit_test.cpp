#include "structures_builder.hpp"
#include <gmock/gmock.h>

using namespace beamwright;
using namespace beamwright::test;
using ::testing::HasSubstr;

namespace {

StructuresIn box_set(double x0 = 10, double x1 = 20, double z = 3) {
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "PTV");
    add_box(dataset, 0, x0, x1, 10, 20, z);
    add_box(dataset, 0, x0, x1, 10, 20, z + 3);
    return read_set(dataset).in;
}

std::string warnings_of(StructuresIn const& structures, CtSeries const& ct, FitOptions const& options = {}) {
    Warnings warnings;
    check_structures_fit_ct(structures, ct, options, warnings);
    return all_of(warnings);
}

std::string refusal_by(StructuresIn const& structures, CtSeries const& ct, FitOptions const& options = {}) {
    return refusal_of([&] { warnings_of(structures, ct, options); });
}

Plan small_plan() {
    Plan plan;
    plan.frame_of_reference_uid = test_frame;
    plan.structure_set_uid = "1.2.3.7";
    TreatmentBeam beam;
    beam.number = 1;
    beam.isocenter_mm = {40, 30, 30};
    plan.beams.push_back(beam);
    return plan;
}

} // namespace

TEST(Fit, structures_of_the_same_scan_fit) { EXPECT_EQ(warnings_of(box_set(), plain_ct()), ""); }

TEST(Fit, another_frame_of_reference_is_refused_unless_accepted_by_name) {
    auto structures = box_set();
    structures.set.frame_of_reference_uid = "1.9.9";
    auto const said = refusal_by(structures, plain_ct());
    EXPECT_THAT(said, HasSubstr("1.9.9"));
    EXPECT_THAT(said, HasSubstr(test_frame));
    EXPECT_THAT(said, HasSubstr("--accept-frame"));
    refusal_by(structures, plain_ct(), {.accept_frame = "1.7.7"});
    EXPECT_THAT(warnings_of(structures, plain_ct(), {.accept_frame = "1.9.9"}), HasSubstr("accepted"));
    structures.set.frame_of_reference_uid.clear();
    EXPECT_THAT(refusal_by(structures, plain_ct()), HasSubstr("(none)"));
}

TEST(Fit, no_frame_of_reference_at_all_is_warned_of) {
    auto structures = box_set();
    structures.set.frame_of_reference_uid.clear();
    auto ct = plain_ct();
    ct.frame_of_reference_uid.clear();
    EXPECT_THAT(warnings_of(structures, ct), HasSubstr("neither the CT nor"));
}

TEST(Fit, another_series_is_refused_unless_accepted_by_name) {
    auto structures = box_set();
    structures.referenced_series_uids = {"1.5.5"};
    EXPECT_THAT(refusal_by(structures, plain_ct()), HasSubstr("1.5.5"));
    EXPECT_THAT(warnings_of(structures, plain_ct(), {.accept_frame = "1.5.5"}), HasSubstr("accepted"));
    structures.referenced_series_uids.clear();
    EXPECT_EQ(warnings_of(structures, plain_ct()), "");
}

TEST(Fit, another_patient_is_warned_of) {
    auto structures = box_set();
    structures.patient.patient_id = "P2";
    EXPECT_THAT(warnings_of(structures, plain_ct()), HasSubstr("'P2'"));
}

TEST(Fit, contours_outside_the_ct) {
    // The CT reaches from -1 to 99 mm in x. Width 10.05 mm from 89 to 99.05: 0.5 % outside
    EXPECT_THAT(warnings_of(box_set(89, 99.05), plain_ct()), HasSubstr("outside the CT by 0.5 %"));
    EXPECT_THAT(refusal_by(box_set(89, 99.2), plain_ct()), HasSubstr("outside the CT by 2.0 %"));
    EXPECT_EQ(warnings_of(box_set(-1, 99), plain_ct()), "");
    // Slices at 0 .. 57 mm: a plane at 60 is outside, half of the structure
    EXPECT_THAT(refusal_by(box_set(10, 20, 57), plain_ct()), HasSubstr("50.0 %"));
    EXPECT_THAT(refusal_by(box_set(200, 220), plain_ct()), HasSubstr("100.0 %"));
}

TEST(Fit, structures_outside_the_ct_are_cropped_only_on_request) {
    EXPECT_THAT(refusal_by(box_set(89, 99.2), plain_ct()), HasSubstr("--crop-structures"));
    FitOptions const crop{.accept_frame = {}, .crop_structures = true};
    auto const said = warnings_of(box_set(89, 99.2), plain_ct(), crop);
    EXPECT_THAT(said, HasSubstr("outside the CT by 2 %"));
    EXPECT_THAT(said, HasSubstr("cut off"));
}

TEST(Fit, share_outside_counts_holes_as_holes) {
    // Ring 0..20 with a hole 5..15, cut at x = 9.0 (voxel 4.5): by hand, inside is 200 - 50 = (10 * 20) - (5 * 10)
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "Ring");
    add_box(dataset, 0, 0, 20, 0, 20, 3);
    add_box(dataset, 0, 5, 15, 5, 15, 3);
    auto const ring = read_set(dataset).in.set.structures[0];
    Grid grid = plain_ct().hu.grid;
    grid.size[0] = 5;
    grid.origin_mm = {1, 0, 0};                           // ends at 10 mm
    EXPECT_NEAR(share_outside(ring, grid, 2), 0.5, 1e-5); // polygons are rounded to 1e-5 of a voxel
}

TEST(Fit, contours_between_slices_are_warned_of_and_tilted_ones_refused) {
    EXPECT_THAT(warnings_of(box_set(10, 20, 4.5), plain_ct()),
                HasSubstr("2 of 2 contours of structure 1 'PTV' lie between"));
    EXPECT_EQ(warnings_of(box_set(10, 20, 3.02), plain_ct()), ""); // 0.7 % of the spacing
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "Tilted");
    add_contour(dataset, 0, "10\\10\\3\\20\\12\\3.04\\20\\20\\3.04\\10\\20\\3", 4);
    EXPECT_THAT(refusal_by(read_set(dataset).in, plain_ct()), HasSubstr("not parallel to the slices"));
}

TEST(Fit, contours_across_the_slices_are_warned_of) {
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "Sagittal");
    add_contour(dataset, 0, "10\\10\\3\\10\\30\\3\\10\\30\\30\\10\\10\\30", 4);
    EXPECT_THAT(warnings_of(read_set(dataset).in, plain_ct()), HasSubstr("run across the slices"));
}

TEST(Fit, works_on_a_turned_ct) {
    auto ct = plain_ct();
    ct.hu.grid.axes = {{0, 0, 1}, {-1, 0, 0}, {0, 1, 0}}; // rows along -y, columns along z, slices along x
    ct.hu.grid.origin_mm = {0, 60, 0};
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "Box");
    add_contour(dataset, 0, "30\\10\\10\\30\\40\\10\\30\\40\\40\\30\\10\\40", 4);
    EXPECT_EQ(warnings_of(read_set(dataset).in, ct), "");
}

TEST(Fit, a_plan_is_checked_against_the_ct) {
    Warnings none;
    auto const structures = box_set();
    auto const ct = plain_ct();
    PatientStudy patient;
    patient.patient_id = "P1";
    PatientStudy other;
    other.patient_id = "P3";
    fitted_to_ct(small_plan(), patient, ct, &structures, {}, none);
    EXPECT_TRUE(none.empty()) << all_of(none);

    auto plan = small_plan();
    plan.frame_of_reference_uid = "1.9.9";
    Warnings warnings;
    EXPECT_THAT(refusal_of([&] { fitted_to_ct(plan, patient, ct, &structures, {}, warnings); }),
                HasSubstr("1.9.9"));
    fitted_to_ct(plan, patient, ct, &structures, {.accept_frame = "1.9.9"}, warnings);
    EXPECT_THAT(all_of(warnings), HasSubstr("accepted"));

    plan = small_plan();
    plan.structure_set_uid = "1.2.3.77";
    plan.patient_position = "";
    plan.beams[0].isocenter_mm = {40, 30, 100};
    auto const fitted = fitted_to_ct(plan, other, ct, &structures, {}, warnings);
    EXPECT_EQ(fitted.patient_position, "HFS");
    auto const said = all_of(warnings);
    for (auto const word : {"1.2.3.77", "'P3'", "HFS of the CT is used", "isocenter of beam 1"}) {
        EXPECT_THAT(said, HasSubstr(word));
    }
    plan.patient_position = "FFS";
    fitted_to_ct(plan, patient, ct, nullptr, {}, warnings);
    EXPECT_THAT(all_of(warnings), HasSubstr("patient in FFS, the CT in HFS"));
}
