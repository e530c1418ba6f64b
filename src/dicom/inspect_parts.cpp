#include "dicom/inspect_parts.hpp"
#include "patient/masks_stack.hpp"
#include <algorithm>
#include <dcmtk/dcmdata/dcdeftag.h>

namespace beamwright {
namespace {

Json vector(Vec3<double> v) { return Json::array({v.x, v.y, v.z}); }

Json described(Grid const& grid) {
    return {{"size", grid.size},
            {"spacing_mm", vector(grid.spacing_mm)},
            {"origin_mm", vector(grid.origin_mm)},
            {"axes", Json::array({vector(grid.axes.column(0)), vector(grid.axes.column(1)),
                                  vector(grid.axes.column(2))})}};
}

Json described(PatientStudy const& patient) {
    return {{"name", patient.patient_name},
            {"id", patient.patient_id},
            {"study_uid", patient.study_uid},
            {"study_date", patient.study_date}};
}

Json described(SeriesInfo const& series) {
    return {{"uid", series.series_uid},
            {"description", series.series_description},
            {"manufacturer", series.manufacturer},
            {"model", series.model}};
}

Json described(TreatmentBeam const& beam) {
    std::size_t spots = 0;
    double least = 0, most = 0;
    for (auto const& layer : beam.layers) {
        spots += layer.spots.size();
        least = least == 0 ? layer.energy_MeV : std::min(least, layer.energy_MeV);
        most = std::max(most, layer.energy_MeV);
    }
    Json json{{"number", beam.number},
              {"name", beam.name},
              {"machine", beam.machine_name},
              {"gantry_deg", beam.gantry_deg},
              {"couch_deg", beam.couch_deg},
              {"table_pitch_deg", beam.table_pitch_deg},
              {"table_roll_deg", beam.table_roll_deg},
              {"isocenter_mm", vector(beam.isocenter_mm)},
              {"layers", beam.layers.size()},
              {"spots", spots},
              {"meterset_MU", beam.meterset_MU},
              {"energy_min_MeV", least},
              {"energy_max_MeV", most}};
    if (beam.snout_position_mm) {
        json["snout_position_mm"] = *beam.snout_position_mm;
    }
    json["range_shifters"] = Json::array();
    for (auto const& shifter : beam.range_shifters) {
        Json one{{"id", shifter.id}};
        if (shifter.isocenter_to_tray_mm) {
            one["isocenter_to_tray_mm"] = *shifter.isocenter_to_tray_mm;
        }
        if (shifter.wet_mm) {
            one["wet_mm"] = *shifter.wet_mm;
        }
        json["range_shifters"].push_back(one);
    }
    return json;
}

} // namespace

Json described(CtSeries const& ct) {
    auto const [least, most] = std::minmax_element(ct.hu.values.begin(), ct.hu.values.end());
    Json json = described(ct.hu.grid);
    json["HU_min"] = *least;
    json["HU_max"] = *most;
    json["images"] = ct.files.size();
    json["padded_voxels"] = ct.padded_voxels;
    json["most_rounding_HU"] = ct.most_rounding_HU;
    json["patient_position"] = ct.patient_position;
    json["frame_of_reference_uid"] = ct.frame_of_reference_uid;
    json["patient"] = described(ct.patient);
    json["series"] = described(ct.series);
    return json;
}

Json described(Plan const& plan) {
    Json json{{"label", plan.label},
              {"uid", plan.sop_instance_uid},
              {"frame_of_reference_uid", plan.frame_of_reference_uid},
              {"structure_set_uid", plan.structure_set_uid},
              {"patient_position", plan.patient_position},
              {"fractions", plan.fractions},
              {"beams", Json::array()}};
    for (auto const& beam : plan.beams) {
        json["beams"].push_back(described(beam));
    }
    return json;
}

Json described(DoseObject const& dose) {
    Json json = described(dose.dose_Gy.grid);
    json["type"] = word_of(dose.type);
    json["summation"] = word_of(dose.summation);
    if (dose.beam_number) {
        json["beam_number"] = *dose.beam_number;
    }
    json["max_Gy"] = *std::max_element(dose.dose_Gy.values.begin(), dose.dose_Gy.values.end());
    json["comment"] = dose.comment;
    json["uid"] = dose.sop_instance_uid;
    json["plan_uid"] = dose.plan_uid;
    json["structure_set_uid"] = dose.structure_set_uid;
    json["frame_of_reference_uid"] = dose.frame_of_reference_uid;
    return json;
}

Json described(StructuresIn const& structures, double lone_plane_mm, Warnings& warnings) {
    Json list = Json::array();
    for (auto const& structure : structures.set.structures) {
        Json one{{"number", structure.number},
                 {"name", structure.name},
                 {"type", structure.type},
                 {"contours", structure.contours.size()},
                 {"volume_cm3", nullptr}};
        try {
            one["volume_cm3"] = contour_volume_cm3(structure, EndCap::full_slice, lone_plane_mm);
        } catch (Refusal const& refusal) {
            warnings.add(refusal.problem, refusal.why, refusal.what_to_do);
        }
        list.push_back(one);
    }
    return {{"label", structures.set.label},
            {"uid", structures.sop_instance_uid},
            {"frame_of_reference_uid", structures.set.frame_of_reference_uid},
            {"referenced_series_uids", structures.referenced_series_uids},
            {"structures", list}};
}

Json described_header(DicomFile const& file) {
    return {{"holds", file.sop_class_name()},
            {"file", cleaned_utf8(file.name()).utf8},
            {"modality", file.text_or(DCM_Modality, "")},
            {"patient", described(read_patient_study(file))},
            {"series", described(read_series_info(file))}};
}

} // namespace beamwright
