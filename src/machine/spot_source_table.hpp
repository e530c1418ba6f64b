/// Owns what the spot sampler reads: optics and aims of one beam in the order of its source elements.
#pragma once
#include "machine/beam_source.hpp"
#include "machine/source/spot_source_view.hpp"
#include <vector>

namespace beamwright {

/// Example: SpotSourceTable const table(beam); auto const proton = SpotSampler{table.view()}(element,
/// random);
class SpotSourceTable {
public:
    explicit SpotSourceTable(BeamSource const& beam);
    SpotSourceView view() const;

private:
    std::vector<SpotOptics> optics_;
    std::vector<SpotAim> aims_;
    SpotSourceView view_;
};

} // namespace beamwright
