/// \file  neutron_material_view.hpp — what a neutron needs to know of matter at one energy: one look-up per material
/// \how   docs/methods/neutron_materials.md
/// \fits  1e-5 eV to 20 MeV; materials handed to NeutronMaterials
/// \not   what happens in a collision (physics/neutron), the data of single nuclides (neutron_view.hpp)
/// \proof tests/tables/neutron_materials_test.cpp
#pragma once
#include "lanes/octave_grid.hpp"
#include "tables/neutron_view.hpp"

namespace beamwright {

/// A material per gram; straight lines between points. Boron of a boron map is not in it (NeutronBoronPoint).
struct NeutronMaterialPoint {
    float energy_eV;
    float total_cm2_per_g;
    float absorbed_cm2_per_g;           ///< reactions that leave no neutron
    float nitrogen_kerma_MeV_cm2_per_g; ///< N-14(n,p)
    float other_kerma_MeV_cm2_per_g;    ///< all neutron kerma but nitrogen's and boron's
};
/// B-10 as a trace: per gram of tissue and per ppm (1e-6 of the mass).
struct NeutronBoronPoint {
    float energy_eV;
    float total_cm2_per_g;
    float absorbed_cm2_per_g;
    float kerma_MeV_cm2_per_g; ///< B-10(n,alpha), both branches, without the photon
};
/// One nuclide, barn: what is needed to choose it and how it reacts.
struct NeutronNuclidePoint {
    float energy_eV;
    float total_barn, elastic_barn, absorbed_barn; ///< elastic: with the thermal law where there is one
};

/// Runs of points and the start of the search.
struct NeutronTable {
    std::uint32_t first_point, points;
    std::uint32_t
        first_hash; ///< NeutronEnergyGrid::cells entries: point at or below the lower end of the cell
};
struct NeutronPart {
    std::uint32_t table; ///< among the nuclide tables
    std::uint32_t nuclide;
    float atoms_per_g_e24;
    std::int32_t law; ///< thermal law of the library that replaces elastic scattering, or -1
};
struct NeutronMaterial {
    NeutronTable table;
    std::uint32_t first_part, part_count;
};

/// Trivially copyable; the memory belongs to NeutronMaterials.
struct NeutronMaterialsView {
    NeutronView library;
    NeutronMaterial const* materials = nullptr;
    NeutronMaterialPoint const* points = nullptr;
    NeutronPart const* parts = nullptr;
    NeutronTable const* nuclide_tables = nullptr;
    NeutronNuclidePoint const* nuclide_points = nullptr;
    NeutronTable boron{};
    NeutronBoronPoint const* boron_points = nullptr;
    std::uint32_t const* hash = nullptr;
    std::uint32_t material_count = 0;
    std::uint32_t temperature = 0; ///< place among the library's temperatures
    double kelvin = 0;
};

inline namespace BW_TARGET {

using NeutronEnergyGrid = OctaveGrid<-17, 25, 6>; ///< eV: 7.6e-6 eV to 33 MeV, 64 cells per octave

/// The point at or below an energy, and how far on to the next.
struct NeutronPlace {
    std::uint32_t index;
    double part;
};

template <class Point>
BW_KERNEL NeutronPlace neutron_place(NeutronTable const& table, Point const* points,
                                     std::uint32_t const* hash, double energy_eV) {
    Point const* const first = points + table.first_point;
    double const low = first[0].energy_eV, high = first[table.points - 1].energy_eV;
    double const at = energy_eV < low ? low : energy_eV > high ? high : energy_eV;
    std::uint32_t i =
        hash[table.first_hash +
             static_cast<std::uint32_t>(NeutronEnergyGrid::cell(NeutronEnergyGrid::clamped(at)).index)];
    while (i + 2 < table.points && static_cast<double>(first[i + 1].energy_eV) <= at) {
        ++i;
    }
    double const left = first[i].energy_eV, right = first[i + 1].energy_eV;
    return {table.first_point + i, (at - left) / (right - left)};
}

BW_KERNEL double between(float a, float b, double part) {
    return static_cast<double>(a) + part * (static_cast<double>(b) - static_cast<double>(a));
}

struct NeutronAtEnergy {
    double total_cm2_per_g, absorbed_cm2_per_g, nitrogen_kerma_MeV_cm2_per_g, other_kerma_MeV_cm2_per_g;
};
BW_KERNEL NeutronAtEnergy neutron_material_at(NeutronMaterialsView const& view, std::uint32_t material,
                                              double energy_eV) {
    NeutronPlace const at = neutron_place(view.materials[material].table, view.points, view.hash, energy_eV);
    NeutronMaterialPoint const& a = view.points[at.index];
    NeutronMaterialPoint const& b = view.points[at.index + 1];
    return {between(a.total_cm2_per_g, b.total_cm2_per_g, at.part),
            between(a.absorbed_cm2_per_g, b.absorbed_cm2_per_g, at.part),
            between(a.nitrogen_kerma_MeV_cm2_per_g, b.nitrogen_kerma_MeV_cm2_per_g, at.part),
            between(a.other_kerma_MeV_cm2_per_g, b.other_kerma_MeV_cm2_per_g, at.part)};
}

/// Per ppm of B-10.
struct BoronAtEnergy {
    double total_cm2_per_g, absorbed_cm2_per_g, kerma_MeV_cm2_per_g;
};
BW_KERNEL BoronAtEnergy neutron_boron_at(NeutronMaterialsView const& view, double energy_eV) {
    NeutronPlace const at = neutron_place(view.boron, view.boron_points, view.hash, energy_eV);
    NeutronBoronPoint const& a = view.boron_points[at.index];
    NeutronBoronPoint const& b = view.boron_points[at.index + 1];
    return {between(a.total_cm2_per_g, b.total_cm2_per_g, at.part),
            between(a.absorbed_cm2_per_g, b.absorbed_cm2_per_g, at.part),
            between(a.kerma_MeV_cm2_per_g, b.kerma_MeV_cm2_per_g, at.part)};
}

struct NuclideAtEnergy {
    double total_barn, elastic_barn, absorbed_barn;
};
BW_KERNEL NuclideAtEnergy neutron_nuclide_at(NeutronMaterialsView const& view, std::uint32_t table,
                                             double energy_eV) {
    NeutronPlace const at =
        neutron_place(view.nuclide_tables[table], view.nuclide_points, view.hash, energy_eV);
    NeutronNuclidePoint const& a = view.nuclide_points[at.index];
    NeutronNuclidePoint const& b = view.nuclide_points[at.index + 1];
    return {between(a.total_barn, b.total_barn, at.part), between(a.elastic_barn, b.elastic_barn, at.part),
            between(a.absorbed_barn, b.absorbed_barn, at.part)};
}

} // namespace BW_TARGET
} // namespace beamwright
