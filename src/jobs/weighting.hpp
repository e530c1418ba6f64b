/// RBE-weighted dose of a result, for evaluation.
#pragma once
#include "casefolder/structures_file.hpp"
#include "core/json.hpp"
#include "core/refusal.hpp"
#include "evaluate/biology/weighted_dose.hpp"
#include "patient/masks.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// As a person asks for it.
struct WeightingWords {
    std::string model;                   ///< constant, mcnamara, wedenberg, carabe; empty = physical dose
    std::vector<std::string> alpha_beta; ///< "3" for all tissue, "Brainstem=2" for a structure; Gy
    std::optional<int> fractions;        ///< empty = those of the result
    std::filesystem::path let_file;      ///< empty = let_d.nrrd of the result
    std::filesystem::path volume;        ///< where to write the weighted dose; empty = nowhere
};

struct WeightedDose {
    Volume<float> dose_Gy; ///< Gy(RBE) of the course
    std::string name;
    Json json; ///< model, alpha/beta, fractions, share of voxels beyond the models' data
};

/// Refuses what has no effect where no model is named. \throws Refusal
void expect_model_of_weighting(WeightingWords const& words);

/// \param result_folder of the dose, empty for a dose file. \throws Refusal
WeightedDose weigh(WeightingWords const& words, Volume<float> const& dose_Gy,
                   std::filesystem::path const& result_folder, StructureSet const& structures,
                   StackOptions const& stack, Warnings& warnings);

} // namespace beamwright
