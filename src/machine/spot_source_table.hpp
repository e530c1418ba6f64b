/// Owns what the spot sampler reads: optics and aims of one beam in the order of its source elements.
#pragma once
#include "machine/beam_source.hpp"
#include "machine/source/spot_source_view.hpp"
#include "tables/table_memory.hpp"
#include <vector>

namespace beamwright {

/// Example: SpotSourceTable const table(beam); auto const proton = SpotSampler{table.view()}(element,
/// random);
class SpotSourceTable {
public:
    explicit SpotSourceTable(BeamSource const& beam);
    SpotSourceView view() const;
    /// Adds the arrays behind the view.
    void add_memory(TableMemory& memory) const { add_blocks(memory, optics_, aims_); }

private:
    std::vector<SpotOptics> optics_;
    std::vector<SpotAim> aims_;
    SpotSourceView view_;
};

} // namespace beamwright
