/// What a result came from: the content of run.json.
#pragma once
#include "core/json.hpp"
#include "core/refusal.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace beamwright {

/// Version of the program, "0.1.0".
std::string version();

struct HashedInput {
    std::string role; ///< "ct", "plan", "machine", "table proton_stopping_water", ...
    std::string name; ///< file name without folders
    std::string sha256;
};

struct RunRecord {
    std::string verb;
    std::vector<std::string> command;
    std::uint32_t seed = 0;
    std::string target; ///< lane target: "scalar", ...
    std::vector<HashedInput> inputs;
    std::vector<Warning> warnings;
    double wall_s = 0, cpu_s = 0;
    Json details = Json::object(); ///< what the job adds: histories, stop reason, energy budget, ...

    void add_input(std::string role, std::filesystem::path const& file);
    Json to_json() const;
};

/// [{"problem", "why", "do"}, ...]
Json to_json(Warnings const& warnings);

/// CPU seconds that this process has used, all threads.
double process_cpu_s();

} // namespace beamwright
