/// What every job gets beside its request: where to speak, how many threads, when to stop.
#pragma once
#include "core/log.hpp"
#include "core/progress.hpp"
#include "core/refusal.hpp"
#include <atomic>
#include <string>
#include <vector>

namespace beamwright {

/// Of dose, spot and check physics, unless the user names another (transport/engine/run_histories.hpp).
inline constexpr char const* usual_engine = "lanes";

struct JobContext {
    Messages messages;                            ///< silent unless a front end sets it
    ProgressCallback progress;                    ///< may be empty
    Warnings warnings;                            ///< collected on the way, in the record at the end
    std::atomic<bool> const* cancelled = nullptr; ///< set by Ctrl-C
    int threads = 0;                              ///< 0 = all cores
    std::vector<std::string> command;             ///< as typed, for run.json
};

} // namespace beamwright
