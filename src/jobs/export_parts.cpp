#include "jobs/export_parts.hpp"
#include "core/run_record.hpp"
#include "evaluate/dvh/dvh.hpp"
#include "jobs/structure_metrics.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

/// How the run took the ends of structures, so that the exported histograms are those of the report.
EndCap end_cap_of(fs::path const& result) {
    std::error_code failed;
    if (!fs::exists(result / "run.json", failed)) {
        return end_cap_named("full_slice");
    }
    auto const record = JsonReader::from_file(result / "run.json").raw();
    return end_cap_named(
        record.value("settings", Json::object()).value("end_cap", std::string("full_slice")));
}

/// Histograms of the structures in as many bins as an element can hold; DICOM names the structure set only beside them.
std::vector<DoseDvh> histograms_of(Volume<float> const& dose_Gy, ExportFrame const& frame,
                                   Warnings& warnings) {
    constexpr double most_bins = 2000; // 65534 bytes hold about 3000 pairs
    double const largest = *std::max_element(dose_Gy.values.begin(), dose_Gy.values.end());
    double const bin_Gy = std::max(0.01, std::ceil(largest / most_bins * 1000) / 1000);
    std::vector<DoseDvh> histograms;
    for (auto const& structure :
         dvhs(dose_Gy, frame.structures.structures, {frame.stack, dvh_part_mm}, warnings)) {
        if (structure.dvh.empty()) {
            continue;
        }
        DoseDvh one{structure.number, bin_Gy, {}};
        auto const bins = static_cast<std::size_t>(structure.dvh.max_Gy() / bin_Gy) + 1;
        for (std::size_t i = 0; i < bins; ++i) {
            one.volumes_cm3.push_back(structure.dvh.volume_cm3_at(static_cast<double>(i) * bin_Gy));
        }
        histograms.push_back(std::move(one));
    }
    return histograms;
}

Json written_json(fs::path const& file, Volume<float> const& dose, std::string const& what) {
    double const largest = *std::max_element(dose.values.begin(), dose.values.end());
    return {{"path", file.string()}, {"what", what}, {"largest_dose_Gy", largest}};
}

} // namespace

ExportFrame export_frame(ExportRequest const& request, CaseFolder const& folder) {
    std::error_code failed;
    fs::create_directories(request.output_folder, failed);
    if (failed) {
        refuse(fmt::format("cannot make the folder '{}'", request.output_folder.string()), failed.message(),
               "choose a folder that you may write to");
    }
    ExportFrame frame{request, folder, folder.has_structures() ? folder.structures() : StructureSet{}, {}};
    frame.stack.end_cap = end_cap_of(folder.result_path(request.result_name));
    return frame;
}

DoseObject dose_of_case(CaseFolder const& folder, Volume<float> dose_Gy) {
    auto const& source = folder.description().source;
    DoseObject object;
    object.dose_Gy = std::move(dose_Gy);
    object.patient = {source.patient_name,       source.patient_id,
                      source.patient_birth_date, source.patient_sex,
                      source.study_instance_uid, source.study_date,
                      source.study_time,         source.study_id,
                      source.accession_number,   source.referring_physician_name};
    object.frame_of_reference_uid = source.frame_of_reference_uid;
    object.structure_set_uid = source.structure_set_sop_instance_uid;
    return object;
}

Json write_exported(ExportFrame const& frame, std::string const& stem, DoseObject object,
                    std::string const& what, VolumeNotes const& notes, Warnings& warnings) {
    auto const& request = frame.request;
    if (request.format != "dicom") {
        auto const file = request.output_folder / (stem + "." + request.format);
        write_volume(file, object.dose_Gy, notes);
        return written_json(file, object.dose_Gy, what);
    }
    auto const file = request.output_folder / (stem + ".dcm");
    if (frame.folder.has_structures() && !object.structure_set_uid.empty()) {
        object.dvhs = histograms_of(object.dose_Gy, frame, warnings);
    }
    auto const written = write_rtdose(file, object, {request.bits}, warnings);
    auto json = written_json(file, object.dose_Gy,
                             fmt::format("RTDOSE, {} bit, {}, quantization error at most {:.2g} Gy",
                                         request.bits, what, written.quantization_error_Gy));
    json["quantization_error_Gy"] = written.quantization_error_Gy;
    json["sop_instance_uid"] = written.sop_instance_uid;
    return json;
}

void refuse_no_result(CaseFolder const& folder, std::string const& name) {
    std::string known;
    for (auto const& one : folder.result_names()) {
        known += (known.empty() ? "" : ", ") + one;
    }
    refuse(fmt::format("no result '{}' in the case", name),
           known.empty() ? "the case has no results yet" : "it has: " + known,
           "calculate it with 'beamwright dose', or name another with --name");
}

} // namespace beamwright
