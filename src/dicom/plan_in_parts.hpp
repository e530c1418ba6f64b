/// The parts of reading a plan: set-up of a beam, what stands in the beam, its layers. Inside dicom/ only.
#pragma once
#include "dicom/file.hpp"
#include "machine/treatment/plan.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright::plan_in {

inline constexpr char const* export_again =
    "export the plan again from the planning system, or correct it there";

/// "beam 2 'Field 2'" for messages.
std::string beam_words(TreatmentBeam const& beam);

/// Refuses a beam that is no scanned proton beam, or that carries something which is not modelled.
void expect_scanned_protons(DicomItem const& item, TreatmentBeam const& beam);

/// Angles, isocenter, snout and range shifters: taken from the first control point, must hold for all.
void read_set_up(DicomItem const& item, std::vector<DicomItem> const& control_points, TreatmentBeam& beam);
void read_range_shifters(DicomItem const& item, std::vector<DicomItem> const& control_points,
                         TreatmentBeam& beam);

/// Apertures and blocks, with their outlines turned from the beam limiting device's axes to the gantry's.
void read_blocks(DicomItem const& item, std::vector<DicomItem> const& control_points, TreatmentBeam& beam);

/// The value of all control points that state it; refuses one that changes by more than the tolerance.
std::optional<double> constant_number(std::vector<DicomItem> const& control_points, DcmTagKey tag,
                                      double tolerance, TreatmentBeam const& beam);

/// Energies and spots with their MU. `beam.meterset_MU` is known already.
void read_layers(DicomItem const& item, std::vector<DicomItem> const& control_points, TreatmentBeam& beam);

} // namespace beamwright::plan_in
