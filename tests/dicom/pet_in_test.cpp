// PET in: SUV by hand from activity, slope by slope; decay by every rule for the times; places as a CT's.
#include "image_builder.hpp"
#include "pet_builder.hpp"
#include <cmath>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <gmock/gmock.h>

namespace beamwright {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PetSeries read(std::filesystem::path const& folder, Warnings& warnings) {
    return read_pet(folder, "", warnings);
}
PetSeries read(std::filesystem::path const& folder) {
    Warnings warnings;
    return read(folder, warnings);
}

/// One element changed in all slices.
PetBuilder::Bend with(DcmTagKey tag, std::string const& value) {
    return [tag, value](DcmDataset& image, int) { set(image, tag, value); };
}
PetBuilder::Bend of_tracer(DcmTagKey tag, std::string const& value) {
    return [tag, value](DcmDataset& image, int) { set(PetBuilder::tracer(image), tag, value); };
}

/// Every voxel is its slice's slope times its stored value times the factor, in float.
void expect_uptake(PetSeries const& pet, double SUV_per_value) {
    auto const& size = pet.suv.grid.size;
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i) {
                double const suv = SUV_per_value * PetBuilder::activity_Bq_per_ml(i, j, k);
                ASSERT_NEAR(pet.suv.at(i, j, k), suv, 1e-7 * suv) << i << ' ' << j << ' ' << k;
            }
        }
    }
}

TEST(PetIn, activity_becomes_uptake_slice_by_slice) {
    Warnings warnings;
    auto const pet = read(PetBuilder{}.write(), warnings);
    // By hand: 2^(-3600 / 6586.2) = 0.68463292 is left of 350 MBq; 70000 g over that
    EXPECT_NEAR(pet.uptake.SUV_per_value, 2.92127349e-4, 1e-12);
    expect_uptake(pet, 2.92127349244e-4);
    // The fourth slice has a slope of 1.25 and stores 2303 at (1, 2): 2878.75 Bq/ml would be 0.841 g/ml
    EXPECT_NEAR(pet.suv.at(1, 2, 3), 1.25 * 2303 * 2.92127349e-4, 1e-6);
    EXPECT_EQ(pet.uptake.units, "BQML");
    ASSERT_TRUE(pet.uptake.from_activity);
    auto const& from = *pet.uptake.from_activity;
    EXPECT_EQ(from.weight_kg, 70);
    EXPECT_EQ(from.activity_Bq, 350e6);
    EXPECT_EQ(from.half_life_s, 6586.2);
    EXPECT_EQ(from.decay_correction, "START");
    EXPECT_EQ(from.min_from_injection, 60);
    EXPECT_THAT(from.reference_from, HasSubstr("SeriesTime"));
    EXPECT_TRUE(warnings.empty()) << all_of(warnings);
}

TEST(PetIn, says_who_and_what) {
    auto const pet = read(PetBuilder{}.write());
    EXPECT_EQ(pet.patient.patient_id, "P1");
    EXPECT_EQ(pet.series.series_description, "brain BPA");
    EXPECT_EQ(pet.frame_of_reference_uid, "1.2.3.9");
    ASSERT_EQ(pet.files.size(), 5u);
    EXPECT_EQ(pet.files[0].filename(), "a3.dcm"); // by position, not by name
}

TEST(PetIn, corrected_to_the_injection_nothing_has_decayed) {
    auto const pet = read(PetBuilder{}.write([](DcmDataset& image, int) {
        set(image, DCM_DecayCorrection, "ADMIN");
        for (auto const& tag : {DCM_SeriesTime, DCM_AcquisitionTime}) { // not needed then
            remove(image, tag);
        }
        remove(PetBuilder::tracer(image), DCM_RadiopharmaceuticalStartTime);
    }));
    EXPECT_DOUBLE_EQ(pet.uptake.SUV_per_value, 70000 / 350e6);
    EXPECT_EQ(pet.uptake.from_activity->decay_correction, "ADMIN");
    EXPECT_EQ(pet.uptake.from_activity->min_from_injection, 0);
}

