#include "dicom/pet_header.hpp"
#include "dicom/date_time.hpp"
#include "dicom/file.hpp"
#include "dicom/private_element.hpp"
#include <algorithm>
#include <cmath>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {
namespace {

constexpr char const* export_again = "export the series again from the scanner or the archive";
constexpr char const* choose_static = "export one static, attenuation-corrected series of the whole scan";

/// One image per place: no frames in time, no gates, no views around the patient.
void require_static(DicomFile const& file) {
    auto const type = file.texts(DCM_SeriesType);
    auto const frames = [&](DcmTagKey tag) { return file.integer_or(tag, 1); };
    bool const still = type.empty() || type[0] == "STATIC" || type[0] == "WHOLE BODY";
    if (!still || (type.size() > 1 && type[1] != "IMAGE")) {
        file.refuse_element(
            DCM_SeriesType, fmt::format("is {}", fmt::join(type, "\\")),
            fmt::format("boron is taken from one image per place; the file states {} time slices, {} time "
                        "slots and {} R-R intervals",
                        frames(DCM_NumberOfTimeSlices), frames(DCM_NumberOfTimeSlots),
                        frames(DCM_NumberOfRRIntervals)),
            choose_static);
    }
    for (auto const& tag : {DCM_NumberOfTimeSlices, DCM_NumberOfTimeSlots, DCM_NumberOfRRIntervals}) {
        if (frames(tag) > 1) {
            file.refuse_element(tag, fmt::format("is {}", frames(tag)),
                                "boron is taken from one image per place", choose_static);
        }
    }
    if (auto const source = file.text_or(DCM_CountsSource, "EMISSION"); source != "EMISSION") {
        file.refuse_element(DCM_CountsSource, fmt::format("is '{}'", source),
                            "only emission images show uptake", choose_static);
    }
    if (auto const modality = file.text_or(DCM_Modality, "PT"); modality != "PT") {
        file.refuse_element(DCM_Modality, fmt::format("is '{}'", modality),
                            "the file is a PET image by its SOP class: which of the two it is cannot be told",
                            export_again);
    }
}

/// Units and the kind of SUV (PS3.3 C.8.9.1).
PetValues read_values_kind(DicomFile const& file, std::string const& units) {
    if (units != "BQML" && units != "GML" && units != "CNTS") {
        file.refuse_element(DCM_Units, fmt::format("is '{}'", units),
                            "SUV by body weight follows from activity (BQML) or is stored as such (GML)",
                            "export the PET in Bq/ml, or turn it into SUV and give it as a volume file");
    }
    if (auto const type = file.text_or(DCM_SUVType, "BW"); units != "BQML" && type != "BW") {
        file.refuse_element(DCM_SUVType, fmt::format("is '{}'", type),
                            "boron is taken from SUV by body weight (BW); that by lean mass, ideal weight or "
                            "surface is another quantity",
                            "export the PET in Bq/ml or as SUV by body weight");
    }
    return units == "BQML"  ? PetValues::activity
           : units == "GML" ? PetValues::uptake
                            : PetValues::philips_SUV;
}

/// Without attenuation correction an image does not show how much there is. Activities must be corrected for decay,
/// too, or the time that they belong to is not known.
std::string read_corrections(DicomFile const& file, PetValues values) {
    auto const done = file.texts(DCM_CorrectedImage);
    auto const has = [&](char const* word) {
        return std::find(done.begin(), done.end(), word) != done.end();
    };
    auto listed = fmt::format("{}", fmt::join(done, ", "));
    auto const refuse_without = [&](char const* what) {
        file.refuse_element(DCM_CorrectedImage,
                            done.empty() ? "is missing or empty" : fmt::format("is {}", listed), what,
                            choose_static);
    };
    if (!has("ATTN") && (values == PetValues::activity || !done.empty())) {
        refuse_without("values that were not corrected for attenuation (ATTN) do not show the uptake");
    }
    if (!has("DECY") && values == PetValues::activity) {
        refuse_without("activities that were not corrected for decay (DECY) belong to no common time");
    }
    if (done.empty()) {
        file.warn_element(DCM_CorrectedImage, "is missing or empty",
                          "that the values were corrected for attenuation is not said",
                          "look at the PET: without the correction its middle is too low");
    }
    return listed;
}

/// A required number above zero and not above `most`.
double read_positive(DicomItem const& item, DcmTagKey tag, double least, double most, char const* why) {
    double const value = item.number(tag);
    if (!(value > 0) || value < least || value > most) {
        item.refuse_element(tag, fmt::format("is {}", value),
                            value > 0 ? fmt::format("{:g} to {:g} is allowed: {}", least, most, why)
                                      : fmt::format("it must be above zero: {}", why),
                            "correct it in the archive and export again, or give SUV as a volume file");
    }
    return value;
}

/// Element of the decay correction (PS3.3 C.8.9.1.1.5).
DecayCorrection read_decay(DicomFile const& file) {
    auto const word = file.text(DCM_DecayCorrection);
    if (word != "START" && word != "ADMIN") {
        file.refuse_element(DCM_DecayCorrection, fmt::format("is '{}'", word),
                            "SUV needs activities that were corrected to the start of the scan (START) or to "
                            "the injection (ADMIN)",
                            "export a series that was corrected for decay");
    }
    return word == "START" ? DecayCorrection::start : DecayCorrection::injection;
}

/// On the clock of the file's other times, where both state their offset from UTC.
std::optional<double> on_clock_of_file_s(DicomFile const& file, DicomDateTime const& at) {
    auto const of_file = parsed_utc_offset_s(file.text_or(DCM_TimezoneOffsetFromUTC, ""));
    return at.utc_offset_s && of_file ? std::optional(at.local_s - *at.utc_offset_s + *of_file)
                                      : std::nullopt;
}

/// Date and time of the accumulation of this slice's counts.
double read_acquisition_s(DicomFile const& file) {
    if (!file.has(DCM_AcquisitionTime) && file.has(DCM_AcquisitionDateTime)) {
        auto const at = read_date_time(file, DCM_AcquisitionDateTime);
        return on_clock_of_file_s(file, at).value_or(at.local_s);
    }
    return read_date_s(file, DCM_AcquisitionDate) + read_time_s(file, DCM_AcquisitionTime);
}

/// When the injection was, with its date where the file states it.
void read_injection(DicomFile const& file, DicomItem const& given, PetHeader& header) {
    if (given.has(DCM_RadiopharmaceuticalStartTime) || !given.has(DCM_RadiopharmaceuticalStartDateTime)) {
        header.injection_of_day_s = read_time_s(given, DCM_RadiopharmaceuticalStartTime);
    }
    if (!given.has(DCM_RadiopharmaceuticalStartDateTime)) {
        return;
    }
    auto const at = read_date_time(given, DCM_RadiopharmaceuticalStartDateTime);
    header.injection_s = at.local_s;
    if (auto const s = on_clock_of_file_s(file, at)) {
        header.injection_s = *s;
    } else if (at.utc_offset_s) {
        given.warn_element(DCM_RadiopharmaceuticalStartDateTime, "states an offset from UTC",
                           "the file states none for its other times (0008,0201); the clock time is taken "
                           "as it is",
                           "check the minutes from injection to scan in run.json");
    }
    double const of_day_s = std::fmod(*header.injection_s, day_s);
    if (header.injection_of_day_s && std::abs(of_day_s - *header.injection_of_day_s) > 1) {
        given.warn_element(
            DCM_RadiopharmaceuticalStartDateTime, "and RadiopharmaceuticalStartTime differ",
            fmt::format("by {:.0f} s of the day; the first counts", of_day_s - *header.injection_of_day_s),
            "check the minutes from injection to scan in run.json");
    }
}

/// What SUV needs beside an activity. docs/methods/boron_distribution.md
void read_activity(DicomFile const& file, PetHeader& header) {
    header.decay = read_decay(file);
    header.weight_kg = read_positive(file, DCM_PatientWeight, 2, 500,
                                     "SUV is by body weight in kg, not that of a placeholder");
    auto const tracers = file.items(DCM_RadiopharmaceuticalInformationSequence);
    if (tracers.size() != 1) {
        file.refuse_element(DCM_RadiopharmaceuticalInformationSequence,
                            tracers.empty() ? "is missing or empty"
                                            : fmt::format("has {} items", tracers.size()),
                            "SUV is the uptake of one injection", export_again);
    }
    auto const& given = tracers.front();
    // PS3.3 wants Bq here; nuclear medicine's element of the same name is in MBq
    header.activity_Bq = read_positive(given, DCM_RadionuclideTotalDose, 1e4, 1e10,
                                       "it is the injected activity in Bq (not MBq)");
    header.half_life_s =
        read_positive(given, DCM_RadionuclideHalfLife, 1, 1e9, "it is the half-life in seconds");
    if (header.decay == DecayCorrection::injection) {
        return; // no time between: the activities are those of the injection
    }
    header.series_s = read_date_s(file, DCM_SeriesDate) + read_time_s(file, DCM_SeriesTime);
    header.acquisition_s = read_acquisition_s(file);
    auto const milliseconds = [&](DcmTagKey tag) {
        auto const ms = file.find_number(tag);
        return ms && *ms > 0 ? std::optional(*ms / 1000) : std::nullopt;
    };
    header.frame_time_s = milliseconds(DCM_FrameReferenceTime);
    header.frame_duration_s = milliseconds(DCM_ActualFrameDuration);
    read_injection(file, given, header);
    if (auto const text = private_text(file, 0x0009, "GEMS_PETD_01", 0x0D); !text.empty()) {
        if (auto const at = parsed_date_time(text)) {
            header.maker_scan_s = at->local_s;
        }
    }
}

/// The maker's factor from counts to SUV; no other way leads from counts to uptake.
double read_philips_factor(DicomFile const& file) {
    auto const factor = private_number(file, 0x7053, "Philips PET Private Group", 0x00);
    if (!factor || !(*factor > 0)) {
        bool const other = private_number(file, 0x7053, "Philips PET Private Group", 0x09).has_value();
        file.refuse_element(
            DCM_Units, "is 'CNTS'",
            other
                ? "the factor to SUV (7053,1000) of Philips is missing; that to activity (7053,1009) is in "
                  "Bq/ml by one public definition and in MBq/ml by another"
                : "counts become SUV only by the factor (7053,1000) of 'Philips PET Private Group', which is "
                  "missing or not above zero",
            "export the PET in Bq/ml, or turn it into SUV and give it as a volume file");
    }
    return *factor;
}

} // namespace

