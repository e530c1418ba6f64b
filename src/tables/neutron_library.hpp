/// Owner of the neutron and photon data: loads the shipped library and answers questions about single nuclides.
#pragma once
#include "tables/material.hpp"
#include "tables/neutron_load.hpp"
#include "tables/neutron_view.hpp"
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beamwright {

/// A nuclide in a material.
struct NuclideAmount {
    std::uint32_t nuclide;
    double atoms_per_g_e24; ///< atoms per gram in units of 1e24: times barn gives cm2/g
};

/// A material as nuclides of the library, with what had to be replaced.
struct NeutronMixture {
    std::vector<NuclideAmount> parts;
    std::vector<std::string>
        replaced; ///< one sentence per isotope without data: share of mass and of absorption
};

class NeutronLibrary {
public:
    /// Loads data/tables/neutron_library.{json,bin}. \throws Refusal if missing or damaged.
    NeutronLibrary();
    ~NeutronLibrary();
    NeutronLibrary(NeutronLibrary&&) noexcept;
    NeutronLibrary& operator=(NeutronLibrary&&) noexcept;

    /// Valid as long as this object lives.
    NeutronView view() const;
    /// Names, sources, notes, elements: for reports and run.json.
    NeutronData const& data() const;
    std::string const& sha256() const { return data().sha256; }

    /// "H1", "B10", ... \throws Refusal listing what is there.
    std::uint32_t nuclide(std::string_view name) const;
    /// Place of a temperature (293.6 or 310 K). \throws Refusal for any other.
    std::uint32_t temperature(double kelvin) const;
    /// "H in H2O", "H in CH2" at a temperature of the library. \throws Refusal
    std::uint32_t law(std::string_view name, double kelvin) const;

    /// A reaction by its ENDF-6 number, straight lines between points; sums where the parts are stored (1, 4, 103,
    /// 104, 105, 106, 107). Zero where the nuclide has none.
    double cross_section_barn(std::uint32_t nuclide, int mt, double energy_eV,
                              std::uint32_t temperature) const;
    /// Kerma of B-10(n,alpha) and N-14(n,p); zero for all other nuclides.
    double named_kerma_eV_barn(std::uint32_t nuclide, double energy_eV, std::uint32_t temperature) const;
    /// Kerma of everything else.
    double other_kerma_eV_barn(std::uint32_t nuclide, double energy_eV, std::uint32_t temperature) const;

    /// Elements to nuclides. \throws Refusal naming an element without data, with its share of the mass.
    NeutronMixture mixture(Material const& material) const;
    /// The photon data of an element. \throws Refusal if there are none.
    PhotoElement const& photo_element(int Z) const;

private:
    struct Memory;
    double row_at(NeutronGrid const& grid, std::uint32_t row, double energy_eV) const;
    double reaction_barn(NeutronNuclide const& n, NeutronReaction const& r, double energy_eV,
                         std::uint32_t temperature) const;
    std::unique_ptr<Memory> memory_;
};

} // namespace beamwright