/// Series and acquisition at one time of a day, the injection as bent.
PetSeries scanned_at(std::string const& date, std::string const& time, PetBuilder::Bend const& bend,
                     Warnings& warnings) {
    return read(PetBuilder{}.write([&](DcmDataset& image, int k) {
        for (auto const& tag : {DCM_SeriesDate, DCM_AcquisitionDate}) {
            set(image, tag, date);
        }
        for (auto const& tag : {DCM_SeriesTime, DCM_AcquisitionTime}) {
            set(image, tag, time);
        }
        bend(image, k);
    }),
                warnings);
}

TEST(PetIn, an_injection_before_midnight_is_of_the_day_before) {
    Warnings by_time, by_date;
    auto const pet =
        scanned_at("20260301", "004500", of_tracer(DCM_RadiopharmaceuticalStartTime, "234500.5"), by_time);
    EXPECT_DOUBLE_EQ(pet.uptake.from_activity->min_from_injection, 3599.5 / 60);
    EXPECT_THAT(all_of(by_time), HasSubstr("day before"));
    // A date leaves no doubt: the last day of February
    auto const dated = scanned_at(
        "20260301", "004500", of_tracer(DCM_RadiopharmaceuticalStartDateTime, "20260228234500.5"), by_date);
    EXPECT_DOUBLE_EQ(dated.uptake.SUV_per_value, pet.uptake.SUV_per_value);
    // The builder's StartTime of 09:30 contradicts the date with time, which counts
    EXPECT_THAT(all_of(by_date), AllOf(HasSubstr("differ"), Not(HasSubstr("day before"))));
}

TEST(PetIn, an_injection_with_an_offset_from_UTC_is_put_on_the_clock_of_the_file) {
    auto const at = [](std::string const& time, std::string const& offset) {
        return [=](DcmDataset& image, int) {
            set(image, DCM_TimezoneOffsetFromUTC, offset);
            remove(PetBuilder::tracer(image), DCM_RadiopharmaceuticalStartTime);
            set(PetBuilder::tracer(image), DCM_RadiopharmaceuticalStartDateTime, time);
        };
    };
    Warnings warnings;
    auto const same = scanned_at("20260304", "103000", at("20260304093000+0900", "+0900"), warnings);
    EXPECT_EQ(same.uptake.from_activity->min_from_injection, 60);
    auto const other = scanned_at("20260304", "103000", at("20260304003000+0000", "+0900"), warnings);
    EXPECT_EQ(other.uptake.from_activity->min_from_injection, 60);
    EXPECT_TRUE(warnings.empty()) << all_of(warnings);
    auto const unknown = scanned_at("20260304", "103000", at("20260304093000-0300", ""), warnings);
    EXPECT_EQ(unknown.uptake.from_activity->min_from_injection, 60);
    EXPECT_THAT(all_of(warnings), HasSubstr("offset from UTC"));
}

TEST(PetIn, the_earliest_counts_replace_a_series_time_after_them) {
    auto const beds = [](DcmDataset& image, int k) { // two bed positions, images made anew in the evening
        set(image, DCM_SeriesTime, "190000");
        set(image, DCM_AcquisitionTime, k < 2 ? "103400" : "103000");
    };
    Warnings warnings;
    auto const pet = read(PetBuilder{}.write(beds), warnings);
    EXPECT_EQ(pet.uptake.from_activity->min_from_injection, 60);
    EXPECT_THAT(pet.uptake.from_activity->reference_from, HasSubstr("AcquisitionTime"));
    EXPECT_THAT(all_of(warnings), HasSubstr("SeriesTime lies 510 min after its first counts"));
    // A series time before the first counts is what activities were corrected to
    Warnings none;
    auto const before = read(PetBuilder{}.write(with(DCM_AcquisitionTime, "103500")), none);
    EXPECT_EQ(before.uptake.from_activity->min_from_injection, 60);
    // ... but one long before them is said
    Warnings long_before;
    read(PetBuilder{}.write(with(DCM_AcquisitionTime, "104500")), long_before);
    EXPECT_THAT(all_of(long_before), HasSubstr("first counts come 15 min after its SeriesTime"));
    // Rounded to a second in one element and not in the other
    auto const rounded = read(PetBuilder{}.write(with(DCM_AcquisitionTime, "102959.999985")), none);
    EXPECT_EQ(rounded.uptake.from_activity->min_from_injection, 60);
    // The start of the counts may be one element
    auto const one_element = read(PetBuilder{}.write([](DcmDataset& image, int) {
        remove(image, DCM_AcquisitionDate);
        remove(image, DCM_AcquisitionTime);
        set(image, DCM_AcquisitionDateTime, "20260304103000.00");
    }),
                                  none);
    EXPECT_EQ(one_element.uptake.from_activity->min_from_injection, 60);
    EXPECT_TRUE(none.empty()) << all_of(none);
}

