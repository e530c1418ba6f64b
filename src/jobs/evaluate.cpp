#include "jobs/evaluate.hpp"
#include "casefolder/case_folder.hpp"
#include "casefolder/structures_file.hpp"
#include "core/atomic_file.hpp"
#include "core/parallel.hpp"
#include "core/run_record.hpp"
#include "dicom/dose_in.hpp"
#include "dicom/structures_in.hpp"
#include "evaluate/gamma/gamma.hpp"
#include "evaluate/indices/indices.hpp"
#include "jobs/structure_metrics.hpp"
#include "volume/volume_file.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

/// A dose to evaluate, with what its file says about it.
struct NamedDose {
    std::string name;
    Volume<float> dose_Gy;
    std::optional<Volume<float>> sigma_Gy;
    /// volume files hold physical dose: they say so in their notes, or nothing
    DoseType type = DoseType::physical;
    std::string frame_of_reference_uid;
    fs::path result_folder; ///< empty for a file
};

NamedDose read_dose(fs::path const& file, bool accept_effective, Warnings& warnings) {
    NamedDose dose;
    dose.name = file.string();
    if (!DicomFile::looks_like_dicom(file)) {
        dose.dose_Gy = read_volume<float>(file);
        return dose;
    }
    auto object = read_rtdose(file, warnings);
    dose.type = object.type;
    dose.frame_of_reference_uid = object.frame_of_reference_uid;
    if (object.type != DoseType::physical && !(accept_effective && object.type == DoseType::effective)) {
        refuse(fmt::format("'{}' holds {} dose", file.string(), word_of(object.type)),
               "effective dose contains a biological weight (RBE) and is not dose in Gy",
               "pass --accept-effective if that is what you want to evaluate, or export the physical dose");
    }
    dose.dose_Gy = std::move(object.dose_Gy);
    return dose;
}

NamedDose dose_of(EvaluateRequest const& request, Warnings& warnings) {
    if (!request.dose_file.empty()) {
        return read_dose(request.dose_file, request.accept_effective, warnings);
    }
    auto const folder = CaseFolder::open(request.case_folder).result_path(request.result_name);
    if (!fs::exists(folder / "dose.nrrd")) {
        refuse(fmt::format("no result '{}' in '{}'", request.result_name, request.case_folder.string()),
               "its dose.nrrd is missing",
               "calculate it with 'beamwright dose', or name another with --name");
    }
    NamedDose dose;
    dose.name = (folder / "dose.nrrd").string();
    dose.result_folder = folder;
    dose.dose_Gy = read_volume<float>(folder / "dose.nrrd");
    if (fs::exists(folder / "dose_uncertainty.nrrd")) {
        dose.sigma_Gy = read_volume<float>(folder / "dose_uncertainty.nrrd");
    }
    return dose;
}

/// RTSTRUCT or structures.json; the frames of reference must agree where both are stated.
StructureSet structures_of(EvaluateRequest const& request, NamedDose const& dose, Warnings& warnings) {
    if (request.structures_file.empty()) {
        if (request.case_folder.empty()) {
            return {};
        }
        auto const folder = CaseFolder::open(request.case_folder);
        return folder.has_structures() ? folder.structures() : StructureSet{};
    }
    if (!DicomFile::looks_like_dicom(request.structures_file)) {
        return structures_from_json(JsonReader::from_file(request.structures_file));
    }
    auto in = read_structures(request.structures_file, warnings);
    auto const& frame = in.set.frame_of_reference_uid;
    if (!frame.empty() && !dose.frame_of_reference_uid.empty() && frame != dose.frame_of_reference_uid &&
        request.accept_frame_uid != frame) {
        refuse(fmt::format("'{}' belongs to another frame of reference than the dose",
                           request.structures_file.string()),
               fmt::format("structures: {}, dose: {}", frame, dose.frame_of_reference_uid),
               fmt::format("use the structures of this dose, or pass --accept-frame {}", frame));
    }
    return std::move(in.set);
}

std::vector<Structure> chosen(StructureSet const& set, std::vector<std::string> const& names) {
    if (names.empty()) {
        return set.structures;
    }
    std::vector<Structure> picked;
    for (auto const& name : names) {
        structure_named(set, name); // refuses an unknown one
        std::copy_if(set.structures.begin(), set.structures.end(), std::back_inserter(picked),
                     [&](Structure const& s) { return s.name == name; });
    }
    return picked;
}

/// Conformity of the prescribed dose to each target.
void add_conformity(Json& list, Volume<float> const& dose_Gy, std::vector<StructureDvh> const& structures,
                    double prescription_Gy) {
    for (std::size_t i = 0; i < structures.size(); ++i) {
        auto const& type = structures[i].type;
        if (type != "PTV" && type != "CTV" && type != "GTV") {
            continue;
        }
        if (auto const c = conformity(dose_Gy, structures[i].dvh, prescription_Gy)) {
            list[i]["conformity"] = {{"isodose_Gy", prescription_Gy},
                                     {"paddick", c->paddick},
                                     {"rtog", c->rtog},
                                     {"coverage", c->coverage}};
        }
    }
}

