/// The loop over histories of a port, compiled once per instruction set and chosen when the program runs.
#pragma once
#include "transport/step/neutron_history.hpp"

namespace beamwright {

/// One batch: all that its histories read, and where they write. Plain data.
struct NeutronWork {
    NeutronSourceView source;
    NeutronMediaView media;
    NeutronScoreView score;
    NeutronMethod method;
    double per_MeV = 1; ///< fixed point of the book
};

/// Runs histories [first, last) and adds to the tallies; energies and counts go to `book`.
using RunNeutrons = void (*)(NeutronWork const& work, std::int64_t first, std::int64_t last,
                             NeutronBook& book);

/// The fastest build that this processor runs. All give the same bits.
RunNeutrons run_neutrons_here();
/// The build for any processor.
RunNeutrons run_neutrons_baseline();

} // namespace beamwright
