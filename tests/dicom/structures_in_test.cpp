#include "structures_builder.hpp"
#include <chrono>
#include <fmt/format.h>
#include <gmock/gmock.h>

using namespace beamwright;
using namespace beamwright::test;
using ::testing::HasSubstr;

namespace {

/// One box of two planes, bent by `change`, must be refused with these words.
template <class Change> void expect_refused(Change&& change, std::vector<std::string> const& words) {
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "PTV", "PTV");
    add_box(dataset, 0, 10, 20, 10, 20, 3);
    add_box(dataset, 0, 10, 20, 10, 20, 6);
    change(dataset);
    auto const said = refusal_of([&] { read_set(dataset); });
    for (auto const& word : words)
        EXPECT_THAT(said, HasSubstr(word));
    EXPECT_THAT(said, HasSubstr("rs.dcm"));
}

DcmItem& contour_of(DcmDataset& dataset, int contour) {
    return item_of(item_of(dataset, DCM_ROIContourSequence), DCM_ContourSequence, contour);
}

} // namespace

TEST(StructuresIn, reads_a_plain_set_whole) {
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "PTV", "PTV");
    add_box(dataset, 0, 10, 20, 10, 20, 3);
    add_box(dataset, 0, 12, 18, 12, 18, 3);
    add_structure(dataset, 1, "Cord");
    add_contour(dataset, 1, "1\\2\\3\\4\\2\\3\\1\\5\\3", 3, "CLOSEDPLANAR_XOR");
    auto const [in, warnings] = read_set(dataset);
    EXPECT_TRUE(warnings.empty()) << all_of(warnings);
    EXPECT_EQ(in.set.label, "Set 1");
    EXPECT_EQ(in.set.frame_of_reference_uid, test_frame);
    EXPECT_EQ(in.referenced_series_uids, std::vector<std::string>{test_series});
    EXPECT_EQ(in.sop_instance_uid, "1.2.3.7");
    EXPECT_EQ(in.patient.patient_id, "P1");
    ASSERT_EQ(in.set.structures.size(), 2U);
    auto const& ptv = in.set.structures[0];
    EXPECT_EQ(ptv.number, 1);
    EXPECT_EQ(ptv.name, "PTV");
    EXPECT_EQ(ptv.type, "PTV");
    EXPECT_EQ(ptv.color, (std::array<std::uint8_t, 3>{255, 128, 0}));
    ASSERT_EQ(ptv.contours.size(), 2U);
    EXPECT_EQ(ptv.contours[1].points_mm[2], (Vec3<double>{18, 18, 3}));
    EXPECT_EQ(in.set.structures[1].contours.size(), 1U);
}

TEST(StructuresIn, points_and_open_lines_are_left_out_and_empty_structures_stay) {
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "Marker");
    add_contour(dataset, 0, "1\\2\\3", 1, "POINT");
    add_structure(dataset, 1, "Line");
    add_contour(dataset, 1, "1\\2\\3\\4\\5\\3\\9\\9\\3", 3, "OPEN_PLANAR");
    add_structure(dataset, 2, "Nothing");
    add_structure(dataset, 3, "Sliver");
    add_contour(dataset, 3, "1\\2\\3\\4\\5\\3", 2);
    auto const [in, warnings] = read_set(dataset);
    ASSERT_EQ(in.set.structures.size(), 4U);
    for (auto const& structure : in.set.structures)
        EXPECT_TRUE(structure.contours.empty());
    auto const said = all_of(warnings);
    for (auto const word :
         {"1 POINT", "1 open line", "fewer than three", "'Nothing' is empty", "'Marker' is empty"}) {
        EXPECT_THAT(said, HasSubstr(word));
    }
}

TEST(StructuresIn, structures_of_one_name_are_kept_apart) {
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "PTV");
    add_structure(dataset, 1, "PTV");
    add_structure(dataset, 2, "../../x");
    add_structure(dataset, 3, "");
    for (int i = 0; i < 4; ++i)
        add_box(dataset, i, i, 20, 10, 20, 3);
    auto const [in, warnings] = read_set(dataset);
    ASSERT_EQ(in.set.structures.size(), 4U);
    EXPECT_EQ(in.set.structures[0].name, in.set.structures[1].name);
    EXPECT_NE(in.set.structures[0].number, in.set.structures[1].number);
    EXPECT_EQ(in.set.structures[2].name, "../../x");
    EXPECT_EQ(in.set.structures[3].name, "unnamed 4");
    EXPECT_THAT(all_of(warnings), HasSubstr("'PTV' is the name of structures 1 and 2"));
    EXPECT_THAT(all_of(warnings), HasSubstr("unnamed 4"));
}

TEST(StructuresIn, names_come_in_utf8) {
    auto dataset = structures_dataset();
    set(dataset, DCM_SpecificCharacterSet, "ISO_IR 100");
    add_structure(dataset, 0, "Pr\xF6va"); // Latin-1
    add_box(dataset, 0, 10, 20, 10, 20, 3);
    EXPECT_EQ(read_set(dataset).in.set.structures[0].name, "Pr\u00F6va");
    set(dataset, DCM_SpecificCharacterSet, "\\ISO 2022 IR 87");
    set(item_of(dataset, DCM_StructureSetROISequence), DCM_ROIName, "\x1B$B$\"\x1B(B 1"); // Hiragana letter A
    EXPECT_EQ(read_set(dataset).in.set.structures[0].name, "\u3042 1");
}

