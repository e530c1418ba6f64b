#include "transport/schedule/stop_rules.hpp"
#include <fmt/format.h>

namespace beamwright {

void check_stop_rules(StopRules const& stop, std::size_t voxels) {
    if (!stop.histories && !stop.time_s && !stop.uncertainty) {
        refuse("nothing says when the calculation stops", "neither histories, time nor uncertainty is given",
               "state at least one of them");
    }
    if (stop.histories && *stop.histories < 1) {
        refuse(fmt::format("{} histories asked for", *stop.histories), "at least one proton must be followed",
               "state a number of histories above 0");
    }
    if (stop.time_s && !(*stop.time_s > 0)) {
        refuse(fmt::format("a time of {:g} s asked for", *stop.time_s), "a calculation takes time",
               "state a time above 0");
    }
    if (!stop.uncertainty) {
        return;
    }
    auto const& rule = *stop.uncertainty;
    if (!(rule.target > 0)) {
        refuse(fmt::format("an uncertainty of {:g} asked for", rule.target),
               "no finite number of histories reaches it", "state an uncertainty above 0, for example 0.01");
    }
    if (rule.weights.empty()) {
        return;
    }
    if (rule.weights.size() != voxels) {
        refuse(fmt::format("the structure '{}' for the uncertainty is on another grid", rule.where),
               fmt::format("it has {} voxels, the dose grid {}", rule.weights.size(), voxels),
               "make the mask on the dose grid");
    }
    bool any = false;
    for (auto const weight : rule.weights) {
        any = any || weight > 0;
    }
    if (!any) {
        refuse(
            fmt::format("the structure '{}' for the uncertainty holds no voxel of the dose grid", rule.where),
            "its mask is empty there", "name a structure inside the grid, or leave it out");
    }
}

std::string to_string(StopReason reason) {
    switch (reason) {
    case StopReason::histories:
        return "histories";
    case StopReason::time:
        return "time";
    case StopReason::uncertainty:
        return "uncertainty";
    }
    return "unknown";
}

void warn_of_one_batch(std::int64_t batches, Warnings& warnings) {
    if (batches < 2) {
        warnings.add("the uncertainty is not known",
                     "it comes from the differences between batches, and the run ended after one; volumes of "
                     "uncertainty hold 0",
                     "follow more histories");
    }
}

} // namespace beamwright
