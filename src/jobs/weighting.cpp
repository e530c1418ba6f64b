#include "jobs/weighting.hpp"
#include "jobs/dose_setup.hpp"
#include "volume/volume_file.hpp"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace fs = std::filesystem;

namespace {

/// "3" or "Brainstem=2".
TissueRatio ratio_in(std::string const& text) {
    auto const sign = text.rfind('=');
    TissueRatio ratio;
    ratio.structure = sign == std::string::npos ? "" : text.substr(0, sign);
    auto const number = sign == std::string::npos ? text : text.substr(sign + 1);
    auto const [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), ratio.alpha_beta_Gy);
    if (error != std::errc{} || end != number.data() + number.size() || !std::isfinite(ratio.alpha_beta_Gy)) {
        refuse(fmt::format("--alpha-beta '{}' is not understood", text),
               fmt::format("'{}' is no number", number),
               "write --alpha-beta 3 for all tissue, --alpha-beta Brainstem=2 for a structure");
    }
    return ratio;
}

int fractions_of(WeightingWords const& words, fs::path const& result_folder) {
    if (words.fractions) {
        return *words.fractions;
    }
    if (!result_folder.empty()) {
        auto const record = JsonReader::from_file(result_folder / "run.json");
        if (record.has("fractions")) {
            return static_cast<int>(record["fractions"].integer_in(1, 1000));
        }
    }
    refuse("the number of fractions is not known", "RBE depends on the dose per fraction",
           "state it with --fractions");
}

fs::path let_file_of(WeightingWords const& words, fs::path const& result_folder) {
    if (!words.let_file.empty()) {
        return words.let_file;
    }
    auto file = result_folder / "let_d.nrrd";
    if (result_folder.empty() || !fs::exists(file)) {
        refuse("there is no LET for this dose", "a variable RBE needs the dose-averaged LET in each voxel",
               "calculate the dose with --let protons, or name a volume in keV/um with --let-file");
    }
    auto const record = JsonReader::from_file(result_folder / "run.json").raw();
    auto const particles = record.value("settings", Json::object()).value("let", "");
    if (particles != "protons") {
        refuse(fmt::format("the LET of this result is that of '{}'", particles),
               "the RBE models hold for the LET of all protons",
               "calculate the dose with --let protons, or name the volume with --let-file to insist");
    }
    return file;
}

/// Voxels with dose whose LET is beyond the models' data.
double share_beyond(Volume<float> const& dose, Volume<float> const& let) {
    double most = 0, with_dose = 0, beyond = 0;
    for (auto const value : dose.values) {
        most = std::max(most, static_cast<double>(value));
    }
    for (std::size_t v = 0; v < dose.values.size(); ++v) {
        if (dose.values[v] > 0.05 * most) {
            ++with_dose;
            beyond += let.values[v] > largest_fitted_let_keV_per_um ? 1 : 0;
        }
    }
    return with_dose > 0 ? beyond / with_dose : 0;
}

} // namespace

void expect_model_of_weighting(WeightingWords const& words) {
    std::string const word = !words.alpha_beta.empty() ? "--alpha-beta"
                             : words.fractions         ? "--fractions"
                             : !words.let_file.empty() ? "--let-file"
                             : !words.volume.empty()   ? "--weighted-volume"
                                                       : "";
    if (words.model.empty() && !word.empty()) {
        refuse(word + " without --rbe", "it says how the dose is weighted, and no model of RBE is named",
               "add --rbe with a model, or leave it out");
    }
}

WeightedDose weigh(WeightingWords const& words, Volume<float> const& dose_Gy, fs::path const& result_folder,
                   StructureSet const& structures, StackOptions const& stack, Warnings& warnings) {
    WeightingRequest request;
    request.model = rbe_model_named(words.model);
    bool const variable = request.model != RbeModel::constant;
    for (auto const& text : words.alpha_beta) {
        auto ratio = ratio_in(text);
        bool const again =
            ratio.structure.empty()
                ? request.alpha_beta_Gy != 0
                : std::any_of(request.tissues.begin(), request.tissues.end(),
                              [&](TissueRatio const& other) { return other.structure == ratio.structure; });
        if (again) {
            refuse(fmt::format("--alpha-beta '{}' comes second", text),
                   ratio.structure.empty() ? "another value for all tissue was given before"
                                           : "the structure has a value already",
                   "give one value for all tissue and one per structure");
        }
        if (ratio.structure.empty()) {
            request.alpha_beta_Gy = ratio.alpha_beta_Gy;
            continue;
        }
        auto const& structure = structure_named(structures, ratio.structure);
        ratio.weights = dense_mask(structure, dose_Gy.grid, stack, warnings).values;
        request.tissues.push_back(std::move(ratio));
    }
    if (variable && request.alpha_beta_Gy == 0) {
        refuse("no alpha/beta is given", "variable RBE depends on the tissue, and no value fits all",
               "state it in Gy, for example --alpha-beta 3 --alpha-beta CTV=10");
    }
    if (!variable && !words.alpha_beta.empty()) {
        refuse("--alpha-beta has no meaning with a constant RBE", "1.1 is taken for every tissue",
               "leave it out, or name another model");
    }
    Volume<float> let;
    request.fractions = variable ? fractions_of(words, result_folder) : 1;
    if (variable) {
        let = read_volume<float>(let_file_of(words, result_folder));
    }
    WeightedDose weighted{weighted_dose_Gy(dose_Gy, let, request), name_of(request), Json::object()};
    weighted.json = {{"name", weighted.name}, {"model", words.model}, {"unit", "Gy(RBE)"}};
    if (variable) {
        double const beyond = share_beyond(dose_Gy, let);
        weighted.json["fractions"] = request.fractions;
        weighted.json["alpha_beta_Gy"] = request.alpha_beta_Gy;
        weighted.json["alpha_beta_of_structures_Gy"] = Json::object();
        for (auto const& tissue : request.tissues) {
            weighted.json["alpha_beta_of_structures_Gy"][tissue.structure] = tissue.alpha_beta_Gy;
        }
        weighted.json["share_of_voxels_beyond_20_keV_per_um"] = beyond;
        if (beyond > 0) {
            warnings.add(
                fmt::format("{:.2f} % of the voxels above 5 % of the maximum have LETd above {:g} keV/um",
                            100 * beyond, largest_fitted_let_keV_per_um),
                "the RBE models are extrapolated there", "read doses at the end of range with care");
        }
    }
    if (!words.volume.empty()) {
        write_volume(words.volume, weighted.dose_Gy,
                     {{"quantity", weighted.name + ", course"}, {"units", "Gy(RBE)"}});
    }
    return weighted;
}

} // namespace beamwright
