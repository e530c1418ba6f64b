#include "jobs/export.hpp"
#include "core/run_record.hpp"
#include "jobs/capture_export.hpp"
#include "jobs/export_let.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

struct ExportPart {
    std::string file; ///< in the result folder
    std::optional<int> beam;
};

/// Total first, then the beams if asked for. \throws Refusal if the result is not there.
std::vector<ExportPart> parts_of(CaseFolder const& folder, ExportRequest const& request, Plan const& plan) {
    auto const result = folder.result_path(request.result_name);
    if (!fs::exists(result / "dose.nrrd")) {
        refuse_no_result(folder, request.result_name);
    }
    std::vector<ExportPart> parts{{"dose.nrrd", {}}};
    if (request.per_beam) {
        for (auto const& beam : plan.beams) {
            auto const file = beam_dose_file(beam.number);
            if (!fs::exists(result / file)) {
                refuse(fmt::format("the result has no dose of beam {}", beam.number),
                       fmt::format("'{}' is missing", file), "calculate the dose again");
            }
            parts.push_back({file, beam.number});
        }
    }
    return parts;
}

Json export_proton(ExportRequest const& request, CaseFolder const& folder, JobContext& context) {
    auto const plan = folder.plan();
    auto const parts = parts_of(folder, request, plan);
    auto const result = folder.result_path(request.result_name);
    auto const& plan_uid = folder.description().source.plan_sop_instance_uid;
    auto const frame = export_frame(request, folder);
    auto extras = export_extras(frame, context.warnings);
    Json files = Json::array();
    for (auto const& part : parts) {
        auto object = dose_of_case(folder, read_volume<float>(result / part.file));
        object.summation = part.beam ? DoseSummation::beam : DoseSummation::plan;
        object.beam_number = part.beam;
        object.comment =
            fmt::format("beamwright {}: dose to medium, {} fraction(s)", version(), plan.fractions);
        object.plan_uid = plan_uid;
        auto const what =
            part.beam ? fmt::format("dose of beam {} [Gy per course]", *part.beam) : "dose [Gy per course]";
        files.push_back(write_exported(frame, fs::path(part.file).stem().string(), std::move(object), what,
                                       {{"quantity", "dose to medium"}, {"units", "Gy"}}, context.warnings));
    }
    if (extras.weighted) {
        files.push_back(export_weighted(frame, plan_uid, std::move(*extras.weighted), context.warnings));
    }
    for (auto& file : export_let(frame, plan_uid, extras.let, context.warnings)) {
        files.push_back(std::move(file));
    }
    return files;
}

} // namespace

ExportAnswer export_result(ExportRequest const& request, JobContext& context) {
    expect_model_of_weighting(request.weighting);
    auto const folder = CaseFolder::open(request.case_folder);
    bool const more = !request.weighting.model.empty() || request.let || request.let_as_rtdose;
    bool const capture = is_capture_result(folder, request.result_name);
    if (capture && more) {
        refuse("--rbe and --let do not go with a neutron capture result",
               "they belong to protons; its weighted totals are exported without asking", "leave them out");
    }
    if (request.let_as_rtdose && request.format != "dicom") {
        refuse(fmt::format("--let-rtdose and --format {} contradict each other", request.format),
               "it asks for LET as an RTDOSE", "use --let, or --format dicom");
    }
    ExportAnswer answer;
    answer.json["files"] =
        capture ? export_capture(request, folder, context) : export_proton(request, folder, context);
    for (auto const& warning : context.warnings.all()) {
        context.messages.warn(warning);
    }
    answer.json["warnings"] = to_json(context.warnings);
    return answer;
}

} // namespace beamwright
