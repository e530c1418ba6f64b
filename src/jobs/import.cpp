#include "jobs/import.hpp"
#include "casefolder/case_folder.hpp"
#include "dicom/ct_in.hpp"
#include "dicom/fit.hpp"
#include "dicom/plan_in.hpp"
#include "dicom/structures_in.hpp"
#include "jobs/outside_body.hpp"
#include "machine/model/machine_json.hpp"
#include "patient/calibration.hpp"
#include "volume/volume_file.hpp"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <unistd.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

struct FoundFiles {
    std::vector<fs::path> ct, structures, plans, doses;
};

/// Sorts the files by what they hold. A file that the user named must be of use; what lies in a folder may be anything.
FoundFiles sort_files(std::vector<fs::path> const& inputs, Warnings& warnings) {
    FoundFiles found;
    std::size_t passed_over = 0;
    for (auto const& path : files_under(inputs)) {
        bool const named = std::find(inputs.begin(), inputs.end(), path) != inputs.end();
        if (!named && !DicomFile::looks_like_dicom(path)) {
            ++passed_over;
            continue;
        }
        auto const file = DicomFile::open(path, warnings, DicomExtent::without_pixels);
        switch (file.kind()) {
        case DicomKind::ct:
        case DicomKind::enhanced_ct:
            found.ct.push_back(path);
            break;
        case DicomKind::structures:
            found.structures.push_back(path);
            break;
        case DicomKind::ion_plan:
        case DicomKind::photon_plan:
            found.plans.push_back(path);
            break;
        case DicomKind::dose:
            found.doses.push_back(path);
            break;
        case DicomKind::pet:
        case DicomKind::other:
            if (named) {
                refuse(fmt::format("'{}' is no CT, RTSTRUCT or RT Ion Plan", path.string()),
                       fmt::format("it holds {}", file.sop_class_name()),
                       "name the files of the treatment plan");
            }
            ++passed_over;
            break;
        }
    }
    if (passed_over > 0) {
        warnings.add(fmt::format("{} files were passed over", passed_over),
                     "they hold no CT, RTSTRUCT, RT Ion Plan or RTDOSE");
    }
    if (!found.doses.empty()) {
        warnings.add(fmt::format("{} RTDOSE files were passed over", found.doses.size()),
                     "a case holds the inputs of a calculation", "compare with 'evaluate --gamma-against'");
    }
    return found;
}

void expect_at_most_one(std::vector<fs::path> const& files, std::string const& what) {
    if (files.size() > 1) {
        std::vector<std::string> names;
        names.reserve(files.size());
        for (auto const& file : files) {
            names.push_back(file.string());
        }
        refuse(fmt::format("{} {} objects were found", files.size(), what),
               fmt::format("{}", fmt::join(names, ", ")),
               "name the CT folder and the one file that belongs to it");
    }
}

DicomSource source_of(CtSeries const& ct) {
    DicomSource source;
    source.patient_name = ct.patient.patient_name;
    source.patient_id = ct.patient.patient_id;
    source.patient_birth_date = ct.patient.birth_date;
    source.patient_sex = ct.patient.sex;
    source.study_instance_uid = ct.patient.study_uid;
    source.study_id = ct.patient.study_id;
    source.study_date = ct.patient.study_date;
    source.study_time = ct.patient.study_time;
    source.accession_number = ct.patient.accession_number;
    source.referring_physician_name = ct.patient.referring_physician;
    source.frame_of_reference_uid = ct.frame_of_reference_uid;
    source.ct_series_instance_uid = ct.series.series_uid;
    source.ct_manufacturer = ct.series.manufacturer;
    source.ct_model = ct.series.model;
    return source;
}

