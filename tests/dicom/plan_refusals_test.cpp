#include "plan_builder.hpp"
#include <gmock/gmock.h>
#include <limits>

using namespace beamwright;
using namespace beamwright::test;
using ::testing::HasSubstr;

TEST(PlanRefusals, refuses_what_is_no_scanned_proton_plan) {
    expect_refused([](auto& p) { set(beam_of(p), DCM_RadiationType, "PHOTON"); }, {"PHOTON", "protons only"});
    expect_refused(
        [](auto& p) {
            set(beam_of(p), DCM_RadiationType, "ION");
            set(beam_of(p), DCM_RadiationMassNumber, "12");
            set(beam_of(p), DCM_RadiationAtomicNumber, "6");
        },
        {"carbon", "protons only", "beam 1"});
    expect_refused([](auto& p) { set(beam_of(p), DCM_ScanMode, "UNIFORM"); },
                   {"ScanMode", "UNIFORM", "beam 1"});
    expect_refused([](auto& p) { set(beam_of(p), DCM_ScanMode, "NONE"); }, {"ScanMode", "NONE", "passive"});
    expect_refused([](auto& p) { remove(beam_of(p), DCM_ScanMode); }, {"ScanMode", "missing"});
    expect_refused(
        [](auto& p) {
            set(beam_of(p), DCM_ScanMode, "MODULATED_SPEC");
            set(beam_of(p), DCM_ModulatedScanModeType, "LEAP");
        },
        {"LEAP"});
    expect_refused([](auto& p) { set(p, DCM_SOPClassUID, UID_RTPlanStorage); }, {"photon", "RT Ion Plan"});
    expect_refused([](auto& p) { set(p, DCM_SOPClassUID, UID_RTDoseStorage); }, {"RTDose"});
    expect_refused([](auto& p) { remove(p, DCM_IonBeamSequence); }, {"IonBeamSequence", "no beams"});
    expect_refused(
        [](auto& p) {
            remove(p, DCM_IonBeamSequence);
            set(item_of(p, DCM_BeamSequence), DCM_BeamNumber, "1");
        },
        {"claims to be an RT Ion Plan", "BeamSequence"});
    expect_refused([](auto& p) { set(beam_of(p), DCM_PrimaryDosimeterUnit, "NP"); }, {"NP", "MU"});
}

TEST(PlanRefusals, refuses_devices_that_are_not_modelled) {
    for (auto const& tag : {DCM_NumberOfCompensators, DCM_NumberOfWedges, DCM_NumberOfRangeModulators}) {
        expect_refused([&](auto& p) { set(beam_of(p, 1), tag, "1"); }, {"beam 2", "not modelled"});
    }
    expect_refused(
        [](auto& p) {
            set(item_of(beam_of(p), DCM_LateralSpreadingDeviceSequence), DCM_LateralSpreadingDeviceType,
                "SCATTERER");
        },
        {"SCATTERER", "passively"});
    expect_refused([](auto& p) { set(beam_of(p), DCM_PatientSupportType, "CHAIR"); }, {"CHAIR"});
    with_warning([](auto& p) { set(beam_of(p), DCM_NumberOfBoli, "1"); }, "bolus");
    with_warning([](auto& p) { item_of(beam_of(p), DCM_IonBeamLimitingDeviceSequence); }, "jaws");
}

