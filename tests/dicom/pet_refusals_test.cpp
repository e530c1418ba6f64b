// PET in: each way in which no SUV by body weight can follow is refused by name.
#include "pet_builder.hpp"
#include <gmock/gmock.h>

namespace beamwright {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refused_at(std::filesystem::path const& folder) {
    Warnings warnings;
    return refusal_of([&] { read_pet(folder, "", warnings); });
}
std::string refused(PetBuilder::Bend const& bend) { return refused_at(PetBuilder{}.write(bend)); }
std::string with(DcmTagKey tag, std::string const& value) {
    return refused([&](DcmDataset& image, int) { set(image, tag, value); });
}
std::string without(DcmTagKey tag) {
    return refused([&](DcmDataset& image, int) { remove(image, tag); });
}
std::string with_tracer(DcmTagKey tag, std::string const& value) {
    return refused([&](DcmDataset& image, int) { set(PetBuilder::tracer(image), tag, value); });
}
std::string without_tracer(DcmTagKey tag) {
    return refused([&](DcmDataset& image, int) { remove(PetBuilder::tracer(image), tag); });
}

TEST(PetRefusals, other_units_are_named) {
    for (std::string const units : {"CNTS", "PROPCPS", "UMOLML", "CM2ML", "NONE"}) {
        EXPECT_THAT(with(DCM_Units, units), AllOf(HasSubstr("Units (0054,1001)"), HasSubstr(units)));
    }
    EXPECT_THAT(without(DCM_Units), AllOf(HasSubstr("Units (0054,1001)"), HasSubstr("is missing")));
}

TEST(PetRefusals, uptake_by_another_measure_than_weight_is_named) {
    for (std::string const type : {"LBM", "BSA", "IBW", "LBMJAMES128", "LBMJANMA"}) {
        EXPECT_THAT(refused([&](DcmDataset& image, int) {
                        set(image, DCM_Units, "GML");
                        set(image, DCM_SUVType, type);
                    }),
                    AllOf(HasSubstr("SUVType (0054,1006) is '" + type + "'"), HasSubstr("body weight")));
    }
}

TEST(PetRefusals, counts_of_Philips_without_its_factor_to_uptake) {
    auto const counts = [](std::string const& creator, int element, std::string const& value) {
        return refused([&](DcmDataset& image, int) {
            set(image, DCM_Units, "CNTS");
            image.putAndInsertString(DcmTag(0x7053, 0x0010, EVR_LO), creator.c_str());
            image.putAndInsertString(DcmTag(0x7053, static_cast<Uint16>(element), EVR_DS), value.c_str());
        });
    };
    std::string const philips = "Philips PET Private Group";
    EXPECT_THAT(counts(philips, 0x1009, "1.5"), AllOf(HasSubstr("(7053,1009)"), HasSubstr("MBq/ml")));
    EXPECT_THAT(counts(philips, 0x1000, "0"), HasSubstr("(7053,1000)"));
    EXPECT_THAT(counts("Somebody else", 0x1000, "2.5E-4"), HasSubstr("(7053,1000)"));
}

TEST(PetRefusals, activities_without_a_common_time_or_uncorrected) {
    EXPECT_THAT(with(DCM_DecayCorrection, "NONE"), AllOf(HasSubstr("DecayCorrection"), HasSubstr("'NONE'")));
    EXPECT_THAT(without(DCM_DecayCorrection), HasSubstr("DecayCorrection"));
    EXPECT_THAT(with(DCM_CorrectedImage, "ATTN\\SCAT"), AllOf(HasSubstr("ATTN, SCAT"), HasSubstr("DECY")));
    EXPECT_THAT(with(DCM_CorrectedImage, "DECY\\SCAT"), HasSubstr("attenuation"));
    EXPECT_THAT(without(DCM_CorrectedImage), HasSubstr("CorrectedImage (0028,0051) is missing or empty"));
    EXPECT_THAT(refused([](DcmDataset& image, int) {
                    set(image, DCM_Units, "GML");
                    set(image, DCM_CorrectedImage, "DECY");
                }),
                HasSubstr("attenuation"));
}

TEST(PetRefusals, weight_activity_and_half_life_must_be_there_and_make_sense) {
    EXPECT_THAT(without(DCM_PatientWeight), AllOf(HasSubstr("PatientWeight"), HasSubstr("is missing")));
    for (std::string const weight : {"0", "-70", "70000", "1"}) {
        EXPECT_THAT(with(DCM_PatientWeight, weight), HasSubstr("PatientWeight (0010,1030) is " + weight));
    }
    EXPECT_THAT(with(DCM_PatientWeight, "nan"), AllOf(HasSubstr("PatientWeight"), HasSubstr("finite")));
    EXPECT_THAT(without_tracer(DCM_RadionuclideTotalDose), HasSubstr("RadionuclideTotalDose"));
    for (std::string const activity : {"0", "-350000000", "350", "350000000000"}) {
        EXPECT_THAT(with_tracer(DCM_RadionuclideTotalDose, activity),
                    AllOf(HasSubstr("RadionuclideTotalDose (0018,1074)"), HasSubstr("Bq (not MBq)")));
    }
    EXPECT_THAT(without_tracer(DCM_RadionuclideHalfLife), HasSubstr("RadionuclideHalfLife"));
    for (std::string const half_life : {"0", "-6586.2"}) {
        EXPECT_THAT(with_tracer(DCM_RadionuclideHalfLife, half_life), HasSubstr("above zero"));
    }
    EXPECT_THAT(without(DCM_RadiopharmaceuticalInformationSequence), HasSubstr("missing"));
    EXPECT_THAT(refused([](DcmDataset& image, int) {
                    item_of(image, DCM_RadiopharmaceuticalInformationSequence, 1);
                }),
                HasSubstr("has 2 items"));
}

TEST(PetRefusals, slices_must_agree_on_the_start_that_GE_states) {
    EXPECT_THAT(refused([](DcmDataset& image, int k) {
                    image.putAndInsertString(DcmTag(0x0009, 0x0010, EVR_LO), "GEMS_PETD_01");
                    image.putAndInsertString(DcmTag(0x0009, 0x100D, EVR_DT),
                                             k == 0 ? "20260304100000.00" : "20260304103000.00");
                }),
                HasSubstr("differ in GE's start of the scan (0009,100D)"));
}

TEST(PetRefusals, a_file_too_short_for_its_claim_takes_no_memory) {
    EXPECT_THAT(refused([](DcmDataset& image, int) {
                    image.putAndInsertUint16(DCM_Rows, 8192);
                    image.putAndInsertUint16(DCM_Columns, 8192);
                }),
                HasSubstr("claims 8192 x 8192 pixels but has"));
}

TEST(PetRefusals, times_must_be_there_and_in_order) {
    EXPECT_THAT(without_tracer(DCM_RadiopharmaceuticalStartTime), HasSubstr("RadiopharmaceuticalStartTime"));
    for (auto const& tag : {DCM_SeriesDate, DCM_SeriesTime, DCM_AcquisitionDate, DCM_AcquisitionTime}) {
        EXPECT_THAT(without(tag), HasSubstr("is missing"));
    }
    EXPECT_THAT(with(DCM_SeriesTime, "2530"), AllOf(HasSubstr("SeriesTime"), HasSubstr("no time")));
    EXPECT_THAT(with(DCM_SeriesDate, "20260230"), AllOf(HasSubstr("SeriesDate"), HasSubstr("no date")));
    EXPECT_THAT(with_tracer(DCM_RadiopharmaceuticalStartDateTime, "2026"), HasSubstr("no date with time"));
    EXPECT_THAT(with_tracer(DCM_RadiopharmaceuticalStartDateTime, "20260304113000"),
                AllOf(HasSubstr("injection lies after its scan"), HasSubstr("2026-03-04 11:30:00")));
    // Eleven hours are six half-lives of F-18, a week is 92
    EXPECT_THAT(with_tracer(DCM_RadiopharmaceuticalStartDateTime, "20260225093000"),
                AllOf(HasSubstr("half-lives"), HasSubstr("2026-02-25 09:30:00")));
    // Minutes given for seconds
    EXPECT_THAT(with_tracer(DCM_RadionuclideHalfLife, "109.77"), HasSubstr("32.8 half-lives"));
}

TEST(PetRefusals, slices_of_several_scans) {
    auto const one_differs = [](DcmTagKey tag, std::string const& value) {
        return refused([&](DcmDataset& image, int k) {
            if (k == 2) {
                set(image, tag, value);
            }
        });
    };
    EXPECT_THAT(one_differs(DCM_PatientWeight, "71"),
                AllOf(HasSubstr("differ in PatientWeight"), HasSubstr("'70'"), HasSubstr("'71'")));
    EXPECT_THAT(one_differs(DCM_Units, "GML"), HasSubstr("differ in Units"));
    EXPECT_THAT(one_differs(DCM_SeriesTime, "103100"), HasSubstr("differ in SeriesDate and SeriesTime"));
    EXPECT_THAT(one_differs(DCM_FrameOfReferenceUID, "1.2.7"), HasSubstr("mixes patients or frames"));
}

TEST(PetRefusals, frames_in_time_gates_and_views) {
    EXPECT_THAT(refused([](DcmDataset& image, int) {
                    set(image, DCM_SeriesType, "DYNAMIC\\IMAGE");
                    image.putAndInsertUint16(DCM_NumberOfTimeSlices, 24);
                }),
                AllOf(HasSubstr("DYNAMIC"), HasSubstr("24 time slices")));
    EXPECT_THAT(with(DCM_SeriesType, "GATED\\IMAGE"), HasSubstr("GATED"));
    EXPECT_THAT(with(DCM_SeriesType, "STATIC\\REPROJECTION"), HasSubstr("REPROJECTION"));
    EXPECT_THAT(refused([](DcmDataset& image, int) { image.putAndInsertUint16(DCM_NumberOfTimeSlots, 8); }),
                HasSubstr("NumberOfTimeSlots (0054,0071) is 8"));
    EXPECT_THAT(with(DCM_NumberOfFrames, "2"), AllOf(HasSubstr("NumberOfFrames"), HasSubstr("is 2")));
    EXPECT_THAT(with(DCM_CountsSource, "TRANSMISSION"), HasSubstr("TRANSMISSION"));
    // Frames that no element tells of: a second image at each position
    PetBuilder builder;
    auto const folder = builder.write();
    builder.add_to(folder, "b");
    EXPECT_THAT(refused_at(folder), AllOf(HasSubstr("10 images at 5 positions"), HasSubstr("-8.00) mm"),
                                          HasSubstr("a3.dcm"), HasSubstr("b3.dcm")));
}

TEST(PetRefusals, gaps_and_tilt_as_in_a_ct) {
    auto const folder = PetBuilder{}.write();
    std::filesystem::remove(folder / "a0.dcm");
    EXPECT_THAT(refused_at(folder), AllOf(HasSubstr("1 PET slice(s) missing"), HasSubstr("-4.00")));
    EXPECT_THAT(refused([](DcmDataset& image, int k) {
                    set(image, DCM_ImagePositionPatient,
                        CtBuilder::joined({-22, -15 + 2.0 * k * 0.2679492, -8 + 2.0 * k})); // tan 15
                }),
                HasSubstr("tilt 15.00 degrees"));
}

TEST(PetRefusals, what_is_no_pet) {
    EXPECT_THAT(refused_at(CtBuilder{}.write()),
                AllOf(HasSubstr("no PET images"), HasSubstr("5 CTImageStorage")));
    EXPECT_THAT(with(DCM_SOPClassUID, UID_EnhancedPETImageStorage), HasSubstr("5 EnhancedPETImageStorage"));
    EXPECT_THAT(with(DCM_Modality, "CT"), AllOf(HasSubstr("Modality"), HasSubstr("'CT'")));
    EXPECT_THAT(refused_at(scratch() / "nowhere"), HasSubstr("does not exist"));
}

TEST(PetRefusals, slopes_that_give_no_number) {
    EXPECT_THAT(without(DCM_RescaleSlope), HasSubstr("RescaleSlope"));
    for (std::string const slope : {"0", "-1"}) {
        EXPECT_THAT(with(DCM_RescaleSlope, slope), HasSubstr("above zero"));
    }
    EXPECT_THAT(with(DCM_RescaleSlope, "inf"), HasSubstr("finite"));
    EXPECT_THAT(with(DCM_RescaleSlope, "1e300"), HasSubstr("is an uptake of"));
}

} // namespace
} // namespace beamwright
