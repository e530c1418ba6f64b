/// \file  neutron_view.hpp — neutron and photon data as kernels see them: plain pointers and sizes
/// \how   docs/methods/neutron_data.md
/// \fits  neutrons of 1e-5 eV to 20 MeV, photons of 1 keV to 20 MeV, nuclides of data/tables/neutron_library.json
/// \not   protons (nuclear_view.hpp); sums over a material (neutron_material_view.hpp)
/// \proof tests/tables/neutron_library_test.cpp
#pragma once
#include <cstddef>
#include <cstdint>

namespace beamwright {

inline constexpr double neutron_lowest_eV = 1e-5;
inline constexpr double neutron_highest_eV = 20e6;

/// Equally probable parts of the tables; tools/neutron/*.py write the same numbers into the certificate.
inline constexpr int neutron_angle_parts = 32;
inline constexpr int neutron_spectrum_parts = 32;
inline constexpr int thermal_parts = 64;        ///< of outgoing energy; the first and the last are halved ...
inline constexpr int thermal_tail_halvings = 8; ///< ... this often
inline constexpr int thermal_slots = thermal_parts + 2 * thermal_tail_halvings;
inline constexpr int thermal_cosines = 16;

/// How the neutrons of a reaction leave.
enum class NeutronEmission : std::uint32_t {
    none,           ///< absorbed
    two_body,       ///< cosine in the centre of mass, energy from kinematics and QI
    laboratory,     ///< continuous spectrum in the laboratory
    centre_of_mass, ///< continuous spectrum in the centre of mass
};

/// One reaction of one nuclide (ENDF-6 numbering). `row` >= 0: cross section on the nuclide's grid; else a table
/// of its own from its threshold.
struct NeutronReaction {
    std::int32_t mt, row;
    float QM_eV, QI_eV;
    float neutrons;
    NeutronEmission emission;
    std::uint32_t first_node, node_count; ///< angle or spectrum nodes; none: isotropic
    std::uint32_t first_point, point_count;
};

/// A table at one incident energy: cosines (neutron_angle_parts + 1) or spectrum values.
struct NeutronNode {
    float energy_eV;
    std::uint32_t first;
};

/// Photons of a reaction (yield), or of a sum of reactions with a cross section of its own (barn).
struct NeutronPhotonSource {
    std::int32_t mt;
    std::uint32_t own_cross_section; ///< 1: amounts are barn
    std::uint32_t first_node, node_count;
};
struct NeutronPhotonNode {
    float energy_eV, amount;
    std::uint32_t first_entry, entry_count;
};
/// A line (low = high), an even part (low < high) or a primary line (high < 0: grows by A / (A + 1) E).
struct NeutronPhotonEntry {
    float low_eV, high_eV, cumulative;
};

/// One temperature of one nuclide: rows of the reactions with row >= 0, then kerma (eV barn) of everything but the
/// named reaction, then that of the named one where there is one (B-10(n,alpha), N-14(n,p)).
struct NeutronGrid {
    float kelvin;
    std::uint32_t first_energy, points;
    std::uint32_t first_value, rows;
};

struct NeutronNuclide {
    std::int32_t Z, A;
    float mass_ratio; ///< to the neutron
    std::uint32_t first_reaction, reaction_count, row_count;
    std::uint32_t first_source, source_count;
    std::uint32_t first_grid; ///< one per temperature of the library
    std::uint32_t has_named_kerma;
};

/// A thermal scattering law at one temperature; elastic incoherent part where incoherent_barn > 0.
struct ThermalLaw {
    float kelvin, free_barn, mass_ratio, highest_eV;
    float incoherent_barn, debye_waller_per_eV;
    std::uint32_t first_node, node_count;
};
/// At one incident energy: thermal_slots + 1 bounds of outgoing energy, thermal_cosines + 1 bounds per slot.
struct ThermalNode {
    float energy_eV, barn;
    std::uint32_t first_bound, first_cosine;
};

/// Photons and one element: rows coherent, incoherent, photoelectric, pair (barn), absorbed (eV barn); straight in
/// log-log. Form factor F(x) and scattering function S(x), x = sin(theta / 2) / wavelength in 1/Angstrom.
struct PhotoElement {
    std::int32_t Z;
    std::uint32_t first_energy, points, first_row;
    std::uint32_t first_form, form_points, first_scattering, scattering_points;
};
inline constexpr int photo_rows = 5;

struct NeutronView {
    NeutronNuclide const* nuclides = nullptr;
    NeutronReaction const* reactions = nullptr;
    float const* threshold_eV = nullptr;
    float const* threshold_barn = nullptr;
    NeutronNode const* angle_nodes = nullptr;
    NeutronNode const* spectrum_nodes = nullptr;
    std::int16_t const* cosines = nullptr; ///< times 32767
    float const* spectra = nullptr;        ///< per node: parts + 1 bounds in eV, then parts mean cosines
    NeutronPhotonSource const* photon_sources = nullptr;
    NeutronPhotonNode const* photon_nodes = nullptr;
    NeutronPhotonEntry const* photon_entries = nullptr;
    NeutronGrid const* grids = nullptr;
    float const* grid_eV = nullptr;
    float const* rows = nullptr; ///< [grid's first_value + row * points + point]
    ThermalLaw const* laws = nullptr;
    ThermalNode const* thermal_nodes = nullptr;
    float const* thermal_bounds = nullptr;
    PhotoElement const* elements = nullptr;
    float const* photo_eV = nullptr;
    float const* photo_values = nullptr;
    float const* form_x = nullptr;
    float const* form_y = nullptr;
    std::uint32_t nuclide_count = 0, law_count = 0, element_count = 0;
};

} // namespace beamwright
