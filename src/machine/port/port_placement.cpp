#include "machine/port/port_placement.hpp"
#include "geometry/interpolate.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

std::string text_of(Vec3<double> mm) { return fmt::format("({:.1f}, {:.1f}, {:.1f}) mm", mm.x, mm.y, mm.z); }

/// Gantry and couch angle whose beam travels this way. docs/methods/neutron_port.md eq. 4
IecChain angles_of(Vec3<double> direction, PatientPosition position) {
    auto const t = table_top_to_patient(position).transposed() * direction;
    double const across = std::hypot(t.x, t.y), to_deg = 180 / constants::pi;
    IecChain chain;
    chain.patient_position = position;
    double const sine = t.x > 0 ? -across : across;
    chain.gantry_deg = std::atan2(sine, -t.z) * to_deg;
    if (chain.gantry_deg < 0) {
        chain.gantry_deg += 360;
    }
    chain.couch_deg = across > 1e-12 ? std::atan2(t.y / sine, -t.x / sine) * to_deg : 0;
    return chain;
}

double share_at(Volume<float> const& body, Vec3<double> patient_mm) {
    auto const place = body.grid.to_index(patient_mm);
    return within_faces(body.grid, place) ? interpolated(body, place) : 0;
}

double finest_mm(Grid const& grid) {
    return std::min({grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z});
}

} // namespace

PortPlacement place_port(IecChain const& angles, double skin_to_port_mm) {
    if (!(skin_to_port_mm >= 0 && skin_to_port_mm <= 5000)) {
        refuse(fmt::format("the skin is {} mm from the port", skin_to_port_mm),
               "the distance along the axis is 0 (contact) to 5000 mm", "state the distance in mm");
    }
    auto const to_patient = gantry_to_patient(angles);
    PortPlacement placement;
    placement.port_to_patient = {to_patient.rotation, to_patient.point({0, 0, skin_to_port_mm})};
    placement.entry_mm = angles.isocenter_mm;
    placement.skin_to_port_mm = skin_to_port_mm;
    placement.iec = angles;
    return placement;
}

PortPlacement place_port(Vec3<double> entry_mm, Vec3<double> direction, double skin_to_port_mm,
                         PatientPosition position) {
    if (!(norm(direction) > 0) || !std::isfinite(norm(direction))) {
        refuse("the direction of the port has no length", "particles travel along it",
               "state a direction, for example (0, 1, 0)");
    }
    auto angles = angles_of(normalized(direction), position);
    angles.isocenter_mm = entry_mm;
    return place_port(angles, skin_to_port_mm);
}

Vec3<double> skin_entry(Volume<float> const& body, Vec3<double> target_mm, Vec3<double> direction) {
    auto const unit = normalized(direction);
    auto const& grid = body.grid;
    double const step = 0.25 * finest_mm(grid);
    double const diagonal =
        norm(Vec3<double>{grid.size[0] * grid.spacing_mm.x, grid.size[1] * grid.spacing_mm.y,
                          grid.size[2] * grid.spacing_mm.z});
    // From far outside inwards; the first place of the body is the skin
    double outside = -diagonal, inside = NAN;
    int const steps = static_cast<int>(2 * diagonal / step) + 1;
    for (int i = 0; i <= steps; ++i) {
        double const along = -diagonal + i * step;
        if (share_at(body, target_mm + along * unit) >= 0.5) {
            inside = along;
            break;
        }
        outside = along;
    }
    if (std::isnan(inside)) {
        refuse(fmt::format("a line through {} misses the body", text_of(target_mm)),
               "a port is placed where its axis enters the skin", "choose another target or direction");
    }
    for (int i = 0; i < 40; ++i) {
        double const middle = 0.5 * (outside + inside);
        (share_at(body, target_mm + middle * unit) >= 0.5 ? inside : outside) = middle;
    }
    return target_mm + inside * unit;
}

void check_port_clear(PortModel const& port, PortPlacement const& placement, Volume<float> const& body) {
    auto const& grid = body.grid;
    auto const to_port = placement.port_to_patient.inverse();
    double const slack = 0.5 * finest_mm(grid);
    double const reach = port.housing_radius_mm.value_or(port.reach_mm());
    bool const by_radius = port.housing_radius_mm || port.aperture == PortAperture::disk;
    double deepest = slack;
    Vec3<double> where{};
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i) {
                if (!(body.at(i, j, k) >= 0.5F)) {
                    continue;
                }
                auto const place = grid.to_patient({double(i), double(j), double(k)});
                auto const local = to_port.point(place);
                bool const within =
                    by_radius ? std::hypot(local.x, local.y) < reach
                              : std::abs(local.x) < port.half_x_mm && std::abs(local.y) < port.half_y_mm;
                if (within && local.z > deepest) {
                    deepest = local.z;
                    where = place;
                }
            }
        }
    }
    if (deepest > slack) {
        refuse(fmt::format("port '{}' enters the patient: {:.1f} mm deep at {}", port.name, deepest,
                           text_of(where)),
               fmt::format("its plane stands {:.1f} mm from the skin on the axis, but other parts of the "
                           "body are nearer",
                           placement.skin_to_port_mm),
               fmt::format("move it back to {:.0f} mm or more, or turn it",
                           placement.skin_to_port_mm + std::ceil(deepest)));
    }
}

} // namespace beamwright
