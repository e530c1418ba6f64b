#include "core/log.hpp"
#include <cstdlib>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace beamwright {

namespace {

spdlog::logger& logger() {
    static auto const instance = [] {
        bool const plain = std::getenv("NO_COLOR") != nullptr || !stderr_is_terminal();
        auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
            plain ? spdlog::color_mode::never : spdlog::color_mode::automatic);
        sink->set_pattern("%^%v%$");
        return std::make_shared<spdlog::logger>("beamwright", sink);
    }();
    return *instance;
}

std::string three_parts(std::string_view head, std::string_view problem, std::string_view why,
                        std::string_view what) {
    std::string text = fmt::format("{}: {}", head, problem);
    if (!why.empty()) {
        text += fmt::format("\n  why:   {}", why);
    }
    if (!what.empty()) {
        text += fmt::format("\n  do:    {}", what);
    }
    return text;
}

} // namespace

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

void Messages::say(std::string_view line) const {
    if (!silent()) {
        logger().info("{}", line);
    }
}
void Messages::warn(Warning const& warning) const {
    if (!silent()) {
        logger().warn("{}", three_parts("warning", warning.problem, warning.why, warning.what_to_do));
    }
}
void print_refusal(Refusal const& refusal) {
    logger().error("{}", three_parts("refused", refusal.problem, refusal.why, refusal.what_to_do));
}

} // namespace beamwright
