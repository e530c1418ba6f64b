/// Warnings as a run finds them: before the transport, and after it.
#pragma once
#include "jobs/context.hpp"

namespace beamwright {

/// Says the warnings from this one on. \returns how many there are by now
inline std::size_t say_warnings(JobContext& context, std::size_t from) {
    auto const& all = context.warnings.all();
    for (std::size_t i = from; i < all.size(); ++i) {
        context.messages.warn(all[i]);
    }
    return all.size();
}

} // namespace beamwright
