#include "plan_builder.hpp"
#include <gmock/gmock.h>

using namespace beamwright;
using namespace beamwright::test;
using ::testing::HasSubstr;

TEST(PlanIn, reads_a_plain_plan_whole) {
    auto const [plan, warnings] = read(plan_dataset());
    EXPECT_TRUE(warnings.empty()) << all_of(warnings);
    EXPECT_EQ(plan.label, "Test plan");
    EXPECT_EQ(plan.patient_position, "HFS");
    EXPECT_EQ(plan.fractions, 25);
    EXPECT_EQ(plan.sop_instance_uid, "1.2.3.4.5");
    EXPECT_EQ(plan.frame_of_reference_uid, "1.2.3.4.9");
    EXPECT_EQ(plan.structure_set_uid, "1.2.3.4.7");
    ASSERT_EQ(plan.beams.size(), 1U);
    auto const& beam = plan.beams[0];
    EXPECT_EQ(beam.number, 1);
    EXPECT_EQ(beam.name, "Field 1");
    EXPECT_EQ(beam.machine_name, "G1");
    EXPECT_EQ(beam.gantry_deg, 45);
    EXPECT_EQ(beam.couch_deg, 30);
    EXPECT_EQ(beam.isocenter_mm, (Vec3<double>{1.5, -20, 30.25}));
    EXPECT_EQ(beam.snout_position_mm, 421);
    EXPECT_EQ(beam.virtual_source_x_mm, 2000);
    EXPECT_EQ(beam.virtual_source_y_mm, 2560);
    EXPECT_EQ(beam.meterset_MU, 50);
    ASSERT_EQ(beam.layers.size(), 2U);
    EXPECT_EQ(beam.layers[0].energy_MeV, 150);
    EXPECT_EQ(beam.layers[1].energy_MeV, 120.5);
    ASSERT_EQ(beam.layers[0].spots.size(), 3U);
    ASSERT_EQ(beam.layers[1].spots.size(), 2U);
    EXPECT_EQ(beam.layers[0].spots[2].x_mm, 5);
    EXPECT_EQ(beam.layers[0].spots[2].y_mm, 3);
    EXPECT_EQ(*beam.layers[0].spot_fwhm_mm, (std::array<double, 2>{9.5, 10.5}));
}

TEST(PlanIn, meterset_of_a_spot_is_weight_by_beam_meterset_over_final_weight) {
    // 50 MU over a final weight of 10; three paintings do not multiply
    auto const plan = read(plan_dataset()).plan;
    EXPECT_DOUBLE_EQ(plan.beams[0].layers[0].spots[1].meterset_MU, 2 * 50.0 / 10.0);
    EXPECT_DOUBLE_EQ(plan.beams[0].layers[1].spots[1].meterset_MU, 4 * 50.0 / 10.0);
}

TEST(PlanIn, reads_every_uncompressed_syntax_alike) {
    auto const dataset = plan_dataset(2);
    for (auto const syntax :
         {EXS_LittleEndianImplicit, EXS_BigEndianExplicit, EXS_DeflatedLittleEndianExplicit}) {
        auto const plan = read(dataset, {}, syntax).plan;
        ASSERT_EQ(plan.beams.size(), 2U);
        EXPECT_DOUBLE_EQ(plan.beams[1].layers[1].spots[1].meterset_MU, 20.0);
        EXPECT_EQ(plan.beams[1].layers[1].spots[1].x_mm, 4);
    }
}

TEST(PlanIn, values_of_the_first_control_point_hold_until_they_change) {
    auto dataset = plan_dataset();
    set(point_of(dataset, 2), DCM_GantryAngle, "45.0");
    remove(point_of(dataset, 1), DCM_NominalBeamEnergy);
    remove(point_of(dataset, 3), DCM_NominalBeamEnergy);
    auto const plan = read(dataset).plan;
    EXPECT_EQ(plan.beams[0].layers[1].energy_MeV, 120.5);
}

TEST(PlanIn, protons_called_ions_of_mass_1_are_protons) {
    auto dataset = plan_dataset();
    set(beam_of(dataset), DCM_RadiationType, "ION");
    set(beam_of(dataset), DCM_RadiationMassNumber, "1");
    set(beam_of(dataset), DCM_RadiationAtomicNumber, "1");
    EXPECT_EQ(read(dataset).plan.beams.size(), 1U);
    set(beam_of(dataset), DCM_ScanMode, "MODULATED_SPEC");
    set(beam_of(dataset), DCM_ModulatedScanModeType, "STATIONARY");
    EXPECT_EQ(read(dataset).plan.beams.size(), 1U);
}

TEST(PlanIn, keeps_pitch_and_roll) {
    auto const read = with_warning(
        [](auto& p) {
            set_floats(point_of(p, 0), DCM_TableTopPitchAngle, {1.5F});
            set_floats(point_of(p, 0), DCM_TableTopRollAngle, {-0.5F});
        },
        "pitch is applied first");
    EXPECT_EQ(read.plan.beams[0].table_pitch_deg, 1.5);
    EXPECT_EQ(read.plan.beams[0].table_roll_deg, -0.5);
    EXPECT_EQ(read.plan.beams[1].table_pitch_deg, 0);
}

