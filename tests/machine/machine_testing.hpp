/// Helpers of the machine tests.
#pragma once
#include "machine/model/machine_json.hpp"
#include "refusal_of.hpp"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace beamwright::test {

inline bool holds(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

/// A folder that goes away with the test.
class TestFolder {
public:
    TestFolder() {
        static int count = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("bw_test_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
        std::filesystem::create_directories(path_);
    }
    ~TestFolder() { std::filesystem::remove_all(path_); }
    std::filesystem::path write(std::string const& name, std::string const& text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return path_ / name;
    }
    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// Two energies, two Gaussians at the upper one.
inline MachineModel small_machine() {
    MachineModel machine;
    machine.name = "small";
    machine.kind = "other";
    machine.trust = "made for tests";
    machine.optics_plane_z_mm = 500;
    machine.virtual_source_x_mm = 2000;
    machine.virtual_source_y_mm = 2500;
    SpotGaussian const one{1, {4, 0.003, 0.4}, {5, 0.004, -0.2}};
    SpotGaussian const core{0.9, {3, 0.002, 0.6}, {3.5, 0.003, 0.1}},
        halo{0.1, {12, 0.02, 0.3}, {14, 0.025, -0.5}};
    machine.energies = {{{100, 100.4, 0.8, {one}}, 1e8}, {{200, 200.2, 1.0, {core, halo}}, 2e8}};
    return machine;
}

} // namespace beamwright::test
