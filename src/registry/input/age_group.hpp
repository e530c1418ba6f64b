/// Age groups as registries write them: "0-4", "85+", "<1", "unknown".
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace beamwright::registry {

/// Completed years of age, both ends counted; `high_y` is `open` for "85+".
struct AgeGroup {
    static constexpr int open = 999; ///< no upper end
    int low_y = 0, high_y = 0;

    bool is_open() const { return high_y == open; }
    int width_y() const { return high_y - low_y + 1; }
    /// "0", "1-4", "85+"
    std::string label() const;
    friend bool operator==(AgeGroup const&, AgeGroup const&) = default;
};

/// An age as text: a group, or the word for an unknown age.
struct AgeText {
    bool unknown = false;
    AgeGroup group;
};

/// "5-9", "05-09", "5 - 9", "85+", "85 and over", "<20", "0" (one year), "unknown"; nothing if it is none of these.
std::optional<AgeText> age_from_text(std::string_view text);

} // namespace beamwright::registry
