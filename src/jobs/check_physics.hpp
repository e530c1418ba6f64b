/// `beamwright check physics`: the validation suite. Each case is run, judged and kept; a report at the end.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright {

struct CheckPhysicsRequest {
    std::filesystem::path reference; ///< folder of the outside sets; empty: cases that need one are NOT RUN
    std::filesystem::path out = "physics-check";
    std::filesystem::path cases;    ///< empty: those that come with the program
    std::vector<int> only;          ///< acceptance numbers; empty: all
    std::vector<std::string> names; ///< of cases; empty: all
    bool fast = false, again = false, list = false;
    double time_s = 0;                 ///< at most this long per case; 0: by histories alone
    std::string target = usual_engine; ///< the engine
    std::uint32_t seed = 1;
    std::string particle = "proton"; ///< or "neutron"
};

struct CheckPhysicsAnswer {
    Json json;
    std::string table;
    bool failed = false; ///< any case
};

/// \throws Refusal, Interrupted (what is finished is kept)
CheckPhysicsAnswer check_physics(CheckPhysicsRequest const& request, JobContext& context);

} // namespace beamwright
