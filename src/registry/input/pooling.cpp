#include "registry/input/pooling.hpp"

namespace beamwright::registry {

namespace {

void join(AgeCount& into, AgeCount const& more) {
    into.age.high_y = more.age.high_y;
    into.cases += more.cases;
    into.person_years += more.person_years;
    into.deaths += more.deaths;
}

} // namespace

bool pool_from(std::vector<AgeCount>& ages, int from_y) {
    for (std::size_t i = 0; i < ages.size(); ++i) {
        if (ages[i].age.low_y == from_y) {
            for (std::size_t k = i + 1; k < ages.size(); ++k) {
                join(ages[i], ages[k]);
            }
            ages.resize(i + 1);
            return true;
        }
    }
    // An open group that starts earlier is the best the table has
    return !ages.empty() && ages.back().age.low_y < from_y;
}

bool pool_empty_end(std::vector<AgeCount>& ages) {
    bool joined = false;
    while (ages.size() > 1 && ages.back().person_years <= 0) {
        join(ages[ages.size() - 2], ages.back());
        ages.pop_back();
        joined = true;
    }
    return joined;
}

} // namespace beamwright::registry
