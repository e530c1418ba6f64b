#include "core/progress.hpp"
#include "core/log.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>

namespace beamwright {

namespace {
std::string time_text(double seconds) {
    auto const s = std::lround(std::max(0.0, seconds));
    return s < 60 ? fmt::format("{} s", s) : fmt::format("{}:{:02} min", s / 60, s % 60);
}
} // namespace

ProgressBar::ProgressBar(std::string title, bool silent)
    : title_(std::move(title)), silent_(silent), start_(std::chrono::steady_clock::now()), last_(start_) {}

ProgressBar::~ProgressBar() {
    if (drawn_ && stderr_is_terminal()) {
        std::fputs("\r\033[K", stderr);
    }
}

ProgressCallback ProgressBar::callback() {
    if (silent_) {
        return {};
    }
    return [this](double fraction, std::string const& text) { draw(fraction, text); };
}

void ProgressBar::draw(double fraction, std::string const& text) {
    using namespace std::chrono_literals;
    auto const now = std::chrono::steady_clock::now();
    bool const terminal = stderr_is_terminal();
    if (now - last_ < (terminal ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10000))) {
        return;
    }
    last_ = now;
    double const elapsed = std::chrono::duration<double>(now - start_).count();
    fraction = std::clamp(fraction, 0.0, 1.0);
    std::string const left = fraction > 0.005 ? time_text(elapsed * (1 - fraction) / fraction) + " left" : "";
    if (terminal) {
        constexpr int width = 30;
        int const filled = static_cast<int>(fraction * width);
        std::string const bar = std::string(static_cast<std::size_t>(filled), '#') +
                                std::string(static_cast<std::size_t>(width - filled), '.');
        std::fputs(
            fmt::format("\r\033[K{} [{}] {:3.0f} % {} {}", title_, bar, 100 * fraction, left, text).c_str(),
            stderr);
    } else {
        std::fputs(fmt::format("{}: {:.0f} % {} {}\n", title_, 100 * fraction, left, text).c_str(), stderr);
    }
    std::fflush(stderr);
    drawn_ = true;
}

} // namespace beamwright
