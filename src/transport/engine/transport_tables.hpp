/// All tables that transport reads, for one list of materials.
#pragma once
#include "tables/material.hpp"
#include "tables/nuclear_tables.hpp"
#include "tables/proton_materials.hpp"
#include "transport/step/step_physics.hpp"
#include <optional>
#include <vector>

namespace beamwright {

/// Owns the memory behind StepTablesView. Material ids are positions in `materials`; water is added.
class TransportTables {
public:
    /// \throws Refusal for a material that the tables cannot hold.
    TransportTables(std::vector<Material> const& materials, WaterStopping water_stopping, double cut_mm,
                    StepLimits limits, StepSwitches on);
    StepTablesView view() const;

private:
    std::vector<Material> with_water_;
    ProtonMaterialTables protons_;
    std::optional<NuclearTables> nuclear_; ///< loaded where nuclear events are on
    std::vector<StepMaterial> ratios_;
    StepLimits limits_;
    StepSwitches on_;
};

} // namespace beamwright
