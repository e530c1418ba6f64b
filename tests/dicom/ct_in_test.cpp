// CT in: the same object at the same patient coordinates whatever the orientation; what is wrong is refused by name.
#include "case_files.hpp"
#include "dicom/ct_in.hpp"
#include "image_builder.hpp"
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <gmock/gmock.h>

namespace beamwright {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::HasSubstr;

CtSeries read(std::filesystem::path const& path, Warnings& warnings, CtOptions const& options = {}) {
    return read_ct({path}, options, warnings);
}
CtSeries read(std::filesystem::path const& path) {
    Warnings warnings;
    return read(path, warnings);
}
std::string refused(std::filesystem::path const& path, CtOptions const& options = {}) {
    Warnings warnings;
    return refusal_of([&] { read(path, warnings, options); });
}

/// Every voxel holds the CT number that belongs to its patient position.
void expect_values(CtSeries const& ct, CtBuilder const& builder, double within_HU = 0.51) {
    auto const& g = ct.hu.grid;
    for (int k = 0; k < g.size[2]; ++k) {
        for (int j = 0; j < g.size[1]; ++j) {
            for (int i = 0; i < g.size[0]; ++i) {
                auto const p = g.to_patient({double(i), double(j), double(k)});
                double const expected = builder.hu({p.x, p.y, p.z});
                // Stored values are cut to whole numbers by the builder: less than 1 HU
                ASSERT_NEAR(ct.hu.at(i, j, k), expected, within_HU + 0.5) << i << ' ' << j << ' ' << k;
            }
        }
    }
}

struct Orientation {
    char const* name;
    Triple row, column;
};
class CtOrientation : public testing::TestWithParam<Orientation> {};

TEST_P(CtOrientation, keeps_patient_coordinates) {
    CtBuilder builder;
    builder.row = GetParam().row;
    builder.column = GetParam().column;
    Warnings warnings;
    auto const ct = read(builder.write(), warnings);
    EXPECT_EQ(ct.hu.grid.size, (std::array{12, 10, 5}));
    EXPECT_NEAR(ct.hu.grid.spacing_mm.z, 2, 1e-6);
    EXPECT_NEAR(dot(cross(ct.hu.grid.axes.column(0), ct.hu.grid.axes.column(1)), ct.hu.grid.axes.column(2)),
                1, 1e-12);
    expect_values(ct, builder);
}

INSTANTIATE_TEST_SUITE_P(
    All, CtOrientation,
    testing::Values(Orientation{"HFS", {1, 0, 0}, {0, 1, 0}}, Orientation{"FFS", {-1, 0, 0}, {0, 1, 0}},
                    Orientation{"HFP", {-1, 0, 0}, {0, -1, 0}}, Orientation{"FFP", {1, 0, 0}, {0, -1, 0}},
                    Orientation{"HFDL", {0, -1, 0}, {1, 0, 0}}, Orientation{"HFDR", {0, 1, 0}, {-1, 0, 0}},
                    Orientation{"FFDL", {0, 1, 0}, {1, 0, 0}}, Orientation{"FFDR", {0, -1, 0}, {-1, 0, 0}},
                    Orientation{"sagittal", {0, 1, 0}, {0, 0, -1}},
                    Orientation{"coronal", {1, 0, 0}, {0, 0, -1}},
                    Orientation{"oblique", {0.8, 0.6, 0}, {-0.36, 0.48, -0.8}}),
    [](auto const& test) { return std::string(test.param.name); });

TEST(CtIn, says_who_and_what) {
    CtBuilder builder;
    auto const ct = read(builder.write());
    EXPECT_EQ(ct.patient.patient_name, "Doe^Jane");
    EXPECT_EQ(ct.patient.study_uid, "1.2.3.4");
    EXPECT_EQ(ct.series.series_description, "head");
    EXPECT_EQ(ct.frame_of_reference_uid, "1.2.3.9");
    EXPECT_EQ(ct.patient_position, "HFS");
    EXPECT_EQ(ct.instance_uids.front(), "1.2.3.8.1"); // sorted by position, not by name
}

TEST(CtIn, a_missing_slice_is_named) {
    CtBuilder builder;
    auto const folder = builder.write();
    std::filesystem::remove(folder / "a0.dcm"); // slice 1: (1*7+3) % 5 == 0
    EXPECT_THAT(refused(folder), AllOf(HasSubstr("1 CT slice(s) missing"), HasSubstr("-8.00"),
                                       HasSubstr("-4.00"), HasSubstr("--resample-slices")));
}

TEST(CtIn, uneven_slices_are_interpolated_only_when_asked) {
    CtBuilder builder;
    auto const bend = [](DcmDataset& image, int k) {
        double const z = k < 3 ? -8 + 2 * k : -4 + 3 * (k - 2);
        set(image, DCM_ImagePositionPatient, CtBuilder::joined({-22, -15, z}));
    };
    auto const folder = builder.write(bend);
    EXPECT_THAT(refused(folder), AllOf(HasSubstr("slice spacing changes"), HasSubstr("3.000 mm")));
    Warnings warnings;
    auto const ct = read(folder, warnings, {.series_uid = {}, .resample_slices = true});
    EXPECT_TRUE(ct.resampled);
    EXPECT_THAT(all_of(warnings), HasSubstr("interpolated"));
    // The field was stretched along z above slice 3; between slices it stays linear
    EXPECT_NEAR(ct.hu.at(0, 0, 1), builder.hu({-22, -15, -6}), 1.01);
    EXPECT_NEAR(ct.hu.at(0, 0, 4), builder.hu({-22, -15, -2 + 2.0 / 3}), 1.51);
}

TEST(CtIn, spacing_within_one_percent_is_fine) {
    CtBuilder builder;
    auto const bend = [](DcmDataset& image, int k) {
        set(image, DCM_ImagePositionPatient,
            CtBuilder::joined({-22, -15, -8 + 2.0 * k + (k == 2 ? 0.008 : 0)}));
    };
    EXPECT_NEAR(read(builder.write(bend)).hu.grid.spacing_mm.z, 2, 1e-9);
}

TEST(CtIn, a_doubled_slice_is_refused_even_when_interpolating) {
    CtBuilder builder;
    auto const bend = [](DcmDataset& image, int k) {
        if (k == 3) {
            set(image, DCM_ImagePositionPatient, CtBuilder::joined({-22, -15, -4}));
        }
    };
    auto const folder = builder.write(bend);
    EXPECT_THAT(refused(folder, {.series_uid = {}, .resample_slices = true}),
                AllOf(HasSubstr("two slices at"), HasSubstr("-4.00")));
}

TEST(CtIn, gantry_tilt_is_refused_with_its_angle) {
    CtBuilder builder;
    auto const bend = [](DcmDataset& image, int k) {
        set(image, DCM_ImagePositionPatient,
            CtBuilder::joined({-22, -15 + 2.0 * k * 0.2679492, -8 + 2.0 * k})); // tan 15
    };
    EXPECT_THAT(refused(builder.write(bend)), HasSubstr("gantry tilt 15.00 degrees"));
}

TEST(CtIn, slices_must_be_alike) {
    CtBuilder builder;
    auto const with = [&](DcmTagKey tag, std::string const& value) {
        return refused(builder.write([&](DcmDataset& image, int k) {
            if (k == 2) {
                set(image, tag, value);
            }
        }));
    };
    EXPECT_THAT(with(DCM_PixelSpacing, "3\\4.1"), HasSubstr("pixel spacing 3 x 4.1 mm"));
    EXPECT_THAT(with(DCM_ImageOrientationPatient, "1\\0\\0\\0\\0.8\\0.6"), HasSubstr("another orientation"));
    EXPECT_THAT(with(DCM_PatientPosition, "HFP"), HasSubstr("different patient positions"));
    EXPECT_THAT(with(DCM_FrameOfReferenceUID, "1.2.7"), AllOf(HasSubstr("mixes"), HasSubstr("1.2.7")));
    EXPECT_THAT(with(DCM_PatientID, "P2"), AllOf(HasSubstr("mixes patients"), HasSubstr("'P2'")));
    CtBuilder smaller;
    smaller.rows = 9;
    smaller.slices = 1;
    smaller.first_mm[2] = 2;
    auto const folder = builder.write();
    smaller.add_to(folder, "b");
    EXPECT_THAT(refused(folder), HasSubstr("12 x 9 pixels"));
}

TEST(CtIn, several_series_are_listed_and_one_can_be_chosen) {
    CtBuilder first, second;
    second.series = "1.2.3.88";
    second.hu = [](Triple) { return 77.0; };
    auto const folder = first.write();
    second.add_to(folder, "b");
    EXPECT_THAT(refused(folder), AllOf(HasSubstr("2 CT series"), HasSubstr("1.2.3.88 (5 images, 'head'"),
                                       HasSubstr("--series")));
    Warnings warnings;
    EXPECT_EQ(read(folder, warnings, {.series_uid = "1.2.3.88", .resample_slices = false}).hu.at(3, 3, 3),
              77);
    EXPECT_THAT(refused(folder, {.series_uid = "9.9", .resample_slices = false}),
                AllOf(HasSubstr("no CT series 9.9"), HasSubstr("1.2.3.88")));
}

TEST(CtIn, missing_or_odd_rescale_is_refused) {
    CtBuilder builder;
    for (auto const& tag : {DCM_RescaleSlope, DCM_RescaleIntercept}) {
        EXPECT_THAT(refused(builder.write([&](DcmDataset& image, int) { remove(image, tag); })),
                    HasSubstr("is missing"));
    }
    EXPECT_THAT(refused(builder.write([](DcmDataset& image, int) { set(image, DCM_RescaleSlope, "0"); })),
                HasSubstr("above zero"));
    EXPECT_THAT(refused(builder.write([](DcmDataset& image, int) { set(image, DCM_RescaleType, "ED"); })),
                HasSubstr("RescaleType"));
    EXPECT_THAT(refused(builder.write([](DcmDataset& image, int) { set(image, DCM_RescaleSlope, "100"); })),
                HasSubstr("32767 HU"));
}

TEST(CtIn, rounding_to_whole_HU_is_stated) {
    CtBuilder builder;
    Warnings warnings;
    auto const ct =
        read(builder.write([](DcmDataset& image, int) { set(image, DCM_RescaleSlope, "0.5"); }), warnings);
    EXPECT_DOUBLE_EQ(ct.most_rounding_HU, 0.5);
    EXPECT_THAT(all_of(warnings), HasSubstr("at most 0.500 HU"));
}

TEST(CtIn, padding_is_air_with_a_warning) {
    CtBuilder builder;
    builder.hu = [](Triple p) { return p[0] < -17 ? -1024.0 : 40.0; };
    Warnings warnings;
    auto const ct = read(
        builder.write([](DcmDataset& image, int) { image.putAndInsertUint16(DCM_PixelPaddingValue, 0); }),
        warnings);
    EXPECT_EQ(ct.padded_voxels, 2u * 10 * 5); // two columns: x = -22 and -18
    EXPECT_EQ(ct.hu.at(0, 0, 0), -1000);
    EXPECT_EQ(ct.hu.at(5, 5, 2), 40);
    EXPECT_THAT(all_of(warnings), HasSubstr("100 voxels outside the scan"));
}

TEST(CtIn, padding_that_looks_like_tissue_is_refused) {
    CtBuilder builder;
    builder.hu = [](Triple) { return 0.0; };
    EXPECT_THAT(refused(builder.write(
                    [](DcmDataset& image, int) { image.putAndInsertUint16(DCM_PixelPaddingValue, 1024); })),
                HasSubstr("padding value 1024, which is also 0 HU"));
}

TEST(CtIn, signedness_that_contradicts_the_bits_is_refused) {
    CtBuilder builder;
    builder.hu = [](Triple) { return 4000.0; }; // stored 5024 needs 13 bits
    auto const bits_12 = [](DcmDataset& image, int) {
        image.putAndInsertUint16(DCM_BitsStored, 12);
        image.putAndInsertUint16(DCM_HighBit, 11);
    };
    EXPECT_THAT(refused(builder.write(bits_12)), HasSubstr("does not fit into 12 bits"));
    EXPECT_THAT(
        refused(builder.write([](DcmDataset& image, int) { image.putAndInsertUint16(DCM_HighBit, 14); })),
        HasSubstr("HighBit"));
    EXPECT_THAT(refused(builder.write(
                    [](DcmDataset& image, int) { image.putAndInsertUint16(DCM_PixelRepresentation, 2); })),
                HasSubstr("PixelRepresentation"));
}

TEST(CtIn, signed_values_keep_their_sign) {
    CtBuilder builder;
    auto const bend = [&](DcmDataset& image, int) {
        image.putAndInsertUint16(DCM_PixelRepresentation, 1);
        image.putAndInsertUint16(DCM_BitsStored, 12);
        image.putAndInsertUint16(DCM_HighBit, 11);
        set(image, DCM_RescaleIntercept, "0");
        std::vector<Uint16> stored(120, static_cast<Uint16>(-700));
        stored[1] = static_cast<Uint16>(-700 & 0x0FFF); // unused bits left zero: also legal
        image.putAndInsertUint16Array(DcmTag(DCM_PixelData, EVR_OW), stored.data(), stored.size());
    };
    auto const ct = read(builder.write(bend));
    EXPECT_EQ(ct.hu.at(0, 0, 0), -700);
    EXPECT_EQ(ct.hu.at(1, 0, 0), -700);
}

TEST(CtIn, images_that_hold_no_ct_numbers_are_refused) {
    CtBuilder builder;
    auto const with = [&](DcmTagKey tag, std::string const& value) {
        return refused(builder.write([&](DcmDataset& image, int) { set(image, tag, value); }));
    };
    EXPECT_THAT(with(DCM_PhotometricInterpretation, "MONOCHROME1"), HasSubstr("MONOCHROME1"));
    EXPECT_THAT(with(DCM_PhotometricInterpretation, "RGB"), HasSubstr("RGB"));
    EXPECT_THAT(with(DCM_SOPClassUID, UID_MRImageStorage),
                AllOf(HasSubstr("no CT images"), HasSubstr("5 MRImageStorage")));
    EXPECT_THAT(with(DCM_ImageOrientationPatient, "1\\0\\0\\0.1\\1\\0"), HasSubstr("perpendicular"));
    EXPECT_THAT(with(DCM_PixelSpacing, "0\\1"), HasSubstr("PixelSpacing"));
    EXPECT_THAT(with(DCM_ImagePositionPatient, "a\\0\\0"), HasSubstr("'a'"));
    EXPECT_THAT(with(DCM_ImagePositionPatient, "nan\\0\\0"), HasSubstr("finite"));
    EXPECT_THAT(refused(builder.write([](DcmDataset& image, int) { remove(image, DCM_PixelData); })),
                HasSubstr("PixelData"));
    EXPECT_THAT(
        refused(builder.write([](DcmDataset& image, int) { image.putAndInsertUint16(DCM_Rows, 11); })),
        HasSubstr("pixel data are 240 bytes long, but 264 are needed"));
}

TEST(CtIn, a_position_that_contradicts_the_axes_is_warned_of) {
    CtBuilder builder;
    builder.position = "FFS";
    Warnings warnings;
    read(builder.write(), warnings);
    EXPECT_THAT(all_of(warnings), HasSubstr("patient position FFS contradicts the image axes"));
}

TEST(CtIn, an_empty_frame_of_reference_is_warned_of) {
    CtBuilder builder;
    builder.frame = "";
    Warnings warnings;
    read(builder.write(), warnings);
    EXPECT_THAT(all_of(warnings), HasSubstr("no frame of reference"));
}

TEST(CtIn, a_single_slice_needs_a_thickness) {
    CtBuilder builder;
    builder.slices = 1;
    EXPECT_NEAR(read(builder.write()).hu.grid.spacing_mm.z, 2, 0);
    EXPECT_THAT(refused(builder.write([](DcmDataset& image, int) { remove(image, DCM_SliceThickness); })),
                HasSubstr("without a thickness"));
}

TEST(CtIn, localizers_and_other_files_beside_the_images_are_passed_over) {
    CtBuilder builder, localizer;
    localizer.slices = 1;
    localizer.first_mm[2] = 30;
    auto const folder = builder.write();
    localizer.add_to(folder, "scout", [](DcmDataset& image, int) {
        set(image, DCM_ImageType, "ORIGINAL\\PRIMARY\\LOCALIZER");
    });
    std::ofstream(folder / "notes.txt") << "scanned on Monday";
    Warnings warnings;
    EXPECT_EQ(read(folder, warnings).hu.grid.size[2], 5);
    EXPECT_THAT(all_of(warnings), HasSubstr("LOCALIZER"));
}

TEST(CtIn, other_codings_give_the_same_values) {
    CtBuilder builder;
    auto const plain = read(builder.write());
    DJEncoderRegistration::registerCodecs();
    DJLSEncoderRegistration::registerCodecs();
    DcmRLEEncoderRegistration::registerCodecs();
    for (auto const syntax :
         {EXS_LittleEndianImplicit, EXS_BigEndianExplicit, EXS_DeflatedLittleEndianExplicit,
          EXS_JPEGProcess14SV1, EXS_JPEGProcess14, EXS_JPEGLSLossless, EXS_RLELossless}) {
        auto const coded = read(builder.write({}, syntax));
        EXPECT_EQ(coded.hu.values, plain.hu.values) << DcmXfer(syntax).getXferName();
        EXPECT_EQ(coded.hu.grid, plain.hu.grid);
    }
}

/// An enhanced CT: the frames of a stack in one file, geometry in functional groups.
DcmDataset enhanced(CtBuilder const& builder) {
    auto image = builder.slice(0);
    set(image, DCM_SOPClassUID, UID_EnhancedCTImageStorage);
    set(image, DCM_NumberOfFrames, std::to_string(builder.slices));
    std::vector<Uint16> all;
    for (int k = 0; k < builder.slices; ++k) {
        auto one = builder.slice(k);
        Uint16 const* words = nullptr;
        unsigned long count = 0;
        one.findAndGetUint16Array(DCM_PixelData, words, &count);
        all.insert(all.end(), words, words + count);
        auto& frame = item_of(image, DCM_PerFrameFunctionalGroupsSequence, k);
        auto const p = builder.place(0, 0, k);
        set(item_of(frame, DCM_PlanePositionSequence), DCM_ImagePositionPatient,
            CtBuilder::joined({p[0], p[1], p[2]}));
    }
    auto& shared = item_of(image, DCM_SharedFunctionalGroupsSequence);
    set(item_of(shared, DCM_PixelMeasuresSequence), DCM_PixelSpacing, "3\\4");
    set(item_of(shared, DCM_PlaneOrientationSequence), DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
    auto& rescale = item_of(shared, DCM_PixelValueTransformationSequence);
    set(rescale, DCM_RescaleSlope, "1");
    set(rescale, DCM_RescaleIntercept, "-1024");
    for (auto const& tag : {DCM_ImagePositionPatient, DCM_ImageOrientationPatient, DCM_PixelSpacing,
                            DCM_RescaleSlope, DCM_RescaleIntercept}) {
        remove(image, tag);
    }
    image.putAndInsertUint16Array(DcmTag(DCM_PixelData, EVR_OW), all.data(), all.size());
    return image;
}

TEST(CtIn, an_enhanced_ct_is_the_same_as_single_slices) {
    CtBuilder builder;
    auto const single = read(builder.write());
    auto const ct = read(written(enhanced(builder)));
    EXPECT_EQ(ct.hu.values, single.hu.values);
    EXPECT_EQ(ct.hu.grid, single.hu.grid);
    auto color = enhanced(builder);
    set(color, DCM_PixelPresentation, "COLOR");
    EXPECT_THAT(refused(written(color)), HasSubstr("PixelPresentation"));
    auto fewer = enhanced(builder);
    set(fewer, DCM_NumberOfFrames, "4");
    EXPECT_THAT(refused(written(fewer)), HasSubstr("has 5 items"));
}

} // namespace
} // namespace beamwright
