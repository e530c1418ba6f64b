/// The layers that a beam crosses before the grid: air and plates.
#pragma once
#include "core/refusal.hpp"
#include "machine/beam_source.hpp"
#include "tables/table_memory.hpp"
#include "transport/step/layer_walk.hpp"
#include <vector>

namespace beamwright {

/// Owns the layers behind BeamLineView.
class BeamLine {
public:
    /// `slab_material` gives the id of the material of a slab, in the order of beam.slabs; `air` that of air.
    /// \throws Refusal for plates that overlap, stand above the source, have no matter, or openings without area.
    BeamLine(BeamSource const& beam, Grid const& grid, std::vector<std::uint32_t> const& slab_material,
             std::uint32_t air, Warnings& warnings);
    BeamLineView view() const;
    /// Adds the arrays behind the view.
    void add_memory(TableMemory& memory) const { add_blocks(memory, layers_, walls_); }

private:
    std::vector<BeamLayer> layers_;
    std::vector<PlateWall> walls_;
    BeamLineView view_;
};

/// The grid's size and edges in its own frame.
GridBox box_of(Grid const& grid);
/// From the frame of a machine to the grid's own frame (corner of voxel 0 at 0, axes along the indices).
RigidTransform to_grid_frame(RigidTransform const& to_patient, Grid const& grid);
/// From gantry coordinates to the grid's own frame (corner of voxel 0 at 0, axes along the indices).
RigidTransform gantry_to_grid_frame(BeamSource const& beam, Grid const& grid);

} // namespace beamwright
