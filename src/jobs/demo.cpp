#include "jobs/demo.hpp"
#include "casefolder/case_folder.hpp"
#include "casefolder/phantom.hpp"
#include "casefolder/plan_file.hpp"
#include "core/atomic_file.hpp"
#include "core/data_files.hpp"
#include "core/hash.hpp"
#include "dicom/dose_out.hpp"
#include "volume/volume_file.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

constexpr double voxel_mm = 1.5;

fs::path phantom_file() { return data_dir() / "phantoms" / "head.json"; }
fs::path capture_file() { return data_dir() / "captures" / "head_fir1.json"; }
fs::path plan_file() { return data_dir() / "plans" / "head_two_fields.json"; }

/// Says what the case was made from; a case with another note is not touched.
std::string demo_note() {
    return fmt::format("Made by 'beamwright demo' from phantom {:.12}, plan {:.12} and capture irradiation "
                       "{:.12}. Nobody's anatomy, no "
                       "clinical plan.",
                       sha256_of_file(phantom_file()), sha256_of_file(plan_file()),
                       sha256_of_file(capture_file()));
}

CaseDescription demo_description() {
    CaseDescription d;
    d.label = "Demo: head phantom";
    d.capture_file = "capture.json";
    d.note = demo_note();
    d.machine = "generic_synchrotron";
    d.calibration = "schneider2000";
    d.body_structure = "BODY";
    d.prescription = {"CTV", 60.0};
    auto const goal = [&](std::string structure, std::string metric, DoseGoal::Unit unit,
                          std::optional<double> at_least, std::optional<double> at_most) {
        d.goals.push_back({std::move(structure), std::move(metric), unit, at_least, at_most});
    };
    using enum DoseGoal::Unit;
    goal("CTV", "D95", Gy, 57.0, {});
    goal("CTV", "D5", Gy, {}, 64.2);
    goal("Brainstem", "D0.03cc", Gy, {}, 54.0);
    goal("OpticChiasm", "D0.03cc", Gy, {}, 54.0);
    goal("OpticNrv_L", "D0.03cc", Gy, {}, 54.0);
    // A phantom came from no scanner; its UIDs are made from its data, so that an export is well formed
    auto& source = d.source;
    source.patient_name = "PHANTOM^HEAD";
    source.patient_id = "BEAMWRIGHT-DEMO";
    source.study_instance_uid = uid_from(d.note + " study");
    source.frame_of_reference_uid = uid_from(d.note + " frame");
    source.plan_sop_instance_uid = uid_from(d.note + " plan");
    source.structure_set_sop_instance_uid = uid_from(d.note + " structures");
    return d;
}

} // namespace

fs::path make_demo_case(fs::path const& case_folder, JobContext& context) {
    auto const description = demo_description();
    if (CaseFolder::is_case(case_folder)) {
        auto const there = CaseFolder::open(case_folder);
        if (there.description().note == description.note) {
            return case_folder;
        }
        if (!there.description().note.starts_with("Made by 'beamwright demo'")) {
            refuse(fmt::format("'{}' holds another case", case_folder.string()),
                   "the demo does not overwrite it", "choose another folder with --case");
        }
        fs::remove_all(case_folder); // a demo of another version
    } else if (fs::exists(case_folder) && !fs::is_empty(case_folder)) {
        refuse(fmt::format("'{}' is in the way", case_folder.string()), "it exists and is not a case",
               "choose another folder with --case");
    }
    context.messages.say("Making the head phantom ...");
    auto const phantom = read_phantom(phantom_file());
    auto const grid = phantom_grid(phantom, voxel_mm);
    auto const plan = plan_from_json(JsonReader::from_file(plan_file()));
    auto const made = CaseFolder::create(case_folder, description);
    write_volume(made.ct_path(), voxelize(phantom, grid), {{"quantity", "CT number"}, {"units", "HU"}});
    made.write_structures(phantom_structures(phantom, grid));
    made.write_plan(plan);
    made.write_capture(capture_from_json(JsonReader::from_file(capture_file())));
    return case_folder;
}

namespace {

/// What both modalities are asked for.
template <class JobRequest> JobRequest job_of(DemoRequest const& request, JobContext& context) {
    JobRequest job;
    job.case_folder = make_demo_case(request.case_folder, context);
    job.uncertainty_percent = request.uncertainty_percent;
    job.uncertainty_structure = "CTV";
    job.seed = request.seed;
    job.again = request.again;
    job.verb = "demo";
    return job;
}

} // namespace

DoseJobAnswer run_demo(DemoRequest const& request, JobContext& context) {
    return calculate_case_dose(job_of<DoseJobRequest>(request, context), context);
}

CaptureJobAnswer run_capture_demo(DemoRequest const& request, JobContext& context) {
    return calculate_capture(job_of<CaptureJobRequest>(request, context), context);
}

} // namespace beamwright