TEST(PetIn, an_acquisition_on_another_clock_is_put_on_the_files) {
    Warnings warnings;
    auto const pet = read(PetBuilder{}.write([](DcmDataset& image, int) {
        remove(image, DCM_AcquisitionDate);
        remove(image, DCM_AcquisitionTime);
        set(image, DCM_TimezoneOffsetFromUTC, "+0100");
        set(image, DCM_AcquisitionDateTime, "20260304093000.00+0000"); // 10:30 there, when the series begins
    }),
                          warnings);
    EXPECT_EQ(pet.uptake.from_activity->min_from_injection, 60);
    EXPECT_TRUE(warnings.empty()) << all_of(warnings);
}

/// Six bed positions of a real scan, as PixelMed's test of its own SUV gives them.
TEST(PetIn, frame_times_tell_where_the_series_time_is_wrong) {
    auto const beds = [](std::string const& series_time) {
        return [=](DcmDataset& image, int k) {
            char const* const acquired[] = {"121310.062", "121513.671", "121717.468", "121921.296",
                                            "122125.281"};
            double const mean_rate_ms[] = {59936.85, 182936.85, 306936.85, 430936.85, 554936.85};
            set(image, DCM_SeriesTime, series_time);
            set(image, DCM_AcquisitionTime, acquired[k]);
            set(image, DCM_FrameReferenceTime, fmt::format("{}", mean_rate_ms[k]));
            set(image, DCM_ActualFrameDuration, "120000");
        };
    };
    Warnings none, warnings;
    read(PetBuilder{}.write(beds("121310.062")), none);
    EXPECT_TRUE(none.empty()) << all_of(none);
    read(PetBuilder{}.write(beds("114310.062")), warnings);
    EXPECT_THAT(all_of(warnings), HasSubstr("frame times put the start of its scan 30.0"));
}

/// The QIBA's digital reference object, made so that SUV is 1: numbers of PixelMed's test of its own SUV.
TEST(PetIn, the_reference_object_shows_an_uptake_of_one) {
    auto const object = [](DcmDataset& image, int) {
        for (auto const& tag : {DCM_SeriesDate, DCM_AcquisitionDate}) {
            set(image, tag, "20111031");
        }
        for (auto const& tag : {DCM_SeriesTime, DCM_AcquisitionTime}) {
            set(image, tag, "140100");
        }
        set(PetBuilder::tracer(image), DCM_RadiopharmaceuticalStartTime, "130100");
        set(PetBuilder::tracer(image), DCM_RadionuclideTotalDose, "370000000");
        set(PetBuilder::tracer(image), DCM_RadionuclideHalfLife, "6586");
        set(image, DCM_RescaleSlope, "0.45390148727877");
        std::vector<Uint16> const pixels(120, 7972);
        image.putAndInsertUint16Array(DCM_PixelData, pixels.data(), pixels.size());
    };
    EXPECT_NEAR(read(PetBuilder{}.write(object)).suv.at(0, 0, 0), 1, 1e-4);
    auto const counts = [&](DcmDataset& image, int k) {
        object(image, k);
        set(image, DCM_Units, "CNTS");
        image.putAndInsertString(DcmTag(0x7053, 0x0010, EVR_LO), "Philips PET Private Group");
        image.putAndInsertString(DcmTag(0x7053, 0x1000, EVR_DS), "2.7634E-4");
    };
    EXPECT_NEAR(read(PetBuilder{}.write(counts)).suv.at(0, 0, 0), 1, 1e-4);
}

