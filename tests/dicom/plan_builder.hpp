/// A plain two-layer proton plan as a DICOM object.
#pragma once
#include "dicom/plan_in.hpp"
#include "rt_builder.hpp"
#include <gmock/gmock.h>

namespace beamwright::test {

inline void add_control_point(DcmItem& beam, int index, std::string const& energy_MeV,
                              std::string const& cumulative, std::vector<float> const& positions_mm,
                              std::vector<float> const& weights) {
    auto& point = item_of(beam, DCM_IonControlPointSequence, index);
    set(point, DCM_ControlPointIndex, std::to_string(index));
    set(point, DCM_NominalBeamEnergy, energy_MeV);
    set(point, DCM_CumulativeMetersetWeight, cumulative);
    set(point, DCM_NumberOfScanSpotPositions, std::to_string(weights.size()));
    set_floats(point, DCM_ScanSpotPositionMap, positions_mm);
    set_floats(point, DCM_ScanSpotMetersetWeights, weights);
    set_floats(point, DCM_ScanningSpotSize, {9.5F, 10.5F});
    set(point, DCM_NumberOfPaintings, "3");
}

/// Beam `number`: 3 spots at 150 MeV (weights 1, 2, 1), 2 at 120 MeV (2, 4); final weight 10,
/// BeamMeterset 50.
inline void add_beam(DcmDataset& plan, int number) {
    auto& beam = item_of(plan, DCM_IonBeamSequence, number - 1);
    set(beam, DCM_BeamNumber, std::to_string(number));
    set(beam, DCM_BeamName, "Field " + std::to_string(number));
    set(beam, DCM_BeamType, "STATIC");
    set(beam, DCM_RadiationType, "PROTON");
    set(beam, DCM_ScanMode, "MODULATED");
    set(beam, DCM_TreatmentMachineName, "G1");
    set(beam, DCM_PrimaryDosimeterUnit, "MU");
    set(beam, DCM_TreatmentDeliveryType, "TREATMENT");
    set(beam, DCM_NumberOfRangeShifters, "0");
    set(beam, DCM_FinalCumulativeMetersetWeight, "10");
    set(beam, DCM_NumberOfControlPoints, "4");
    set_floats(beam, DCM_VirtualSourceAxisDistances, {2000.0F, 2560.0F});
    set(beam, DCM_ReferencedPatientSetupNumber, "1");
    add_control_point(beam, 0, "150", "0", {-5, 1, 0, 2, 5, 3}, {1, 2, 1});
    add_control_point(beam, 1, "150", "4", {-5, 1, 0, 2, 5, 3}, {0, 0, 0});
    add_control_point(beam, 2, "120.5", "4", {-4, 0, 4, 0}, {2, 4});
    add_control_point(beam, 3, "120.5", "10", {-4, 0, 4, 0}, {0, 0});
    auto& first = item_of(beam, DCM_IonControlPointSequence, 0);
    set(first, DCM_GantryAngle, "45");
    set(first, DCM_GantryRotationDirection, "NONE");
    set(first, DCM_PatientSupportAngle, "30");
    set(first, DCM_IsocenterPosition, "1.5\\-20\\30.25");
    set_floats(first, DCM_TableTopPitchAngle, {0.0F});
    set_floats(first, DCM_TableTopRollAngle, {0.0F});
    set_floats(first, DCM_SnoutPosition, {421.0F});

    auto& group = item_of(plan, DCM_FractionGroupSequence);
    auto& reference = item_of(group, DCM_ReferencedBeamSequence, number - 1);
    set(reference, DCM_ReferencedBeamNumber, std::to_string(number));
    set(reference, DCM_BeamMeterset, "50");
}

/// An aperture of brass, 60 x 40 mm: 65 mm thick, on the patient's side of a tray at 200 mm.
inline void add_block(DcmItem& beam) {
    set(beam, DCM_NumberOfBlocks, "1");
    auto& block = item_of(beam, DCM_IonBlockSequence);
    set(block, DCM_BlockNumber, "1");
    set(block, DCM_BlockName, "Aperture A");
    set(block, DCM_BlockType, "APERTURE");
    set(block, DCM_BlockDivergence, "ABSENT");
    set(block, DCM_BlockMountingPosition, "PATIENT_SIDE");
    set(block, DCM_IsocenterToBlockTrayDistance, "200");
    set(block, DCM_MaterialID, "brass");
    set(block, DCM_BlockThickness, "65");
    set(block, DCM_BlockNumberOfPoints, "4");
    set(block, DCM_BlockData, "30\\-20\\30\\20\\-30\\20\\-30\\-20");
}

inline DcmDataset plan_dataset(int beams = 1) {
    DcmDataset plan;
    set(plan, DCM_SOPClassUID, UID_RTIonPlanStorage);
    set(plan, DCM_SOPInstanceUID, "1.2.3.4.5");
    set(plan, DCM_Modality, "RTPLAN");
    set(plan, DCM_RTPlanLabel, "Test plan");
    set(plan, DCM_FrameOfReferenceUID, "1.2.3.4.9");
    auto& structures = item_of(plan, DCM_ReferencedStructureSetSequence);
    set(structures, DCM_ReferencedSOPInstanceUID, "1.2.3.4.7");
    auto& group = item_of(plan, DCM_FractionGroupSequence);
    set(group, DCM_FractionGroupNumber, "1");
    set(group, DCM_NumberOfFractionsPlanned, "25");
    auto& setup = item_of(plan, DCM_PatientSetupSequence);
    set(setup, DCM_PatientSetupNumber, "1");
    set(setup, DCM_PatientPosition, "HFS");
    for (int beam = 1; beam <= beams; ++beam)
        add_beam(plan, beam);
    return plan;
}

/// Puts a range shifter plate into a beam made by add_beam.
inline void add_range_shifter(DcmItem& beam, std::string const& setting = "IN") {
    set(beam, DCM_NumberOfRangeShifters, "1");
    auto& device = item_of(beam, DCM_RangeShifterSequence);
    set(device, DCM_RangeShifterNumber, "1");
    set(device, DCM_RangeShifterID, "RS_5CM");
    set(device, DCM_RangeShifterType, "BINARY");
    auto& first = item_of(beam, DCM_IonControlPointSequence, 0);
    auto& put = item_of(first, DCM_RangeShifterSettingsSequence);
    set(put, DCM_ReferencedRangeShifterNumber, "1");
    set(put, DCM_RangeShifterSetting, setting);
    set_floats(put, DCM_IsocenterToRangeShifterDistance, {275.5F});
    set_floats(put, DCM_RangeShifterWaterEquivalentThickness, {57.0F});
}

struct PlanRead {
    Plan plan;
    Warnings warnings;
};

inline PlanRead read(DcmDataset const& dataset, PlanInOptions const& options = {},
                     E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
    PlanRead result;
    auto const file = DicomFile::from_bytes(bytes_of(dataset, syntax), "plan.dcm", result.warnings);
    result.plan = read_ion_plan(file, options);
    return result;
}

inline DcmItem& beam_of(DcmDataset& plan, int index = 0) { return item_of(plan, DCM_IonBeamSequence, index); }
inline DcmItem& point_of(DcmDataset& plan, int index, int beam = 0) {
    return item_of(beam_of(plan, beam), DCM_IonControlPointSequence, index);
}
inline DcmItem& reference_of(DcmDataset& plan, int index = 0) {
    return item_of(item_of(plan, DCM_FractionGroupSequence), DCM_ReferencedBeamSequence, index);
}

/// Applies a change to the plain plan and expects a refusal that says all of `words`.
template <class Change> void expect_refused(Change&& change, std::vector<std::string> const& words) {
    auto plan = plan_dataset(2);
    change(plan);
    auto const said = refusal_of([&] { read(plan); });
    for (auto const& word : words)
        EXPECT_THAT(said, ::testing::HasSubstr(word));
    EXPECT_THAT(said, ::testing::HasSubstr("plan.dcm"));
}

template <class Change> PlanRead with_warning(Change&& change, std::string const& words) {
    auto plan = plan_dataset(2);
    change(plan);
    auto result = read(plan);
    EXPECT_THAT(all_of(result.warnings), ::testing::HasSubstr(words));
    return result;
}

} // namespace beamwright::test
