// Opening files: what is truncated, lying or no DICOM is refused before a parser believes it.
#include "dicom/file.hpp"
#include "image_builder.hpp"
#include <gmock/gmock.h>
#include <zlib.h>

namespace beamwright {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::HasSubstr;

DicomFile opened(std::string bytes, Warnings& warnings) {
    return DicomFile::from_bytes(std::move(bytes), "test.dcm", warnings);
}
std::string refused(std::string bytes) {
    Warnings warnings;
    return refusal_of([&] { opened(std::move(bytes), warnings); });
}
std::string ct_bytes(E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
    return bytes_of(CtBuilder{}.slice(0), syntax);
}

std::string u16(unsigned value) {
    return {static_cast<char>(value & 0xFF), static_cast<char>(value >> 8 & 0xFF)};
}
std::string u32(unsigned value) { return u16(value & 0xFFFF) + u16(value >> 16); }
/// An element in explicit VR little endian with a 2-byte or a 4-byte length.
std::string element(unsigned group, unsigned number, std::string const& vr, std::string const& value) {
    bool const long_form = vr == "SQ" || vr == "UN" || vr == "OB" || vr == "OW" || vr == "UT";
    auto const length = static_cast<unsigned>(value.size());
    return u16(group) + u16(number) + vr + (long_form ? u16(0) + u32(length) : u16(length)) + value;
}
std::string padded(std::string value) { return value.size() % 2 ? value + '\0' : value; }
/// Preamble and meta group around a dataset.
std::string with_header(std::string const& dataset, std::string const& syntax = "1.2.840.10008.1.2.1",
                        std::string const& sop_class = UID_CTImageStorage) {
    auto const meta = element(2, 2, "UI", padded(sop_class)) + element(2, 0x10, "UI", padded(syntax));
    return std::string(128, '\0') + "DICM" + element(2, 0, "UL", u32(static_cast<unsigned>(meta.size()))) +
           meta + dataset;
}
std::string ct_class() { return element(8, 0x16, "UI", padded(UID_CTImageStorage)); }

// Found by fuzzing: the element that names the character set, as a kind of text that has one
TEST(File, a_character_set_named_by_the_wrong_kind_of_text_is_read_without_one) {
    auto const dataset =
        element(8, 5, "LT", padded("ISO_IR 100")) + element(8, 0x16, "UI", padded(UID_CTImageStorage));
    Warnings warnings;
    auto const file = opened(with_header(dataset), warnings);
    EXPECT_EQ(file.text(DCM_SOPClassUID), UID_CTImageStorage);
}

TEST(DicomFile, reads_what_was_written_in_every_coding) {
    for (auto const syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit,
                              EXS_DeflatedLittleEndianExplicit}) {
        Warnings warnings;
        auto const file = opened(ct_bytes(syntax), warnings);
        EXPECT_EQ(file.kind(), DicomKind::ct);
        EXPECT_EQ(file.text(DCM_PatientName), "Doe^Jane");
        EXPECT_EQ(file.integer(DCM_Rows), 10);
        EXPECT_EQ(file.numbers(DCM_PixelSpacing), (std::vector<double>{3, 4}));
        EXPECT_TRUE(warnings.empty());
    }
}

TEST(DicomFile, reads_files_without_preamble) {
    auto const whole = ct_bytes();
    Warnings warnings;
    EXPECT_EQ(opened(whole.substr(128), warnings).kind(), DicomKind::ct); // from DICM
    EXPECT_EQ(opened(whole.substr(132), warnings).kind(), DicomKind::ct); // from the meta group
    auto const implicit = ct_bytes(EXS_LittleEndianImplicit);
    auto const at = implicit.find(std::string("\x08\0\x05\0", 4));
    auto const start = at == std::string::npos ? implicit.find(std::string("\x08\0\x08\0", 4)) : at;
    ASSERT_NE(start, std::string::npos);
    EXPECT_EQ(opened(implicit.substr(start), warnings).text(DCM_PatientID), "P1"); // no header at all
}

