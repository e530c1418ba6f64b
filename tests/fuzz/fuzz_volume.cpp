/// Any bytes as a volume file, the first letter choosing the format: read as its header says, or refused.
#include "core/refusal.hpp"
#include "volume/volume_file.hpp"
#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

namespace {

/// A folder of this process, so that detached data files are found nowhere else.
std::filesystem::path const& folder() {
    static std::filesystem::path const path = [] {
        auto made =
            std::filesystem::temp_directory_path() / ("beamwright_fuzz_" + std::to_string(::getpid()));
        std::filesystem::create_directories(made);
        std::atexit([] {
            std::error_code ignored;
            std::filesystem::remove_all(folder(), ignored);
        });
        return made;
    }();
    return path;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace beamwright;
    static constexpr std::array<char const*, 6> endings{".nrrd", ".mha", ".nii", ".nii.gz", ".nhdr", ".mhd"};
    if (size == 0) {
        return 0;
    }
    auto const file = folder() / (std::string("volume") + endings[data[0] % 6]);
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<char const*>(data) + 1, static_cast<std::streamsize>(size - 1));
    try {
        VolumeLimits limits;
        limits.most_voxels = 1 << 20;
        auto const read = read_volume_file(file, limits);
        auto const& grid = read.grid();
        auto const voxels = std::visit([](auto const& volume) { return volume.values.size(); }, read.volume);
        auto const wanted = static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1]) *
                            static_cast<std::size_t>(grid.size[2]);
        if (voxels != wanted || voxels == 0 || !(grid.spacing_mm.x > 0)) {
            std::abort();
        }
    } catch (Refusal const&) {
    }
    return 0;
}
