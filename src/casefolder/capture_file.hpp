/// capture.json: a neutron capture irradiation as asked for. docs/formats/capture.md
#pragma once
#include "casefolder/capture_boron_map.hpp"
#include "core/json.hpp"
#include "lanes/vec3.hpp"
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// What a structure is to neutron capture: its boron and its tissues in the parameter sets.
struct CaptureStructure {
    std::string structure; ///< empty: everywhere else
    std::string material;  ///< empty: as the CT says; else this material at its nominal density
    std::optional<double> boron_to_blood; ///< ppm of B-10 per ppm in blood; absent: as the boron map has it
    double boron_relative_sigma = 0;      ///< one standard deviation, for scenarios
    std::string weights_tissue, isoeffective_tissue;
};

enum class LimitKind { weighted, isoeffective };

struct CaptureLimit {
    std::string structure;
    LimitKind dose = LimitKind::weighted;
    std::string figure; ///< "max", "mean", or "D2cc" with any number of cm3
    double dose_Gy = 0;
};

/// A measured level of B-10 in blood.
struct CaptureBloodSample {
    double min = 0, ppm = 0;
};

/// One port in one place, open for its share of the irradiation. Fields are given one after the other.
struct CaptureField {
    std::string name;             ///< empty where there is one field
    std::string port;             ///< name of a shipped port or a path
    std::optional<double> amount; ///< of the port's strength, in its unit; absent: its own
    /// The axis goes through the middle of this structure, or through a point.
    std::string target;
    std::optional<Vec3<double>> target_mm;
    double gantry_deg = 0, couch_deg = 0; ///< IEC 61217, the entry point as isocenter
    std::string patient_position = "HFS";
    double skin_to_port_mm = 0;
    double share = 1; ///< of the time with an open port; shares of all fields sum to 1
};

struct CapturePlan {
    std::string label;
    std::vector<CaptureField> fields; ///< at least one
    double pause_min = 0;             ///< between two fields
    std::optional<CaptureBoronMap> boron_map;
    std::optional<double> blood_ppm; ///< constant level; else samples
    std::vector<CaptureBloodSample> blood_samples;
    std::string blood_curve = "exponential"; ///< or "constant", "biexponential"
    double start_min = 0;                    ///< on the samples' clock
    double blood_relative_sigma = 0;
    std::string weights, isoeffective; ///< parameter sets
    std::string tissue_map;            ///< materials by structure name: a shipped map or a path; empty: none
    CaptureStructure elsewhere;
    std::vector<CaptureStructure> structures; ///< later ones win
    std::vector<CaptureLimit> limits;
    double longest_min = 120;
    double position_sigma_mm = 0; ///< per axis, for scenarios
    /// Structures (or "elsewhere") whose tissues fill the axis for its figures; empty: no figures, the target.
    std::string normal_tissue, tumor_tissue;
};

inline constexpr std::size_t most_capture_fields = 8;

std::string capture_to_text(CapturePlan const& plan);
/// \throws Refusal with file and field.
CapturePlan capture_from_json(JsonReader const& json);

} // namespace beamwright