/// "SPR" or "RSP" as a word of its own, as dual-energy maps are called.
bool names_stopping_power(std::string const& description) {
    auto const is_letter = [&](std::size_t i) {
        return i < description.size() && std::isalpha(static_cast<unsigned char>(description[i])) != 0;
    };
    for (std::size_t i = 0; i + 3 <= description.size(); ++i) {
        std::string word = description.substr(i, 3);
        std::transform(word.begin(), word.end(), word.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        if ((word == "SPR" || word == "RSP") && !is_letter(i + 3) && (i == 0 || !is_letter(i - 1))) {
            return true;
        }
    }
    return false;
}

/// A named file is kept by its whole path, so that the case works from any folder.
std::string kept_name(std::string const& name_or_path) {
    std::error_code failed;
    return fs::is_regular_file(name_or_path, failed) || fs::is_directory(name_or_path, failed)
               ? fs::absolute(name_or_path).lexically_normal().string()
               : name_or_path;
}

/// The calibration that the user named or the scanner maps to; empty: asked for by `dose`.
std::string chosen_calibration(std::string const& asked, CtSeries const& ct, Warnings& warnings) {
    if (!asked.empty()) {
        find_calibration(asked);
        return kept_name(asked);
    }
    try {
        return calibration_for({}, {ct.series.manufacturer, ct.series.model, 0}).name;
    } catch (Refusal const& refusal) {
        warnings.add("no CT calibration is chosen yet", refusal.why,
                     "name one now or at 'dose' with --calibration");
        return {};
    }
}

/// Says so when the images look like a stopping power map but are to be read as CT numbers.
void warn_of_stopping_power_map(CtSeries const& ct, std::string const& calibration, Warnings& warnings) {
    auto const& description = ct.series.series_description;
    if (calibration == "spr_map" || !names_stopping_power(description)) {
        return;
    }
    warnings.add(
        fmt::format("the images are described as '{}', and {}", description,
                    calibration.empty() ? "no calibration is chosen"
                                        : fmt::format("calibration '{}' is chosen", calibration)),
        "a stopping power map holds (RSP - 1) x 1000, not CT numbers; read as CT numbers, ranges would be "
        "wrong",
        "pass --calibration spr_map if it is such a map");
}

std::string chosen_machine(ImportRequest const& request, Plan const& plan, Warnings& warnings) {
    auto const& asked = request.machine;
    if (!asked.empty()) {
        find_machine(asked, machine_file_options(request.virtual_source, request.optics_plane_mm));
        return kept_name(asked);
    }
    std::vector<std::string> names;
    for (auto const& beam : plan.beams) {
        names.push_back(beam.machine_name);
    }
    try {
        return machine_for_plan(names, {}).name;
    } catch (Refusal const& refusal) {
        warnings.add("no machine is chosen yet", refusal.problem + "; " + refusal.why,
                     "name one now or at 'dose' with --machine");
        return {};
    }
}

struct Imported {
    CtSeries ct;
    std::optional<StructuresIn> structures;
    std::optional<Plan> plan;
    CaseDescription description;
};

Imported read_all(ImportRequest const& request, FoundFiles const& found, JobContext& context) {
    Imported in;
    auto& warnings = context.warnings;
    in.ct = read_ct(found.ct, {request.series_uid, request.resample_slices}, warnings);
    FitOptions const fit{request.accept_frame_uid, request.crop_structures};
    in.description.source = source_of(in.ct);
    if (!found.structures.empty()) {
        in.structures = read_structures(found.structures.front(), warnings);
        check_structures_fit_ct(*in.structures, in.ct, fit, warnings);
        in.description.source.structure_set_sop_instance_uid = in.structures->sop_instance_uid;
    }
    if (!found.plans.empty()) {
        auto const file = DicomFile::open(found.plans.front(), warnings);
        in.plan = fitted_to_ct(read_ion_plan(file, {request.patient_position, request.fraction_group}),
                               read_patient_study(file), in.ct, in.structures ? &*in.structures : nullptr,
                               fit, warnings);
        in.description.source.plan_sop_instance_uid = in.plan->sop_instance_uid;
        in.description.machine = chosen_machine(request, *in.plan, warnings);
        in.description.virtual_source = request.virtual_source;
        in.description.optics_plane_mm = request.optics_plane_mm;
    }
    if (!request.couch.empty()) {
        in.description.outside_body =
            outside_body_from(request.couch, in.structures ? in.structures->set : StructureSet{});
    }
    in.description.calibration = chosen_calibration(request.calibration, in.ct, warnings);
    warn_of_stopping_power_map(in.ct, in.description.calibration, warnings);
    in.description.label = request.label.empty()
                               ? fs::absolute(request.case_folder).lexically_normal().filename().string()
                               : request.label;
    in.description.structures_file = in.structures ? "structures.json" : "";
    in.description.plan_file = in.plan ? "plan.json" : "";
    return in;
}

/// Writes the case beside its place and moves it there in one step.
void write_case(ImportRequest const& request, Imported const& in) {
    auto const target = fs::absolute(request.case_folder).lexically_normal();
    auto const stage =
        target.parent_path() / fmt::format(".{}.import{}", target.filename().string(), ::getpid());
    try {
        auto const made = CaseFolder::create(stage, in.description);
        write_volume(made.ct_path(), in.ct.hu, {{"quantity", "CT number"}, {"units", "HU"}});
        if (in.structures) {
            made.write_structures(in.structures->set);
        }
        if (in.plan) {
            made.write_plan(*in.plan);
        }
        auto const old =
            target.parent_path() / fmt::format(".{}.old{}", target.filename().string(), ::getpid());
        bool const replaces = fs::exists(target);
        if (replaces) {
            fs::rename(target, old);
        }
        fs::rename(stage, target);
        if (replaces) {
            fs::remove_all(old);
        }
    } catch (fs::filesystem_error const& error) {
        std::error_code ignored;
        fs::remove_all(stage, ignored);
        refuse(fmt::format("cannot make the case '{}'", target.string()), error.code().message(),
               "choose a folder that you may write to");
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(stage, ignored);
        throw;
    }
}

Json summary_of(Imported const& in) {
    auto const& grid = in.ct.hu.grid;
    std::string text = fmt::format("CT: {} x {} x {} voxels of {:.4g} x {:.4g} x {:.4g} mm, {} slices\n",
                                   grid.size[0], grid.size[1], grid.size[2], grid.spacing_mm.x,
                                   grid.spacing_mm.y, grid.spacing_mm.z, in.ct.instance_uids.size());
    Json json;
    json["ct"] = {{"size", grid.size},
                  {"spacing_mm", {grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z}}};
    json["structures"] = Json::array();
    if (in.structures) {
        for (auto const& structure : in.structures->set.structures) {
            json["structures"].push_back(structure.name);
        }
        text += fmt::format("structures: {}\n", in.structures->set.structures.size());
    }
    json["beams"] = Json::array();
    if (in.plan) {
        for (auto const& beam : in.plan->beams) {
            std::size_t spots = 0;
            for (auto const& layer : beam.layers) {
                spots += layer.spots.size();
            }
            json["beams"].push_back({{"number", beam.number},
                                     {"name", beam.name},
                                     {"layers", beam.layers.size()},
                                     {"spots", spots},
                                     {"meterset_MU", beam.meterset_MU}});
            text += fmt::format("beam {} '{}': {} layers, {} spots, {:.2f} MU, gantry {:g}, couch {:g}\n",
                                beam.number, beam.name, beam.layers.size(), spots, beam.meterset_MU,
                                beam.gantry_deg, beam.couch_deg);
        }
        text += fmt::format("fractions: {}\n", in.plan->fractions);
    }
    json["outside_body"] = outside_body_json(in.description);
    json["calibration"] = in.description.calibration;
    json["machine"] = in.description.machine;
    json["text"] = text;
    return json;
}

} // namespace

