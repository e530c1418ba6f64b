#include "dicom/patient_study.hpp"
#include "dicom/file.hpp"
#include <dcmtk/dcmdata/dcdeftag.h>

namespace beamwright {

PatientStudy read_patient_study(DicomFile const& file) {
    auto const get = [&](DcmTagKey tag) { return file.text_or(tag, ""); };
    return {.patient_name = get(DCM_PatientName),
            .patient_id = get(DCM_PatientID),
            .birth_date = get(DCM_PatientBirthDate),
            .sex = get(DCM_PatientSex),
            .study_uid = get(DCM_StudyInstanceUID),
            .study_date = get(DCM_StudyDate),
            .study_time = get(DCM_StudyTime),
            .study_id = get(DCM_StudyID),
            .accession_number = get(DCM_AccessionNumber),
            .referring_physician = get(DCM_ReferringPhysicianName)};
}

SeriesInfo read_series_info(DicomFile const& file) {
    auto const get = [&](DcmTagKey tag) { return file.text_or(tag, ""); };
    return {.series_uid = get(DCM_SeriesInstanceUID),
            .series_description = get(DCM_SeriesDescription),
            .series_date = get(DCM_SeriesDate),
            .manufacturer = get(DCM_Manufacturer),
            .model = get(DCM_ManufacturerModelName),
            .station = get(DCM_StationName)};
}

} // namespace beamwright
