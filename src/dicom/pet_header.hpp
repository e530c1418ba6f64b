/// What a PET file says of its values: units, corrections, patient, injection, times. Inside dicom/ only.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace beamwright {

class DicomFile;

/// What the rescaled values of a PET are.
enum class PetValues {
    activity,   ///< Bq/ml
    uptake,     ///< SUV by body weight, g/ml
    philips_SUV ///< counts, with the maker's own factor to SUV by body weight
};

/// Decay correction of activities: to the start of the scan, or to the injection.
enum class DecayCorrection { start, injection };

/// Of one file. Numbers that the kind of values does not need are not read and stay 0.
struct PetHeader {
    PetValues values = PetValues::activity;
    std::string units;         ///< (0054,1001)
    std::string corrections;   ///< (0028,0051), parted by commas
    long number_of_slices = 0; ///< (0054,0081); 0: not stated
    DecayCorrection decay = DecayCorrection::start;
    double weight_kg = 0, activity_Bq = 0, half_life_s = 0;
    // Since 1970, on the clock of the file; of activities that were corrected to the start of the scan
    double series_s = 0;
    std::optional<double> injection_s;        ///< where date and time are stated
    std::optional<double> injection_of_day_s; ///< time of the day alone; counts where there is no other
    std::optional<double> maker_scan_s;       ///< start of the scan in a private element of GE
    // Of this slice alone
    double acquisition_s = 0;
    std::optional<double> frame_time_s; ///< FrameReferenceTime: mean count rate, from the start of the series
    std::optional<double> frame_duration_s; ///< ActualFrameDuration
    double slope = 1, intercept = 0;        ///< to `units`
    double philips_factor = 1;              ///< from there to SUV
};

/// \throws Refusal for series that are no static emission images, units and corrections that give no SUV by
/// body weight, and missing or senseless numbers. docs/methods/boron_distribution.md
PetHeader read_pet_header(DicomFile const& file);

/// What all slices of a series must have in common, by name.
std::vector<std::pair<std::string, std::string>> common_facts(PetHeader const& header);

} // namespace beamwright