TEST(StructuresIn, a_repeated_first_point_is_dropped) {
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "Box");
    add_contour(dataset, 0, "0\\0\\3\\9\\0\\3\\9\\9\\3\\0\\0\\3", 4);
    EXPECT_EQ(read_set(dataset).in.set.structures[0].contours[0].points_mm.size(), 3U);
}

TEST(StructuresIn, refuses_what_cannot_be_understood) {
    expect_refused([](auto& s) { set(contour_of(s, 1), DCM_ContourData, "1\\2\\3\\4"); },
                   {"4 values", "'PTV'"});
    expect_refused([](auto& s) { set(contour_of(s, 1), DCM_NumberOfContourPoints, "5"); },
                   {"12 values", "5 points"});
    expect_refused(
        [](auto& s) { set(contour_of(s, 0), DCM_ContourData, "1\\2\\3\\x\\5\\3\\7\\8\\3\\0\\0\\3"); },
        {"'x'", "not a number"});
    expect_refused(
        [](auto& s) { set(contour_of(s, 0), DCM_ContourData, "1\\2\\3\\nan\\5\\3\\7\\8\\3\\0\\0\\3"); },
        {"nan"});
    expect_refused(
        [](auto& s) { set(contour_of(s, 0), DCM_ContourData, "1\\2\\3\\1e7\\5\\3\\7\\8\\3\\0\\0\\3"); },
        {"10 m", "point 2"});
    expect_refused([](auto& s) { set(contour_of(s, 0), DCM_ContourGeometricType, "SPIRAL"); },
                   {"SPIRAL", "'PTV'"});
    expect_refused([](auto& s) { remove(contour_of(s, 0), DCM_ContourGeometricType); },
                   {"ContourGeometricType"});
    expect_refused([](auto& s) { set(item_of(s, DCM_ROIContourSequence), DCM_ReferencedROINumber, "9"); },
                   {"is 9", "no structure of that number"});
    expect_refused(
        [](auto& s) {
            add_structure(s, 1, "Twin");
            set(item_of(s, DCM_StructureSetROISequence, 1), DCM_ROINumber, "1");
        },
        {"ROINumber", "differ"});
    expect_refused(
        [](auto& s) {
            add_structure(s, 1, "Elsewhere");
            add_box(s, 1, 10, 20, 10, 20, 3);
            set(item_of(s, DCM_StructureSetROISequence, 1), DCM_ReferencedFrameOfReferenceUID, "1.2.3.99");
        },
        {"several frames of reference", "1.2.3.99"});
    expect_refused([](auto& s) { remove(s, DCM_StructureSetROISequence); },
                   {"claims to be", "defines no structure"});
    expect_refused([](auto& s) { set(s, DCM_SOPClassUID, UID_CTImageStorage); }, {"RT Structure Set"});
}

TEST(StructuresIn, warns_of_what_is_usable_but_unusual) {
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "Couch");
    add_box(dataset, 0, 10, 20, 10, 20, 3);
    set(dataset, DCM_Modality, "RTDOSE");
    auto& property =
        item_of(item_of(dataset, DCM_RTROIObservationsSequence), DCM_ROIPhysicalPropertiesSequence);
    set(property, DCM_ROIPhysicalProperty, "REL_MASS_DENSITY");
    set(property, DCM_ROIPhysicalPropertyValue, "0.2");
    set(item_of(dataset, DCM_RTROIObservationsSequence, 1), DCM_ReferencedROINumber, "77");
    auto const said = all_of(read_set(dataset).warnings);
    EXPECT_THAT(said, HasSubstr("instead of RTSTRUCT"));
    EXPECT_THAT(said, HasSubstr("REL_MASS_DENSITY 0.2"));
    EXPECT_THAT(said, HasSubstr("names no structure of this set"));
}

TEST(StructuresIn, three_hundred_structures_take_no_time) {
    auto dataset = structures_dataset();
    for (int i = 0; i < 300; ++i)
        add_structure(dataset, i, fmt::format("S{}", i));
    std::string points = "0\\0\\3";
    for (int p = 1; p < 400; ++p)
        points += fmt::format("\\{:.1f}\\{}\\3", p * 0.1, p % 2);
    for (int i = 0; i < 300; i += 3)
        for (int plane = 0; plane < 5; ++plane)
            add_contour(dataset, i, points, 400);
    auto const bytes = bytes_of(dataset);
    auto const start = std::chrono::steady_clock::now();
    Warnings warnings;
    auto const in = read_structures(DicomFile::from_bytes(bytes, "rs.dcm", warnings));
    std::chrono::duration<double> const spent = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(in.set.structures.size(), 300U);
    // 200,000 points in about 0.1 s; ten seconds catches a quadratic loop also under a sanitizer on a busy machine
    EXPECT_LT(spent.count(), 10.0);
}

TEST(StructuresIn, a_cut_file_is_refused_or_loses_no_contour) {
    auto dataset = structures_dataset();
    add_structure(dataset, 0, "PTV");
    add_box(dataset, 0, 10, 20, 10, 20, 3);
    auto const whole = bytes_of(dataset);
    for (std::size_t length = 0; length < whole.size(); length += 5) {
        Warnings warnings;
        try {
            auto const in =
                read_structures(DicomFile::from_bytes(whole.substr(0, length), "cut.dcm", warnings));
            EXPECT_FALSE(in.set.structures.empty()) << length;
            for (auto const& structure : in.set.structures)
                for (auto const& contour : structure.contours)
                    EXPECT_EQ(contour.points_mm.size(), 4U) << length;
        } catch (Refusal const&) {
        }
    }
}
