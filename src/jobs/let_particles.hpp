/// --let: whose LET is scored.
#pragma once
#include "core/refusal.hpp"
#include "transport/step/score_view.hpp"
#include <fmt/format.h>
#include <string>
#include <utility>

namespace beamwright {

/// "" = none. \throws Refusal for an unknown word
inline LetParticles let_particles_named(std::string const& name) {
    for (auto const& [word, particles] : {std::pair{"", LetParticles::none},
                                          {"primaries", LetParticles::primaries},
                                          {"protons", LetParticles::protons},
                                          {"hydrogen", LetParticles::hydrogen},
                                          {"helium", LetParticles::helium}}) {
        if (name == word) {
            return particles;
        }
    }
    refuse(fmt::format("--let '{}' is not known", name), "it says whose LET is scored",
           "name primaries, protons, hydrogen (Z = 1) or helium (Z = 1 and 2)");
}

} // namespace beamwright