TEST(PetIn, a_series_made_anew_by_GE_says_when_the_scan_was) {
    auto const again = [](DcmDataset& image, int) {
        set(image, DCM_SeriesTime, "190000");
        set(image, DCM_AcquisitionTime, "103200");
        image.putAndInsertString(DcmTag(0x0009, 0x0010, EVR_LO), "GEMS_PETD_01");
        image.putAndInsertString(DcmTag(0x0009, 0x100D, EVR_DT), "20260304103000.00");
    };
    for (auto const syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit}) {
        Warnings warnings;
        auto const pet = read(PetBuilder{}.write(again, syntax), warnings);
        EXPECT_EQ(pet.uptake.from_activity->min_from_injection, 60);
        EXPECT_THAT(all_of(warnings), HasSubstr("GE"));
    }
    // A start after the first counts is no start
    Warnings warnings;
    auto const late = read(PetBuilder{}.write([&](DcmDataset& image, int k) {
        again(image, k);
        set(image, DCM_AcquisitionTime, "101500");
    }),
                           warnings);
    EXPECT_EQ(late.uptake.from_activity->min_from_injection, 45);
    EXPECT_THAT(late.uptake.from_activity->reference_from, HasSubstr("AcquisitionTime"));
}

TEST(PetIn, uptake_by_body_weight_is_taken_as_it_is) {
    for (std::string const type : {"", "BW"}) {
        Warnings warnings;
        auto const pet = read(PetBuilder{}.write([&](DcmDataset& image, int) {
            set(image, DCM_Units, "GML");
            set(image, DCM_SUVType, type);
            remove(image, DCM_PatientWeight); // what SUV was made of is not needed again
            remove(image, DCM_DecayCorrection);
            remove(image, DCM_RadiopharmaceuticalInformationSequence);
        }),
                              warnings);
        EXPECT_FALSE(pet.uptake.from_activity);
        EXPECT_TRUE(warnings.empty()) << all_of(warnings);
        expect_uptake(pet, 1);
    }
}

TEST(PetIn, counts_of_Philips_become_uptake_by_its_factor) {
    auto const counts = [](DcmDataset& image, int) {
        set(image, DCM_Units, "CNTS");
        image.putAndInsertString(DcmTag(0x7053, 0x0010, EVR_LO), "Philips PET Private Group");
        image.putAndInsertString(DcmTag(0x7053, 0x1000, EVR_DS), "2.5E-4");
    };
    for (auto const syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit}) {
        auto const pet = read(PetBuilder{}.write(counts, syntax));
        EXPECT_EQ(pet.uptake.units, "CNTS");
        expect_uptake(pet, 2.5e-4);
    }
}

TEST(PetIn, lies_where_a_ct_of_the_same_geometry_lies) {
    struct Axes {
        Triple row, column;
    };
    for (auto const& axes : {Axes{{1, 0, 0}, {0, 1, 0}}, Axes{{-1, 0, 0}, {0, 1, 0}},
                             Axes{{0, 1, 0}, {0, 0, -1}}, Axes{{0.8, 0.6, 0}, {-0.36, 0.48, -0.8}}}) {
        PetBuilder builder;
        builder.place.row = axes.row;
        builder.place.column = axes.column;
        auto const pet = read(builder.write());
        auto const at = pet.suv.grid.to_patient({7, 4, 3});
        auto const expected = builder.place.place(7, 4, 3);
        EXPECT_NEAR(at.x, expected[0], 1e-6);
        EXPECT_NEAR(at.y, expected[1], 1e-6);
        EXPECT_NEAR(at.z, expected[2], 1e-6);
        expect_uptake(pet, 2.92127349244e-4);
    }
}