PetHeader read_pet_header(DicomFile const& file) {
    require_static(file);
    PetHeader header;
    header.units = file.text(DCM_Units);
    header.values = read_values_kind(file, header.units);
    header.corrections = read_corrections(file, header.values);
    header.number_of_slices = file.integer_or(DCM_NumberOfSlices, 0);
    header.slope = file.number(DCM_RescaleSlope);
    header.intercept = file.number(DCM_RescaleIntercept);
    if (!(header.slope > 0)) {
        file.refuse_element(DCM_RescaleSlope, fmt::format("is {}", header.slope), "it must be above zero",
                            export_again);
    }
    if (header.intercept != 0) {
        file.warn_element(DCM_RescaleIntercept, fmt::format("is {}", header.intercept),
                          "a PET's is zero by the standard; it was added");
    }
    if (header.values == PetValues::activity) {
        read_activity(file, header);
    }
    if (header.values == PetValues::philips_SUV) {
        header.philips_factor = read_philips_factor(file);
    }
    if (file.text_or(DCM_LossyImageCompression, "00") == "01") {
        file.warnings().add("the PET was compressed with loss", "uptake may differ from what was measured",
                            "use the original images if they exist");
    }
    return header;
}

std::vector<std::pair<std::string, std::string>> common_facts(PetHeader const& header) {
    auto const number = [](double value) { return fmt::format("{}", value); };
    auto const time = [](std::optional<double> const& s) { return s ? shown_date_time(*s) : "none"; };
    return {{"Units (0054,1001)", header.units},
            {"CorrectedImage (0028,0051)", header.corrections},
            {"DecayCorrection (0054,1102)", header.decay == DecayCorrection::start ? "START" : "ADMIN"},
            {"PatientWeight (0010,1030)", number(header.weight_kg)},
            {"RadionuclideTotalDose (0018,1074)", number(header.activity_Bq)},
            {"RadionuclideHalfLife (0018,1075)", number(header.half_life_s)},
            {"SeriesDate and SeriesTime (0008,0031)", shown_date_time(header.series_s)},
            {"RadiopharmaceuticalStartDateTime (0018,1078)", time(header.injection_s)},
            {"RadiopharmaceuticalStartTime (0018,1072)", time(header.injection_of_day_s)},
            {"GE's start of the scan (0009,100D)", time(header.maker_scan_s)},
            {"the factor of Philips (7053,1000)", number(header.philips_factor)}};
}

} // namespace beamwright
