/// Files of the outside test cases, unpacked where they are packed.
#pragma once
#include "rt_builder.hpp"
#include "support.hpp"
#include <cstdlib>
#include <filesystem>
#include <string>

namespace beamwright::test {

/// A file or unpacked folder of the open cases, for example "odd/pydicom_MR_small.dcm",
/// "made_here/made_here_cases.tar.xz" (its folder). Packed ones are unpacked once per test process.
inline std::filesystem::path case_file(std::filesystem::path const& shared, std::string const& name) {
    auto const source = shared / "cases" / "open" / name;
    if (source.extension() != ".xz") {
        return source;
    }
    auto const target = scratch() / "cases" / std::filesystem::path(name).replace_extension();
    if (std::filesystem::exists(target)) {
        return target;
    }
    std::filesystem::create_directories(target.parent_path());
    bool const folder = target.extension() == ".tar";
    if (folder) {
        std::filesystem::create_directories(target);
    }
    auto const command = folder ? "tar xJf '" + source.string() + "' -C '" + target.string() + "'"
                                : "xz -dc '" + source.string() + "' > '" + target.string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return target;
}

/// Folder of one of the cases made here, for example "ct_hfs".
inline std::filesystem::path made_here(std::filesystem::path const& shared, std::string const& name) {
    return case_file(shared, "made_here/made_here_cases.tar.xz") / "made_here" / name;
}

} // namespace beamwright::test
