#include "dicom/dose_out.hpp"
#include "core/atomic_file.hpp"
#include "core/hash.hpp"
#include "dicom/file.hpp"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <fmt/format.h>
#include <span>

namespace beamwright {
namespace {

/// A number as DICOM decimal string, at most 16 letters, as exact as those allow.
std::string decimal(double value) {
    for (int digits = 15; digits > 0; --digits) {
        auto text = fmt::format("{:.{}g}", value == 0 ? 0.0 : value, digits);
        if (text.size() <= 16) {
            return text;
        }
    }
    return "0";
}

/// The smallest decimal string s with s * most_stored >= most_Gy, so that nothing clips.
std::string scaling_for(double most_Gy, double most_stored) {
    if (most_Gy <= 0) {
        return "1e-06"; // all voxels are zero
    }
    double const least = most_Gy / most_stored;
    // One unit in the tenth digit more than the rounded value is above the exact one
    for (double raised = least; true; raised *= 1 + 1e-10) {
        auto text = fmt::format("{:.9e}", raised);
        double const value = std::strtod(text.c_str(), nullptr);
        if (std::round(most_Gy / value) <= most_stored && text.size() <= 16) {
            return text;
        }
    }
}

struct Quantized {
    std::string scaling;
    std::vector<Uint16> words; ///< little endian: the low word of a 32-bit value first
    double error_Gy = 0;
};

Quantized quantize(Volume<float> const& dose, int bits) {
    double most = 0;
    for (float const value : dose.values) {
        if (!std::isfinite(value) || value < 0) {
            refuse(fmt::format("a dose of {} Gy cannot be written", value),
                   "RTDOSE holds finite values from zero on", "calculate the dose again");
        }
        most = std::max(most, static_cast<double>(value));
    }
    double const most_stored = bits == 16 ? 65535.0 : 4294967295.0;
    Quantized result;
    result.scaling = scaling_for(most, most_stored);
    double const scaling = std::strtod(result.scaling.c_str(), nullptr);
    result.words.reserve(dose.values.size() * (bits == 16 ? 1 : 2));
    for (float const value : dose.values) {
        double const stored = std::round(static_cast<double>(value) / scaling);
        BW_ASSERT(stored <= most_stored);
        result.error_Gy = std::max(result.error_Gy, std::abs(stored * scaling - static_cast<double>(value)));
        auto const word = static_cast<std::uint32_t>(stored);
        result.words.push_back(static_cast<Uint16>(word & 0xFFFF));
        if (bits == 32) {
            result.words.push_back(static_cast<Uint16>(word >> 16));
        }
    }
    return result;
}

/// Everything that makes this dose what it is, for its UID.
std::string fingerprint(DoseObject const& dose, Quantized const& quantized) {
    auto const& g = dose.dose_Gy.grid;
    Sha256 hash;
    hash.add(dose.remarks.empty() ? "" : dose.remarks + "|");
    hash.add(dose.units == DoseUnits::gray ? "" : word_of(dose.units));
    hash.add(std::as_bytes(std::span(quantized.words)));
    hash.add(fmt::format("|{}|{}|{}|{}|{}|{}|{}|{}|{}|", dose.plan_uid, dose.structure_set_uid,
                         dose.frame_of_reference_uid, dose.patient.study_uid, word_of(dose.type),
                         word_of(dose.summation), dose.beam_number.value_or(-1), dose.comment,
                         quantized.scaling));
    for (int a = 0; a < 3; ++a) {
        auto const axis = g.axes.column(a);
        hash.add(fmt::format("{} {} {} {};", g.size[static_cast<std::size_t>(a)], axis.x, axis.y, axis.z));
    }
    hash.add(fmt::format("{} {} {} {} {} {}", g.origin_mm.x, g.origin_mm.y, g.origin_mm.z, g.spacing_mm.x,
                         g.spacing_mm.y, g.spacing_mm.z));
    return hash.hex();
}

/// Puts values into a dataset; a failure is ours.
class Writer {
public:
    explicit Writer(DcmItem& item) : item_(item) {}
    void text(DcmTagKey tag, std::string const& value) {
        BW_ASSERT(item_.putAndInsertString(DcmTag(tag), value.c_str()).good());
    }
    void number(DcmTagKey tag, int value) {
        BW_ASSERT(item_.putAndInsertUint16(DcmTag(tag), static_cast<Uint16>(value)).good());
    }
    DcmItem& item(DcmTagKey sequence) {
        DcmItem* inner = nullptr;
        BW_ASSERT(item_.findOrCreateSequenceItem(DcmTag(sequence), inner).good() && inner != nullptr);
        return *inner;
    }
    void reference(DcmTagKey sequence, std::string const& class_uid, std::string const& instance_uid) {
        Writer inner(item(sequence));
        inner.text(DCM_ReferencedSOPClassUID, class_uid);
        inner.text(DCM_ReferencedSOPInstanceUID, instance_uid);
    }

private:
    DcmItem& item_;
};

void write_identity(Writer& out, DoseObject const& dose, std::string const& series_uid,
                    std::string const& instance_uid, std::string const& frame_uid) {
    auto const& p = dose.patient;
    out.text(DCM_SpecificCharacterSet, "ISO_IR 192");
    out.text(DCM_SOPClassUID, UID_RTDoseStorage);
    out.text(DCM_SOPInstanceUID, instance_uid);
    out.text(DCM_PatientName, p.patient_name);
    out.text(DCM_PatientID, p.patient_id);
    out.text(DCM_PatientBirthDate, p.birth_date);
    // Anything else than these words is not allowed here; left empty it is not known
    bool const sex = p.sex == "M" || p.sex == "F" || p.sex == "O";
    out.text(DCM_PatientSex, sex ? p.sex : "");
    out.text(DCM_StudyInstanceUID, p.study_uid);
    out.text(DCM_StudyDate, p.study_date);
    out.text(DCM_StudyTime, p.study_time);
    out.text(DCM_StudyID, p.study_id);
    out.text(DCM_AccessionNumber, p.accession_number);
    out.text(DCM_ReferringPhysicianName, p.referring_physician);
    out.text(DCM_Modality, "RTDOSE");
    out.text(DCM_SeriesInstanceUID, series_uid);
    out.text(DCM_SeriesNumber, "1");
    out.text(DCM_OperatorsName, "");
    out.text(DCM_InstanceNumber, "1");
    out.text(DCM_Manufacturer, "beamwright");
    out.text(DCM_ManufacturerModelName, "beamwright");
    out.text(DCM_FrameOfReferenceUID, frame_uid);
    out.text(DCM_PositionReferenceIndicator, "");
}

void write_grid(Writer& out, Grid const& grid) {
    auto const row = grid.axes.column(0), column = grid.axes.column(1);
    // Planes run along the third axis, which may point against the normal
    double const sense = dot(cross(row, column), grid.axes.column(2)) < 0 ? -1 : 1;
    auto const joined = [](std::initializer_list<double> values) {
        std::string text;
        for (double const value : values) {
            text += text.empty() ? "" : "\\";
            text += decimal(std::abs(value) < 1e-12 ? 0 : value);
        }
        return text;
    };
    out.text(DCM_ImagePositionPatient, joined({grid.origin_mm.x, grid.origin_mm.y, grid.origin_mm.z}));
    out.text(DCM_ImageOrientationPatient, joined({row.x, row.y, row.z, column.x, column.y, column.z}));
    out.text(DCM_PixelSpacing, joined({grid.spacing_mm.y, grid.spacing_mm.x}));
    out.text(DCM_SliceThickness, decimal(grid.spacing_mm.z));
    std::string offsets;
    for (int k = 0; k < grid.size[2]; ++k) {
        double const offset = std::round(sense * k * grid.spacing_mm.z * 1e6) / 1e6; // to a millionth of a mm
        offsets += k == 0 ? "" : "\\";
        offsets += decimal(offset);
    }
    if (offsets.size() > 65534) {
        refuse(fmt::format("{} dose planes cannot be written", grid.size[2]),
               "their positions (3004,000C) do not fit into one DICOM element", "export on a coarser grid");
    }
    out.text(DCM_GridFrameOffsetVector, offsets);
}

void write_pixels(Writer& out, DcmItem& dataset, Grid const& grid, Quantized const& quantized, int bits) {
    out.number(DCM_SamplesPerPixel, 1);
    out.text(DCM_PhotometricInterpretation, "MONOCHROME2");
    out.text(DCM_NumberOfFrames, std::to_string(grid.size[2]));
    BW_ASSERT(
        dataset.putAndInsertTagKey(DcmTag(DCM_FrameIncrementPointer), DCM_GridFrameOffsetVector).good());
    out.number(DCM_Rows, grid.size[1]);
    out.number(DCM_Columns, grid.size[0]);
    out.number(DCM_BitsAllocated, bits);
    out.number(DCM_BitsStored, bits);
    out.number(DCM_HighBit, bits - 1);
    out.number(DCM_PixelRepresentation, 0);
    BW_ASSERT(dataset
                  .putAndInsertUint16Array(DcmTag(DCM_PixelData, EVR_OW), quantized.words.data(),
                                           static_cast<unsigned long>(quantized.words.size()))
                  .good());
}

/// LO holds 64 letters, LT 10240; a longer text is cut between letters.
std::string cut_to(std::size_t most, std::string text) {
    std::erase_if(text, [](char c) { return c == '\\' || c == '\n' || c == '\r'; });
    if (text.size() > most) {
        std::size_t last = most - 3;
        while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) {
            --last;
        }
        text = text.substr(0, last) + "...";
    }
    return text;
}

void write_dose(Writer& out, DoseObject const& dose, std::string const& scaling) {
    out.text(DCM_DoseUnits, word_of(dose.units));
    out.text(DCM_DoseType, word_of(dose.type));
    out.text(DCM_DoseSummationType, word_of(dose.summation));
    out.text(DCM_DoseGridScaling, scaling);
    out.text(DCM_TissueHeterogeneityCorrection, "IMAGE");
    if (!dose.comment.empty()) {
        out.text(DCM_DoseComment, cut_to(64, dose.comment));
    }
    if (!dose.remarks.empty()) {
        out.text(DCM_ImageComments, cut_to(10240, dose.remarks));
    }
    out.reference(DCM_ReferencedRTPlanSequence,
                  dose.plan_class_uid.empty() ? UID_RTIonPlanStorage : dose.plan_class_uid, dose.plan_uid);
    if (dose.summation == DoseSummation::beam) {
        Writer group(
            Writer(out.item(DCM_ReferencedRTPlanSequence)).item(DCM_ReferencedFractionGroupSequence));
        group.text(DCM_ReferencedFractionGroupNumber, std::to_string(dose.fraction_group_number));
        Writer(group.item(DCM_ReferencedBeamSequence))
            .text(DCM_ReferencedBeamNumber, std::to_string(*dose.beam_number));
    }
}

/// The RT DVH module (PS3.3 C.8.8.4): the only place where a dose names its structure set.
void write_dvhs(Writer& out, DcmItem& dataset, DoseObject const& dose) {
    out.reference(DCM_ReferencedStructureSetSequence, UID_RTStructureSetStorage, dose.structure_set_uid);
    long index = 0;
    for (auto const& dvh : dose.dvhs) {
        DcmItem* item = nullptr;
        BW_ASSERT(dataset.findOrCreateSequenceItem(DcmTag(DCM_DVHSequence), item, index++).good());
        Writer one(*item);
        Writer roi(one.item(DCM_DVHReferencedROISequence));
        roi.text(DCM_ReferencedROINumber, std::to_string(dvh.structure_number));
        roi.text(DCM_DVHROIContributionType, "INCLUDED");
        one.text(DCM_DVHType, "CUMULATIVE");
        one.text(DCM_DoseUnits, "GY");
        one.text(DCM_DoseType, word_of(dose.type));
        one.text(DCM_DVHDoseScaling, "1");
        one.text(DCM_DVHVolumeUnits, "CM3");
        one.text(DCM_DVHNumberOfBins, std::to_string(dvh.volumes_cm3.size()));
        std::string data;
        for (double const volume : dvh.volumes_cm3) {
            data += data.empty() ? "" : "\\";
            data += decimal(dvh.bin_Gy);
            data += "\\";
            // a millionth of the volume is enough, and keeps the text short
            data += fmt::format("{:.6g}", volume);
        }
        BW_EXPECT(data.size() <= 65534); // at most about 3000 bins
        one.text(DCM_DVHData, data);
    }
}

void check_writable(DoseObject const& dose, DoseOutOptions const& options) {
    BW_EXPECT(options.bits == 16 || options.bits == 32);
    BW_EXPECT(dose.summation != DoseSummation::beam || dose.beam_number.has_value());
    BW_EXPECT(dose.dose_Gy.values.size() == dose.dose_Gy.grid.voxels());
    if (dose.summation == DoseSummation::other || dose.summation == DoseSummation::fraction ||
        dose.summation == DoseSummation::multi_plan) {
        refuse(fmt::format("a dose of summation type {} cannot be written", word_of(dose.summation)),
               "only doses of a plan or of one beam are", "choose the plan or a beam");
    }
    auto const needed = [](std::string const& value, char const* what) {
        if (value.empty()) {
            refuse(fmt::format("an RTDOSE without {} cannot be written", what),
                   "it would belong to nothing, and other systems refuse it",
                   "import the DICOM plan and CT of the case");
        }
    };
    needed(dose.plan_uid, "the UID of its plan");
    needed(dose.patient.study_uid, "the UID of its study");
    for (int const size : dose.dose_Gy.grid.size) {
        if (size < 1 || size > 65535) {
            refuse(fmt::format("a dose grid with {} voxels along one axis cannot be written", size),
                   "DICOM holds 1 to 65535", "export on another grid");
        }
    }
    if (dose.dose_Gy.values.size() * static_cast<std::size_t>(options.bits / 8) > 0xFFFFFFFE) {
        refuse("the dose is larger than a DICOM file can hold", "pixel data end at 4 GiB",
               "export on a coarser grid");
    }
}

} // namespace

