#include "volume/volume_file.hpp"
#include "core/atomic_file.hpp"
#include "core/refusal.hpp"
#include "volume/itk_files.hpp"
#include "volume/nifti_header.hpp"
#include "volume/text_header.hpp"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <stdexcept>

namespace beamwright {

namespace {

namespace fs = std::filesystem;
using itk_files::Component;
using itk_files::Format;
using itk_files::Header;

struct NamedFormat {
    Format format;
    std::string ending;
    bool detached;
};

bool ends_with(std::string const& name, std::string const& ending) {
    if (name.size() < ending.size()) {
        return false;
    }
    return std::equal(
        ending.begin(), ending.end(), name.end() - static_cast<std::ptrdiff_t>(ending.size()),
        [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b); });
}

NamedFormat format_of(fs::path const& file) {
    auto const name = file.filename().string();
    for (auto const& known :
         {NamedFormat{Format::nrrd, ".nrrd", false}, NamedFormat{Format::nrrd, ".nhdr", true},
          NamedFormat{Format::meta, ".mha", false}, NamedFormat{Format::meta, ".mhd", true},
          NamedFormat{Format::nifti, ".nii", false}, NamedFormat{Format::nifti, ".nii.gz", false}}) {
        if (ends_with(name, known.ending)) {
            return known;
        }
    }
    refuse(fmt::format("'{}' is no volume file that is known here", file.string()),
           "the name must end in .nrrd, .mha, .nii or .nii.gz", "choose one of these");
}

[[noreturn]] void refuse_file(fs::path const& file, std::string const& problem, std::string const& why) {
    refuse(fmt::format("'{}': {}", file.string(), problem), why, "check the program that wrote the file");
}

Vec3<double> vector_of(std::vector<double> const& numbers) { return {numbers[0], numbers[1], numbers[2]}; }

/// Directions off by rounding (NIfTI is single precision) are made orthonormal; sheared ones are refused.
Mat3<double> checked_axes(fs::path const& file, std::vector<std::vector<double>> const& axes) {
    std::array<Vec3<double>, 3> const given{vector_of(axes[0]), vector_of(axes[1]), vector_of(axes[2])};
    constexpr double tolerance = 1e-4;
    double worst = 0.0;
    for (std::size_t a = 0; a < 3; ++a) {
        for (std::size_t b = 0; b < 3; ++b) {
            double const off = std::abs(dot(given[a], given[b]) - (a == b ? 1.0 : 0.0));
            worst = off <= worst ? worst : off; // NaN passes on
        }
    }
    if (!(worst <= tolerance)) {
        refuse_file(file, fmt::format("its axes are not at right angles (off by {:.2g})", worst),
                    "sheared volumes, such as tilted stacks, have no regular voxels");
    }
    auto const cleaned = [](Vec3<double> v) {
        for (double* const c : {&v.x, &v.y, &v.z}) {
            *c = std::abs(*c) < 1e-7                   ? 0.0
                 : std::abs(std::abs(*c) - 1.0) < 1e-7 ? std::copysign(1.0, *c)
                                                       : *c;
        }
        return v;
    };
    if (worst < 1e-12) {
        return Mat3<double>{given[0], given[1], given[2]}.transposed();
    }
    auto const x = cleaned(normalized(given[0]));
    auto const y = cleaned(normalized(given[1] - dot(given[1], x) * x));
    double const hand = dot(cross(x, y), given[2]) < 0.0 ? -1.0 : 1.0;
    return Mat3<double>{x, y, hand * cross(x, y)}.transposed();
}

/// The grid of a header, every number checked before memory is taken.
Grid checked_grid(fs::path const& file, Header const& header, VolumeLimits const& limits) {
    if (header.size.size() < 3 ||
        std::any_of(header.size.begin() + 3, header.size.end(), [](auto n) { return n != 1; })) {
        refuse_file(file, fmt::format("it has {} dimensions", header.size.size()), "a volume has three");
    }
    if (header.components_per_voxel != 1) {
        refuse_file(file, fmt::format("it has {} numbers per voxel", header.components_per_voxel),
                    "a volume has one number per voxel");
    }
    if (header.component == Component::other) {
        refuse_file(file, fmt::format("its values are of type {}", header.component_name),
                    "known are whole numbers up to 32 bit, float and double");
    }
    Grid grid;
    double voxels = 1.0;
    for (std::size_t a = 0; a < 3; ++a) {
        voxels *= static_cast<double>(header.size[a]);
        double const spacing = header.spacing_mm[a], origin = header.origin_mm[a];
        if (!(spacing > 1e-6 && spacing < 1e6 && std::abs(origin) < 1e9)) {
            refuse_file(file, fmt::format("spacing {} mm and origin {} mm along axis {}", spacing, origin, a),
                        "a spacing is above 0, and both are finite numbers");
        }
        if (header.size[a] < 1 || header.size[a] > 1'000'000) {
            refuse_file(file, fmt::format("{} voxels along axis {}", header.size[a], a),
                        "1 to 1e6 are possible");
        }
        grid.size[a] = static_cast<int>(header.size[a]);
    }
    if (!(voxels <= limits.most_voxels)) {
        refuse_file(file, fmt::format("{:.3g} voxels", voxels),
                    fmt::format("at most {:.3g} are read", limits.most_voxels));
    }
    grid.spacing_mm = vector_of(header.spacing_mm);
    grid.origin_mm = vector_of(header.origin_mm);
    grid.axes = checked_axes(file, header.axes);
    return grid;
}

double claimed_bytes(Header const& header) {
    double bytes = static_cast<double>(header.bytes_per_voxel);
    for (auto const n : header.size) {
        bytes *= static_cast<double>(n);
    }
    return bytes;
}

/// gzip shrinks at most 1032 times: a header that claims more than the file can hold is a lie.
void check_file_holds(fs::path const& file, Header const& header, NamedFormat const& format) {
    double const bytes = claimed_bytes(header);
    if (!format.detached && bytes > 1040.0 * static_cast<double>(fs::file_size(file))) {
        refuse_file(
            file, fmt::format("its header claims {:.3g} bytes of values", bytes),
            fmt::format("the file has only {} bytes, too few even when compressed", fs::file_size(file)));
    }
    if (format.format == Format::meta) {
        check_meta_values(file, static_cast<std::size_t>(bytes)); // ITK reads a cut file as if it were whole
    }
}

template <class Value, class From>
Volume<Value> widened(Grid const& grid, std::vector<std::byte> const& bytes) {
    Volume<Value> volume(grid);
    for (std::size_t n = 0; n < volume.values.size(); ++n) {
        From value;
        std::memcpy(&value, bytes.data() + n * sizeof(From), sizeof(From));
        // NOLINTNEXTLINE(bugprone-signed-char-misuse): int8 is a number here
        volume.values[n] = static_cast<Value>(value);
    }
    return volume;
}

decltype(VolumeFile::volume) typed_volume(Component component, Grid const& grid,
                                          std::vector<std::byte> const& bytes) {
    switch (component) {
    case Component::int8:
        return widened<std::int16_t, std::int8_t>(grid, bytes);
    case Component::uint8:
        return widened<std::int16_t, std::uint8_t>(grid, bytes);
    case Component::int16:
        return widened<std::int16_t, std::int16_t>(grid, bytes);
    case Component::uint16:
        return widened<float, std::uint16_t>(grid, bytes);
    case Component::int32:
        return widened<double, std::int32_t>(grid, bytes);
    case Component::uint32:
        return widened<double, std::uint32_t>(grid, bytes);
    case Component::float32:
        return widened<float, float>(grid, bytes);
    default:
        return widened<double, double>(grid, bytes);
    }
}

template <class Value, class From> Value kept(fs::path const& file, From value) {
    if constexpr (std::is_same_v<Value, std::int16_t> && !std::is_same_v<From, std::int16_t>) {
        using Limits = std::numeric_limits<std::int16_t>;
        if (!(value >= Limits::lowest() && value <= Limits::max()) || value != std::trunc(value)) {
            refuse_file(file, fmt::format("it holds the value {}", value),
                        "whole numbers from -32768 to 32767 were expected");
        }
    } else if constexpr (std::is_same_v<Value, float> && std::is_same_v<From, double>) {
        if (std::abs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
            refuse_file(file, fmt::format("it holds the value {}", value), "that is beyond single precision");
        }
    }
    return static_cast<Value>(value);
}

template <class Value>
void write_any(fs::path const& file, Volume<Value> const& volume, Component component,
               VolumeNotes const& notes, bool compressed) {
    BW_EXPECT(volume.values.size() == volume.grid.voxels() && !volume.values.empty());
    auto const format = format_of(file);
    if (format.detached) {
        refuse(fmt::format("cannot write '{}'", file.string()),
               "header and values in two files cannot be replaced at once", "write .nrrd or .mha");
    }
    write_atomically(file, [&](fs::path const& temporary) {
        // ITK chooses by the ending of the name, and ".nii.gz" is more than an extension
        bool const ends_right = ends_with(temporary.string(), format.ending);
        fs::path const named =
            ends_right ? temporary : fs::path(temporary.string() + ".part" + format.ending);
        try {
            itk_files::write(named, format.format, volume.grid, component, volume.values.data(), notes,
                             compressed);
            if (!ends_right) {
                fs::rename(named, temporary);
            }
        } catch (std::exception const& error) {
            std::error_code ignored;
            fs::remove(named, ignored);
            refuse(fmt::format("cannot write '{}'", file.string()), error.what(),
                   "free disk space or choose a folder that you may write to; nothing was changed");
        }
    });
}

} // namespace

