#include "jobs/patient_setup.hpp"
#include "casefolder/structures_file.hpp"
#include "geometry/resample.hpp"
#include "jobs/outside_body.hpp"
#include "patient/masks.hpp"
#include "patient/world_builder.hpp"
#include "tables/material_library.hpp"
#include "volume/volume_file.hpp"
#include <charconv>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// "ct", an edge in mm, or "like:FILE".
Grid grid_named(std::string const& name, Grid const& ct) {
    if (name == "ct") {
        return ct;
    }
    if (name.starts_with("like:")) {
        return read_volume_file(name.substr(5)).grid();
    }
    double edge_mm = 0;
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), edge_mm);
    if (error != std::errc{} || end != name.data() + name.size() || !(edge_mm >= 0.2 && edge_mm <= 50)) {
        refuse(fmt::format("--grid '{}' is not understood", name),
               "it is ct, an edge from 0.2 to 50 mm, or like:FILE", "for example --grid 2");
    }
    return isotropic_grid(ct, edge_mm);
}

} // namespace

std::optional<std::string> first_given(std::string const& a, std::string const& b) {
    return !a.empty() ? std::optional(a) : !b.empty() ? std::optional(b) : std::nullopt;
}

PatientSetup read_patient_setup(CaseFolder const& folder, std::string const& calibration,
                                std::string const& grid, std::string const& end_cap) {
    auto const& description = folder.description();
    PatientSetup setup{folder, {}, {}, {}, {}, {}};
    setup.calibration = calibration_for(first_given(calibration, description.calibration),
                                        {description.source.ct_manufacturer, description.source.ct_model, 0});
    setup.ct_HU = read_volume<std::int16_t>(folder.ct_path());
    if (folder.has_structures()) {
        setup.structures = folder.structures();
    }
    setup.grid = grid_named(grid, setup.ct_HU.grid);
    setup.stack_options.end_cap = end_cap_named(end_cap);
    return setup;
}

Json grid_json(Grid const& grid) {
    return {{"size", grid.size},
            {"spacing_mm", {grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z}},
            {"origin_mm", {grid.origin_mm.x, grid.origin_mm.y, grid.origin_mm.z}}};
}

Volume<float> dense_mask(Structure const& structure, Grid const& grid, StackOptions const& options,
                         Warnings& warnings) {
    auto const mask = make_mask(structure, grid, with_lone_plane(options, grid, structure), warnings);
    Volume<float> dense(grid);
    std::size_t from = 0;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i) {
                dense.at(mask.first[0] + i, mask.first[1] + j, mask.first[2] + k) = mask.weight[from++];
            }
        }
    }
    return dense;
}

VoxelWorld world_of(PatientSetup const& setup, Warnings& warnings, std::vector<TissueOverride> const& more) {
    auto const& asked = setup.folder.description().overrides;
    std::vector<Volume<float>> masks;
    masks.reserve(1 + asked.size() + more.size()); // overrides keep pointers into it
    std::vector<WorldOverride> overrides;
    auto const mask_of = [&](std::string const& name) {
        auto const& structure = structure_named(setup.structures, name);
        masks.push_back(dense_mask(structure, setup.ct_HU.grid, setup.stack_options, warnings));
        return &masks.back();
    };
    if (auto outside = outside_body_mask(setup, warnings)) {
        masks.push_back(std::move(*outside));
        overrides.push_back({"outside of the body", &masks.back(), air_HU, {}, {}});
    }
    for (auto const& change : asked) {
        WorldOverride made{
            change.structure, mask_of(change.structure), change.ct_HU, {}, change.density_g_per_cm3};
        if (!change.material.empty()) {
            made.material = MaterialLibrary::shipped().named(change.material);
        }
        overrides.push_back(std::move(made));
    }
    for (auto const& change : more) {
        overrides.push_back(
            {change.structure, mask_of(change.structure), {}, change.material, change.density_g_per_cm3});
    }
    return make_voxel_world(setup.ct_HU, setup.calibration, overrides, setup.grid, warnings);
}

Structure const* target_of(PatientSetup const& setup) {
    auto const& prescription = setup.folder.description().prescription;
    if (prescription) {
        return &structure_named(setup.structures, prescription->structure);
    }
    for (auto const* type : {"PTV", "CTV", "GTV"}) {
        for (auto const& structure : setup.structures.structures) {
            if (structure.type == type && !structure.contours.empty()) {
                return &structure;
            }
        }
    }
    return nullptr;
}

} // namespace beamwright
