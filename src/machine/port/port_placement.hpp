/// Where a port stands: by entry point, direction and distance from the skin. docs/methods/neutron_port.md
/// section 4
#pragma once
#include "geometry/frames.hpp"
#include "machine/port/port_model.hpp"

namespace beamwright {

/// The port's frame has its origin in the middle of the aperture; particles travel towards -z, x and y as in
/// the IEC gantry frame whose isocenter is the entry point.
struct PortPlacement {
    RigidTransform port_to_patient;
    Vec3<double> entry_mm{};    ///< where the axis meets the skin, patient coordinates
    double skin_to_port_mm = 0; ///< along the axis
    IecChain iec;               ///< angles, shown to the user
    Vec3<double> direction() const {
        return port_to_patient.direction({0, 0, -1});
    } ///< in which particles travel
};

/// By IEC angles; the isocenter of the chain is the entry point. \throws Refusal for distances outside 0 to
/// 5000 mm
PortPlacement place_port(IecChain const& angles, double skin_to_port_mm);
/// By direction (patient coordinates, any length); gantry and couch angles that give it are found, couch
/// within -90 to 90 degrees. \throws Refusal for a direction of no length
PortPlacement place_port(Vec3<double> entry_mm, Vec3<double> direction, double skin_to_port_mm,
                         PatientPosition position);

/// Where a line to `target_mm` in this direction first enters the body. `body`: share of each voxel inside;
/// the skin is where it passes one half. \throws Refusal if the line misses the body
Vec3<double> skin_entry(Volume<float> const& body, Vec3<double> target_mm, Vec3<double> direction);

/// Refuses a port that enters the patient: a voxel of the body (share of one half or more) lies behind the
/// plane of the aperture, within the housing (or, where none is known, the aperture), by more than half a
/// voxel.
void check_port_clear(PortModel const& port, PortPlacement const& placement, Volume<float> const& body);

} // namespace beamwright
