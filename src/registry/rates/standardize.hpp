/// Directly standardized, truncated and cumulative rates. docs/methods/registry_rates.md sections 1 and 2
#pragma once
#include "registry/input/count_table.hpp"
#include "registry/rates/intervals.hpp"
#include "registry/rates/standard_population.hpp"
#include <optional>
#include <span>
#include <vector>

namespace beamwright::registry {

/// An age group with the standard's weight.
struct WeightedAge {
    AgeGroup age;
    double cases = 0, person_years = 0, weight = 0;
};

/// The groups whose edges table and standard share: cases, person-years and weights are summed into them.
std::vector<WeightedAge> common_groups(std::span<AgeCount const> ages, StandardPopulation const& standard);

/// Cases over person-years (eq. 1), per person-year. `cases_unknown_age` are counted.
WeightedSum crude_sum(std::span<AgeCount const> ages, double cases_unknown_age);

/// eq. 2; groups without person-years (and so without cases) keep their weight and add nothing.
WeightedSum standardized_sum(std::span<WeightedAge const> groups);

/// eq. 3: weights of the ages from `low_y` to `high_y` only. Nothing if the groups have no edges there.
std::optional<WeightedSum> truncated_sum(std::span<WeightedAge const> groups, int low_y, int high_y);

/// eq. 4: years of life times rate, ages 0 to `high_y`. Nothing if the groups have no edge after `high_y`.
std::optional<WeightedSum> cumulative_sum(std::span<AgeCount const> ages, int high_y);

} // namespace beamwright::registry
