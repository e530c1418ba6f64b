/// What ITK would guess silently: the text header of NRRD and MetaImage files read once more. Private to
/// volume/.
#pragma once
#include <cstddef>
#include <filesystem>

namespace beamwright {

/// \throws Refusal if spacing or position are missing, units are not mm, or a detached data file lies
/// elsewhere.
void check_nrrd_header(std::filesystem::path const& file);
void check_meta_header(std::filesystem::path const& file);
/// \throws Refusal unless a MetaImage file holds `bytes` bytes of values, unpacked where compressed.
void check_meta_values(std::filesystem::path const& file, std::size_t bytes);

} // namespace beamwright
