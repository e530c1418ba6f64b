/// A dose volume as DICOM knows it: values in Gy with their kind, and what they belong to.
#pragma once
#include "core/refusal.hpp"
#include "dicom/patient_study.hpp"
#include "geometry/grid.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// DoseType (3004,0004). Effective dose contains a biological weight and is never taken for physical dose.
enum class DoseType { physical, effective, error };
char const* word_of(DoseType type); ///< "PHYSICAL", ...

/// DoseSummationType (3004,000A).
enum class DoseSummation { plan, beam, fraction, multi_plan, other };
char const* word_of(DoseSummation summation); ///< "PLAN", ...

/// DoseUnits (3004,0002). DICOM knows Gy and "relative"; what is no dose (LET) can only be the latter.
enum class DoseUnits { gray, relative };
char const* word_of(DoseUnits units); ///< "GY", "RELATIVE"

/// Cumulative dose-volume histogram of one structure: volumes_cm3[i] receives at least i * bin_Gy.
struct DoseDvh {
    int structure_number = 0; ///< ROI number in the structure set
    double bin_Gy = 0;
    std::vector<double> volumes_cm3;
    friend bool operator==(DoseDvh const&, DoseDvh const&) = default;
};

struct DoseObject {
    Volume<float> dose_Gy;
    DoseType type = DoseType::physical;
    DoseSummation summation = DoseSummation::plan;
    DoseUnits units = DoseUnits::gray; ///< of the values in dose_Gy on writing; only Gy is read
    std::optional<int> beam_number;    ///< where the dose is that of one beam
    int fraction_group_number = 1;
    std::string comment; ///< at most 64 letters are written
    std::string remarks; ///< ImageComments (0020,4000): what does not fit into the comment; not read
    // What it belongs to, as read from the plan, the CT and the structures
    PatientStudy patient;
    SeriesInfo series; ///< of the dose read; not used on writing
    std::string frame_of_reference_uid;
    std::string plan_uid, plan_class_uid; ///< an empty class means RT Ion Plan
    /// may be empty; written only with `dvhs` (DICOM has no place for it without)
    std::string structure_set_uid;
    std::vector<DoseDvh> dvhs;    ///< may be empty
    std::string sop_instance_uid; ///< of the dose read; not used on writing
};

/// The values, if they are physical dose. \throws Refusal for effective dose or errors, naming the file.
Volume<float> const& physical_Gy(DoseObject const& dose, std::string const& name);

} // namespace beamwright
