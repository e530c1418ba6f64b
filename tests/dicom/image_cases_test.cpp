// CT, dose and other files of the outside cases: what each is said to need happens.
#include "case_files.hpp"
#include "dicom/ct_in.hpp"
#include "dicom/dose_in.hpp"
#include "dicom/inspect.hpp"
#include "dicom/pixels.hpp"
#include "image_builder.hpp"
#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>

namespace beamwright {
namespace {

using namespace test;
using ::testing::HasSubstr;

CtSeries read(std::filesystem::path const& path, Warnings& warnings, CtOptions const& options = {}) {
    return read_ct({path}, options, warnings);
}
std::string ct_refused(std::filesystem::path const& path) {
    Warnings warnings;
    return refusal_of([&] { read(path, warnings); });
}

/// The nine points of the phantom made for these cases (expected/made_here_expected.csv), within 1 HU.
void expect_phantom(CtSeries const& ct) {
    struct Point {
        double x, y, z;
        int hu;
    };
    for (auto const& p : {Point{0, 0, 0, 0}, Point{30, -15, 9, 1000}, Point{-32, 10, -8, -750},
                          Point{-30, -20, -21, 3000}, Point{0, -52, 0, -1000}, Point{40, 10, -20, 0},
                          Point{-30, -15, 9, 0}, Point{30, 15, 9, 0}, Point{30, -15, -9, 0}}) {
        auto const at = ct.hu.grid.to_index({p.x, p.y, p.z});
        EXPECT_NEAR(ct.hu.at(static_cast<int>(std::lround(at.x)), static_cast<int>(std::lround(at.y)),
                             static_cast<int>(std::lround(at.z))),
                    p.hu, 1)
            << p.x << ' ' << p.y << ' ' << p.z;
    }
}

TEST(ImageCases, ct_made_here_sits_at_the_same_patient_coordinates) {
    BW_NEEDS_SHARED(shared);
    for (auto const* const name : {"ct_hfs", "ct_ffs", "ct_hfp", "ct_hfdl", "ct_no_patient_position",
                                   "ct_rescale_half", "ct_padding_circle", "ct_jpeg_lossless"}) {
        SCOPED_TRACE(name);
        Warnings warnings;
        auto const ct = read(made_here(shared, name), warnings);
        EXPECT_EQ(ct.hu.grid.size[2], 21);
        expect_phantom(ct);
    }
}

TEST(ImageCases, ct_made_here_that_must_be_refused) {
    BW_NEEDS_SHARED(shared);
    EXPECT_THAT(ct_refused(made_here(shared, "ct_gantry_tilt")), HasSubstr("tilt 12.00 degrees"));
    EXPECT_THAT(ct_refused(made_here(shared, "ct_nonuniform_spacing")),
                HasSubstr("5.000 mm there and 3.000 mm"));
    EXPECT_THAT(ct_refused(made_here(shared, "ct_duplicate_position")), HasSubstr("6.00) mm"));
    EXPECT_THAT(ct_refused(made_here(shared, "ct_one_slice_other_size")), HasSubstr("71 x 44 pixels"));
    EXPECT_THAT(ct_refused(made_here(shared, "ct_two_series_in_one_folder")), HasSubstr("2 CT series"));
    EXPECT_THAT(ct_refused(made_here(shared, "ct_truncated_pixels")), HasSubstr("CT_010.dcm"));
    Warnings warnings;
    auto const resampled = read(made_here(shared, "ct_nonuniform_spacing"), warnings,
                                {.series_uid = {}, .resample_slices = true});
    EXPECT_EQ(resampled.hu.grid.spacing_mm.z, 3);
    EXPECT_EQ(resampled.hu.grid.size[2], 21);
}

TEST(ImageCases, sets) {
    BW_NEEDS_SHARED(shared);
    Warnings warnings;
    auto const head = read(case_file(shared, "sets/dcpt_head_phantom/ct_177_slices.tar.xz"), warnings);
    EXPECT_EQ(head.hu.grid.size, (std::array{512, 512, 177}));
    EXPECT_NEAR(head.hu.grid.spacing_mm.x, 0.5859375, 1e-9);
    EXPECT_NEAR(head.hu.grid.spacing_mm.z, 1.5, 1e-9);
    EXPECT_TRUE(warnings.empty()) << all_of(warnings);
    auto const box = read(case_file(shared, "sets/opentps_phantom/ct200_and_rtstruct.tar.xz"), warnings);
    EXPECT_EQ(box.hu.grid.size, (std::array{200, 200, 200}));
    EXPECT_EQ(box.hu.grid.origin_mm, (Vec3<double>{0, 0, 0}));
    EXPECT_THAT(all_of(warnings), HasSubstr("no frame of reference"));
    EXPECT_THAT(all_of(warnings), HasSubstr("patient position"));
}

TEST(ImageCases, odd_ct_images) {
    BW_NEEDS_SHARED(shared);
    auto const odd = [&](char const* name) { return case_file(shared, std::string("odd/") + name); };
    Warnings warnings;
    auto const small = read(odd("pydicom_CT_small.dcm"), warnings);
    EXPECT_EQ(small.hu.grid.size, (std::array{128, 128, 1}));
    EXPECT_THAT(all_of(warnings), HasSubstr("contradicts the image axes"));
    // One image in two codings
    auto const jpeg = read(odd("wg04_CT1_JPLL.dcm"), warnings),
               jpeg2000 = read(odd("wg04_CT1_J2KR.dcm"), warnings);
    EXPECT_EQ(jpeg.hu.values, jpeg2000.hu.values);
    EXPECT_EQ(read(odd("wg04_CT2_RLE.dcm"), warnings).hu.grid.size, (std::array{512, 512, 1}));
    auto const oblique = read(odd("rtutils_oriented"), warnings);
    EXPECT_EQ(oblique.hu.grid.size, (std::array{100, 50, 3}));
    EXPECT_EQ(oblique.hu.grid.spacing_mm.y, 3.5);
    EXPECT_THAT(ct_refused(odd("ge_gantry_tilt_5_slices.tar.xz")), HasSubstr("tilt 18.50 degrees"));
    EXPECT_THAT(ct_refused(odd("fodicom_GH1308_tilted_slice.dcm.xz")), HasSubstr("tilt 5.5 degrees"));
    EXPECT_THAT(ct_refused(odd("pydicom_eCT_Supplemental.dcm.xz")), HasSubstr("PixelPresentation"));
    EXPECT_THAT(ct_refused(odd("pydicom_explicit_VR-UN.dcm")), HasSubstr("without a thickness"));
    EXPECT_THAT(ct_refused(odd("pydicom_no_meta.dcm")), HasSubstr("not a DICOM file"));
    EXPECT_THAT(ct_refused(odd("pydicom_MR_small.dcm")), HasSubstr("MRImageStorage"));
    EXPECT_THAT(ct_refused(odd("pydicom_rtplan_truncated.dcm")), HasSubstr("truncated"));
}

TEST(ImageCases, doses) {
    BW_NEEDS_SHARED(shared);
    Warnings warnings;
    auto const at = [](DoseObject const& dose, double x, double y, double z) { // trilinear
        auto const p = dose.dose_Gy.grid.to_index({x, y, z});
        double sum = 0;
        for (int corner = 0; corner < 8; ++corner) {
            auto const axis = [&](double place, int bit) {
                bool const upper = (corner >> bit & 1) != 0;
                double const share = place - std::floor(place);
                return std::pair(static_cast<int>(std::floor(place)) + (upper && share > 0 ? 1 : 0),
                                 upper ? share : 1 - share);
            };
            auto const [i, a] = axis(p.x, 0);
            auto const [j, b] = axis(p.y, 1);
            auto const [k, c] = axis(p.z, 2);
            sum += a * b * c * static_cast<double>(dose.dose_Gy.at(i, j, k));
        }
        return sum;
    };
    for (auto const* const name : {"dose_relative_offsets", "dose_descending_offsets"}) {
        auto const dose = read_rtdose(made_here(shared, name) / "RD.dcm", warnings);
        EXPECT_NEAR(at(dose, 0, 0, 0), 2.0, 0.01); // 0.5 %, as the case states
        EXPECT_NEAR(at(dose, 30, -15, 9), 2.405, 0.012);
        EXPECT_NEAR(at(dose, -32.5, 10, -6), 1.605, 0.008);
    }
    for (auto const* const name : {"odd/pydicom_rtdose.dcm", "odd/pydicom_rtdose_expb.dcm"}) {
        EXPECT_THAT(refusal_of([&] { read_rtdose(case_file(shared, name), warnings); }),
                    HasSubstr("RELATIVE"));
    }
    // The same doses in both byte orders
    auto const pixels = [&](char const* name) {
        auto const file = DicomFile::open(case_file(shared, name), warnings);
        return read_pixels(file, read_pixel_layout(file)).words;
    };
    EXPECT_EQ(pixels("odd/pydicom_rtdose.dcm"), pixels("odd/pydicom_rtdose_expb.dcm"));
    // expected/raystation_opposed_ramp_doses.csv
    auto const total =
        read_rtdose(case_file(shared, "sets/raystation_opposed_ramp/dose_total.dcm.xz"), warnings);
    auto const one =
        read_rtdose(case_file(shared, "sets/raystation_opposed_ramp/dose_beam1.dcm.xz"), warnings);
    auto const two =
        read_rtdose(case_file(shared, "sets/raystation_opposed_ramp/dose_beam2.dcm.xz"), warnings);
    EXPECT_EQ(total.type, DoseType::effective);
    EXPECT_NEAR(at(total, 0, 0, 0), 2.0661, 1e-4);
    double worst = 0;
    for (std::size_t i = 0; i < total.dose_Gy.values.size(); ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(total.dose_Gy.values[i] - one.dose_Gy.values[i] -
                                                             two.dose_Gy.values[i])));
    }
    EXPECT_LT(worst, 1e-4); // three roundings to about 3e-5 Gy
}