TEST(DicomFile, what_is_no_dicom_is_refused) {
    EXPECT_THAT(refused(""), HasSubstr("not a DICOM file"));
    EXPECT_THAT(refused("short"), HasSubstr("not a DICOM file"));
    EXPECT_THAT(refused(std::string(5000, 'x')), HasSubstr("no DICM mark"));
    EXPECT_THAT(refused("\x89PNG\r\n\x1A\n" + std::string(500, '\1')), HasSubstr("not a DICOM file"));
    Warnings warnings;
    EXPECT_THAT(refusal_of([&] { DicomFile::open(scratch() / "absent.dcm", warnings); }),
                HasSubstr("absent.dcm"));
    EXPECT_THAT(refusal_of([&] { DicomFile::open(scratch(), warnings); }), HasSubstr(scratch().string()));
}

TEST(DicomFile, every_truncation_is_refused_or_read_never_a_crash) {
    auto const whole = ct_bytes();
    std::size_t read_whole = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        Warnings warnings;
        try {
            opened(whole.substr(0, length), warnings);
            ++read_whole; // cut exactly between two elements
        } catch (Refusal const&) {
        }
    }
    EXPECT_LT(read_whole, 60u);
    EXPECT_THAT(refused(whole.substr(0, whole.size() - 1)), HasSubstr("truncated"));
}

TEST(DicomFile, lengths_that_lie_are_refused_without_memory) {
    // A text of 2 GiB in a file of 200 bytes
    auto const lie = ct_class() + u16(0x10) + u16(0x4000) + "UT" + u16(0) + u32(0x7FFFFFFE) + "x ";
    EXPECT_THAT(refused(with_header(lie)), AllOf(HasSubstr("2147483646 bytes"), HasSubstr("2 follow")));
    // The same inside a sequence item, implicit VR
    auto const item =
        u16(0xFFFE) + u16(0xE000) + u32(12) + u16(0x300A) + u16(0xC2) + u32(0x7FFFFFFE) + "abcd";
    auto const sequence = u16(0x300A) + u16(0x3A2) + u32(static_cast<unsigned>(item.size())) + item;
    EXPECT_THAT(refused(with_header(sequence, "1.2.840.10008.1.2")), HasSubstr("truncated or damaged"));
    // An item longer than its sequence
    auto const long_item = element(0x300A, 0x3A2, "SQ", u16(0xFFFE) + u16(0xE000) + u32(0x7FFFFFF0));
    EXPECT_THAT(refused(with_header(ct_class() + long_item)), HasSubstr("item is 2147483632 bytes"));
    // An undefined length where none is allowed
    EXPECT_THAT(refused(with_header(ct_class() + u16(0x10) + u16(0x4000) + "UT" + u16(0) + u32(0xFFFFFFFF))),
                HasSubstr("no length"));
}

TEST(DicomFile, a_header_that_lies_about_its_length_is_refused) {
    auto bytes = with_header(ct_class());
    bytes[140] = static_cast<char>(bytes[140] + 2); // value of (0002,0000)
    EXPECT_THAT(refused(bytes), HasSubstr("header lies about its length"));
}

TEST(DicomFile, wrong_value_representations_are_refused) {
    EXPECT_THAT(refused(with_header(ct_class() + element(0x10, 0x20, "QQ", "P1"))),
                HasSubstr("value representation"));
    Warnings warnings;
    auto const file = opened(with_header(ct_class() + element(0x28, 0x10, "LO", "ten ")), warnings);
    EXPECT_THAT(refusal_of([&] { file.integer(DCM_Rows); }),
                AllOf(HasSubstr("Rows (0028,0010)"), HasSubstr("'ten'")));
    auto const other = opened(with_header(ct_class() + element(0x10, 0x10, "US", u16(5))), warnings);
    EXPECT_THAT(refusal_of([&] { other.text(DCM_PatientName); }), HasSubstr("value representation US"));
}

TEST(DicomFile, known_elements_of_unknown_representation_are_read) {
    Warnings warnings;
    auto const file =
        opened(with_header(ct_class() + element(0x10, 0x20, "UN", "P1") + element(0x28, 0x30, "UN", "3\\4 ")),
               warnings);
    EXPECT_EQ(file.text(DCM_PatientID), "P1");
    EXPECT_EQ(file.numbers(DCM_PixelSpacing, 2), (std::vector<double>{3, 4}));
}

std::string deflated(std::string const& bytes) {
    std::string out(compressBound(static_cast<uLong>(bytes.size())) + 64, '\0');
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    auto const length = static_cast<std::size_t>(stream.total_out);
    deflateEnd(&stream);
    return out.substr(0, length);
}