TEST(PlanIn, reads_range_shifters) {
    auto dataset = plan_dataset();
    add_range_shifter(beam_of(dataset));
    auto const in = read(dataset).plan.beams[0].range_shifters;
    ASSERT_EQ(in.size(), 1U);
    EXPECT_EQ(in[0].id, "RS_5CM");
    EXPECT_EQ(in[0].isocenter_to_tray_mm, 275.5);
    EXPECT_EQ(in[0].wet_mm, 57);
    auto out = plan_dataset();
    add_range_shifter(beam_of(out), "OUT");
    EXPECT_TRUE(read(out).plan.beams[0].range_shifters.empty());
}

TEST(PlanIn, takes_the_position_of_the_patient_from_the_set_up) {
    auto dataset = plan_dataset();
    set(item_of(dataset, DCM_PatientSetupSequence), DCM_PatientPosition, "FFDR");
    EXPECT_EQ(read(dataset).plan.patient_position, "FFDR");
    set(item_of(dataset, DCM_PatientSetupSequence), DCM_PatientPosition, "SITTING");
    EXPECT_THAT(refusal_of([&] { read(dataset); }), HasSubstr("SITTING"));

    expect_refused([](auto& p) { set(beam_of(p), DCM_ReferencedPatientSetupNumber, "3"); },
                   {"no set-up of that number"});
    expect_refused(
        [](auto& p) {
            set(item_of(p, DCM_PatientSetupSequence, 1), DCM_PatientSetupNumber, "2");
            set(item_of(p, DCM_PatientSetupSequence, 1), DCM_PatientPosition, "HFP");
            set(beam_of(p, 1), DCM_ReferencedPatientSetupNumber, "2");
        },
        {"different patient positions", "HFP", "HFS"});
}

TEST(PlanIn, does_not_guess_a_position_that_is_not_given) {
    auto dataset = plan_dataset();
    clear(item_of(dataset, DCM_PatientSetupSequence), DCM_PatientPosition);
    auto const silent = read(dataset);
    EXPECT_EQ(silent.plan.patient_position, "");
    EXPECT_THAT(all_of(silent.warnings), HasSubstr("no patient position"));
    auto const told = read(dataset, {.patient_position = "HFP", .fraction_group = {}});
    EXPECT_EQ(told.plan.patient_position, "HFP");
    EXPECT_THAT(all_of(told.warnings), HasSubstr("as asked"));
    EXPECT_THROW(read(dataset, {.patient_position = "up", .fraction_group = {}}), Refusal);
}

TEST(PlanIn, leaves_out_beams_that_do_not_treat) {
    auto const read =
        with_warning([](auto& p) { set(beam_of(p), DCM_TreatmentDeliveryType, "SETUP"); }, "left out");
    ASSERT_EQ(read.plan.beams.size(), 1U);
    EXPECT_EQ(read.plan.beams[0].number, 2);
    expect_refused([](auto& p) { set(beam_of(p), DCM_TreatmentDeliveryType, "CONTINUATION"); },
                   {"CONTINUATION"});
    expect_refused(
        [](auto& p) {
            set(beam_of(p, 0), DCM_TreatmentDeliveryType, "SETUP");
            set(beam_of(p, 1), DCM_TreatmentDeliveryType, "SETUP");
        },
        {"no beam that treats"});
}

TEST(PlanIn, reads_apertures_turned_with_the_beam_limiting_device) {
    auto dataset = plan_dataset();
    auto& beam = item_of(dataset, DCM_IonBeamSequence);
    add_block(beam);
    auto const straight = read(dataset).plan.beams[0].blocks;
    ASSERT_EQ(straight.size(), 1u);
    EXPECT_EQ(straight[0].id, "Aperture A");
    EXPECT_TRUE(straight[0].is_aperture);
    EXPECT_FALSE(straight[0].divergent);
    EXPECT_EQ(straight[0].material, "brass");
    EXPECT_EQ(straight[0].thickness_mm, 65);
    EXPECT_EQ(straight[0].isocenter_to_downstream_mm, 135); // 200 - 65
    EXPECT_THAT(straight[0].x_mm, testing::ElementsAre(30, 30, -30, -30));
    EXPECT_THAT(straight[0].y_mm, testing::ElementsAre(-20, 20, 20, -20));
    set(item_of(beam, DCM_IonControlPointSequence), DCM_BeamLimitingDeviceAngle, "90");
    set(item_of(beam, DCM_IonBlockSequence), DCM_BlockMountingPosition, "SOURCE_SIDE");
    auto const turned = read(dataset).plan.beams[0].blocks[0];
    EXPECT_EQ(turned.isocenter_to_downstream_mm, 200);
    EXPECT_NEAR(turned.x_mm[0], 20, 1e-12); // (30, -20) turned by 90 degrees: (20, 30)
    EXPECT_NEAR(turned.y_mm[0], 30, 1e-12);
}