Grid const& VolumeFile::grid() const {
    return std::visit([](auto const& v) -> Grid const& { return v.grid; }, volume);
}

VolumeFile read_volume_file(fs::path const& file, VolumeLimits const& limits) {
    auto const format = format_of(file);
    std::error_code failed;
    if (!fs::is_regular_file(file, failed)) {
        refuse(fmt::format("cannot read '{}'", file.string()), "there is no such file", "check the path");
    }
    Header header;
    Grid grid;
    std::vector<std::byte> bytes;
    try {
        std::optional<LoneLink> link;
        if (format.format == Format::nrrd) {
            check_nrrd_header(file);
        } else if (format.format == Format::meta) {
            check_meta_header(file);
        } else {
            check_nifti(file, limits.most_voxels);
            link.emplace(file);
        }
        bytes = itk_files::read(link ? link->path() : file, format.format, [&](Header const& found) {
            grid = checked_grid(file, found, limits);
            check_file_holds(file, found, format);
            header = found;
        });
    } catch (Refusal const&) {
        throw;
    } catch (std::bad_alloc const&) {
        refuse_file(file, "its values do not fit into memory",
                    fmt::format("it has {} voxels", grid.voxels()));
    } catch (std::exception const& error) {
        refuse_file(file, "it cannot be read as a volume", error.what());
    }
    return {typed_volume(header.component, grid, bytes), header.notes};
}