TEST(DicomFile, a_deflate_bomb_is_refused) {
    char const* const syntax = "1.2.840.10008.1.2.1.99";
    EXPECT_THAT(refused(with_header(deflated(std::string(std::size_t{513} << 20, '\0')), syntax)),
                HasSubstr("inflates to more than 512 MiB"));
    auto const half = deflated(ct_class() + element(0x10, 0x20, "LO", "P1"));
    EXPECT_THAT(refused(with_header(half.substr(0, half.size() / 2), syntax)), HasSubstr("does not end"));
}

TEST(DicomFile, sequences_nested_without_end_are_refused) {
    std::string inner;
    for (int depth = 0; depth < 2000; ++depth) {
        inner = element(0x300A, 0x3A2, "SQ",
                        u16(0xFFFE) + u16(0xE000) + u32(static_cast<unsigned>(inner.size())) + inner);
    }
    EXPECT_THAT(refused(with_header(ct_class() + inner)), HasSubstr("nests sequences deeper"));
}

TEST(DicomFile, an_element_given_twice_is_refused) {
    auto const twice = element(0x10, 0x20, "LO", "P1") + element(0x10, 0x20, "LO", "P2");
    EXPECT_THAT(refused(with_header(ct_class() + twice)), HasSubstr("(0010,0020) twice"));
}

TEST(DicomFile, a_file_that_claims_one_class_and_holds_another_is_refused) {
    auto const bytes = with_header(ct_class(), "1.2.840.10008.1.2.1", UID_RTDoseStorage);
    EXPECT_THAT(refused(bytes), AllOf(HasSubstr("RTDoseStorage"), HasSubstr("CTImageStorage")));
}

TEST(DicomFile, unknown_transfer_syntaxes_are_named) {
    EXPECT_THAT(refused(with_header(ct_class(), "1.2.3.4.5")), HasSubstr("1.2.3.4.5"));
}

TEST(DicomItem, says_where_in_a_sequence_something_is_wrong) {
    DcmDataset plan;
    set(plan, DCM_SOPClassUID, UID_RTIonPlanStorage);
    auto& beam = item_of(plan, DCM_IonBeamSequence);
    set(item_of(beam, DCM_IonControlPointSequence, 1), DCM_NominalBeamEnergy, "12x");
    Warnings warnings;
    auto const file = opened(bytes_of(plan), warnings);
    auto const point = file.first_item(DCM_IonBeamSequence).items(DCM_IonControlPointSequence).at(1);
    EXPECT_EQ(point.where(), "test.dcm: IonBeamSequence[1] > IonControlPointSequence[2]");
    EXPECT_THAT(
        refusal_of([&] { point.number(DCM_NominalBeamEnergy); }),
        AllOf(HasSubstr("IonControlPointSequence[2] > NominalBeamEnergy (300A,0114)"), HasSubstr("'12x'")));
    EXPECT_THAT(refusal_of([&] { point.text(DCM_BeamName); }), HasSubstr("is missing"));
    EXPECT_TRUE(file.items(DCM_FractionGroupSequence).empty());
}

TEST(DicomItem, text_is_utf_8_and_unknown_character_sets_are_warned_of) {
    Warnings warnings;
    auto const latin = opened(
        with_header(element(8, 5, "CS", "ISO_IR 100") + ct_class() + element(0x10, 0x10, "PN", "M\xFCller")),
        warnings);
    EXPECT_EQ(latin.text(DCM_PatientName), "Müller");
    EXPECT_TRUE(warnings.empty());
    auto const odd = opened(
        with_header(element(8, 5, "CS", "KLINGON ") + ct_class() + element(0x10, 0x10, "PN", "M\xFCller")),
        warnings);
    EXPECT_EQ(odd.text(DCM_PatientName), "M\uFFFDller");
    EXPECT_THAT(all_of(warnings), AllOf(HasSubstr("'KLINGON'"), HasSubstr("PatientName")));
}

TEST(FilesUnder, finds_files_in_order_and_refuses_what_is_absent) {
    auto const folder = scratch() / "tree";
    std::filesystem::create_directories(folder / "b");
    std::ofstream(folder / "b" / "1") << "x";
    std::ofstream(folder / "a") << "x";
    EXPECT_EQ(files_under({folder, folder / "a"}),
              (std::vector<std::filesystem::path>{folder / "a", folder / "b" / "1"}));
    EXPECT_THAT(refusal_of([&] { files_under({folder / "c"}); }), HasSubstr("does not exist"));
}

} // namespace
} // namespace beamwright
