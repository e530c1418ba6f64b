/// Helpers of the patient tests.
#pragma once
#include "core/refusal.hpp"
#include "patient/calibration.hpp"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace beamwright::test {

/// The refusal that `act` must end in, its three parts in one text.
template <class Act> std::string refusal_text(Act act) {
    try {
        act();
    } catch (Refusal const& refusal) {
        return refusal.problem + " | " + refusal.why + " | " + refusal.what_to_do;
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
}

inline bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

/// A folder that goes away with the test.
class ScratchFolder {
public:
    ScratchFolder() {
        static int count = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("bw_patient_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
        std::filesystem::create_directories(path_);
    }
    ~ScratchFolder() { std::filesystem::remove_all(path_); }
    std::filesystem::path write(std::string const& name, std::string const& text) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << text;
        return path_ / name;
    }
    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace beamwright::test
