/// Verbs: inspect, import, export, report.
#include "cli/app.hpp"
#include "cli/options.hpp"
#include "jobs/export.hpp"
#include "jobs/import.hpp"
#include "jobs/inspect.hpp"
#include "jobs/report.hpp"
#include <fmt/format.h>

namespace beamwright::cli {

namespace {

void add_inspect(App& app) {
    auto const paths = std::make_shared<std::vector<std::string>>();
    app.add_verb(app.root(), "inspect", "Say what DICOM files hold and what is wrong with them.",
                 "  beamwright inspect my_dicom_folder\n  beamwright inspect plan.dcm structures.dcm --json",
                 [&app, paths] {
                     auto context = app.job_context("inspect");
                     auto const answer = inspect_files({paths->begin(), paths->end()}, context);
                     app.print(answer.json, answer.table);
                     return answer.problems ? refused : done;
                 })
        ->add_option("paths", *paths, "files and folders")
        ->required();
}

/// Options that may be absent.
struct ImportNumbers {
    long fraction_group = 1;
    double optics_plane_mm = 0;
    CLI::Option *has_fraction_group = nullptr, *has_optics_plane = nullptr;
};

void add_import(App& app) {
    auto const r = std::make_shared<ImportRequest>();
    auto const inputs = std::make_shared<std::vector<std::string>>();
    auto const folder = std::make_shared<std::string>();
    auto const more = std::make_shared<ImportNumbers>();
    auto* const verb =
        app.add_verb(app.root(), "import", "Make a case folder from a DICOM CT, RTSTRUCT and RT Ion Plan.",
                     "  beamwright import my_dicom_folder --case my-case --calibration schneider2000 "
                     "--machine generic_cyclotron\n"
                     "  beamwright import ct_folder rs.dcm rp.dcm --case my-case",
                     [&app, r, inputs, folder, more] {
                         r->fraction_group = given(more->has_fraction_group, more->fraction_group);
                         r->optics_plane_mm = given(more->has_optics_plane, more->optics_plane_mm);
                         r->inputs.assign(inputs->begin(), inputs->end());
                         r->case_folder = *folder;
                         auto context = app.job_context("import");
                         auto const answer = import_case(*r, context);
                         app.print(answer.summary, fmt::format("case: {}\n{}", answer.case_folder.string(),
                                                               answer.summary.value("text", std::string())));
                         return done;
                     });
    verb->add_option("paths", *inputs, "DICOM files and folders")->required();
    verb->add_option("--case", *folder, "folder to make")->required();
    verb->add_option("--label", r->label, "what the case is called (default: name of its folder)");
    verb->add_flag("--replace", r->replace, "replace a case that is there (its results are lost)");
    char const* const choice = "Choices";
    verb->add_option("--calibration", r->calibration, "CT calibration name or file")->group(choice);
    verb->add_option("--machine", r->machine, "machine name or file")->group(choice);
    verb->add_option("--series", r->series_uid, "CT series UID, where there are several")->group(choice);
    verb->add_flag("--resample-slices", r->resample_slices, "interpolate a series with uneven slices")
        ->group(choice);
    verb->add_flag("--crop-structures", r->crop_structures, "cut structures that reach outside the CT")
        ->group(choice);
    verb->add_option("--accept-frame", r->accept_frame_uid,
                     "frame of reference UID to accept for structures and plan")
        ->group(choice);
    verb->add_option("--patient-position", r->patient_position,
                     "HFS, FFS, HFP, ... for a plan that does not say how the patient lies")
        ->group(choice);
    verb->add_option(
            "--couch", r->couch,
            "CT outside the body: remove (it is air), or keep:NAME[,NAME] (air but for these structures); "
            "default: as the CT shows it")
        ->group(choice);
    more->has_fraction_group = verb->add_option("--fraction-group", more->fraction_group,
                                                "number of the fraction group, where a plan has several")
                                   ->group(choice);
    more->has_optics_plane = add_machine_file_options(verb, r->virtual_source, more->optics_plane_mm, choice);
}

void add_export(App& app) {
    auto const r = std::make_shared<ExportRequest>();
    auto const folder = std::make_shared<std::string>();
    auto const output = std::make_shared<std::string>();
    auto const fractions = std::make_shared<int>(0);
    auto* const verb =
        app.add_verb(app.root(), "export", "Write a result as DICOM RTDOSE or as volume files.",
                     "  beamwright export demo-case --to out\n"
                     "  beamwright export demo-case --to out --format nii --per-beam\n"
                     "  beamwright export demo-case --to out --rbe mcnamara --alpha-beta 3 --let",
                     [&app, r, folder, output, fractions] {
                         r->case_folder = *folder;
                         r->output_folder = *output;
                         if (*fractions > 0) {
                             r->weighting.fractions = *fractions;
                         }
                         auto context = app.job_context("export");
                         auto const answer = export_result(*r, context);
                         std::string text;
                         for (auto const& file : answer.json["files"]) {
                             text += fmt::format("{}: {}\n", file["path"].get<std::string>(),
                                                 file["what"].get<std::string>());
                         }
                         app.print(answer.json, text);
                         return done;
                     });
    verb->add_option("case", *folder, "case folder")->required();
    verb->add_option("--to", *output, "folder for the files")->required();
    verb->add_option("--name", r->result_name, "name of the result folder")->capture_default_str();
    verb->add_option("--format", r->format, "file format")
        ->check(CLI::IsMember({"dicom", "nrrd", "mha", "nii"}))
        ->capture_default_str();
    verb->add_option("--bits", r->bits, "bits of an RTDOSE pixel")
        ->check(CLI::IsMember({16, 32}))
        ->capture_default_str();
    verb->add_flag("--per-beam", r->per_beam, "one file per beam beside the total");
    char const* const let = "LET and relative biological effectiveness";
    verb->add_option("--rbe", r->weighting.model,
                     "also the dose weighted with this model, named in the file; variable ones need a result "
                     "calculated with --let protons")
        ->check(CLI::IsMember({"constant", "mcnamara", "wedenberg", "carabe"}))
        ->group(let);
    verb->add_option("--alpha-beta", r->weighting.alpha_beta,
                     "alpha/beta in Gy of all tissue (3) or of a structure (Brainstem=2); repeat; no default")
        ->group(let);
    verb->add_option("--fractions", *fractions, "fractions of the course (default: those of the result)")
        ->check(within(1.0, 200.0))
        ->group(let);
    verb->add_flag("--let", r->let, "also LETd and LETt as volumes (NRRD beside RTDOSE)")->group(let);
    verb->add_flag(
            "--let-rtdose", r->let_as_rtdose,
            "also LETd as an RTDOSE with units RELATIVE, for systems that show nothing else; its values are "
            "keV/um, no dose")
        ->group(let);
}

void add_report(App& app) {
    auto const r = std::make_shared<ReportRequest>();
    auto const folder = std::make_shared<std::string>();
    auto const output = std::make_shared<std::string>();
    auto* const verb =
        app.add_verb(app.root(), "report", "Make the HTML report of a result anew.",
                     "  beamwright report demo-case\n  beamwright report demo-case --output dose.html",
                     [&app, r, folder, output] {
                         r->case_folder = *folder;
                         r->output = *output;
                         auto context = app.job_context("report");
                         auto const path = make_report(*r, context);
                         app.print(Json{{"report", path.string()}}, path.string() + "\n");
                         return done;
                     });
    verb->add_option("case", *folder, "case folder")->required();
    verb->add_option("--name", r->result_name, "name of the result folder")->capture_default_str();
    verb->add_option("--output", *output, "where to write it (default: report.html beside the result)");
}

} // namespace

void add_case_verbs(App& app) {
    add_inspect(app);
    add_import(app);
    add_export(app);
    add_report(app);
}

} // namespace beamwright::cli