ImportAnswer import_case(ImportRequest const& request, JobContext& context) {
    std::error_code failed;
    if (fs::exists(request.case_folder, failed) && !request.replace) {
        refuse(fmt::format("'{}' exists already", request.case_folder.string()),
               "an import makes a new folder",
               "choose another --case, or pass --replace (the results in it are lost)");
    }
    if (request.replace && fs::exists(request.case_folder, failed) &&
        !CaseFolder::is_case(request.case_folder)) {
        refuse(fmt::format("'{}' is not a case folder", request.case_folder.string()),
               "it holds no case.json", "choose another --case; beamwright replaces only what it made");
    }
    context.messages.say("Looking through the files ...");
    auto const found = sort_files(request.inputs, context.warnings);
    if (found.ct.empty()) {
        refuse("no CT was found",
               fmt::format("the inputs hold {} RTSTRUCT, {} plans and {} doses", found.structures.size(),
                           found.plans.size(), found.doses.size()),
               "name the folder with the CT slices too");
    }
    expect_at_most_one(found.structures, "RTSTRUCT");
    expect_at_most_one(found.plans, "plan");
    context.messages.say(fmt::format("Reading {} CT files ...", found.ct.size()));
    auto const in = read_all(request, found, context);
    write_case(request, in);
    for (auto const& warning : context.warnings.all()) {
        context.messages.warn(warning);
    }
    auto summary = summary_of(in);
    summary["case"] = request.case_folder.string();
    summary["warnings"] = to_json(context.warnings);
    return {request.case_folder, summary};
}

} // namespace beamwright
