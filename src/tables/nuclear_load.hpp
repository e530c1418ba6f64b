/// The shipped nuclear data as they lie in the file. Used by nuclear_tables.cpp only.
#pragma once
#include "tables/nuclear_view.hpp"
#include <string>
#include <vector>

namespace beamwright {

struct NuclearData {
    std::vector<NuclearTarget> targets; ///< Z = 1, 2, 3, ... without a gap
    std::vector<double> atomic_weights; ///< by target, g/mol
    std::vector<NuclearNode> nodes;
    std::vector<NuclearChannel> channels;
    std::vector<double> spectra;
    std::vector<std::int16_t> cosines;
    std::vector<NuclearElasticNode> elastic_nodes;
    std::vector<float> elastic_cosines;
    std::vector<float> nonelastic_barn, elastic_barn; ///< [target][grid point]
    std::string sha256;
};

/// Reads and checks data/tables/proton_nuclear.{json,bin}. \throws Refusal if missing or damaged.
NuclearData load_nuclear_data();

} // namespace beamwright
