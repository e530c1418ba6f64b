/// Doses of several fields of one session, given one after the other. docs/methods/capture_biology.md eq. 10
#pragma once
#include "evaluate/capture/irradiation_time.hpp"
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

/// How several fields share an irradiation: one after the other, each open for its share of the beam's minutes.
struct FieldSchedule {
    std::vector<double> shares; ///< sum to 1
    double start_min = 0;       ///< of the first field, on the clock of the blood level
    double pause_min = 0;       ///< between two
    BloodLevel blood;

    /// Irradiations of the fields where the port is open for `minutes` in all.
    std::vector<Irradiation> irradiations(double minutes) const;
    /// Mean level in blood while a port is open.
    double mean_blood_ppm(double minutes) const;
};

/// The voxels of a structure as a map of their own, on a grid that is one row: for figures of structures.
CaptureMap restricted_to(CaptureMap const& map, StructureVoxels const& structure);

/// As `irradiation_time` of one field. 	hrows Refusal as it, and as sequence_doses
IrradiationTime sequence_time(std::vector<CaptureMap> const& fields, FieldSchedule const& schedule,
                              std::vector<DoseLimit> const& limits, double longest_min);

/// Figures of the limits after so many minutes, in their order.
std::vector<double> sequence_figures(std::vector<CaptureMap> const& fields, FieldSchedule const& schedule,
                                     std::vector<DoseLimit> const& limits, double minutes);

} // namespace beamwright
