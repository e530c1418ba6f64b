/// Helpers for all tests: where the project and the outside data are.
#pragma once
#include <cstdlib>
#include <filesystem>

namespace beamwright::test {

inline std::filesystem::path source_dir() { return BW_SOURCE_DIR; }

/// Folder with outside reference data and cases, or an empty path where there is none (a user has none).
inline std::filesystem::path shared_dir() {
    char const* const named = std::getenv("BEAMWRIGHT_SHARED");
    std::filesystem::path const folder = named ? named : source_dir() / ".." / "shared";
    return std::filesystem::exists(folder / "reference") ? folder : std::filesystem::path{};
}

} // namespace beamwright::test

/// Skips the test, saying so, where the outside data are absent; otherwise `name` is their folder.
#define BW_NEEDS_SHARED(name)                                                                                \
    auto const name = ::beamwright::test::shared_dir();                                                      \
    if (name.empty())                                                                                        \
    GTEST_SKIP() << "needs the outside reference data: set BEAMWRIGHT_SHARED to their folder"
