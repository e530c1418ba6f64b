/// \file  neutron_media.hpp — tissue, boron and cross sections along the way of a neutron or photon
/// \how   docs/methods/neutron_transport.md sections 2 and 3
/// \fits  voxel grids; materials of NeutronMaterials and PhotonMaterials; B-10 in ppm per voxel or none
/// \not   the memory (transport/engine/neutron_tables.hpp owns it)
/// \proof tests/transport/neutrons/engine_test.cpp
#pragma once
#include "geometry/walk/voxel_walk.hpp"
#include "physics/neutron/neutron_collision.hpp"
#include "physics/neutron/neutron_photons.hpp"
#include "tables/photon_material_view.hpp"
#include <cstddef>
#include <cstdint>

namespace beamwright {

/// A material between collisions: cross sections per gram, and kerma factors of all that is scored. One row is forty
/// bytes; straight lines between rows.
struct NeutronFlightPoint {
    float energy_eV;
    float inverse_width; ///< 1 / (next energy - this one)
    float total_cm2_per_g;
    float other_kerma;                 ///< of this material, without N-14(n,p); MeV cm2/g
    float nitrogen_kerma;              ///< N-14(n,p) per gram of nitrogen
    float boron_total;                 ///< cm2/g per ppm of B-10
    float boron_kerma;                 ///< MeV cm2/g per ppm of B-10
    float first_total, first_absorbed; ///< of the nuclide that is met most, cm2/g
    float reference_kerma;             ///< of the reference tissue, without N-14(n,p)
};

/// What the collisions need to know of a nuclide beside its cross sections.
struct NeutronNuclideNotes {
    double own_photons_from_eV; ///< photon sources with a cross section of their own are silent below
    std::int32_t
        only_absorption; ///< the one absorbing reaction there is (place in the nuclide's list), or -1
    std::int32_t simple; ///< 1: it scatters elastically or is captured, nothing else
    std::uint32_t temperature_grid; ///< its grid at the temperature of the run
};

struct NeutronMediaView {
    GridBox grid;
    std::uint16_t const* material = nullptr;
    float const* density_g_per_cm3 = nullptr;
    float const* boron_ppm = nullptr;            ///< null: none in the transport
    NeutronTable const* flight_tables = nullptr; ///< one per material
    NeutronFlightPoint const* flight_points = nullptr;
    std::uint32_t const* hash = nullptr;
    float const* majorant_per_cm = nullptr; ///< NeutronEnergyGrid::cells
    NeutronMaterialsView neutrons;
    NeutronNuclideNotes const* notes = nullptr; ///< per nuclide of the library
    std::uint32_t boron_nuclide = 0;
    std::uint8_t const* law_start =
        nullptr; ///< per law and cell of NeutronEnergyGrid: node at or below the cell
    PhotonMaterialsView photons;
    std::uint32_t photon_reference = 0; ///< material of the photons' view
    std::uint32_t air = 0;              ///< material between port and grid ...
    double air_g_per_cm3 = 0;           ///< ... and its density; 0: void
};

inline namespace BW_TARGET {

struct NeutronFlightValues {
    double total_cm2_per_g, other_kerma, nitrogen_kerma, boron_total, boron_kerma, first_total,
        first_absorbed, reference_kerma; ///< in the order of NeutronFlightPoint
};

/// Cell of the energy in all hashes.
BW_KERNEL std::uint32_t neutron_cell(double energy_eV) {
    return static_cast<std::uint32_t>(NeutronEnergyGrid::cell(NeutronEnergyGrid::clamped(energy_eV)).index);
}

BW_KERNEL NeutronFlightValues neutron_flight_at(NeutronMediaView const& view, std::uint32_t material,
                                                double energy_eV, std::uint32_t cell) {
    NeutronTable const& table = view.flight_tables[material];
    NeutronFlightPoint const* const first = view.flight_points + table.first_point;
    double const low = first[0].energy_eV, high = first[table.points - 1].energy_eV;
    double const at = energy_eV < low ? low : energy_eV > high ? high : energy_eV;
    std::uint32_t i = view.hash[table.first_hash + cell];
    while (i + 2 < table.points && static_cast<double>(first[i + 1].energy_eV) <= at) {
        ++i;
    }
    NeutronFlightPoint const& a = first[i];
    NeutronFlightPoint const& b = first[i + 1];
    double const part = (at - static_cast<double>(a.energy_eV)) * static_cast<double>(a.inverse_width);
    return {between(a.total_cm2_per_g, b.total_cm2_per_g, part),
            between(a.other_kerma, b.other_kerma, part),
            between(a.nitrogen_kerma, b.nitrogen_kerma, part),
            between(a.boron_total, b.boron_total, part),
            between(a.boron_kerma, b.boron_kerma, part),
            between(a.first_total, b.first_total, part),
            between(a.first_absorbed, b.first_absorbed, part),
            between(a.reference_kerma, b.reference_kerma, part)};
}
BW_KERNEL NeutronFlightValues neutron_flight_at(NeutronMediaView const& view, std::uint32_t material,
                                                double energy_eV) {
    return neutron_flight_at(view, material, energy_eV, neutron_cell(energy_eV));
}

} // namespace BW_TARGET
} // namespace beamwright
