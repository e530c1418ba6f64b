/// Volumes as files that other tools open: NRRD, MetaImage and NIfTI. docs/formats/volumes.md
#pragma once
#include "geometry/grid.hpp"
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>

namespace beamwright {

/// What a value means: "quantity" ("dose"), "units" ("Gy"), ... Kept by NRRD and MetaImage; NIfTI has no
/// place for it.
using VolumeNotes = std::map<std::string, std::string>;

/// A file as it is: whole numbers of 8 and 16 bit signed as int16, unsigned 16 bit and float as float, 32-bit
/// whole numbers and double as double. All of these conversions are exact.
struct VolumeFile {
    std::variant<Volume<std::int16_t>, Volume<float>, Volume<double>> volume;
    VolumeNotes notes;
    Grid const& grid() const;
};

struct VolumeLimits {
    double most_voxels = 2e9; ///< checked before memory is taken
};

/// Reads .nrrd, .nhdr, .mha, .mhd, .nii or .nii.gz. Positions become DICOM patient coordinates (LPS, mm),
/// also from RAS. \throws Refusal for an unreadable, cut or contradicting file, one that is not
/// three-dimensional or has several components per voxel, sizes beyond the limit or beyond what the file can
/// hold, a missing or senseless spacing, units other than mm, axes that are not orthogonal (1e-4), or a
/// detached data file in another folder.
VolumeFile read_volume_file(std::filesystem::path const& file, VolumeLimits const& limits = {});

/// The same with values of one type. \throws Refusal if a value cannot be kept: fractions or overflow into
/// int16, overflow into float (rounding to float is allowed).
template <class Value>
Volume<Value> read_volume(std::filesystem::path const& file, VolumeLimits const& limits = {});
extern template Volume<std::int16_t> read_volume(std::filesystem::path const&, VolumeLimits const&);
extern template Volume<float> read_volume(std::filesystem::path const&, VolumeLimits const&);
extern template Volume<double> read_volume(std::filesystem::path const&, VolumeLimits const&);

/// Writes .nrrd, .mha, .nii or .nii.gz, whole or not at all. NRRD and MetaImage are gzip-compressed if
/// `compressed`; NIfTI by its name. Axes and origin are exact in NRRD and MetaImage, single precision in
/// NIfTI. \throws Refusal for another extension, a folder that cannot be written, or a full disk.
void write_volume(std::filesystem::path const& file, Volume<std::int16_t> const& volume,
                  VolumeNotes const& notes = {}, bool compressed = true);
void write_volume(std::filesystem::path const& file, Volume<float> const& volume,
                  VolumeNotes const& notes = {}, bool compressed = true);
void write_volume(std::filesystem::path const& file, Volume<double> const& volume,
                  VolumeNotes const& notes = {}, bool compressed = true);

} // namespace beamwright
