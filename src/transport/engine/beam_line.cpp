#include "transport/engine/beam_line.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Air at 20 degrees Celsius and 101.325 kPa: ICRU Report 37 (1984).
constexpr double air_g_per_cm3 = 1.20479e-3;

std::string beam_name(BeamSource const& beam) { return fmt::format("beam {} '{}'", beam.number, beam.name); }

void check_slab(BeamSource const& beam, BeamSlab const& slab, double upstream_free_z_mm) {
    auto const where = fmt::format("{}: plate '{}' from gantry z = {:g} to {:g} mm", beam_name(beam),
                                   slab.name, slab.upstream_z_mm, slab.downstream_z_mm);
    if (!(slab.upstream_z_mm > slab.downstream_z_mm)) {
        refuse(where + " has no thickness", "its upstream face must have the greater z",
               "check thickness and place of the range shifter");
    }
    if (!(slab.density_g_per_cm3 > 0)) {
        refuse(where + fmt::format(" has density {:g} g/cm3", slab.density_g_per_cm3),
               "matter in the beam needs a density above 0", "state the density of the plate");
    }
    if (slab.upstream_z_mm > upstream_free_z_mm + 1e-9) {
        refuse(where + fmt::format(" begins above z = {:g} mm", upstream_free_z_mm),
               "the source plane or another plate is there",
               "move the plate, or the plane where the machine's optics are stated");
    }
}

void add_walls(BeamSource const& beam, BeamSlab const& slab, std::vector<PlateWall>& walls) {
    for (auto const& outline : slab.openings) {
        std::size_t const corners = outline.x_mm.size();
        bool finite = corners == outline.y_mm.size();
        for (std::size_t i = 0; finite && i < corners; ++i) {
            finite = std::isfinite(outline.x_mm[i]) && std::isfinite(outline.y_mm[i]);
        }
        if (!finite || corners < 3) {
            refuse(fmt::format("{}: an opening of plate '{}' has {} corners", beam_name(beam), slab.name,
                               corners),
                   "an outline needs three or more corners with finite x and y",
                   "check the block of the plan");
        }
        for (std::size_t i = 0; i < corners; ++i) {
            std::size_t const next = i + 1 < corners ? i + 1 : 0;
            walls.push_back({outline.x_mm[i], outline.y_mm[i], outline.x_mm[next], outline.y_mm[next]});
        }
    }
}

} // namespace

GridBox box_of(Grid const& grid) {
    return {grid.size[0],      grid.size[1],      grid.size[2],
            grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z};
}

RigidTransform to_grid_frame(RigidTransform const& to_patient, Grid const& grid) {
    auto const to_axes = grid.axes.transposed();
    auto const rotation = to_axes * to_patient.rotation;
    Vec3<double> const half{0.5 * grid.spacing_mm.x, 0.5 * grid.spacing_mm.y, 0.5 * grid.spacing_mm.z};
    return {rotation, to_axes * (to_patient.shift_mm - grid.origin_mm) + half};
}

RigidTransform gantry_to_grid_frame(BeamSource const& beam, Grid const& grid) {
    return to_grid_frame(beam.gantry_to_patient, grid);
}

BeamLine::BeamLine(BeamSource const& beam, Grid const& grid, std::vector<std::uint32_t> const& slab_material,
                   std::uint32_t air, Warnings& warnings) {
    double const between = beam.air_before_patient ? air_g_per_cm3 : 0.0;
    double z_mm = beam.source_plane_z_mm;
    std::size_t number = 0;
    for (auto const& slab : beam.slabs) {
        check_slab(beam, slab, z_mm);
        if (z_mm > slab.upstream_z_mm) {
            layers_.push_back({z_mm, slab.upstream_z_mm, {air, between}, {}, 0, 0});
        }
        int const first_wall = static_cast<int>(walls_.size());
        add_walls(beam, slab, walls_);
        layers_.push_back({slab.upstream_z_mm,
                           slab.downstream_z_mm,
                           {slab_material[number++], slab.density_g_per_cm3},
                           {air, between},
                           first_wall,
                           static_cast<int>(walls_.size()) - first_wall});
        z_mm = slab.downstream_z_mm;
    }
    layers_.push_back({z_mm, -1e30, {air, between}, {}, 0, 0});

    auto const to_grid = gantry_to_grid_frame(beam, grid);
    view_.grid = box_of(grid);
    view_.to_grid = to_grid.rotation;
    view_.to_grid_shift_mm = to_grid.shift_mm;

    // The axis of the beam where the last layer begins: inside the grid?
    auto const at = to_grid.point({0, 0, z_mm});
    auto const box = box_of(grid);
    bool const inside = at.x > 0 && at.x < box.nx * box.edge_x_mm && at.y > 0 &&
                        at.y < box.ny * box.edge_y_mm && at.z > 0 && at.z < box.nz * box.edge_z_mm;
    if (inside) {
        warnings.add(fmt::format("{}: {} at z = {:g} mm lies inside the calculation grid", beam_name(beam),
                                 beam.slabs.empty() ? "the source plane" : "the last plate in the beam",
                                 z_mm),
                     "what the grid holds upstream of it is not crossed by the beam",
                     "nothing, if there is only air; else check isocenter, snout position and machine file");
    }
}

BeamLineView BeamLine::view() const {
    BeamLineView view = view_;
    view.layers = layers_.data();
    view.layer_count = static_cast<int>(layers_.size());
    view.walls = walls_.data();
    return view;
}

} // namespace beamwright
