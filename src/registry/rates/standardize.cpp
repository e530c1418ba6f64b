#include "registry/rates/standardize.hpp"
#include "core/contracts.hpp"

namespace beamwright::registry {

namespace {

/// First year after a group.
int end_of(AgeGroup const& age) { return age.is_open() ? AgeGroup::open : age.high_y + 1; }

} // namespace

std::vector<WeightedAge> common_groups(std::span<AgeCount const> ages, StandardPopulation const& standard) {
    std::vector<WeightedAge> groups;
    WeightedAge now;
    std::size_t i = 0, j = 0;
    auto const take_age = [&] {
        now.cases += ages[i].cases;
        now.person_years += ages[i].person_years;
        now.age.high_y = ages[i].age.high_y;
        ++i;
    };
    auto const take_part = [&] { now.weight += standard.parts[j++].weight; };
    while (i < ages.size() && j < standard.parts.size()) {
        now = {};
        now.age.low_y = ages[i].age.low_y;
        take_age();
        take_part();
        // The side that ends earlier goes on until both end together
        while (end_of(ages[i - 1].age) != end_of(standard.parts[j - 1].age)) {
            if (end_of(ages[i - 1].age) < end_of(standard.parts[j - 1].age)) {
                take_age();
            } else {
                take_part();
            }
        }
        groups.push_back(now);
    }
    BW_ENSURE(i == ages.size() && j == standard.parts.size());
    return groups;
}

WeightedSum crude_sum(std::span<AgeCount const> ages, double cases_unknown_age) {
    double person_years = 0, cases = cases_unknown_age;
    for (auto const& age : ages) {
        person_years += age.person_years;
        cases += age.cases;
    }
    WeightedSum sum;
    sum.add(person_years > 0 ? 1 / person_years : 0, cases);
    return sum;
}

WeightedSum standardized_sum(std::span<WeightedAge const> groups) {
    double weights = 0;
    for (auto const& group : groups) {
        weights += group.weight;
    }
    WeightedSum sum;
    for (auto const& group : groups) {
        if (group.person_years > 0) {
            sum.add(group.weight / weights / group.person_years, group.cases);
        }
    }
    return sum;
}

std::optional<WeightedSum> truncated_sum(std::span<WeightedAge const> groups, int low_y, int high_y) {
    std::size_t first = groups.size(), end = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i].age.low_y == low_y) {
            first = i;
        }
        if (groups[i].age.high_y == high_y) {
            end = i + 1;
        }
    }
    if (first >= end) {
        return std::nullopt;
    }
    return standardized_sum(groups.subspan(first, end - first));
}

std::optional<WeightedSum> cumulative_sum(std::span<AgeCount const> ages, int high_y) {
    WeightedSum sum;
    for (auto const& age : ages) {
        if (age.age.high_y > high_y) {
            return std::nullopt;
        }
        if (age.person_years > 0) {
            sum.add(age.age.width_y() / age.person_years, age.cases);
        }
        if (age.age.high_y == high_y) {
            return sum;
        }
    }
    return std::nullopt;
}

} // namespace beamwright::registry
