/// Names of species in files and tables.
#pragma once
#include "transport/step/score_view.hpp"
#include <array>

namespace beamwright {

inline char const* species_name(DoseSpecies species) {
    constexpr std::array<char const*, dose_species_count> names{
        "primary_protons", "secondary_protons", "deuterons", "tritons", "helium", "recoils"};
    return names[static_cast<std::size_t>(species)];
}

} // namespace beamwright