TEST(PlanRefusals, refuses_blocks_that_are_not_told_whole) {
    expect_refused([](auto& p) { set(beam_of(p, 1), DCM_NumberOfBlocks, "1"); },
                   {"beam 2", "IonBlockSequence has 0 items"});
    auto const with = [](auto change) {
        return [change](auto& p) {
            add_block(beam_of(p));
            change(item_of(beam_of(p), DCM_IonBlockSequence));
        };
    };
    expect_refused(with([](auto& b) { set(b, DCM_BlockNumberOfPoints, "5"); }), {"8 numbers for 5 corners"});
    expect_refused(with([](auto& b) { set(b, DCM_BlockNumberOfPoints, "2"); }), {"three or more"});
    expect_refused(with([](auto& b) { remove(b, DCM_BlockThickness); }), {"BlockThickness", "missing"});
    expect_refused(with([](auto& b) { set(b, DCM_BlockThickness, "0"); }), {"BlockThickness", "0 mm"});
    expect_refused(with([](auto& b) { set(b, DCM_BlockType, "HOLE"); }), {"HOLE", "SHIELDING"});
    expect_refused(with([](auto& b) { remove(b, DCM_BlockDivergence); }), {"BlockDivergence"});
    expect_refused(with([](auto& b) { set(b, DCM_IsocenterToBlockTrayDistance, "50"); }),
                   {"behind the isocenter"});
}

TEST(PlanRefusals, refuses_a_beam_without_fluence) {
    expect_refused([](auto& p) { remove(beam_of(p, 1), DCM_IonControlPointSequence); },
                   {"beam 2", "no fluence"});
    expect_refused(
        [](auto& p) {
            for (int i = 0; i < 4; ++i) {
                remove(point_of(p, i), DCM_ScanSpotPositionMap);
                remove(point_of(p, i), DCM_ScanSpotMetersetWeights);
                remove(point_of(p, i), DCM_NumberOfScanSpotPositions);
                remove(point_of(p, i), DCM_CumulativeMetersetWeight);
            }
        },
        {"beam 1", "no spot with a weight", "no fluence"});
}

TEST(PlanRefusals, refuses_control_points_that_make_no_layers) {
    expect_refused(
        [](auto& p) {
            add_control_point(beam_of(p), 4, "100", "10", {0, 0}, {0});
            set(beam_of(p), DCM_NumberOfControlPoints, "5");
        },
        {"beam 1", "odd number", "NumberOfControlPoints"});
    expect_refused([](auto& p) { set(beam_of(p), DCM_NumberOfControlPoints, "6"); },
                   {"NumberOfControlPoints", "4 items"});
    expect_refused(
        [](auto& p) {
            set_floats(point_of(p, 1), DCM_ScanSpotMetersetWeights, {0, 0, 1});
        },
        {"IonControlPointSequence[2]", "second control point", "beam 1"});
    expect_refused([](auto& p) { set(point_of(p, 3), DCM_NominalBeamEnergy, "110"); },
                   {"IonControlPointSequence[4]", "120.5", "110"});
    expect_refused([](auto& p) { set(point_of(p, 2), DCM_ControlPointIndex, "7"); },
                   {"ControlPointIndex", "7", "order"});
}

TEST(PlanRefusals, refuses_weights_that_do_not_add_up) {
    expect_refused([](auto& p) { set(point_of(p, 2), DCM_CumulativeMetersetWeight, "3"); },
                   {"IonControlPointSequence[3]", "falls from 4 to 3", "beam 1"});
    expect_refused([](auto& p) { set(point_of(p, 0), DCM_CumulativeMetersetWeight, "1"); }, {"starts at 0"});
    expect_refused([](auto& p) { clear(point_of(p, 2), DCM_CumulativeMetersetWeight); },
                   {"missing or empty", "beam 1"});
    expect_refused([](auto& p) { set(beam_of(p), DCM_FinalCumulativeMetersetWeight, "11"); },
                   {"ends at 10", "11"});
    expect_refused(
        [](auto& p) {
            set_floats(point_of(p, 0), DCM_ScanSpotMetersetWeights, {1, 2, 2});
        },
        {"sums to 5", "differ by 4"});
    expect_refused([](auto& p) { set(beam_of(p), DCM_FinalCumulativeMetersetWeight, "0"); },
                   {"is 0", "above 0"});
    expect_refused([](auto& p) { remove(beam_of(p), DCM_FinalCumulativeMetersetWeight); },
                   {"FinalCumulative", "missing"});
    expect_refused(
        [](auto& p) {
            set_floats(point_of(p, 0), DCM_ScanSpotMetersetWeights, {1, -2, 5});
        },
        {"value 2 is -2"});
}

