#include "jobs/export.hpp"
#include "casefolder/case_folder.hpp"
#include "core/run_record.hpp"
#include "dicom/dose_out.hpp"
#include "evaluate/dvh/dvh.hpp"
#include "jobs/structure_metrics.hpp"
#include "volume/volume_file.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

struct ExportPart {
    std::string file; ///< in the result folder
    std::string stem; ///< of the exported file
    std::optional<int> beam;
};

/// Total first, then the beams if asked for. \throws Refusal if the result is not there.
std::vector<ExportPart> parts_of(CaseFolder const& folder, ExportRequest const& request, Plan const& plan) {
    auto const result = folder.result_path(request.result_name);
    if (!fs::exists(result / "dose.nrrd")) {
        auto const names = folder.result_names();
        std::string known;
        for (auto const& name : names) {
            known += (known.empty() ? "" : ", ") + name;
        }
        refuse(fmt::format("no result '{}' in the case", request.result_name),
               known.empty() ? "the case has no results yet" : "it has: " + known,
               "calculate it with 'beamwright dose', or name another with --name");
    }
    std::vector<ExportPart> parts{{"dose.nrrd", "dose", {}}};
    if (request.per_beam) {
        for (auto const& beam : plan.beams) {
            auto const file = beam_dose_file(beam.number);
            if (!fs::exists(result / file)) {
                refuse(fmt::format("the result has no dose of beam {}", beam.number),
                       fmt::format("'{}' is missing", file), "calculate the dose again");
            }
            parts.push_back({file, fs::path(file).stem().string(), beam.number});
        }
    }
    return parts;
}

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

DoseObject dose_object(CaseFolder const& folder, Plan const& plan, Volume<float> dose_Gy,
                       std::optional<int> beam) {
    auto const& source = folder.description().source;
    DoseObject object;
    object.dose_Gy = std::move(dose_Gy);
    object.summation = beam ? DoseSummation::beam : DoseSummation::plan;
    object.beam_number = beam;
    object.comment = fmt::format("beamwright {}: dose to medium, {} fraction(s)", version(), plan.fractions);
    object.patient = {source.patient_name,       source.patient_id,
                      source.patient_birth_date, source.patient_sex,
                      source.study_instance_uid, source.study_date,
                      source.study_time,         source.study_id,
                      source.accession_number,   source.referring_physician_name};
    object.frame_of_reference_uid = source.frame_of_reference_uid;
    object.plan_uid = source.plan_sop_instance_uid;
    object.structure_set_uid = source.structure_set_sop_instance_uid;
    return object;
}

/// Histograms of the structures in as many bins as an element can hold; DICOM names the structure set only beside them.
std::vector<DoseDvh> histograms_of(Volume<float> const& dose_Gy, StructureSet const& structures,
                                   StackOptions const& stack, Warnings& warnings) {
    constexpr double most_bins = 2000; // 65534 bytes hold about 3000 pairs
    double const largest = *std::max_element(dose_Gy.values.begin(), dose_Gy.values.end());
    double const bin_Gy = std::max(0.01, std::ceil(largest / most_bins * 1000) / 1000);
    std::vector<DoseDvh> histograms;
    for (auto const& structure : dvhs(dose_Gy, structures.structures, {stack, dvh_part_mm}, warnings)) {
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

ExportAnswer export_result(ExportRequest const& request, JobContext& context) {
    auto const folder = CaseFolder::open(request.case_folder);
    auto const plan = folder.plan();
    auto const parts = parts_of(folder, request, plan);
    std::error_code failed;
    fs::create_directories(request.output_folder, failed);
    if (failed) {
        refuse(fmt::format("cannot make the folder '{}'", request.output_folder.string()), failed.message(),
               "choose a folder that you may write to");
    }
    auto const structures = folder.has_structures() ? folder.structures() : StructureSet{};
    StackOptions stack;
    stack.end_cap = end_cap_of(folder.result_path(request.result_name));
    ExportAnswer answer;
    answer.json["files"] = Json::array();
    for (auto const& part : parts) {
        auto dose = read_volume<float>(folder.result_path(request.result_name) / part.file);
        auto const what =
            part.beam ? fmt::format("dose of beam {} [Gy per course]", *part.beam) : "dose [Gy per course]";
        if (request.format == "dicom") {
            auto const file = request.output_folder / (part.stem + ".dcm");
            auto object = dose_object(folder, plan, std::move(dose), part.beam);
            if (folder.has_structures() && !object.structure_set_uid.empty()) {
                object.dvhs = histograms_of(object.dose_Gy, structures, stack, context.warnings);
            }
            auto const written = write_rtdose(file, object, {request.bits}, context.warnings);
            auto json = written_json(file, object.dose_Gy,
                                     fmt::format("RTDOSE, {} bit, {}, quantization error at most {:.2g} Gy",
                                                 request.bits, what, written.quantization_error_Gy));
            json["quantization_error_Gy"] = written.quantization_error_Gy;
            json["sop_instance_uid"] = written.sop_instance_uid;
            answer.json["files"].push_back(json);
        } else {
            auto const file = request.output_folder / (part.stem + "." + request.format);
            write_volume(file, dose, {{"quantity", "dose to medium"}, {"units", "Gy"}});
            answer.json["files"].push_back(written_json(file, dose, what));
        }
    }
    for (auto const& warning : context.warnings.all()) {
        context.messages.warn(warning);
    }
    answer.json["warnings"] = to_json(context.warnings);
    return answer;
}

} // namespace beamwright