std::string uid_from(std::string_view text) {
    auto const hex = sha256_of(text);
    unsigned __int128 number = 0;
    for (int i = 0; i < 32; ++i) {
        char const c = hex[static_cast<std::size_t>(i)];
        number = number << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    // A UUID says its version (8: made by own rule, RFC 9562) and variant
    number = (number & ~(static_cast<unsigned __int128>(0xF) << 76)) | static_cast<unsigned __int128>(8)
                                                                           << 76;
    number = (number & ~(static_cast<unsigned __int128>(0x3) << 62)) | static_cast<unsigned __int128>(2)
                                                                           << 62;
    std::string digits;
    for (; number != 0; number /= 10) {
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(number % 10)));
    }
    return "2.25." + digits;
}

DoseWritten write_rtdose(std::filesystem::path const& file, DoseObject const& dose,
                         DoseOutOptions const& options, Warnings& warnings) {
    set_up_dcmtk();
    check_writable(dose, options);
    auto const quantized = quantize(dose.dose_Gy, options.bits);
    std::string frame_uid = dose.frame_of_reference_uid;
    if (frame_uid.empty()) {
        frame_uid = uid_from("frame of reference of study " + dose.patient.study_uid);
        warnings.add("the RTDOSE got a new frame of reference", "the CT names none, and an RTDOSE must",
                     "other systems may not overlay it on the CT without being told to");
    }
    DoseWritten written;
    written.sop_instance_uid = uid_from("dose " + fingerprint(dose, quantized));
    // What is no dose stands in a series of its own
    written.series_uid = uid_from((dose.units == DoseUnits::gray ? "dose series of " : "map series of ") +
                                  dose.patient.study_uid + " " + dose.plan_uid);
    written.scaling_Gy = std::strtod(quantized.scaling.c_str(), nullptr);
    written.quantization_error_Gy = quantized.error_Gy;
    DcmFileFormat format;
    DcmDataset& dataset = *format.getDataset();
    Writer out(dataset);
    write_identity(out, dose, written.series_uid, written.sop_instance_uid, frame_uid);
    write_grid(out, dose.dose_Gy.grid);
    write_dose(out, dose, quantized.scaling);
    if (!dose.dvhs.empty() && !dose.structure_set_uid.empty()) {
        write_dvhs(out, dataset, dose);
    } else if (!dose.structure_set_uid.empty()) {
        warnings.add("the RTDOSE does not name its structure set",
                     "DICOM lets a dose name it only beside dose-volume histograms; the plan names it", "");
    }
    write_pixels(out, dataset, dose.dose_Gy.grid, quantized, options.bits);
    write_atomically(file, [&](std::filesystem::path const& temporary) {
        OFCondition const condition =
            format.saveFile(temporary.c_str(), EXS_LittleEndianExplicit, EET_ExplicitLength);
        if (condition.bad()) {
            refuse(fmt::format("{} cannot be written", file.string()), condition.text(),
                   "check the disk and the folder");
        }
    });
    return written;
}

} // namespace beamwright
