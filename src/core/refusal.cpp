#include "core/refusal.hpp"
#include <algorithm>

namespace beamwright {

Refusal::Refusal(std::string problem_, std::string why_, std::string what_to_do_)
    : std::runtime_error(problem_), problem(std::move(problem_)), why(std::move(why_)),
      what_to_do(std::move(what_to_do_)) {}

void refuse(std::string problem, std::string why, std::string what_to_do) {
    throw Refusal(std::move(problem), std::move(why), std::move(what_to_do));
}

void Warnings::add(std::string problem, std::string why, std::string what_to_do) {
    Warning warning{std::move(problem), std::move(why), std::move(what_to_do)};
    if (std::find(all_.begin(), all_.end(), warning) == all_.end()) {
        all_.push_back(std::move(warning));
    }
}

} // namespace beamwright
