/// A scanned ion plan as data: what a machine is told to deliver. IEC 61217 names and angles.
#pragma once
#include "lanes/vec3.hpp"
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace beamwright {

/// Spot position in the plane through the isocenter, IEC gantry x and y; metersets of one fraction.
struct Spot {
    double x_mm = 0, y_mm = 0;
    double meterset_MU = 0;
};

struct Layer {
    double energy_MeV = 0; ///< nominal
    std::vector<Spot> spots;
    /// Full width at half maximum in air at the isocenter, gantry x and y, if the plan states it (not used
    /// for dose).
    std::optional<std::array<double, 2>> spot_fwhm_mm{};
};

struct RangeShifterSetting {
    std::string id;                               ///< as the plan names it ("RS_5CM")
    std::optional<double> isocenter_to_tray_mm{}; ///< isocenter to the downstream (patient side) face
    std::optional<double> wet_mm{};               ///< water-equivalent thickness stated by the plan
};

/// A plate with an opening (aperture), or one in the shape of its outline (shielding). Static for the whole beam.
struct BlockSetting {
    std::string id;
    bool is_aperture = true;
    std::string material; ///< as the plan names it; may be empty
    double thickness_mm = 0;
    double isocenter_to_downstream_mm = 0; ///< isocenter to the face on the patient's side
    bool divergent = false;                ///< walls point at the virtual source; else along the beam's axis
    std::vector<double> x_mm, y_mm;        ///< corners, gantry axes, projected to the isocenter plane
};

/// A comb of bars across the beam that spreads out the peak: a profile of steps, the same in every period. The flat side
/// lies downstream. Static for the whole beam.
struct RidgeFilterSetting {
    struct Step {
        double width_mm = 0, height_mm = 0; ///< so wide a part of each period is at least so high
    };
    std::string id, material;              ///< a material of the library
    double isocenter_to_downstream_mm = 0; ///< isocenter to the flat side
    bool along_x = true;                   ///< bars follow each other along gantry x, else along y
    double period_mm = 0;
    double half_width_mm = 150; ///< of the square filter; beside it there is air
    std::vector<Step> steps;    ///< from the base up; a first step as wide as the period is a plate
};

struct TreatmentBeam {
    int number = 0;
    std::string name;
    std::string machine_name;
    double gantry_deg = 0, couch_deg = 0; ///< IEC 61217 gantry and patient support angles
    double table_pitch_deg = 0, table_roll_deg = 0;
    Vec3<double> isocenter_mm{}; ///< DICOM patient coordinates
    std::optional<double> snout_position_mm;
    /// Isocenter to the scanning centers in gantry x and y as the plan states them (DICOM 300A,030A).
    std::optional<double> virtual_source_x_mm, virtual_source_y_mm;
    std::vector<RangeShifterSetting> range_shifters;
    std::vector<BlockSetting> blocks;
    std::vector<RidgeFilterSetting> ridge_filters;
    std::vector<Layer> layers;
    double meterset_MU = 0; ///< of one fraction; equals the sum over spots
};

struct Plan {
    std::string label;
    /// HFS, FFS, HFP, FFP, HFDL, HFDR, FFDL, FFDR; empty where the plan does not say.
    std::string patient_position = "HFS";
    int fractions = 1;
    std::vector<TreatmentBeam> beams;
    // References kept for export
    std::string sop_instance_uid, frame_of_reference_uid, structure_set_uid;
};

} // namespace beamwright
