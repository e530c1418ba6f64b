/// \file  photon_material_view.hpp — attenuation and energy absorption of photons in materials, and the choice of an atom
/// \how   docs/methods/photon_data.md
/// \fits  1 keV to 20 MeV; materials handed to PhotonMaterials
/// \not   edges finer than a cell (0.8 % of the energy); what happens in a collision (physics/photon)
/// \proof tests/tables/photon_materials_test.cpp
#pragma once
#include "lanes/octave_grid.hpp"
#include <cstddef>
#include <cstdint>

namespace beamwright {

/// A material at a node of the energy grid, cm2/g; absorbed: energy that stays, over the photon's energy.
struct PhotonMaterialNode {
    float coherent, incoherent, photoelectric, pair, absorbed;
};
/// One element's share in a material.
struct PhotonPart {
    std::uint32_t element; ///< among the view's elements
    float atoms_per_g_e24;
};
/// One element: barn at the nodes, and its functions of x = sin(theta / 2) / wavelength in 1/Angstrom.
struct PhotonElement {
    std::uint32_t first_node;
    std::uint32_t first_form, form_points;             ///< x^2 and the integral of F^2 over x^2
    std::uint32_t first_scattering, scattering_points; ///< x and S(x)
    float Z;
};
struct PhotonMaterial {
    std::uint32_t first_part, part_count;
};

/// Trivially copyable; the memory belongs to PhotonMaterials.
struct PhotonMaterialsView {
    PhotonMaterialNode const* nodes = nullptr; ///< [material][node]
    PhotonMaterial const* materials = nullptr;
    PhotonPart const* parts = nullptr;
    PhotonElement const* elements = nullptr;
    PhotonMaterialNode const* element_nodes = nullptr; ///< barn; absorbed: barn times share of the energy
    double const* form_x2 = nullptr;
    double const* form_sum = nullptr;
    double const* scattering_x = nullptr;
    double const* scattering_S = nullptr;
    std::uint32_t material_count = 0;
};

inline namespace BW_TARGET {

using PhotonEnergyGrid = OctaveGrid<9, 25, 7>; ///< eV: 512 eV to 33 MeV, 128 cells per octave

struct PhotonAtEnergy {
    double coherent, incoherent, photoelectric, pair, absorbed;
    BW_KERNEL double total() const { return coherent + incoherent + photoelectric + pair; }
};

BW_KERNEL PhotonAtEnergy photon_between(PhotonMaterialNode const* nodes, double energy_eV) {
    OctaveCell const at = PhotonEnergyGrid::cell(PhotonEnergyGrid::clamped(energy_eV));
    PhotonMaterialNode const& a = nodes[at.index];
    PhotonMaterialNode const& b = nodes[at.index + 1];
    auto const line = [&](float low, float high) {
        return static_cast<double>(low) + at.place * (static_cast<double>(high) - static_cast<double>(low));
    };
    return {line(a.coherent, b.coherent), line(a.incoherent, b.incoherent),
            line(a.photoelectric, b.photoelectric), line(a.pair, b.pair), line(a.absorbed, b.absorbed)};
}

/// cm2/g
BW_KERNEL PhotonAtEnergy photon_material_at(PhotonMaterialsView const& view, std::uint32_t material,
                                            double energy_eV) {
    return photon_between(view.nodes + static_cast<std::size_t>(material) * PhotonEnergyGrid::nodes,
                          energy_eV);
}

/// barn per atom
BW_KERNEL PhotonAtEnergy photon_element_at(PhotonMaterialsView const& view, std::uint32_t element,
                                           double energy_eV) {
    return photon_between(view.element_nodes + view.elements[element].first_node, energy_eV);
}

} // namespace BW_TARGET
} // namespace beamwright
