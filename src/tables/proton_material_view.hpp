/// \file  proton_material_view.hpp — what a proton needs to know of matter: range, stopping, scattering length
/// \how   docs/methods/proton_stopping.md eq. 5-9
/// \fits  proton kinetic energy 1 keV to 512 MeV (heavier hydrogen: at equal velocity)
/// \not   nuclear cross sections (nuclear_view.hpp)
/// \proof tests/tables/proton_materials_test.cpp
#pragma once
#include "lanes/math.hpp"
#include "lanes/octave_grid.hpp"
#include <cstdint>

namespace beamwright {

/// Water, one energy cell: cubics in the place t of the cell, c[0] + c[1] t + c[2] t^2 + c[3] t^3.
struct alignas(64) WaterRangeCell {
    double range_g_per_cm2[4];   ///< CSDA range R(E)
    double spread_g2_per_cm4[4]; ///< V(E), integral of T/S^3 from 0 to E (T: straggling of water)
};
/// Water, one range cell: E(R), the inverse.
struct alignas(32) WaterEnergyCell {
    double energy_MeV[4];
};
/// Mass stopping power of a material over that of water, at a node of the ratio grid.
using StoppingRatioNode = float;
/// What does not depend on energy.
struct ProtonMaterial {
    double electron_ratio = 1;                      ///< electrons per gram over those of water
    double inverse_scattering_length_cm2_per_g = 0; ///< 1/X_S of Gottschalk 2010, Bragg sum
};

/// Trivially copyable; the memory belongs to ProtonMaterialTables. Material ids are positions in its material
/// list.
struct ProtonMaterialsView {
    WaterRangeCell const* range_cells = nullptr;
    WaterEnergyCell const* energy_cells = nullptr;
    StoppingRatioNode const* ratio_nodes = nullptr; ///< StoppingRatioGrid::nodes per material
    ProtonMaterial const* materials = nullptr;
    std::uint32_t material_count = 0;
};

inline namespace BW_TARGET {

using ProtonEnergyGrid = OctaveGrid<-10, 9, 5>;  ///< MeV: 1 keV to 512 MeV
using ProtonRangeGrid = OctaveGrid<-18, 8, 5>;   ///< g/cm2 of water: 0.04 um to 2.5 m
using StoppingRatioGrid = OctaveGrid<-10, 9, 4>; ///< MeV

BW_KERNEL double cubic(double const* c, double t) { return fma(fma(fma(c[3], t, c[2]), t, c[1]), t, c[0]); }
BW_KERNEL double cubic_slope(double const* c, double t) {
    return fma(fma(3.0 * c[3], t, 2.0 * c[2]), t, c[1]);
}

/// Everything water says at one energy.
struct WaterAtEnergy {
    double range_g_per_cm2;
    double stopping_MeV_cm2_per_g;
    double spread_g2_per_cm4;
};

BW_KERNEL WaterAtEnergy water_at(ProtonMaterialsView const& view, double energy_MeV) {
    OctaveCell const at = ProtonEnergyGrid::cell(ProtonEnergyGrid::clamped(energy_MeV));
    WaterRangeCell const& cell = view.range_cells[at.index];
    return {cubic(cell.range_g_per_cm2, at.place), at.width / cubic_slope(cell.range_g_per_cm2, at.place),
            cubic(cell.spread_g2_per_cm4, at.place)};
}

BW_KERNEL double water_range_g_per_cm2(ProtonMaterialsView const& view, double energy_MeV) {
    OctaveCell const at = ProtonEnergyGrid::cell(ProtonEnergyGrid::clamped(energy_MeV));
    return cubic(view.range_cells[at.index].range_g_per_cm2, at.place);
}

BW_KERNEL double water_mass_stopping_MeV_cm2_per_g(ProtonMaterialsView const& view, double energy_MeV) {
    return water_at(view, energy_MeV).stopping_MeV_cm2_per_g;
}

/// E(R), the inverse of the range; 0 below the least range of the grid.
BW_KERNEL double water_energy_MeV(ProtonMaterialsView const& view, double range_g_per_cm2) {
    OctaveCell const at = ProtonRangeGrid::cell(ProtonRangeGrid::clamped(range_g_per_cm2));
    double const energy_MeV = cubic(view.energy_cells[at.index].energy_MeV, at.place);
    return select(range_g_per_cm2 < ProtonRangeGrid::least, 0.0, energy_MeV);
}

/// f_m(E): mass stopping power of the material over that of water. Exactly 1 for water.
BW_KERNEL double stopping_ratio(ProtonMaterialsView const& view, std::uint32_t material, double energy_MeV) {
    OctaveCell const at = StoppingRatioGrid::cell(StoppingRatioGrid::clamped(energy_MeV));
    StoppingRatioNode const* const node =
        view.ratio_nodes + static_cast<std::size_t>(material) * StoppingRatioGrid::nodes + at.index;
    double const low = node[0];
    return fma(at.place, node[1] - low, low);
}

BW_KERNEL double mass_stopping_MeV_cm2_per_g(ProtonMaterialsView const& view, std::uint32_t material,
                                             double energy_MeV) {
    return stopping_ratio(view, material, energy_MeV) * water_mass_stopping_MeV_cm2_per_g(view, energy_MeV);
}

} // namespace BW_TARGET
} // namespace beamwright
