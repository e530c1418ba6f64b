/// \file  proton_scattering_view.hpp — Coulomb scattering of protons as kernels see it: soft part and hard events
/// \how   docs/methods/proton_scattering.md eq. 9-18
/// \fits  0.5 to 250 MeV (heavier hydrogen at equal velocity), materials handed to ProtonScatteringTables
/// \not   the fast mode (ProtonMaterial::inverse_scattering_length_cm2_per_g)
/// \proof tests/physics/full_scattering_test.cpp
#pragma once
#include "tables/proton_material_view.hpp"

namespace beamwright {

/// Water, one cell of ProtonRangeGrid: cubic of the soft variance per plane that lies between a range and the
/// greatest range of the grid, rad2.
struct alignas(32) SoftScatteringCell {
    double variance[4];
};

/// A material against water at a node of StoppingRatioGrid.
struct SoftScatteringNode {
    float ratio; ///< soft scattering per mass over (that of water times the material's base ratio)
    float kurtosis_g_per_cm2; ///< relative variance of the variance, times the length in water's scattering
};

/// One slot of an alias table (Walker 1977): which element of a material a hard event meets.
struct HardSlot {
    float keep = 1; ///< share of the slot that belongs to `own`
    std::uint32_t own = 0, other = 0;
};
inline constexpr int hard_slots = 16;

/// What hard events of a material need.
struct HardMaterial {
    double cut_MeV2 = 0; ///< least 1 - cos(theta) of a hard event, times (pv)^2
    HardSlot slots[hard_slots];
};

/// A nucleus that scatters.
struct HardElement {
    double form_per_MeV2 = 0; ///< -ln of the squared form factor over the squared momentum transfer
    std::uint32_t target = 0; ///< position among the nuclear targets
};

/// Trivially copyable; the memory belongs to ProtonScatteringTables.
struct ProtonScatteringView {
    SoftScatteringCell const* cells = nullptr;
    SoftScatteringNode const* nodes = nullptr; ///< StoppingRatioGrid::nodes per material
    HardMaterial const* materials = nullptr;
    HardElement const* elements = nullptr;
    double hard_cm2_per_g = 0; ///< hard events per mass, the same for all materials and energies; 0 = none
};

inline namespace BW_TARGET {

/// Soft variance per plane between this water range and the greatest one, of a proton, rad2.
BW_KERNEL double soft_variance_beyond(ProtonScatteringView const& view, double range_g_per_cm2) {
    OctaveCell const at = ProtonRangeGrid::cell(ProtonRangeGrid::clamped(range_g_per_cm2));
    return cubic(view.cells[at.index].variance, at.place);
}

/// Linear between nodes.
struct SoftAgainstWater {
    double ratio, kurtosis_g_per_cm2;
};
BW_KERNEL SoftAgainstWater soft_against_water(ProtonScatteringView const& view, std::uint32_t material,
                                              double energy_MeV) {
    OctaveCell const at = StoppingRatioGrid::cell(StoppingRatioGrid::clamped(energy_MeV));
    SoftScatteringNode const* const node =
        view.nodes + static_cast<std::size_t>(material) * StoppingRatioGrid::nodes + at.index;
    double const ratio = node[0].ratio, kurtosis = node[0].kurtosis_g_per_cm2;
    return {fma(at.place, node[1].ratio - ratio, ratio),
            fma(at.place, node[1].kurtosis_g_per_cm2 - kurtosis, kurtosis)};
}

} // namespace BW_TARGET
} // namespace beamwright
