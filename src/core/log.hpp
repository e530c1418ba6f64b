/// One line for what happens, on stderr; stdout belongs to results.
#pragma once
#include "core/refusal.hpp"
#include <string_view>

namespace beamwright {

/// Where messages go. A value handed down; the default is silent (tests, libraries).
class Messages {
public:
    enum class Level { silent, normal };
    explicit Messages(Level level = Level::silent) : level_(level) {}
    void say(std::string_view line) const;
    void warn(Warning const& warning) const;
    bool silent() const { return level_ == Level::silent; }

private:
    Level level_;
};

/// "refused: ...\n  why:   ...\n  do:    ...", colored on a terminal unless NO_COLOR is set.
void print_refusal(Refusal const& refusal);
/// Colors and redrawn lines only where a person looks.
bool stderr_is_terminal();

} // namespace beamwright
