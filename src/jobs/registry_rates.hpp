/// Job: tables of cases and person-years to rates, trends and comparisons.
#pragma once
#include "core/json.hpp"
#include "jobs/context.hpp"
#include "registry/rates/results.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

struct RegistryRatesRequest {
    std::vector<std::filesystem::path> tables;
    std::string layout = "auto";      ///< "auto", "tidy", "ci5", "canreg5"
    std::filesystem::path population; ///< CanReg5: person-years
    std::filesystem::path site_codes; ///< CI5: what the cancer codes mean
    std::string registry, period;     ///< for layouts that do not say

    bool allow_fractional = false, accept_sites = false, group_sites = false, both_sexes = false;
    std::optional<int> open_from_y;
    std::string count = "cases"; ///< or "deaths": mortality

    std::vector<std::string> standards{"segi_world_1960"}; ///< names or CSV files
    std::vector<std::string> intervals{"gamma"};
    double confidence_percent = 95;
    std::string unknown_age = "redistribute"; ///< or "ignore"

    bool trend = false;
    std::string trend_quantile = "t", zero_years = "drop";
    std::string compare, reference,
        ratio_interval = "lognormal";                  ///< compare: "sex", "registry", "year"; empty = no
    std::string sir_reference, sir_interval = "exact"; ///< a registry; empty = no

    std::filesystem::path rates_csv, ages_csv, comparisons_csv, trends_csv,
        report_file;   ///< empty = not written
    bool json = false; ///< fill `json` (else `table`)
};

struct RegistryRatesAnswer {
    registry::RateTable rates;
    Json json;         ///< docs/formats/registry_rates.schema.json
    std::string table; ///< for a person
};

RegistryRatesAnswer registry_rates(RegistryRatesRequest const& request, JobContext& context);

/// The shipped standard populations: names, titles, sources.
RegistryRatesAnswer list_standards();
/// The built-in list of sites: ICD-10 codes and words.
RegistryRatesAnswer list_sites();

} // namespace beamwright
