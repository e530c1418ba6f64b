/// What all exported doses share: identity of the case, histograms beside an RTDOSE, the file itself.
#pragma once
#include "casefolder/case_folder.hpp"
#include "dicom/dose_out.hpp"
#include "jobs/export.hpp"
#include "patient/masks_stack.hpp"
#include "volume/volume_file.hpp"

namespace beamwright {

/// Where a dose is written and what it belongs to.
struct ExportFrame {
    ExportRequest const& request;
    CaseFolder const& folder;
    StructureSet structures;
    StackOptions stack; ///< ends of structures as the run took them
};

/// Makes the output folder and reads what all files share. \throws Refusal
ExportFrame export_frame(ExportRequest const& request, CaseFolder const& folder);

/// A dose with the identity that the case came with; no plan is referenced yet.
DoseObject dose_of_case(CaseFolder const& folder, Volume<float> dose_Gy);

/// Writes STEM.dcm (with histograms where the case names a structure set) or STEM.FORMAT. `what` is for people.
/// \returns path, what, largest dose; for DICOM the quantization error and UID
Json write_exported(ExportFrame const& frame, std::string const& stem, DoseObject object,
                    std::string const& what, VolumeNotes const& notes, Warnings& warnings);

/// \throws Refusal that lists the results that are there
[[noreturn]] void refuse_no_result(CaseFolder const& folder, std::string const& name);

} // namespace beamwright
