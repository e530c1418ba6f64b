/// Cases and person-years by registry, sex, site, period and age: what every layout is read into.
#pragma once
#include "registry/input/age_group.hpp"
#include <string>
#include <vector>

namespace beamwright::registry {

/// Counts of one age group.
struct AgeCount {
    AgeGroup age;
    double cases = 0, person_years = 0, deaths = 0;
};

/// Sums over all ages, unknown ones too, for the indicators of quality.
struct BasisCounts {
    double microscopic = 0, death_certificate_only = 0, clinical = 0, unknown = 0;
};

/// What the rows stand for.
struct Stratum {
    std::string registry;
    std::string sex;                   ///< "male", "female", "both"
    std::string site;                  ///< words: "Trachea, bronchus and lung"
    std::string icd10;                 ///< "C33-C34"; empty where the site is not of the built-in list
    std::string period;                ///< "2012", "2013-2017", or empty
    int first_year = 0, last_year = 0; ///< 0 = no year given

    friend bool operator==(Stratum const&, Stratum const&) = default;
};

/// One registry, sex, site and period. The groups start at age 0, follow each other and end with an open one.
struct CountStratum {
    Stratum stratum;
    std::vector<AgeCount> ages;
    double cases_unknown_age = 0, deaths_unknown_age = 0;
    BasisCounts basis;
};

/// Which optional columns there were.
struct Columns {
    bool deaths = false, microscopic = false, death_certificate_only = false, clinical = false,
         unknown_basis = false;
};

struct CountTable {
    std::vector<CountStratum> strata; ///< by registry, site, sex, period as first named
    Columns columns;
};

} // namespace beamwright::registry
