/// Doses of several fields of one session, given one after the other. docs/methods/capture_biology.md eq. 10
#pragma once
#include "evaluate/capture/capture_map.hpp"
#include <vector>

namespace beamwright {

/// A field and when it is given; all on one clock, in order.
struct SequencedField {
    CaptureMap const* map = nullptr;
    Irradiation irradiation;
};

/// Weighted doses add up; for the isoeffective dose what the earlier fields left unrepaired meets the later
/// ones.
/// \throws Refusal for an empty list, fields that overlap in time, maps on other grids or with other tissues
CaptureDoses sequence_doses(std::vector<SequencedField> const& fields);

} // namespace beamwright
