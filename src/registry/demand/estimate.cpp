#include "registry/demand/estimate.hpp"
#include "core/text.hpp"
#include "lanes/math.hpp"
#include "registry/rates/intervals.hpp"
#include <algorithm>

namespace beamwright::registry {

Estimate parse_estimate(std::string_view text, std::string const& what, double least, double most) {
    auto const words = split_at(text, ':');
    Estimate estimate;
    double* const parts[3] = {&estimate.value, &estimate.low, &estimate.high};
    for (std::size_t i = 0; i < words.size() && i < 3; ++i) {
        auto const number = number_in_text(words[i]);
        if (!number) {
            refuse(fmt::format("{} '{}': '{}' is no number", what, text, words[i]),
                   "a figure is one number, or value:low:high with its 95 % interval",
                   fmt::format("write it like {} 0.5 or {} 0.5:0.45:0.55", what, what));
        }
        *parts[i] = *number;
    }
    if (words.size() != 1 && words.size() != 3) {
        refuse(fmt::format("{} '{}' has {} numbers", what, text, words.size()),
               "a figure is one number, or value:low:high with its 95 % interval",
               fmt::format("write it like {} 0.5 or {} 0.5:0.45:0.55", what, what));
    }
    if (words.size() == 1) {
        estimate.low = estimate.high = estimate.value;
    }
    check_estimate(estimate, what, least, most);
    return estimate;
}

void check_estimate(Estimate const& estimate, std::string const& what, double least, double most) {
    for (double const part : {estimate.value, estimate.low, estimate.high}) {
        if (!(part >= least && part <= most)) {
            refuse(fmt::format("{} is {}", what, part),
                   fmt::format("this figure lies between {} and {}", least, most),
                   "check the number and its unit; a share is written 0.145, not 14.5");
        }
    }
    if (!(estimate.low <= estimate.value && estimate.value <= estimate.high)) {
        refuse(fmt::format("{} is {} with the interval {} to {}", what, estimate.value, estimate.low,
                           estimate.high),
               "the interval does not hold the value", "write value:low:high, for example 0.5:0.45:0.55");
    }
    if (estimate.has_interval() && estimate.low <= 0) {
        refuse(fmt::format("{} has an interval from {}", what, estimate.low),
               "the spread is taken on a logarithmic scale, which does not reach 0",
               "give the smallest figure that you hold possible, for example 0.001");
    }
}

double at_normal(Estimate const& estimate, double z, double cut) {
    double const end = z < 0 ? estimate.low : estimate.high;
    if (end == estimate.value) {
        return estimate.value;
    }
    double const s = log(end / estimate.value) / (z < 0 ? -normal_975 : normal_975);
    return std::min(estimate.value * exp(std::clamp(z * s, -300.0, 300.0)), cut);
}

Estimate poisson_count(double cases) {
    auto const limits = count_limits(cases, CountMethod::exact, 0.95);
    return {cases, limits.lower, limits.upper};
}

} // namespace beamwright::registry