TEST(PlanIn, asks_which_fraction_group) {
    auto dataset = plan_dataset(2);
    auto& second = item_of(dataset, DCM_FractionGroupSequence, 1);
    set(second, DCM_FractionGroupNumber, "2");
    set(second, DCM_NumberOfFractionsPlanned, "5");
    auto& reference = item_of(second, DCM_ReferencedBeamSequence);
    set(reference, DCM_ReferencedBeamNumber, "2");
    set(reference, DCM_BeamMeterset, "80");
    EXPECT_THAT(refusal_of([&] { read(dataset); }), HasSubstr("2 fraction groups: 1, 2"));
    auto const boost = read(dataset, {.patient_position = {}, .fraction_group = 2});
    EXPECT_EQ(boost.plan.fractions, 5);
    ASSERT_EQ(boost.plan.beams.size(), 1U);
    EXPECT_EQ(boost.plan.beams[0].meterset_MU, 80);
    EXPECT_THAT(refusal_of([&] { read(dataset, {.patient_position = {}, .fraction_group = 3}); }),
                HasSubstr("1, 2"));
}

TEST(PlanIn, reads_one_control_point_per_layer_with_warnings) {
    // As one research planning system writes: no cumulative weights, no zeros, here an odd number of layers
    auto dataset = plan_dataset();
    add_control_point(beam_of(dataset), 1, "140", "0", {0, 0}, {3});
    add_control_point(beam_of(dataset), 2, "120.5", "0", {-4, 0, 4, 0}, {2, 1});
    remove(beam_of(dataset), DCM_NumberOfControlPoints);
    DcmSequenceOfItems* points = nullptr;
    ASSERT_TRUE(beam_of(dataset).findAndGetSequence(DCM_IonControlPointSequence, points).good());
    delete points->remove(3UL);
    for (int i = 0; i < 3; ++i)
        clear(point_of(dataset, i), DCM_CumulativeMetersetWeight);
    auto const [plan, warnings] = read(dataset);
    ASSERT_EQ(plan.beams[0].layers.size(), 3U);
    EXPECT_EQ(plan.beams[0].layers[1].energy_MeV, 140);
    EXPECT_DOUBLE_EQ(plan.beams[0].layers[1].spots[0].meterset_MU, 15);
    EXPECT_THAT(all_of(warnings), HasSubstr("one layer"));
    // The final weight must still be the sum
    set(beam_of(dataset), DCM_FinalCumulativeMetersetWeight, "12");
    EXPECT_THAT(refusal_of([&] { read(dataset); }), HasSubstr("sum to 10"));
}

TEST(PlanIn, warns_of_what_is_usable_but_unusual) {
    with_warning([](auto& p) { set(p, DCM_Modality, "RT Ion Plan IOD"); }, "instead of RTPLAN");
    auto const named = with_warning(
        [](auto& p) {
            clear(p, DCM_RTPlanLabel);
            set(p, DCM_RTPlanName, "Other");
        },
        "RTPlanLabel");
    EXPECT_EQ(named.plan.label, "Other");
    with_warning([](auto& p) { set(p, DCM_SOPInstanceUID, UID_RTIonPlanStorage); }, "SOPInstanceUID");
    with_warning(
        [](auto& p) {
            set_floats(beam_of(p), DCM_VirtualSourceAxisDistances, {0, 0});
        },
        "VirtualSource");
    with_warning([](auto& p) { set_floats(point_of(p, 2), DCM_SnoutPosition, {300}); }, "SnoutPosition");
    with_warning([](auto& p) { set(p, DCM_ApprovalStatus, "REJECTED"); }, "REJECTED");
    with_warning([](auto& p) { clear(item_of(p, DCM_FractionGroupSequence), DCM_NumberOfFractionsPlanned); },
                 "1 fraction");
    with_warning([](auto& p) { remove(beam_of(p), DCM_TreatmentDeliveryType); }, "taken as a treatment");
    with_warning([](auto& p) { set(point_of(p, 0), DCM_GantryRotationDirection, "CW"); }, "static");
}

TEST(PlanIn, leaves_out_spots_and_layers_without_weight) {
    auto dataset = plan_dataset();
    set_floats(point_of(dataset, 0), DCM_ScanSpotMetersetWeights, {4, 0, 0});
    EXPECT_EQ(read(dataset).plan.beams[0].layers[0].spots.size(), 1U);
    set_floats(point_of(dataset, 0), DCM_ScanSpotMetersetWeights, {0, 0, 0});
    set(point_of(dataset, 1), DCM_CumulativeMetersetWeight, "0");
    set(point_of(dataset, 2), DCM_CumulativeMetersetWeight, "0");
    set_floats(point_of(dataset, 2), DCM_ScanSpotMetersetWeights, {4, 6});
    auto const [plan, warnings] = read(dataset);
    EXPECT_EQ(plan.beams[0].layers.size(), 1U);
    EXPECT_THAT(all_of(warnings), HasSubstr("without MU"));
}