TEST(PetIn, one_of_several_series_can_be_chosen) {
    PetBuilder first, second;
    second.place.series = "1.2.3.88";
    auto const folder = first.write();
    second.add_to(folder, "b", with(DCM_DecayCorrection, "ADMIN"));
    CtBuilder{}.add_to(folder, "ct"); // passed over
    Warnings warnings;
    EXPECT_THAT(refusal_of([&] { read_pet(folder, "", warnings); }),
                AllOf(HasSubstr("2 PET series"), HasSubstr("1.2.3.88 (5 images, 'brain BPA'"),
                      HasSubstr("'series' in boron_map")));
    EXPECT_EQ(read_pet(folder, "1.2.3.88", warnings).uptake.from_activity->decay_correction, "ADMIN");
    EXPECT_THAT(refusal_of([&] { read_pet(folder, "9.9", warnings); }),
                AllOf(HasSubstr("no PET series 9.9"), HasSubstr("1.2.3.88")));
}

TEST(PetIn, other_codings_give_the_same_values) {
    auto const plain = read(PetBuilder{}.write());
    DJLSEncoderRegistration::registerCodecs();
    DcmRLEEncoderRegistration::registerCodecs();
    for (auto const syntax : {EXS_LittleEndianImplicit, EXS_BigEndianExplicit,
                              EXS_DeflatedLittleEndianExplicit, EXS_JPEGLSLossless, EXS_RLELossless}) {
        EXPECT_EQ(read(PetBuilder{}.write({}, syntax)).suv.values, plain.suv.values)
            << DcmXfer(syntax).getXferName();
    }
}

TEST(PetIn, what_is_unusual_is_said) {
    auto const said = [](PetBuilder::Bend const& bend) {
        Warnings warnings;
        read(PetBuilder{}.write(bend), warnings);
        return all_of(warnings);
    };
    EXPECT_THAT(said([](DcmDataset& image, int) { image.putAndInsertUint16(DCM_NumberOfSlices, 47); }),
                HasSubstr("5 slices, NumberOfSlices (0054,0081) says 47"));
    EXPECT_THAT(said(of_tracer(DCM_RadionuclideHalfLife, "1221.8")), HasSubstr("1221.8 s, not that of F-18"));
    EXPECT_THAT(said(with(DCM_RescaleIntercept, "-10")), HasSubstr("RescaleIntercept"));
    EXPECT_THAT(said(with(DCM_LossyImageCompression, "01")), HasSubstr("with loss"));
    EXPECT_THAT(said([](DcmDataset& image, int) {
                    set(image, DCM_Units, "GML");
                    remove(image, DCM_CorrectedImage);
                }),
                HasSubstr("corrected for attenuation is not said"));
}

TEST(PetIn, an_intercept_is_added_after_the_slope) {
    auto const pet = read(PetBuilder{}.write(with(DCM_RescaleIntercept, "-10")));
    EXPECT_NEAR(pet.suv.at(0, 0, 2), (1.0 * 1500 - 10) * 2.92127349e-4, 1e-6);
}

TEST(PetIn, padding_took_up_nothing) {
    auto const signed_pixels = [](int padding) {
        return [=](DcmDataset& image, int) {
            image.putAndInsertUint16(DCM_PixelRepresentation, 1);
            image.putAndInsertSint16(DcmTag(DCM_PixelPaddingValue, EVR_SS), static_cast<Sint16>(padding));
            std::vector<Uint16> pixels(120, 400);
            pixels[7] = static_cast<Uint16>(-32768);
            image.putAndInsertUint16Array(DCM_PixelData, pixels.data(), pixels.size());
        };
    };
    Warnings warnings;
    auto const pet = read(PetBuilder{}.write(signed_pixels(-32768)), warnings);
    EXPECT_EQ(pet.padded_voxels, 5u);
    EXPECT_EQ(pet.suv.values[7], 0);
    EXPECT_GT(pet.suv.values[8], 0);
    EXPECT_THAT(all_of(warnings), HasSubstr("5 voxels outside the PET's scan"));
    EXPECT_THAT(refusal_of([&] { read(PetBuilder{}.write(signed_pixels(400))); }),
                HasSubstr("padding value 400, which is also 200 BQML"));
}

} // namespace
} // namespace beamwright
