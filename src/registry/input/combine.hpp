/// Series added up: sites to groups, men and women to both sexes.
#pragma once
#include "registry/input/count_table.hpp"

namespace beamwright::registry {

/// Sites whose ICD-10 code lies in one of the listed groups become that group: cases are added, person-years stay.
/// \throws Refusal where two codes of a group overlap (a case would count twice) or person-years differ
void group_sites(CountTable& table);

/// Adds a series "both" for each registry, site and period that has both sexes (with the same age groups) and none
/// for both yet: cases and person-years are added.
void add_both_sexes(CountTable& table);

} // namespace beamwright::registry
