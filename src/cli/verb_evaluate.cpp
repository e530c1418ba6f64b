/// Verb: evaluate.
#include "cli/app.hpp"
#include "cli/options.hpp"
#include "jobs/evaluate.hpp"

namespace beamwright::cli {

void add_evaluate_verb(App& app) {
    auto const r = std::make_shared<EvaluateRequest>();
    struct Paths {
        std::string folder, dose, structures, csv, reference, gamma_map, let, weighted;
        int fractions = 0;
    };
    auto const p = std::make_shared<Paths>();
    auto* const verb = app.add_verb(
        app.root(), "evaluate", "DVHs and dose metrics of structures; 3D gamma against another dose.",
        "  beamwright evaluate demo-case --structure CTV --structure Brainstem\n"
        "  beamwright evaluate --dose RD.dcm --structures RS.dcm --json\n"
        "  beamwright evaluate demo-case --rbe mcnamara --alpha-beta 3 --alpha-beta CTV=10\n"
        "  beamwright evaluate demo-case --gamma-against other_dose.nrrd --difference 2 --distance 2",
        [&app, r, p] {
            r->case_folder = p->folder;
            r->dose_file = p->dose;
            r->structures_file = p->structures;
            r->dvh_csv = p->csv;
            r->reference_dose = p->reference;
            r->gamma_volume = p->gamma_map;
            r->weighting.let_file = p->let;
            r->weighting.volume = p->weighted;
            if (p->fractions > 0) {
                r->weighting.fractions = p->fractions;
            }
            auto context = app.job_context("evaluate");
            auto const answer = evaluate_dose(*r, context);
            app.print(answer.json, answer.table);
            return done;
        });
    verb->add_option("case", p->folder, "case folder (or use --dose and --structures)");
    verb->add_option("--name", r->result_name, "name of the result folder")->capture_default_str();
    char const* const files = "Files instead of a case";
    verb->add_option("--dose", p->dose, "RTDOSE, NRRD, MHA or NIfTI file")->group(files);
    verb->add_option("--structures", p->structures, "RTSTRUCT file")->group(files);
    verb->add_flag("--accept-effective", r->accept_effective,
                   "evaluate a dose of type EFFECTIVE (weighted with an RBE); it is named so in the result")
        ->group(files);
    verb->add_option("--accept-frame", r->accept_frame_uid,
                     "frame of reference UID to accept for the structures")
        ->group(files);
    char const* const dvh = "DVH";
    verb->add_option("--structure", r->structures, "name of a structure; repeat; default: all")->group(dvh);
    verb->add_option("--prescription", r->prescription_Gy, "prescribed dose [Gy], for conformity")
        ->check(within(0.0, 1000.0))
        ->group(dvh);
    verb->add_option("--end-cap", r->end_cap, "how far a structure reaches beyond its end contours")
        ->check(CLI::IsMember({"full_slice", "half_slice", "none"}))
        ->capture_default_str()
        ->group(dvh);
    verb->add_option("--csv", p->csv, "write the DVH curves to this CSV file")->group(dvh);
    char const* const rbe = "Relative biological effectiveness";
    verb->add_option("--rbe", r->weighting.model,
                     "evaluate the dose weighted with this model (variable ones need a dose calculated with "
                     "--let protons)")
        ->check(CLI::IsMember({"constant", "mcnamara", "wedenberg", "carabe"}))
        ->group(rbe);
    verb->add_option("--alpha-beta", r->weighting.alpha_beta,
                     "alpha/beta in Gy of all tissue (3) or of a structure (Brainstem=2); repeat; no default")
        ->group(rbe);
    verb->add_option("--fractions", p->fractions, "fractions of the course (default: those of the result)")
        ->check(within(1.0, 200.0))
        ->group(rbe);
    verb->add_option("--let-file", p->let, "dose-averaged LET in keV/um, for a dose file")->group(rbe);
    verb->add_option("--weighted-volume", p->weighted, "write the weighted dose to this volume file")
        ->group(rbe);
    char const* const gamma = "Gamma";
    verb->add_option("--gamma-against", p->reference, "reference dose file")->group(gamma);
    verb->add_option("--difference", r->dose_difference_percent, "dose difference [%]")
        ->check(within(0.01, 100.0))
        ->capture_default_str()
        ->group(gamma);
    verb->add_option("--distance", r->distance_mm, "distance [mm]")
        ->check(within(0.01, 100.0))
        ->capture_default_str()
        ->group(gamma);
    verb->add_option("--cutoff", r->cutoff_percent,
                     "leave out reference doses below this share of the maximum [%]")
        ->check(within(0.0, 100.0))
        ->capture_default_str()
        ->group(gamma);
    verb->add_flag("--local", r->local_gamma, "percent of the local dose instead of the maximum")
        ->group(gamma);
    verb->add_option("--gamma-map", p->gamma_map, "write the gamma values to this volume file")->group(gamma);
}

} // namespace beamwright::cli
