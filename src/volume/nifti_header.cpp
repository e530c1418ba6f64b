#include "volume/nifti_header.hpp"
#include "core/refusal.hpp"
#include "volume/packed.hpp"
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <zlib.h>

namespace beamwright {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t header_bytes = 348;

[[noreturn]] void refuse_file(fs::path const& file, std::string const& problem, std::string const& why) {
    refuse(fmt::format("'{}': {}", file.string(), problem), why, "check the program that wrote the file");
}

/// The fields of a NIfTI-1 header that matter here, byte order set right (offsets: nifti1.h of the NIfTI standard).
class NiftiHeader {
public:
    explicit NiftiHeader(fs::path const& file) {
        // also plain files
        std::unique_ptr<gzFile_s, int (*)(gzFile_s*)> const in(gzopen(file.c_str(), "rb"), gzclose);
        if (!in || gzread(in.get(), bytes_.data(), header_bytes) != static_cast<int>(header_bytes)) {
            refuse_file(file, "it is no NIfTI file",
                        "it is shorter than a NIfTI header, or its compression is broken");
        }
        swapped_ = number<std::int32_t>(0) != static_cast<std::int32_t>(header_bytes);
        if (number<std::int32_t>(0) != static_cast<std::int32_t>(header_bytes) ||
            std::memcmp(bytes_.data() + 344, "n+1", 4) != 0) {
            refuse_file(file, "it is no single-file NIfTI-1 volume",
                        "size and magic word of its header say otherwise");
        }
    }
    int dimensions() const { return number<std::int16_t>(40); }
    int size(std::size_t axis) const { return number<std::int16_t>(42 + 2 * axis); }
    int bits() const { return number<std::int16_t>(72); }
    double spacing(std::size_t axis) const { return static_cast<double>(number<float>(80 + 4 * axis)); }
    double values_start() const { return static_cast<double>(number<float>(108)); }
    int units() const { return bytes_[123] & 7; }
    /// Offset, quaternion and matrix rows; the reader aborts on numbers that are none.
    bool finite_place() const {
        for (std::size_t offset = 256; offset < 328; offset += 4) {
            if (!(std::abs(number<float>(offset)) < 1e9F)) {
                return false;
            }
        }
        return true;
    }
    bool placed() const { return number<std::int16_t>(252) > 0 || number<std::int16_t>(254) > 0; }

private:
    template <class T> T number(std::size_t offset) const {
        std::array<unsigned char, sizeof(T)> raw;
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), sizeof(T), raw.begin());
        if (swapped_) {
            std::reverse(raw.begin(), raw.end());
        }
        return std::bit_cast<T>(raw);
    }
    std::array<unsigned char, header_bytes> bytes_{};
    bool swapped_ = false;
};

} // namespace

void check_nifti(fs::path const& file, double most_voxels) {
    NiftiHeader const header(file);
    if (header.dimensions() < 3 || header.dimensions() > 7) {
        refuse_file(file, fmt::format("it has {} dimensions", header.dimensions()), "a volume has three");
    }
    double voxels = 1.0;
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(header.dimensions()); ++axis) {
        if (header.size(axis) < 1 ||
            (axis < 3 && !(header.spacing(axis) > 0.0 && header.spacing(axis) < 1e6))) {
            refuse_file(
                file,
                fmt::format("axis {} has {} voxels of {} mm", axis, header.size(axis), header.spacing(axis)),
                "sizes and spacings must be above 0");
        }
        voxels *= header.size(axis);
    }
    if (!header.finite_place()) {
        refuse_file(file, "its position and axes are not all numbers", "NaN, infinite or beyond 1e9 mm");
    }
    if (!header.placed()) {
        refuse_file(file, "it does not say where its voxels are", "both qform_code and sform_code are 0");
    }
    if (header.units() != 0 && header.units() != 2) {
        refuse_file(file, "its positions are not in mm",
                    fmt::format("its code of spatial units is {}", header.units()));
    }
    double const bytes = voxels * header.bits() / 8.0 + header.values_start();
    if (!(voxels <= most_voxels) || !(bytes > 0.0 && bytes < 1e13)) {
        refuse_file(file, fmt::format("{:.3g} voxels of {} bit", voxels, header.bits()),
                    fmt::format("at most {:.3g} voxels are read", most_voxels));
    }
    std::ifstream in(file, std::ios::binary);
    bool const packed = in.get() == 0x1f && in.get() == 0x8b;
    in.seekg(0);
    auto const needed = static_cast<std::size_t>(bytes);
    std::size_t const held =
        packed ? unpacked_length(in, needed) : static_cast<std::size_t>(fs::file_size(file));
    if (held < needed) {
        refuse_file(file, fmt::format("it holds {} bytes, not {}", held, needed),
                    "the file is cut short or its packed values are broken");
    }
}

LoneLink::LoneLink(fs::path const& file) {
    auto name = (fs::temp_directory_path() / "beamwright_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        refuse(fmt::format("cannot read '{}'", file.string()), "no folder for temporary files can be made",
               "set TMPDIR to a folder that you may write to");
    }
    folder_ = name;
    bool const packed = file.extension() == ".gz" || file.extension() == ".GZ";
    link_ = folder_ / (packed ? "volume.nii.gz" : "volume.nii");
    fs::create_symlink(fs::absolute(file), link_);
}

LoneLink::~LoneLink() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

} // namespace beamwright
