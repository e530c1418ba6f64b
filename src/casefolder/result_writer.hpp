/// Writes a result beside the last good one and puts it in its place in one step.
#pragma once
#include "casefolder/case_folder.hpp"
#include <filesystem>
#include <string>

namespace beamwright {

/// Files are written into a hidden folder; `commit` makes it results/NAME. Killed before, the old result
/// stays.
class ResultWriter {
public:
    ResultWriter(CaseFolder const& of_case, std::string const& name);
    ~ResultWriter(); ///< removes what was not committed
    ResultWriter(ResultWriter const&) = delete;
    ResultWriter& operator=(ResultWriter const&) = delete;

    /// Path of a file of the new result, for libraries that write by path. Plain names only.
    std::filesystem::path path(std::string const& file_name) const;
    void write_text(std::string const& file_name, std::string_view text) const;

    /// Adds "outputs" (name, bytes, SHA-256 of each file) to run.json, writes it last, and swaps the folders.
    /// \returns the folder of the finished result.
    std::filesystem::path commit(RunRecord const& record);

private:
    std::filesystem::path target_, stage_;
    bool done_ = false;
};

/// Puts back a result whose replacement was cut off between two renames. Called by ResultWriter; harmless
/// otherwise.
void restore_result(std::filesystem::path const& result_folder);

} // namespace beamwright
