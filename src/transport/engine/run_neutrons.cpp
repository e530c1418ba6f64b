// Compiled once per instruction set: BW_TARGET names it (style T9).
#include "transport/engine/run_neutrons.hpp"

namespace beamwright {
inline namespace BW_TARGET {

void run_neutrons(NeutronWork const& work, std::int64_t first, std::int64_t last, NeutronBook& book) {
    NeutronHistory const run{.source = work.source,
                             .neutrons = {work.media, {work.score}, work.method},
                             .photons = {work.media, {work.score}, work.method},
                             .per_MeV = work.per_MeV};
    NeutralStack stack;
    for (std::int64_t history = first; history < last; ++history) {
        run(history, stack, book);
    }
}

} // namespace BW_TARGET
} // namespace beamwright
