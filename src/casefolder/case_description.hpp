/// What case.json says: which files, machine and calibration make the case, and what is asked of the dose.
/// docs/formats/case.md, docs/formats/case.schema.json
#pragma once
#include "core/json.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// A structure whose voxels get a CT number, or a material with a density, instead of what the CT says.
struct StructureOverride {
    std::string structure;
    std::optional<double> ct_HU;
    std::string material; ///< empty unless density is given
    std::optional<double> density_g_per_cm3;
};

/// The CT outside the body is taken as air, but for the structures that are kept (a couch, a mask).
struct OutsideBodyAir {
    std::vector<std::string> keep;
};

/// Something asked of the dose, for example D95 of CTV at least 57 Gy (per course).
struct DoseGoal {
    enum class Unit { Gy, percent, cm3 };
    std::string structure;
    std::string metric; ///< D95, D0.03cc, V20Gy, V95%, mean, min, max
    Unit unit = Unit::Gy;
    std::optional<double> at_least, at_most; ///< one of them or both
};

struct Prescription {
    std::string structure;
    double dose_Gy = 0; ///< per course
};

/// Identity and references of the DICOM objects that the case came from, kept for export. Empty where not
/// known. Members carry the DICOM keyword's words; none of them is shown in a report.
struct DicomSource {
    std::string patient_name, patient_id, patient_birth_date, patient_sex;
    std::string study_instance_uid, study_id, study_date, study_time, study_description, accession_number;
    std::string referring_physician_name, frame_of_reference_uid, position_reference_indicator;
    std::string ct_series_instance_uid, ct_manufacturer, ct_model;
    std::string structure_set_sop_instance_uid, plan_sop_instance_uid;
    friend bool operator==(DicomSource const&, DicomSource const&) = default;
};

struct CaseDescription {
    std::string label; ///< what a person calls the case; the only identity that a report shows
    std::string note;
    /// plan_file may be empty
    std::string ct_file = "ct.nrrd", structures_file = "structures.json", plan_file = "plan.json";
    std::string capture_file;         ///< the neutron capture irradiation; empty: none
    std::string machine, calibration; ///< names of shipped data or paths; empty: asked for when needed
    /// What a machine file leaves open: "X,Y" in mm or "parallel"; the plane that its optics stand for, gantry z.
    std::string virtual_source;
    std::optional<double> optics_plane_mm;
    std::string body_structure; ///< name of the outer contour; empty: the one of type EXTERNAL
    std::optional<OutsideBodyAir> outside_body; ///< empty: the CT counts everywhere
    std::vector<StructureOverride> overrides;
    std::optional<Prescription> prescription;
    std::vector<DoseGoal> goals;
    DicomSource source;
};

/// The schema that this program writes.
inline constexpr int case_schema_version = 1;

Json to_json(CaseDescription const& description);
/// Reads any schema up to ours. \throws Refusal with file and field.
CaseDescription case_from_json(JsonReader const& json);

/// The unit of a metric's value; refuses what is not a metric. "V20Gy" and "V95%" are in percent of the
/// volume.
DoseGoal::Unit unit_of_metric(JsonReader const& metric);

/// One step of migration: turns a document of schema `from` into one of `from + 1`.
struct Migration {
    int from = 0;
    void (*change)(Json& document) = nullptr;
};

/// Brings a document up to `newest`. \throws Refusal if its version is missing, newer, or no longer readable.
Json migrated(JsonReader const& document, int newest, std::vector<Migration> const& steps);

} // namespace beamwright
