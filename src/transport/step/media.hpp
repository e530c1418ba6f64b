/// \file  media.hpp — what fills the place where a particle is: material and density
/// \how   docs/methods/transport.md section 6
/// \fits  voxel worlds, stacks of plates, beam lines
/// \not   the walk between them (geometry/walk, layer_walk.hpp)
/// \proof tests/transport/engine_test.cpp
#pragma once
#include "transport/step/layer_walk.hpp"
#include <cstddef>
#include <cstdint>

namespace beamwright {

/// A material id and a density per voxel; or, with `per_plane`, per plane of constant k.
struct VoxelMediaView {
    std::uint16_t const* material = nullptr; ///< ids as in VoxelWorld
    float const* density_g_per_cm3 = nullptr;
};

inline namespace BW_TARGET {

struct VoxelMedia {
    VoxelMediaView view;
    template <class Walk> BW_KERNEL Medium operator()(Walk const& walk) const {
        auto const voxel = static_cast<std::size_t>(walk.voxel());
        return {view.material[voxel], static_cast<double>(view.density_g_per_cm3[voxel])};
    }
};

/// The same medium over each plane of constant k.
struct PlaneMedia {
    VoxelMediaView view;
    template <class Walk> BW_KERNEL Medium operator()(Walk const& walk) const {
        auto const k = static_cast<std::size_t>(walk.k());
        return {view.material[k], static_cast<double>(view.density_g_per_cm3[k])};
    }
};

struct LayerMedia {
    template <class Walk> BW_KERNEL Medium operator()(Walk const& walk) const { return walk.medium(); }
};

} // namespace BW_TARGET
} // namespace beamwright