TEST(PlanRefusals, refuses_spot_arrays_that_do_not_match) {
    auto const nan = std::numeric_limits<float>::quiet_NaN();
    expect_refused(
        [&](auto& p) {
            set_floats(point_of(p, 2), DCM_ScanSpotPositionMap, {-4, nan, 4, 0});
        },
        {"IonControlPointSequence[3]", "ScanSpotPositionMap", "nan"});
    expect_refused(
        [&](auto& p) {
            set_floats(point_of(p, 2), DCM_ScanSpotMetersetWeights, {2, nan});
        },
        {"IonControlPointSequence[3]", "nan"});
    expect_refused(
        [](auto& p) {
            set_floats(point_of(p, 0), DCM_ScanSpotPositionMap, {1, 2, 3, 4});
        },
        {"has 4 values for 3 spots", "beam 1"});
    expect_refused(
        [](auto& p) {
            set_floats(point_of(p, 0), DCM_ScanSpotMetersetWeights, {1, 2});
        },
        {"has 2 values for 3 spots"});
    expect_refused([](auto& p) { set(point_of(p, 0), DCM_NumberOfScanSpotPositions, "-3"); },
                   {"for -3 spots"});
    expect_refused([](auto& p) { set(point_of(p, 0), DCM_NumberOfScanSpotPositions, "99999999"); },
                   {"for 99999999 spots"});
}

TEST(PlanRefusals, refuses_energies_that_are_none) {
    expect_refused([](auto& p) { remove(point_of(p, 0), DCM_NominalBeamEnergy); },
                   {"NominalBeamEnergy", "beam 1"});
    expect_refused([](auto& p) { set(point_of(p, 0), DCM_NominalBeamEnergy, "-150"); }, {"-150 MeV"});
    expect_refused([](auto& p) { set(point_of(p, 0), DCM_NominalBeamEnergy, "15O"); },
                   {"'15O'", "not a number"});
    expect_refused([](auto& p) { set(point_of(p, 0), DCM_NominalBeamEnergyUnit, "MV"); }, {"MV"});
}

TEST(PlanRefusals, refuses_a_meterset_that_is_none) {
    expect_refused([](auto& p) { set(reference_of(p), DCM_BeamMeterset, "0"); },
                   {"BeamMeterset", "beam 1", "above 0"});
    expect_refused([](auto& p) { set(reference_of(p), DCM_BeamMeterset, "-3"); }, {"BeamMeterset", "-3"});
    expect_refused([](auto& p) { remove(reference_of(p), DCM_BeamMeterset); }, {"BeamMeterset", "beam 1"});
    expect_refused([](auto& p) { set(reference_of(p), DCM_ReferencedBeamNumber, "2"); }, {"second time"});
    expect_refused([](auto& p) { remove(p, DCM_FractionGroupSequence); }, {"FractionGroupSequence"});
    expect_refused([](auto& p) { set(reference_of(p, 2), DCM_ReferencedBeamNumber, "3"); }, {"no beam 3"});
    expect_refused([](auto& p) { set(beam_of(p, 1), DCM_BeamNumber, "1"); }, {"BeamNumber", "differ"});
    expect_refused(
        [](auto& p) { set(item_of(p, DCM_FractionGroupSequence), DCM_NumberOfFractionsPlanned, "0"); },
        {"NumberOfFractionsPlanned", "is 0"});
}