/// Turns a physical dose into a weighted one, which is named so from here on. Its statistics are not carried over.
Json weigh_dose(EvaluateRequest const& request, NamedDose& dose, StructureSet const& set,
                StackOptions const& stack, Warnings& warnings) {
    if (dose.type != DoseType::physical) {
        refuse(fmt::format("'{}' is {} already", dose.name, word_of(dose.type)),
               "an RBE is applied to physical dose", "leave --rbe out, or name the physical dose");
    }
    auto weighted = weigh(request.weighting, dose.dose_Gy, dose.result_folder, set, stack, warnings);
    dose.dose_Gy = std::move(weighted.dose_Gy);
    dose.sigma_Gy.reset();
    dose.type = DoseType::effective;
    return weighted.json;
}

double prescription_of(EvaluateRequest const& request) {
    if (request.prescription_Gy > 0 || request.case_folder.empty()) {
        return request.prescription_Gy;
    }
    auto const folder = CaseFolder::open(request.case_folder);
    return folder.description().prescription ? folder.description().prescription->dose_Gy : 0;
}

Json gamma_json(EvaluateRequest const& request, NamedDose const& dose, JobContext& context,
                std::string& table) {
    auto const reference = read_dose(request.reference_dose, request.accept_effective, context.warnings);
    if (reference.type != dose.type) {
        refuse("the two doses are of different kinds",
               fmt::format("'{}' is {}, '{}' is {}", dose.name, word_of(dose.type), reference.name,
                           word_of(reference.type)),
               "compare physical with physical, or effective with effective dose");
    }
    GammaOptions options;
    options.dose_percent = request.dose_difference_percent;
    options.distance_mm = request.distance_mm;
    options.cutoff_percent = request.cutoff_percent;
    options.norm = request.local_gamma ? GammaNorm::local : GammaNorm::global;
    auto const result =
        gamma_of(reference.dose_Gy, dose.dose_Gy, options, context.warnings, context.progress);
    if (!request.gamma_volume.empty()) {
        write_volume(request.gamma_volume, result.gamma, {{"quantity", "gamma; -1 where not judged"}});
    }
    table += fmt::format("gamma {:g} % / {:g} mm ({}, above {:g} %): {:.2f} % of {} voxels pass; mean "
                         "{:.3f}, largest {:.2f}\n",
                         options.dose_percent, options.distance_mm, request.local_gamma ? "local" : "global",
                         options.cutoff_percent, result.pass_percent, result.judged, result.mean_gamma,
                         result.largest_gamma);
    return {
        {"reference", reference.name},          {"dose_difference_percent", options.dose_percent},
        {"distance_mm", options.distance_mm},   {"normalization", request.local_gamma ? "local" : "global"},
        {"norm_dose_Gy", result.norm_dose_Gy},  {"cutoff_percent", options.cutoff_percent},
        {"pass_percent", result.pass_percent},  {"judged_voxels", result.judged},
        {"outside_voxels", result.outside},     {"mean_gamma", result.mean_gamma},
        {"largest_gamma", result.largest_gamma}};
}

} // namespace

EvaluateAnswer evaluate_dose(EvaluateRequest const& request, JobContext& context) {
    ThreadLimit const limit(context.threads);
    expect_model_of_weighting(request.weighting);
    if (request.case_folder.empty() == request.dose_file.empty()) {
        refuse(request.case_folder.empty() ? "nothing to evaluate" : "both a case and a dose file were given",
               "one of them is needed: a case folder, or --dose FILE (with --structures FILE)",
               "see 'beamwright evaluate --help'");
    }
    auto dose = dose_of(request, context.warnings);
    auto const set = structures_of(request, dose, context.warnings);
    DvhOptions options;
    options.part_mm = dvh_part_mm;
    options.stack.end_cap = end_cap_named(request.end_cap);
    EvaluateAnswer answer;
    if (!request.weighting.model.empty()) {
        answer.json["weighting"] = weigh_dose(request, dose, set, options.stack, context.warnings);
        answer.table += answer.json["weighting"]["name"].get<std::string>() + ", in Gy(RBE)\n";
    }
    auto const structures = dvhs(dose.dose_Gy, chosen(set, request.structures), options, context.warnings,
                                 dose.sigma_Gy ? &*dose.sigma_Gy : nullptr);
    double const prescription_Gy = prescription_of(request);
    answer.json["dose"] = dose.name;
    answer.json["dose_type"] = word_of(dose.type);
    answer.json["prescription_Gy"] = prescription_Gy;
    answer.json["structures"] =
        dvh_json(structures, customary_questions(prescription_Gy), dvh_step_Gy(structures));
    if (prescription_Gy > 0) {
        add_conformity(answer.json["structures"], dose.dose_Gy, structures, prescription_Gy);
    }
    if (dose.type == DoseType::effective && request.weighting.model.empty()) {
        answer.table += "effective dose, Gy(RBE) as its file has it\n";
    }
    if (!structures.empty()) {
        answer.table += dvh_table(structures);
    }
    if (!request.dvh_csv.empty()) {
        write_atomically(request.dvh_csv, dvh_csv(structures, dvh_step_Gy(structures)));
    }
    if (!request.reference_dose.empty()) {
        answer.json["gamma"] = gamma_json(request, dose, context, answer.table);
    }
    for (auto const& warning : context.warnings.all()) {
        context.messages.warn(warning);
    }
    answer.json["warnings"] = to_json(context.warnings);
    return answer;
}

} // namespace beamwright