template <class Value> Volume<Value> read_volume(fs::path const& file, VolumeLimits const& limits) {
    auto read = read_volume_file(file, limits);
    if (auto* const same = std::get_if<Volume<Value>>(&read.volume)) {
        return std::move(*same);
    }
    return std::visit(
        [&](auto const& volume) {
            Volume<Value> converted(volume.grid);
            std::transform(volume.values.begin(), volume.values.end(), converted.values.begin(),
                           [&](auto value) { return kept<Value>(file, value); });
            return converted;
        },
        read.volume);
}

template Volume<std::int16_t> read_volume(fs::path const&, VolumeLimits const&);
template Volume<float> read_volume(fs::path const&, VolumeLimits const&);
template Volume<double> read_volume(fs::path const&, VolumeLimits const&);

void write_volume(fs::path const& file, Volume<std::int16_t> const& volume, VolumeNotes const& notes,
                  bool compressed) {
    write_any(file, volume, Component::int16, notes, compressed);
}
void write_volume(fs::path const& file, Volume<float> const& volume, VolumeNotes const& notes,
                  bool compressed) {
    write_any(file, volume, Component::float32, notes, compressed);
}
void write_volume(fs::path const& file, Volume<double> const& volume, VolumeNotes const& notes,
                  bool compressed) {
    write_any(file, volume, Component::float64, notes, compressed);
}

} // namespace beamwright
