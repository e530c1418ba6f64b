/// Job: new cases to treatment rooms; counts people understand; the published planning figures.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

struct RegistryDemandRequest {
    std::string cases;           ///< "N" or "N:LOW:HIGH"; or a table
    std::filesystem::path table; ///< as `registry rates` reads it
    std::vector<std::string> sites, registries;
    std::optional<int> year;
    std::optional<double> population;
    std::vector<std::string> modalities{"xray"}; ///< "xray", "proton", "bnct"
    /// By parameter key: "25", "25:20:30", "proton=25:20:30"
    std::map<std::string, std::vector<std::string>> figures;
    std::vector<std::string> share_of; ///< "irradiated", "proton=new_cases"
    std::uint32_t seed = 1;
    std::filesystem::path report_file; ///< HTML; may be empty
};

struct RegistryCountsRequest {
    double cases = 0;
    std::optional<double> deaths, all_deaths;
    std::optional<int> year; ///< counts its days; without one 365
};

struct RegistryAnswer {
    Json json;
    std::string table;
};

RegistryAnswer registry_demand(RegistryDemandRequest const& request, JobContext& context);
RegistryAnswer registry_counts(RegistryCountsRequest const& request);
RegistryAnswer registry_figures();

} // namespace beamwright
