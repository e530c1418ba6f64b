#include "evaluate/biology/weighted_dose.hpp"
#include "core/parallel.hpp"
#include "core/refusal.hpp"
#include <fmt/format.h>
#include <span>

namespace beamwright {

namespace {

constexpr double least_alpha_beta_Gy = 0.5, most_alpha_beta_Gy = 30;

void check_ratio(std::string const& where, double alpha_beta_Gy) {
    if (alpha_beta_Gy >= least_alpha_beta_Gy && alpha_beta_Gy <= most_alpha_beta_Gy) {
        return;
    }
    refuse(fmt::format("alpha/beta of {} is {:g} Gy", where, alpha_beta_Gy),
           fmt::format("the models hold from {:g} to {:g} Gy", least_alpha_beta_Gy, most_alpha_beta_Gy),
           "state the alpha/beta of the tissue for photons, for example 2 Gy for late and 10 Gy for early "
           "responding tissue");
}

void check(Volume<float> const& dose, Volume<float> const& let, WeightingRequest const& request) {
    if (request.fractions < 1) {
        refuse(fmt::format("{} fractions", request.fractions), "the RBE depends on the dose per fraction",
               "state the number of fractions, 1 or more");
    }
    if (request.model == RbeModel::constant) {
        return;
    }
    check_ratio("tissue without a value of its own", request.alpha_beta_Gy);
    for (auto const& tissue : request.tissues) {
        check_ratio("'" + tissue.structure + "'", tissue.alpha_beta_Gy);
        if (tissue.weights.size() != dose.values.size()) {
            refuse(fmt::format("the mask of '{}' is on another grid than the dose", tissue.structure),
                   fmt::format("{} voxels against {}", tissue.weights.size(), dose.values.size()),
                   "make it on the grid of the dose");
        }
    }
    if (!(dose.grid == let.grid)) {
        refuse("dose and LET are on different grids", "they must come from the same run",
               "calculate the dose with --let");
    }
}

std::string model_text(RbeModel model) {
    switch (model) {
    case RbeModel::mcnamara:
        return "McNamara 2015";
    case RbeModel::wedenberg:
        return "Wedenberg 2013";
    case RbeModel::carabe:
        return "Carabe 2012";
    case RbeModel::constant:
        break;
    }
    return "constant 1.1";
}

} // namespace

std::string name_of(WeightingRequest const& request) {
    auto name = fmt::format("RBE-weighted dose, {}", model_text(request.model));
    if (request.model == RbeModel::constant) {
        return name;
    }
    name += fmt::format(", alpha/beta {:g} Gy", request.alpha_beta_Gy);
    for (auto const& tissue : request.tissues) {
        name += fmt::format(", {} {:g} Gy", tissue.structure, tissue.alpha_beta_Gy);
    }
    return name + fmt::format(", {} fractions", request.fractions);
}

RbeModel rbe_model_named(std::string const& name) {
    for (auto const& [word, model] : {std::pair{"constant", RbeModel::constant},
                                      {"mcnamara", RbeModel::mcnamara},
                                      {"wedenberg", RbeModel::wedenberg},
                                      {"carabe", RbeModel::carabe}}) {
        if (name == word) {
            return model;
        }
    }
    refuse(fmt::format("there is no RBE model '{}'", name), "known: constant, mcnamara, wedenberg, carabe",
           "name one of them");
}

Volume<float> weighted_dose_Gy(Volume<float> const& dose_Gy, Volume<float> const& let_keV_per_um,
                               WeightingRequest const& request) {
    check(dose_Gy, let_keV_per_um, request);
    Volume<float> weighted(dose_Gy.grid);
    parallel_ranges(dose_Gy.values.size(), 4096, [&](std::size_t first, std::size_t last) {
        for (std::size_t voxel = first; voxel < last; ++voxel) {
            double const dose = dose_Gy.values[voxel];
            if (!(dose > 0)) {
                continue;
            }
            double ratio_Gy = request.alpha_beta_Gy;
            for (auto const& tissue : request.tissues) {
                ratio_Gy = tissue.weights[voxel] >= 0.5F ? tissue.alpha_beta_Gy : ratio_Gy;
            }
            double const let = request.model == RbeModel::constant ? 0 : let_keV_per_um.values[voxel];
            weighted.values[voxel] =
                static_cast<float>(dose * proton_rbe(request.model, dose / request.fractions, let, ratio_Gy));
        }
    });
    return weighted;
}

} // namespace beamwright
