/// Builds and owns the proton tables of a list of materials (see proton_material_view.hpp).
#pragma once
#include "tables/element_stopping.hpp"
#include "tables/material.hpp"
#include "tables/proton_material_view.hpp"
#include "tables/table_memory.hpp"
#include <vector>

namespace beamwright {

/// Which water table carries the absolute scale. Only water shifts with the choice, other materials keep
/// theirs.
enum class WaterStopping {
    icru90, ///< ICRU Report 90 (2016), I = 78 eV: the default
    pstar   ///< NIST PSTAR, I = 75 eV
};

class ProtonMaterialTables {
public:
    /// Material ids of the view are positions in `materials`.
    /// \throws Refusal for a composition that is empty, does not add up to 1, or names elements beyond
    /// uranium.
    explicit ProtonMaterialTables(std::vector<Material> const& materials,
                                  WaterStopping water = WaterStopping::icru90);

    ProtonMaterialsView view() const;
    /// Adds the arrays behind the view.
    void add_memory(TableMemory& memory) const {
        add_blocks(memory, range_cells_, energy_cells_, ratio_nodes_, materials_);
    }

private:
    void build_water(WaterTable const& water);
    void build_inverse();
    std::vector<WaterRangeCell> range_cells_;
    std::vector<WaterEnergyCell> energy_cells_;
    std::vector<StoppingRatioNode> ratio_nodes_;
    std::vector<ProtonMaterial> materials_;
};

/// Stopping power of `material` at `density_g_per_cm3` over that of water at 1 g/cm3.
double relative_stopping_power(Material const& material, double density_g_per_cm3, double energy_MeV,
                               WaterStopping water = WaterStopping::icru90);

/// Electrons per gram of the composition, mol/g: sum of w Z / A.
double electrons_mol_per_g(Material const& material);

/// 1/X_S of Gottschalk 2010 (Med. Phys. 37, 352) eq. for single elements, summed by Bragg's rule, cm2/g.
double inverse_scattering_length_cm2_per_g(Material const& material);

} // namespace beamwright
