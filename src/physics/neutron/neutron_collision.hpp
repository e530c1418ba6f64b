/// \file  neutron_collision.hpp — which nuclide a neutron meets, and which reaction that lets a neutron leave
/// \how   docs/methods/neutron_collisions.md, section Choices
/// \fits  materials of NeutronMaterials; implicit or analog capture (the caller weighs absorption)
/// \not   absorption with its products: those are booked as kerma and expected photons
/// \proof tests/physics/neutron_collision_test.cpp
#pragma once
#include "physics/neutron/neutron_emission.hpp"
#include "physics/neutron/thermal_scattering.hpp"
#include "tables/neutron_material_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// The nuclide of a collision with its cross sections at this energy.
struct NeutronTarget {
    NeutronPart part;
    NuclideAtEnergy barn;
};

struct NeutronCollision {
    NeutronMaterialsView const& data;
    /// Per law and cell of NeutronEnergyGrid the node at or below the cell; null: laws are searched anew.
    std::uint8_t const* law_start = nullptr;

    /// By total cross section. Boron of a boron map is not among them: the caller chooses it before.
    BW_KERNEL NeutronTarget target(std::uint32_t material, double energy_eV, RandomStream& random) const {
        NeutronMaterial const& m = data.materials[material];
        double sum = 0;
        for (std::uint32_t p = 0; p < m.part_count; ++p) {
            NeutronPart const& part = data.parts[m.first_part + p];
            sum += part.atoms_per_g_e24 * neutron_nuclide_at(data, part.table, energy_eV).total_barn;
        }
        double left = random.uniform() * sum;
        for (std::uint32_t p = 0;; ++p) {
            NeutronPart const& part = data.parts[m.first_part + p];
            NuclideAtEnergy const barn = neutron_nuclide_at(data, part.table, energy_eV);
            left -= part.atoms_per_g_e24 * barn.total_barn;
            if (left < 0 || p + 1 == m.part_count) {
                return {part, barn};
            }
        }
    }

    /// The same where the material's total is known: one walk through the list, which begins with what is met most.
    /// The tables' sum and the total may differ by their tolerance; above the sum a new number is drawn.
    /// `left` is the first such number: uniform up to the total.
    BW_KERNEL NeutronTarget target(std::uint32_t material, double energy_eV, double left,
                                   double total_cm2_per_g, RandomStream& random) const {
        NeutronMaterial const& m = data.materials[material];
        for (;; left = random.uniform() * total_cm2_per_g) {
            for (std::uint32_t p = 0; p < m.part_count; ++p) {
                NeutronPart const& part = data.parts[m.first_part + p];
                NuclideAtEnergy const barn = neutron_nuclide_at(data, part.table, energy_eV);
                left -= part.atoms_per_g_e24 * barn.total_barn;
                if (left < 0) {
                    return {part, barn};
                }
            }
        }
    }

    /// The neutron after scattering on the target; `neutrons` of them leave (1 but for (n,2n) and its like).
    struct Scattered {
        NeutronState state;
        double neutrons;
        std::uint32_t reaction = 0; ///< place in the nuclide's list; 0 is elastic
    };
    /// \pre the target does not absorb: elastic + emission > 0
    BW_KERNEL Scattered scatter(NeutronTarget const& hit, NeutronState const& neutron,
                                RandomStream& random) const {
        NeutronView const& library = data.library;
        NeutronNuclide const& nuclide = library.nuclides[hit.part.nuclide];
        double const leaving = hit.barn.total_barn - hit.barn.absorbed_barn;
        if (hit.barn.elastic_barn < leaving && random.uniform() * leaving >= hit.barn.elastic_barn) {
            std::uint32_t const chosen = emission(nuclide, neutron.energy_eV, random);
            if (chosen < nuclide.reaction_count) {
                NeutronReaction const& r = library.reactions[nuclide.first_reaction + chosen];
                return {NeutronEmissionSampler{library}(neutron, nuclide, r, random),
                        static_cast<double>(r.neutrons), chosen};
            }
        }
        if (hit.part.law >= 0) {
            ThermalLaw const& law = library.laws[hit.part.law];
            if (neutron.energy_eV <= static_cast<double>(law.highest_eV)) {
                return {by_law(law, static_cast<std::uint32_t>(hit.part.law), neutron, random), 1.0};
            }
        }
        // Elastic scattering is the first reaction of every nuclide (checked by the loader)
        NeutronReaction const& elastic = library.reactions[nuclide.first_reaction];
        return {NeutronElastic{{library}, data.kelvin}(neutron, nuclide, elastic, random), 1.0};
    }

    BW_KERNEL NeutronState by_law(ThermalLaw const& law, std::uint32_t number, NeutronState const& neutron,
                                  RandomStream& random) const {
        ThermalScattering const scattering{data.library};
        if (law_start == nullptr) {
            return scattering(neutron, law, random);
        }
        auto const cell = NeutronEnergyGrid::cell(NeutronEnergyGrid::clamped(neutron.energy_eV)).index;
        return scattering.from_node(neutron, law,
                                    law_start[number * static_cast<std::uint32_t>(NeutronEnergyGrid::cells) +
                                              static_cast<std::uint32_t>(cell)],
                                    random);
    }

    /// One of the reactions, elastic aside, that let a neutron leave; reaction_count if none is open.
    BW_KERNEL std::uint32_t emission(NeutronNuclide const& nuclide, double energy_eV,
                                     RandomStream& random) const {
        double sum = 0;
        for (std::uint32_t i = 0; i < nuclide.reaction_count; ++i) {
            sum += emission_barn(nuclide, i, energy_eV);
        }
        double left = random.uniform() * sum;
        for (std::uint32_t i = 0; i < nuclide.reaction_count; ++i) {
            left -= emission_barn(nuclide, i, energy_eV);
            if (left < 0) {
                return i;
            }
        }
        return nuclide.reaction_count;
    }

    /// A reaction with a table of its own.
    BW_KERNEL double threshold_barn(NeutronReaction const& r, double energy_eV) const {
        if (r.point_count == 0) {
            return 0.0;
        }
        float const* const x = data.library.threshold_eV + r.first_point;
        float const* const y = data.library.threshold_barn + r.first_point;
        if (energy_eV <= static_cast<double>(x[0])) {
            return 0.0;
        }
        std::uint32_t low = 0, high = r.point_count - 1;
        while (high - low > 1) {
            std::uint32_t const middle = (low + high) / 2;
            if (static_cast<double>(x[middle]) <= energy_eV) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double const part = (energy_eV - static_cast<double>(x[low])) /
                            (static_cast<double>(x[high]) - static_cast<double>(x[low]));
        return between(y[low], y[high], part > 1.0 ? 1.0 : part);
    }

private:
    BW_KERNEL double emission_barn(NeutronNuclide const& nuclide, std::uint32_t i, double energy_eV) const {
        NeutronReaction const& r = data.library.reactions[nuclide.first_reaction + i];
        return r.emission == NeutronEmission::none ? 0.0 : threshold_barn(r, energy_eV);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