TEST(ImageCases, names_in_all_character_sets_are_shown) {
    BW_NEEDS_SHARED(shared);
    std::pair<char const*, char const*> const names[] = {{"H31", "Yamada^Tarou=山田^太郎=やまだ^たろう"},
                                                         {"I2", "Hong^Gildong=洪^吉洞=홍^길동"},
                                                         {"X1", "Wang^XiaoDong=王^小東="},
                                                         {"X2", "Wang^XiaoDong=王^小东="},
                                                         {"Greek", "Διονυσιος"},
                                                         {"FrenMulti", "Buc^Jérôme"}};
    for (auto const& [file, name] : names) {
        auto const json = inspect({case_file(shared, std::string("odd/charset_chr") + file + ".dcm")});
        EXPECT_EQ(json["objects"][0]["patient"]["name"], name);
        EXPECT_EQ(json["problems"].size(), 1u); // no CT
    }
}

TEST(ImageCases, every_odd_file_is_read_or_is_a_problem_never_a_crash) {
    BW_NEEDS_SHARED(shared);
    for (auto const& file : files_under({shared / "cases" / "open" / "odd"})) {
        auto const json = inspect({file});
        EXPECT_TRUE(!json["objects"].empty() || !json["problems"].empty()) << file;
    }
}

} // namespace
} // namespace beamwright
