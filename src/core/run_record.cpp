#include "core/run_record.hpp"
#include "core/hash.hpp"
#include "core/version.hpp"
#include <ctime>

namespace beamwright {

namespace {
Json list_of(std::vector<Warning> const& warnings) {
    Json list = Json::array();
    for (auto const& warning : warnings) {
        list.push_back({{"problem", warning.problem}, {"why", warning.why}, {"do", warning.what_to_do}});
    }
    return list;
}
} // namespace

Json to_json(Warnings const& warnings) { return list_of(warnings.all()); }

std::string version() { return BW_VERSION; }

void RunRecord::add_input(std::string role, std::filesystem::path const& file) {
    inputs.push_back({std::move(role), file.filename().string(), sha256_of_file(file)});
}

Json RunRecord::to_json() const {
    Json json;
    json["program"] = "beamwright";
    json["version"] = version();
    json["verb"] = verb;
    json["command"] = command;
    json["seed"] = seed;
    json["target"] = target;
    json["inputs"] = Json::array();
    for (auto const& input : inputs) {
        json["inputs"].push_back({{"role", input.role}, {"name", input.name}, {"sha256", input.sha256}});
    }
    json["wall_s"] = wall_s;
    json["cpu_s"] = cpu_s;
    json["warnings"] = list_of(warnings);
    for (auto const& [key, value] : details.items()) {
        json[key] = value;
    }
    return json;
}

double process_cpu_s() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

} // namespace beamwright
