/// \file  frames.hpp — from the gantry to the patient by IEC 61217
/// \how   docs/methods/frames.md eq. 1-6; IEC 61217, DICOM PS3.3 C.8.8.25.6.2 (pitch, roll)
/// \fits  isocentric couches; all eight patient positions; any angle
/// \not   eccentric table rotation, gantry pitch (the plan reader refuses both), seated patients
/// \proof tests/geometry/frames_test.cpp
#pragma once
#include "core/refusal.hpp"
#include "geometry/grid.hpp"
#include "lanes/constants.hpp"
#include <array>
#include <cmath>
#include <string>
#include <string_view>

namespace beamwright {

/// A point in the IEC gantry frame: origin at the isocenter, z towards the source, mm.
struct GantryPoint {
    Vec3<double> mm{};
};
/// A point in DICOM patient coordinates (LPS), mm.
struct PatientPoint {
    Vec3<double> mm{};
};

/// How the patient lies: which end points to the gantry, which side is up.
enum class PatientPosition { HFS, HFP, HFDL, HFDR, FFS, FFP, FFDL, FFDR };

inline constexpr std::array<std::string_view, 8> patient_position_names{"HFS", "HFP", "HFDL", "HFDR",
                                                                        "FFS", "FFP", "FFDL", "FFDR"};

/// Reads the DICOM code; refuses any other text, an empty one included.
inline PatientPosition patient_position_from(std::string_view code) {
    for (std::size_t i = 0; i < patient_position_names.size(); ++i)
        if (patient_position_names[i] == code)
            return static_cast<PatientPosition>(i);
    refuse("patient position '" + std::string(code) + "' is not known",
           "a beam can be placed only for HFS, HFP, HFDL, HFDR, FFS, FFP, FFDL or FFDR",
           "export the plan with Patient Position (0018,5100) set, or name it with --patient-position");
}

/// Angles and places that lead from the gantry frame to the patient.
struct IecChain {
    double gantry_deg = 0, couch_deg = 0; ///< IEC 61217 gantry and patient support angle
    double table_pitch_deg = 0, table_roll_deg = 0;
    PatientPosition patient_position = PatientPosition::HFS;
    Vec3<double> isocenter_mm{}; ///< DICOM patient coordinates
};

/// Sine and cosine of an angle in degrees; exact at every multiple of 90 degrees.
inline SinCos sincos_deg(double degrees) {
    double const turn = std::remainder(degrees, 360.0); // -180 .. 180, exact
    double const quarter = std::nearbyint(turn / 90.0);
    double const rest = (turn - 90.0 * quarter) * (constants::pi / 180.0);
    double const s = std::sin(rest), c = std::cos(rest);
    switch ((static_cast<int>(quarter) + 4) % 4) {
    case 0:
        return {s, c};
    case 1:
        return {c, -s};
    case 2:
        return {-s, -c};
    default:
        return {-c, s};
    }
}

/// Right-handed rotations about the three axes (positive: clockwise when looking along the axis).
inline Mat3<double> rotation_x_deg(double degrees) {
    auto const [s, c] = sincos_deg(degrees);
    return {{1, 0, 0}, {0, c, -s}, {0, s, c}};
}
inline Mat3<double> rotation_y_deg(double degrees) {
    auto const [s, c] = sincos_deg(degrees);
    return {{c, 0, s}, {0, 1, 0}, {-s, 0, c}};
}
inline Mat3<double> rotation_z_deg(double degrees) {
    auto const [s, c] = sincos_deg(degrees);
    return {{c, -s, 0}, {s, c, 0}, {0, 0, 1}};
}

/// Table top axes (x right, y to the gantry, z up) to patient axes (left, posterior, superior).
inline Mat3<double> table_top_to_patient(PatientPosition position) {
    switch (position) {
    case PatientPosition::HFS:
        return {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}};
    case PatientPosition::HFP:
        return {{-1, 0, 0}, {0, 0, 1}, {0, 1, 0}};
    case PatientPosition::HFDL:
        return {{0, 0, -1}, {-1, 0, 0}, {0, 1, 0}};
    case PatientPosition::HFDR:
        return {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}};
    case PatientPosition::FFS:
        return {{-1, 0, 0}, {0, 0, -1}, {0, -1, 0}};
    case PatientPosition::FFP:
        return {{1, 0, 0}, {0, 0, 1}, {0, -1, 0}};
    case PatientPosition::FFDL:
        return {{0, 0, -1}, {1, 0, 0}, {0, -1, 0}};
    case PatientPosition::FFDR:
        return {{0, 0, 1}, {-1, 0, 0}, {0, -1, 0}};
    }
    BW_EXPECT(!"a patient position");
    return {};
}

/// Gantry frame to patient: gantry angle, back through couch, pitch and roll, then how the patient lies.
inline RigidTransform gantry_to_patient(IecChain const& chain) {
    auto const gantry_to_fixed = rotation_y_deg(chain.gantry_deg);
    auto const table_to_fixed = rotation_z_deg(chain.couch_deg) * rotation_x_deg(chain.table_pitch_deg) *
                                rotation_y_deg(chain.table_roll_deg);
    auto const fixed_to_patient = table_top_to_patient(chain.patient_position) * table_to_fixed.transposed();
    return {fixed_to_patient * gantry_to_fixed, chain.isocenter_mm};
}

inline PatientPoint to_patient(GantryPoint point, IecChain const& chain) {
    return {gantry_to_patient(chain).point(point.mm)};
}
inline GantryPoint to_gantry(PatientPoint point, IecChain const& chain) {
    return {gantry_to_patient(chain).inverse().point(point.mm)};
}

/// Unit vector in which protons on the central axis travel (gantry -z), patient coordinates.
inline Vec3<double> beam_direction(IecChain const& chain) {
    return gantry_to_patient(chain).direction({0, 0, -1});
}

} // namespace beamwright
