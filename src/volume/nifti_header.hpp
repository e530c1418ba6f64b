/// What ITK would guess or overlook in a NIfTI file: its header and length read once more. Private to volume/.
#pragma once
#include <filesystem>

namespace beamwright {

/// \throws Refusal if the header is no single-file NIfTI-1 header, has senseless sizes or spacings, states no position
/// or units other than mm, or if the file holds less than the header claims (unpacked where compressed).
void check_nifti(std::filesystem::path const& file, double most_voxels);

/// A name for `file` in a folder of its own while this lives: the NIfTI library would prefer values of a neighbor with
/// the same stem ("a.nii" beside "a.nii.gz").
class LoneLink {
public:
    explicit LoneLink(std::filesystem::path const& file);
    ~LoneLink();
    LoneLink(LoneLink const&) = delete;
    LoneLink& operator=(LoneLink const&) = delete;
    std::filesystem::path const& path() const { return link_; }

private:
    std::filesystem::path folder_, link_;
};

} // namespace beamwright
