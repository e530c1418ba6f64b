/// Progress with time left: a bar on a terminal, a line every 10 s elsewhere.
#pragma once
#include <chrono>
#include <functional>
#include <string>

namespace beamwright {

/// What a long job tells its caller: fraction done in [0, 1] and a short text. May be empty.
using ProgressCallback = std::function<void(double fraction, std::string const& text)>;

/// Draws progress on stderr; `callback()` is what a job gets. Not copied while drawing.
class ProgressBar {
public:
    explicit ProgressBar(std::string title, bool silent = false);
    ~ProgressBar();
    ProgressBar(ProgressBar const&) = delete;
    ProgressBar& operator=(ProgressBar const&) = delete;
    ProgressCallback callback();

private:
    void draw(double fraction, std::string const& text);
    std::string title_;
    bool silent_, drawn_ = false;
    std::chrono::steady_clock::time_point start_, last_;
};

} // namespace beamwright
