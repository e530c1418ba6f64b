/// Builds and owns the tables of `full` scattering for a list of materials (see proton_scattering_view.hpp).
#pragma once
#include "tables/proton_materials.hpp"
#include "tables/proton_scattering_view.hpp"
#include "tables/single_scattering.hpp"
#include <vector>

namespace beamwright {

class ProtonScatteringTables {
public:
    /// Mean mass between two hard events, g/cm2. With it a proton of 100, 150, 200 MeV has 4, 8, 13 of them in
    /// water; results do not depend on it (tests/physics/full_scattering_test.cpp).
    static constexpr double usual_free_path_g_per_cm2 = 2.0;

    /// Material ids are positions in `materials`; `protons` gives energies for ranges in water.
    ProtonScatteringTables(std::vector<Material> const& materials, ProtonMaterialsView const& protons,
                           double free_path_g_per_cm2 = usual_free_path_g_per_cm2, bool point_nuclei = false);

    ProtonScatteringView view() const;
    /// Adds the arrays behind the view.
    void add_memory(TableMemory& memory) const { add_blocks(memory, cells_, nodes_, materials_, elements_); }
    /// Soft scattering per mass of a material over that of water at 100 MeV.
    double base_ratio(std::uint32_t material) const { return base_ratios_[material]; }

private:
    void build_water(SingleScattering const& water, ProtonMaterialsView const& protons);
    void add_material(SingleScattering const& law, SingleScattering const& water);
    double hard_cm2_per_g_;
    std::vector<SoftScatteringCell> cells_;
    std::vector<SoftScatteringNode> nodes_;
    std::vector<HardMaterial> materials_;
    std::vector<HardElement> elements_;
    std::vector<double> base_ratios_;
};

} // namespace beamwright
