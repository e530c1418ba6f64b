#include "evaluate/biology/capture_sets.hpp"
#include "core/data_files.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace beamwright {

namespace {

constexpr char const* weights_format = "beamwright capture weights 1";
constexpr char const* isoeffective_format = "beamwright photon isoeffective 1";

template <class Set> void read_head(JsonReader const& json, char const* format, Set& set) {
    json.allow_only({"format", "name", "description", "trust", "sources", "tissues"});
    if (json["format"].text() != format) {
        json["format"].refuse_here(fmt::format("is '{}'", json["format"].text()),
                                   fmt::format("this program reads '{}'", format), "name the right file");
    }
    set.name = json["name"].text();
    set.description = json["description"].text();
    set.trust = json["trust"].text();
    for (auto const& source : json["sources"].items()) {
        set.sources.push_back(source.text());
    }
    if (set.sources.empty()) {
        json["sources"].refuse_here("is empty", "parameters without a source cannot be checked by anybody",
                                    "name the paper or the file that they come from");
    }
}

template <class Set> void check_tissues(JsonReader const& json, Set const& set) {
    if (set.tissues.empty()) {
        json["tissues"].refuse_here("is empty", "a set gives parameters for tissues",
                                    "list one tissue at least");
    }
    for (auto tissue = set.tissues.begin(); tissue != set.tissues.end(); ++tissue) {
        auto const same = [&](auto const& other) { return other.tissue == tissue->tissue; };
        if (std::any_of(set.tissues.begin(), tissue, same)) {
            json["tissues"].refuse_here(fmt::format("has '{}' twice", tissue->tissue),
                                        "which of the two holds cannot be known", "keep one of them");
        }
    }
}

PerComponent<double> read_components(JsonReader const& json, double least, double most) {
    json.allow_only({"boron", "nitrogen", "fast", "photon"});
    return {json["boron"].number_in(least, most), json["nitrogen"].number_in(least, most),
            json["fast"].number_in(least, most), json["photon"].number_in(least, most)};
}

CaptureWeights read_weights(JsonReader const& json) {
    json.allow_only({"tissue", "weights", "source"});
    return {json["tissue"].text(), read_components(json["weights"], 0, 100), json["source"].text()};
}

IsoeffectiveParameters read_parameters(JsonReader const& json) {
    json.allow_only({"tissue", "alpha_per_Gy", "beta_per_Gy2", "fast_repair_min", "slow_repair_min",
                     "fast_share_photon", "fast_share_capture", "reference_minutes", "source", "note"});
    IsoeffectiveParameters tissue;
    tissue.tissue = json["tissue"].text();
    tissue.alpha_per_Gy = read_components(json["alpha_per_Gy"], 0, 1000);
    tissue.beta_per_Gy2 = read_components(json["beta_per_Gy2"], 0, 1000);
    if (!(tissue.alpha_per_Gy.photon > 0)) {
        json["alpha_per_Gy"]["photon"].refuse_here("is 0", "the dose of equal effect is found with it",
                                                   "give alpha of the reference photons");
    }
    tissue.fast_repair_min = json["fast_repair_min"].number_in(0.1, 1e5);
    tissue.slow_repair_min = json["slow_repair_min"].number_in(0.1, 1e5);
    tissue.fast_share_photon = json["fast_share_photon"].number_in(0, 1);
    tissue.fast_share_capture = json["fast_share_capture"].number_in(0, 1);
    tissue.reference_minutes = json["reference_minutes"].number_in(0.01, 1e5);
    tissue.source = json["source"].text();
    tissue.note = json.text_or("note", "");
    return tissue;
}

template <class Set> auto const& tissue_of(Set const& set, std::string const& tissue) {
    std::vector<std::string> names;
    for (auto const& candidate : set.tissues) {
        if (candidate.tissue == tissue) {
            return candidate;
        }
        names.push_back(candidate.tissue);
    }
    refuse(fmt::format("the set '{}' has no tissue '{}'", set.name, tissue),
           fmt::format("it has: {}", fmt::join(names, ", ")), "name one of them, or another set");
}

} // namespace

CaptureWeightSet capture_weights_from_json(JsonReader const& json) {
    CaptureWeightSet set;
    read_head(json, weights_format, set);
    for (auto const& tissue : json["tissues"].items()) {
        set.tissues.push_back(read_weights(tissue));
    }
    check_tissues(json, set);
    return set;
}

IsoeffectiveSet isoeffective_set_from_json(JsonReader const& json) {
    IsoeffectiveSet set;
    read_head(json, isoeffective_format, set);
    for (auto const& tissue : json["tissues"].items()) {
        set.tissues.push_back(read_parameters(tissue));
    }
    check_tissues(json, set);
    return set;
}

CaptureWeightSet find_capture_weights(std::string const& name_or_path) {
    return capture_weights_from_json(JsonReader::from_file(find_data_file("capture_weights", name_or_path)));
}

IsoeffectiveSet find_isoeffective_set(std::string const& name_or_path) {
    return isoeffective_set_from_json(
        JsonReader::from_file(find_data_file("photon_isoeffective", name_or_path)));
}

CaptureWeights const& weights_of(CaptureWeightSet const& set, std::string const& tissue) {
    return tissue_of(set, tissue);
}

IsoeffectiveParameters const& parameters_of(IsoeffectiveSet const& set, std::string const& tissue) {
    return tissue_of(set, tissue);
}

IsoeffectiveTissue<double> isoeffective_tissue(IsoeffectiveParameters const& parameters,
                                               Irradiation const& irradiation) {
    IsoeffectiveTissue<double> tissue;
    auto const& beta = parameters.beta_per_Gy2;
    tissue.alpha_per_Gy = parameters.alpha_per_Gy;
    tissue.root_beta_per_Gy = {std::sqrt(beta.boron), std::sqrt(beta.nitrogen), std::sqrt(beta.fast),
                               std::sqrt(beta.photon)};
    tissue.fast_share_photon = parameters.fast_share_photon;
    tissue.fast_share_capture = parameters.fast_share_capture;
    tissue.fast = repair_factors(irradiation, parameters.fast_repair_min);
    tissue.slow = repair_factors(irradiation, parameters.slow_repair_min);
    double const fast = steady_repair_factor(parameters.fast_repair_min, parameters.reference_minutes);
    double const slow = steady_repair_factor(parameters.slow_repair_min, parameters.reference_minutes);
    tissue.reference_beta_per_Gy2 = beta.photon * (slow + parameters.fast_share_photon * (fast - slow));
    return tissue;
}

} // namespace beamwright
