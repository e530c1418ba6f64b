/// Bytes and geometry of a volume file through ITK; no judgement. Private to volume/.
#pragma once
#include "geometry/grid.hpp"
#include "volume/volume_file.hpp"
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace beamwright::itk_files {

enum class Format { nrrd, meta, nifti };
enum class Component { int8, uint8, int16, uint16, int32, uint32, float32, float64, other };

/// Geometry as the file states it, not yet checked.
struct Header {
    std::vector<std::size_t> size;
    std::vector<double> spacing_mm, origin_mm;
    std::vector<std::vector<double>> axes; ///< one direction per index
    Component component = Component::other;
    std::string component_name;
    std::size_t components_per_voxel = 0, bytes_per_voxel = 0;
    VolumeNotes notes;
};

/// Reads the header, lets `accept` throw, then reads the values. \throws std::runtime_error with ITK's words
std::vector<std::byte> read(std::filesystem::path const& file, Format format,
                            std::function<void(Header const&)> const& accept);

/// \throws std::runtime_error with ITK's words
void write(std::filesystem::path const& file, Format format, Grid const& grid, Component component,
           void const* values, VolumeNotes const& notes, bool compressed);

} // namespace beamwright::itk_files
