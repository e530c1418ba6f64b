/// The single-precision tables of the lane engine.
#pragma once
#include "transport/step/lane_tables_view.hpp"
#include "transport/step/step_physics.hpp"
#include <vector>

namespace beamwright {

/// Owns the memory behind LaneTablesView; made from the double-precision tables of a run.
class LaneTables {
public:
    explicit LaneTables(StepTablesView const& tables);
    LaneTablesView view() const;

private:
    void add_hard_events(StepTablesView const& tables);

    std::vector<LaneRangeCell> cells_;
    std::vector<LaneStepCell> step_cells_;
    std::vector<LaneLoss> loss_;
    std::vector<LaneSoft> soft_;
    std::vector<float> scattering_ratio_, majorant_, hard_cut_;
    std::vector<LaneHardSlot> hard_slots_;
    float hard_cm2_per_g_ = 0;
};

} // namespace beamwright
