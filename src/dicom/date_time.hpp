/// Dates and times of DICOM elements as seconds on one clock. Inside dicom/ only.
#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctagkey.h>
#include <optional>
#include <string>

namespace beamwright {

class DicomItem;

inline constexpr double day_s = 86400;

/// Midnight of a date (DA), seconds since 1970 on the clock of the file. \throws Refusal
double read_date_s(DicomItem const& item, DcmTagKey tag);
/// Seconds since midnight (TM; at least the hour; 08:30:15 as old files have it, too). \throws Refusal
double read_time_s(DicomItem const& item, DcmTagKey tag);

/// A date with time (DT), and its offset from UTC where it states one.
struct DicomDateTime {
    double local_s = 0; ///< since 1970, as written
    std::optional<double> utc_offset_s;
};
/// \throws Refusal unless the date and the hour are there
DicomDateTime read_date_time(DicomItem const& item, DcmTagKey tag);
/// The same of a text; none if it is no date with time.
std::optional<DicomDateTime> parsed_date_time(std::string const& text);
/// "+0900" in seconds; none if it is no offset.
std::optional<double> parsed_utc_offset_s(std::string const& text);

/// "2026-03-04 23:30:05" for a message.
std::string shown_date_time(double s_since_1970);

} // namespace beamwright
