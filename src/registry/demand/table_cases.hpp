/// New cases a year out of a table of counts, for the demand model.
#pragma once
#include "core/refusal.hpp"
#include "registry/demand/estimate.hpp"
#include "registry/input/count_table.hpp"
#include <optional>

namespace beamwright::registry {

struct TableCasesRequest {
    std::vector<std::string> sites, registries; ///< names or ICD-10 groups, empty: all
    std::optional<int> year;                    ///< only periods that hold this year
    std::optional<double> population; ///< persons the rooms are for; scales by population / person-years
};

struct TableCases {
    Estimate per_year;  ///< with the exact Poisson limits of the counted cases
    double counted = 0; ///< as they stand in the table
    double years = 0;   ///< that the periods cover
    double persons = 0; ///< mean person-years a year of what was counted
    std::string source; ///< words: what was counted
};

/// Cases of all ages, unknown ones too, by year. Rows of both sexes are taken where they stand beside male and
/// female, rows of all sites where no site is named: nothing is counted twice.
/// \throws Refusal if nothing fits, or the table holds no cases
TableCases cases_of_table(CountTable const& table, TableCasesRequest const& request, Warnings& warnings);

} // namespace beamwright::registry
