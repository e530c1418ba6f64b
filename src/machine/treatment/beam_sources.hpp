/// From plan and machine to what transport draws from: source elements with protons, optics, slabs in the
/// beam.
#pragma once
#include "core/refusal.hpp"
#include "machine/beam_source.hpp"
#include "machine/model/machine_model.hpp"
#include "machine/treatment/plan.hpp"
#include <vector>

namespace beamwright {

struct BeamSourceOptions {
    /// Material of a range shifter that machine and plan leave open (--range-shifter-material).
    std::optional<Material> range_shifter_material{};
    /// Material of a block whose own name for it is not known (--block-material).
    std::optional<Material> block_material{};
};

/// Every beam of the plan, in its order, with protons per fraction. Spots without meterset are left out.
/// \throws Refusal naming beam, layer and spot: energy, meterset or aim outside the machine's limits, range
/// shifter without known material or thickness, source plane inside a range shifter, unknown steering
/// distances
std::vector<BeamSource> make_beam_sources(Plan const& plan, MachineModel const& machine, Warnings& warnings,
                                          BeamSourceOptions const& options = {});

/// The slab that a range shifter of the plan puts into the beam; nothing for an id of "" or "None".
std::optional<BeamSlab> range_shifter_slab(RangeShifterSetting const& setting, MachineModel const& machine,
                                           std::string const& beam, Warnings& warnings,
                                           BeamSourceOptions const& options = {});

/// The plates that a block of the plan puts into the beam: one with straight walls, several for divergent ones. The
/// virtual source distances (0: parallel) carry the outline from the isocenter plane to the block.
/// \throws Refusal for an unknown material, no thickness, an outline without area or a place behind the source
std::vector<BeamSlab> block_slabs(BlockSetting const& setting, double virtual_source_x_mm,
                                  double virtual_source_y_mm, std::string const& beam,
                                  BeamSourceOptions const& options = {});

/// The plates of a ridge filter, one for each step, with the gaps between its bars as openings; walls are straight.
/// \throws Refusal for an unknown material, steps that do not rise or get wider, sizes out of range
std::vector<BeamSlab> ridge_filter_slabs(RidgeFilterSetting const& setting, std::string const& beam);

} // namespace beamwright
