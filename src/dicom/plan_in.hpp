/// RT Ion Plan in: scanned protons only, every spot with its MU; what is not that is refused by name.
/// Rules: docs/formats/dicom_plan.md.
#pragma once
#include "dicom/file.hpp"
#include "machine/treatment/plan.hpp"
#include <filesystem>
#include <optional>
#include <string>

namespace beamwright {

/// What the user may say where a plan is silent or offers a choice.
struct PlanInOptions {
    std::string patient_position;       ///< used only where the plan has none
    std::optional<long> fraction_group; ///< needed only where the plan has several
};

/// Reads a plan from an open file; warnings go where the file was opened with. MU of a spot = weight x
/// BeamMeterset / FinalCumulativeMetersetWeight. Beams that deliver no treatment (SETUP) are left out with a
/// warning. \throws Refusal naming beam and control point
Plan read_ion_plan(DicomFile const& file, PlanInOptions const& options = {});
Plan read_ion_plan(std::filesystem::path const& file, Warnings& warnings, PlanInOptions const& options = {});

} // namespace beamwright
