/// All tables that transport reads, for one list of materials.
#pragma once
#include "tables/let_table.hpp"
#include "tables/material.hpp"
#include "tables/nuclear_tables.hpp"
#include "tables/proton_materials.hpp"
#include "tables/proton_scattering.hpp"
#include "transport/step/step_physics.hpp"
#include <optional>
#include <vector>

namespace beamwright {

/// Owns the memory behind StepTablesView. Material ids are positions in `materials`; water is added.
class TransportTables {
public:
    /// \throws Refusal for a material that the tables cannot hold.
    TransportTables(std::vector<Material> const& materials, WaterStopping water_stopping,
                    bool nuclear = true);
    /// Sets what follows from the tables and the smallest edge: the cut and the least stretch.
    StepTablesView view(double least_edge_mm, StepLimits limits = {}, StepSwitches on = {},
                        PhysicsMode mode = PhysicsMode::full) const;
    LetView let() const { return let_.view(); }
    /// Adds the arrays behind both views.
    void add_memory(TableMemory& memory) const;

private:
    std::vector<Material> with_water_;
    ProtonMaterialTables protons_;
    LetTable let_;
    std::optional<NuclearTables> nuclear_; ///< loaded where nuclear events are on
    ProtonScatteringTables scattering_;
    std::vector<StepMaterial> full_ratios_, fast_ratios_;
};

} // namespace beamwright