TEST(PlanRefusals, refuses_geometry_that_is_missing_or_changes) {
    expect_refused([](auto& p) { remove(point_of(p, 0), DCM_IsocenterPosition); },
                   {"IsocenterPosition", "beam 1"});
    expect_refused([](auto& p) { clear(point_of(p, 0), DCM_IsocenterPosition); },
                   {"IsocenterPosition", "beam 1"});
    expect_refused([](auto& p) { set(point_of(p, 0), DCM_IsocenterPosition, "1\\2"); },
                   {"IsocenterPosition"});
    expect_refused([](auto& p) { set(point_of(p, 2), DCM_IsocenterPosition, "1.5\\-20\\31"); },
                   {"IonControlPointSequence[3]", "IsocenterPosition", "changes", "beam 1"});
    expect_refused([](auto& p) { remove(point_of(p, 0), DCM_GantryAngle); }, {"GantryAngle", "beam 1"});
    expect_refused([](auto& p) { clear(point_of(p, 0), DCM_PatientSupportAngle); },
                   {"PatientSupportAngle", "beam 1"});
    expect_refused([](auto& p) { set(point_of(p, 2, 1), DCM_GantryAngle, "46"); },
                   {"IonBeamSequence[2]", "IonControlPointSequence[3]", "GantryAngle", "46", "beam 2"});
    expect_refused([](auto& p) { set_floats(point_of(p, 2), DCM_TableTopPitchAngle, {1}); },
                   {"TableTopPitchAngle"});
    expect_refused([](auto& p) { set_floats(point_of(p, 0), DCM_GantryPitchAngle, {2}); },
                   {"GantryPitchAngle"});
    expect_refused([](auto& p) { set(point_of(p, 0), DCM_TableTopEccentricAngle, "5"); },
                   {"TableTopEccentricAngle"});
}

TEST(PlanRefusals, refuses_range_shifters_it_cannot_place) {
    auto const settings = [](DcmDataset& p, int point) -> DcmItem& {
        return item_of(point_of(p, point), DCM_RangeShifterSettingsSequence);
    };
    auto const with = [](auto change) {
        return [change](DcmDataset& p) {
            add_range_shifter(beam_of(p));
            change(p);
        };
    };
    expect_refused(with([&](auto& p) { set(settings(p, 0), DCM_ReferencedRangeShifterNumber, "4"); }),
                   {"is 4", "no range shifter of that number", "beam 1"});
    expect_refused(with([&](auto& p) { set(settings(p, 0), DCM_RangeShifterSetting, "12.5"); }),
                   {"'12.5'", "RS_5CM", "IN or OUT"});
    expect_refused(with([&](auto& p) { remove(point_of(p, 0), DCM_RangeShifterSettingsSequence); }),
                   {"RangeShifterSettingsSequence", "in or out"});
    expect_refused(with([&](auto& p) { set(beam_of(p), DCM_NumberOfRangeShifters, "2"); }),
                   {"NumberOfRangeShifters"});
    expect_refused(with([&](auto& p) {
                       set(settings(p, 2), DCM_ReferencedRangeShifterNumber, "1");
                       set(settings(p, 2), DCM_RangeShifterSetting, "OUT");
                   }),
                   {"IonControlPointSequence[3]", "move within a beam"});
    expect_refused(
        with([&](auto& p) { set_floats(settings(p, 0), DCM_RangeShifterWaterEquivalentThickness, {-57}); }),
        {"-57 mm"});
}

TEST(PlanRefusals, a_cut_file_is_refused_or_holds_all_beams) {
    // A cut between two elements at the end cannot be seen; no beam may be lost by it
    auto const whole = bytes_of(plan_dataset());
    for (std::size_t length = 0; length < whole.size(); length += 7) {
        Warnings warnings;
        try {
            auto const file = DicomFile::from_bytes(whole.substr(0, length), "cut.dcm", warnings);
            auto const plan = read_ion_plan(file);
            ASSERT_EQ(plan.beams.size(), 1U) << length;
            EXPECT_EQ(plan.beams[0].layers[1].spots.size(), 2U) << length;
        } catch (Refusal const&) {
        }
    }
}
