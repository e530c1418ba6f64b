// RTDOSE in and out: values at patient coordinates, units and kinds that are never mixed, files that others accept.
#include "dicom/dose_in.hpp"
#include "dicom/dose_out.hpp"
#include "image_builder.hpp"
#include <cstdlib>
#include <gmock/gmock.h>

namespace beamwright {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::HasSubstr;

DoseObject read(DcmDataset const& dataset, E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
    Warnings warnings;
    return read_rtdose(written(dataset, syntax), warnings);
}
std::string refused(DcmDataset const& dataset) {
    return refusal_of([&] { read(dataset); });
}

void expect_values(DoseObject const& dose) {
    auto const& g = dose.dose_Gy.grid;
    for (int k = 0; k < g.size[2]; ++k) {
        for (int j = 0; j < g.size[1]; ++j) {
            for (int i = 0; i < g.size[0]; ++i) {
                auto const p = g.to_patient({double(i), double(j), double(k)});
                // Written in steps of 0.001 Gy, read as float (6e-8 of 60 Gy)
                ASSERT_NEAR(dose.dose_Gy.at(i, j, k), DoseBuilder::dose_at({p.x, p.y, p.z}), 0.000504);
            }
        }
    }
}

TEST(DoseIn, offsets_relative_descending_and_absolute) {
    DoseBuilder builder;
    expect_values(read(builder.dataset()));
    builder.step_mm = -3;
    auto const down = read(builder.dataset());
    expect_values(down);
    EXPECT_EQ(down.dose_Gy.grid.origin_mm.z, -6 - 9);
    builder.step_mm = 3;
    auto absolute = builder.dataset();
    set(absolute, DCM_GridFrameOffsetVector, "-6\\-3\\0\\3");
    expect_values(read(absolute));
    set(absolute, DCM_GridFrameOffsetVector, "-7\\-4\\-1\\2");
    EXPECT_THAT(refused(absolute), HasSubstr("begins with -7"));
}

TEST(DoseIn, orientations) {
    for (auto const& [row, column] : {std::pair<Triple, Triple>{{-1, 0, 0}, {0, -1, 0}},
                                      {{0, -1, 0}, {1, 0, 0}},
                                      {{-1, 0, 0}, {0, 1, 0}},
                                      {{0, 1, 0}, {0, 0, -1}},
                                      {{0.8, 0.6, 0}, {-0.36, 0.48, -0.8}}}) {
        DoseBuilder builder;
        builder.row = row;
        builder.column = column;
        expect_values(read(builder.dataset()));
    }
}

TEST(DoseIn, bits_and_byte_orders) {
    DoseBuilder builder;
    for (int const bits : {16, 32}) {
        builder.bits = bits;
        for (auto const syntax :
             {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_DeflatedLittleEndianExplicit}) {
            expect_values(read(builder.dataset(), syntax));
        }
    }
    // DCMTK writes 32-bit words in big endian as two swapped halves, so only 16 bits are tried
    builder.bits = 16;
    expect_values(read(builder.dataset(), EXS_BigEndianExplicit));
}

TEST(DoseIn, kind_and_references_are_kept) {
    auto set_ = DoseBuilder{}.dataset();
    set(set_, DCM_DoseType, "EFFECTIVE");
    set(set_, DCM_DoseSummationType, "BEAM");
    auto& group = item_of(item_of(set_, DCM_ReferencedRTPlanSequence), DCM_ReferencedFractionGroupSequence);
    set(group, DCM_ReferencedFractionGroupNumber, "2");
    set(item_of(group, DCM_ReferencedBeamSequence), DCM_ReferencedBeamNumber, "7");
    auto const dose = read(set_);
    EXPECT_EQ(dose.type, DoseType::effective);
    EXPECT_EQ(dose.summation, DoseSummation::beam);
    EXPECT_EQ(dose.beam_number, 7);
    EXPECT_EQ(dose.fraction_group_number, 2);
    EXPECT_EQ(dose.plan_uid, "1.2.3.60");
    EXPECT_THAT(refusal_of([&] { physical_Gy(dose, "d.dcm"); }),
                AllOf(HasSubstr("d.dcm"), HasSubstr("EFFECTIVE")));
}

TEST(DoseIn, what_is_not_a_dose_in_Gy_is_refused) {
    auto const with = [](DcmTagKey tag, std::string const& value) {
        auto dose = DoseBuilder{}.dataset();
        set(dose, tag, value);
        return refused(dose);
    };
    EXPECT_THAT(with(DCM_DoseUnits, "RELATIVE"), HasSubstr("'RELATIVE'"));
    EXPECT_THAT(with(DCM_DoseUnits, ""), HasSubstr("DoseUnits"));
    EXPECT_THAT(with(DCM_DoseType, "BIOLOGICAL"), HasSubstr("'BIOLOGICAL'"));
    EXPECT_THAT(with(DCM_DoseGridScaling, "0"), HasSubstr("above zero"));
    EXPECT_THAT(with(DCM_DoseGridScaling, ""), HasSubstr("DoseGridScaling"));
    EXPECT_THAT(with(DCM_GridFrameOffsetVector, "0\\3\\6"), HasSubstr("4 numbers are needed"));
    EXPECT_THAT(with(DCM_GridFrameOffsetVector, "0\\3\\6\\10"), HasSubstr("evenly spaced"));
    EXPECT_THAT(with(DCM_GridFrameOffsetVector, "0\\0\\0\\0"), HasSubstr("evenly spaced"));
    EXPECT_THAT(with(DCM_NumberOfFrames, "5"), HasSubstr("5"));
    EXPECT_THAT(with(DCM_SOPClassUID, UID_RTPlanStorage), HasSubstr("RTPlanStorage"));
}

TEST(DoseIn, a_dose_of_another_frame_is_refused_and_of_another_plan_warned_of) {
    auto const dose = read(DoseBuilder{}.dataset());
    Warnings warnings;
    check_dose_belongs(dose, "d.dcm", "1.2.3.9", "1.2.3.60", warnings);
    EXPECT_TRUE(warnings.empty());
    EXPECT_THAT(refusal_of([&] { check_dose_belongs(dose, "d.dcm", "1.2.9", "", warnings); }),
                HasSubstr("another frame"));
    check_dose_belongs(dose, "d.dcm", "1.2.3.9", "1.2.3.61", warnings);
    EXPECT_THAT(all_of(warnings), HasSubstr("another plan"));
}

DoseObject made_dose() {
    DoseObject dose;
    Grid grid;
    grid.size = {7, 6, 5};
    grid.origin_mm = {-12.3456789, 4, 100.25};
    grid.spacing_mm = {2, 2.5, 3};
    dose.dose_Gy = Volume<float>(grid);
    for (std::size_t i = 0; i < dose.dose_Gy.values.size(); ++i) {
        dose.dose_Gy.values[i] = static_cast<float>(i) * 0.0137f;
    }
    dose.patient = {.patient_name = "Größe^Ida",
                    .patient_id = "P1",
                    .birth_date = "",
                    .sex = "F",
                    .study_uid = "1.2.3.4",
                    .study_date = "20260102",
                    .study_time = "101112",
                    .study_id = "1",
                    .accession_number = "",
                    .referring_physician = ""};
    dose.frame_of_reference_uid = "1.2.3.9";
    dose.plan_uid = "1.2.3.60";
    dose.structure_set_uid = "1.2.3.7";
    dose.dvhs = {{.structure_number = 3, .bin_Gy = 0.5, .volumes_cm3 = {10, 8.5, 2, 0.25}}};
    dose.comment = "100 000 histories";
    return dose;
}

class DoseOut : public testing::TestWithParam<int> {};

TEST_P(DoseOut, comes_back_within_the_stated_error) {
    auto const dose = made_dose();
    auto const file = scratch() / "dose.dcm";
    Warnings warnings;
    auto const result = write_rtdose(file, dose, {GetParam()}, warnings);
    auto const back = read_rtdose(file, warnings);
    EXPECT_TRUE(warnings.empty());
    // Half a step, and a float on reading (6e-8 of 3 Gy)
    double const most = 209 * 0.0137;
    EXPECT_LE(result.quantization_error_Gy, 0.5001 * most / (GetParam() == 16 ? 65535.0 : 4294967295.0));
    for (std::size_t i = 0; i < dose.dose_Gy.values.size(); ++i) {
        ASSERT_NEAR(back.dose_Gy.values[i], dose.dose_Gy.values[i], result.quantization_error_Gy + 3e-7);
    }
    EXPECT_NEAR(norm(back.dose_Gy.grid.origin_mm - dose.dose_Gy.grid.origin_mm), 0, 1e-9);
    EXPECT_EQ(back.dose_Gy.grid.spacing_mm, dose.dose_Gy.grid.spacing_mm);
    EXPECT_EQ(back.patient, dose.patient);
    EXPECT_EQ(back.plan_uid, dose.plan_uid);
    EXPECT_EQ(back.structure_set_uid, dose.structure_set_uid);
    EXPECT_EQ(back.dvhs, dose.dvhs);
    EXPECT_EQ(back.comment, dose.comment);
    EXPECT_EQ(back.sop_instance_uid, result.sop_instance_uid);
}
INSTANTIATE_TEST_SUITE_P(Bits, DoseOut, testing::Values(16, 32));

TEST(DoseOutput, left_handed_and_turned_grids_come_back) {
    auto dose = made_dose();
    dose.dose_Gy.grid.axes = {
        {0.8, -0.36, 0.48}, {0.6, 0.48, -0.64}, {0, -0.8, -0.6}}; // third axis against the normal
    auto const file = scratch() / "turned.dcm";
    Warnings warnings;
    write_rtdose(file, dose, {32}, warnings);
    auto const back = read_rtdose(file, warnings);
    for (auto const& [i, j, k] : {std::array{0, 0, 0}, {6, 5, 4}, {3, 1, 2}}) {
        auto const p = dose.dose_Gy.grid.to_patient({double(i), double(j), double(k)});
        auto const at = back.dose_Gy.grid.to_index(p);
        EXPECT_NEAR(back.dose_Gy.at(static_cast<int>(std::lround(at.x)), static_cast<int>(std::lround(at.y)),
                                    static_cast<int>(std::lround(at.z))),
                    dose.dose_Gy.at(i, j, k), 1e-6);
        EXPECT_NEAR(at.z - std::round(at.z), 0, 1e-6);
    }
}

TEST(DoseOutput, the_same_dose_gets_the_same_uid_and_bytes) {
    Warnings warnings;
    auto dose = made_dose();
    auto const a = write_rtdose(scratch() / "a.dcm", dose, {16}, warnings);
    auto const b = write_rtdose(scratch() / "b.dcm", dose, {16}, warnings);
    EXPECT_EQ(a.sop_instance_uid, b.sop_instance_uid);
    dose.dose_Gy.values[5] += 0.1f;
    EXPECT_NE(write_rtdose(scratch() / "b.dcm", dose, {16}, warnings).sop_instance_uid, a.sop_instance_uid);
    EXPECT_THAT(a.sop_instance_uid, testing::StartsWith("2.25."));
    EXPECT_LE(a.sop_instance_uid.size(), 64u);
}

TEST(DoseOutput, what_cannot_be_written_is_refused_and_leaves_nothing) {
    Warnings warnings;
    auto const file = scratch() / "never.dcm";
    auto const with = [&](auto&& bend) {
        auto dose = made_dose();
        bend(dose);
        auto const text = refusal_of([&] { write_rtdose(file, dose, {16}, warnings); });
        EXPECT_FALSE(std::filesystem::exists(file));
        return text;
    };
    EXPECT_THAT(with([](DoseObject& d) { d.dose_Gy.values[0] = -1; }), HasSubstr("-1 Gy"));
    EXPECT_THAT(with([](DoseObject& d) { d.dose_Gy.values[0] = std::nanf(""); }), HasSubstr("nan Gy"));
    EXPECT_THAT(with([](DoseObject& d) { d.plan_uid = ""; }), HasSubstr("plan"));
    EXPECT_THAT(with([](DoseObject& d) { d.patient.study_uid = ""; }), HasSubstr("study"));
    EXPECT_THAT(with([](DoseObject& d) { d.summation = DoseSummation::other; }), HasSubstr("OTHER"));
}

TEST(DoseOutput, a_ct_without_frame_of_reference_gets_a_new_one_with_a_warning) {
    Warnings warnings;
    auto dose = made_dose();
    dose.frame_of_reference_uid = "";
    write_rtdose(scratch() / "frame.dcm", dose, {16}, warnings);
    EXPECT_THAT(all_of(warnings), HasSubstr("new frame of reference"));
    EXPECT_THAT(read_rtdose(scratch() / "frame.dcm", warnings).frame_of_reference_uid,
                testing::StartsWith("2.25."));
}

TEST(DoseOutput, what_is_no_dose_gets_a_series_of_its_own_and_is_never_read_as_one) {
    Warnings warnings;
    auto map = made_dose();
    auto const dose = write_rtdose(scratch() / "a.dcm", map, {16}, warnings);
    map.units = DoseUnits::relative;
    auto const relative = write_rtdose(scratch() / "b.dcm", map, {16}, warnings);
    EXPECT_NE(dose.series_uid, relative.series_uid);
    EXPECT_NE(dose.sop_instance_uid, relative.sop_instance_uid);
    EXPECT_THAT(refusal_of([&] { (void)read_rtdose(scratch() / "b.dcm", warnings); }), HasSubstr("RELATIVE"));
}

TEST(DoseOutput, structures_without_dvh_cannot_be_referenced) {
    Warnings warnings;
    auto dose = made_dose();
    dose.dvhs.clear();
    write_rtdose(scratch() / "no_dvh.dcm", dose, {16}, warnings);
    EXPECT_THAT(all_of(warnings), HasSubstr("does not name its structure set"));
    EXPECT_EQ(read_rtdose(scratch() / "no_dvh.dcm", warnings).structure_set_uid, "");
}

TEST(DoseOutput, a_dose_of_zero_can_be_written) {
    Warnings warnings;
    auto dose = made_dose();
    std::fill(dose.dose_Gy.values.begin(), dose.dose_Gy.values.end(), 0.0f);
    EXPECT_EQ(write_rtdose(scratch() / "zero.dcm", dose, {16}, warnings).quantization_error_Gy, 0);
    EXPECT_EQ(read_rtdose(scratch() / "zero.dcm", warnings).dose_Gy.values, dose.dose_Gy.values);
}

TEST(DoseOutput, dciodvfy_finds_no_error) {
    if (std::system("command -v dciodvfy > /dev/null 2>&1") != 0) {
        GTEST_SKIP() << "dciodvfy (package dicom3tools) is not installed";
    }
    Warnings warnings;
    auto plan = made_dose(), beam = made_dose();
    beam.summation = DoseSummation::beam;
    beam.beam_number = 2;
    beam.type = DoseType::effective;
    auto map = made_dose(); // LET: no dose, so units RELATIVE and no histograms
    map.units = DoseUnits::relative;
    map.dvhs.clear();
    map.remarks = "NOT A DOSE: LETd, keV/um";
    for (auto const* dose : {&plan, &beam, &map}) {
        auto const file = scratch() / "verify.dcm", log = scratch() / "verify.txt";
        write_rtdose(file, *dose, {16}, warnings);
        (void)!std::system(("dciodvfy '" + file.string() + "' > '" + log.string() + "' 2>&1").c_str());
        std::ifstream in(log);
        std::string const text{std::istreambuf_iterator<char>(in), {}};
        EXPECT_THAT(text, HasSubstr("RTDose"));
        EXPECT_THAT(text, testing::Not(HasSubstr("Error"))) << text;
    }
}

} // namespace
} // namespace beamwright
