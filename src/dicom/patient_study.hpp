/// Who and which study: copied from object to object as read, never invented.
#pragma once
#include <string>

namespace beamwright {

class DicomFile;

/// Text in UTF-8; an element that the file leaves out or empty is empty here.
struct PatientStudy {
    std::string patient_name, patient_id, birth_date, sex;
    std::string study_uid, study_date, study_time, study_id, accession_number, referring_physician;
    friend bool operator==(PatientStudy const&, PatientStudy const&) = default;
};

PatientStudy read_patient_study(DicomFile const& file);

/// Series and equipment of an object, for choosing a calibration and for lists.
struct SeriesInfo {
    std::string series_uid, series_description, series_date, manufacturer, model, station;
    friend bool operator==(SeriesInfo const&, SeriesInfo const&) = default;
};

SeriesInfo read_series_info(DicomFile const& file);

} // namespace beamwright
