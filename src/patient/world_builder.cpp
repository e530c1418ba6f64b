#include "patient/world_builder.hpp"
#include "core/parallel.hpp"
#include "geometry/resample.hpp"
#include "patient/hu_converter.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace beamwright {

namespace {

constexpr MaterialId not_set = std::numeric_limits<MaterialId>::max();

std::string shown_place(Grid const& grid, std::size_t index) {
    auto const columns = static_cast<std::size_t>(grid.size[0]),
               rows = static_cast<std::size_t>(grid.size[1]);
    std::size_t const row = index / columns, slice = row / rows;
    double const i = static_cast<double>(index % columns), j = static_cast<double>(row % rows),
                 k = static_cast<double>(slice);
    auto const place = grid.to_patient({i, j, k});
    return fmt::format("voxel ({}, {}, {}) at ({:.1f}, {:.1f}, {:.1f}) mm", i, j, k, place.x, place.y,
                       place.z);
}

/// HU that cannot or should hardly be used: how many, the first, the farthest.
struct Oddities {
    std::size_t count = 0, first = 0;
    double farthest_hu = 0;
    void note(std::size_t index, double hu) {
        if (count++ == 0) {
            first = index;
            farthest_hu = hu;
        }
        farthest_hu = std::abs(hu) > std::abs(farthest_hu) ? hu : farthest_hu;
    }
};

void apply_override(WorldOverride const& override, Grid const& grid, HuConverter const& converter,
                    VoxelWorld& world) {
    if (override.inside == nullptr || !(override.inside->grid == grid)) {
        refuse(fmt::format("override of '{}': its mask is not on the grid of the CT", override.name),
               "shares are needed for the CT's voxels", "make the mask on the grid of the CT");
    }
    if (override.hu.has_value() == override.material.has_value()) {
        refuse(fmt::format("override of '{}': either HU or material is needed", override.name),
               "the density may be given beside a material", "give one of them");
    }
    HuConverter::Tissue tissue;
    if (override.hu) {
        if (!converter.accepts(*override.hu)) {
            refuse(fmt::format("override of '{}': {} HU", override.name, *override.hu),
                   fmt::format("calibration '{}' holds {} to {} HU", converter.calibration().name,
                               converter.calibration().least_hu, converter.calibration().most_hu),
                   "give another HU, or material and density");
        }
        tissue = converter.at(*override.hu);
    } else {
        world.materials.push_back(*override.material);
        tissue = {static_cast<MaterialId>(world.materials.size() - 1), override.material->density_g_per_cm3};
    }
    tissue.density_g_per_cm3 = override.density_g_per_cm3.value_or(tissue.density_g_per_cm3);
    if (!(tissue.density_g_per_cm3 > 0 && tissue.density_g_per_cm3 <= 30)) {
        refuse(fmt::format("override of '{}': density {} g/cm3", override.name, tissue.density_g_per_cm3),
               "allowed: above 0, at most 30 g/cm3", "correct the density");
    }
    for (std::size_t v = 0; v < world.material.size(); ++v) {
        if (override.inside->values[v] >= 0.5f) {
            world.material[v] = tissue.material;
            world.density_g_per_cm3[v] = static_cast<float>(tissue.density_g_per_cm3);
        }
    }
}

/// Tissue of a voxel value. 16-bit values come from a table: a CT has 50 million voxels.
class TissueLookup {
public:
    explicit TissueLookup(HuConverter const& converter) : converter_(converter), table_(65536) {
        for (int hu = -32768; hu < 32768; ++hu) {
            if (converter.accepts(hu)) {
                table_[static_cast<std::size_t>(std::int64_t{hu} + 32768)] = converter.at(hu);
            }
        }
    }
    HuConverter::Tissue operator()(std::int16_t hu) const {
        return table_[static_cast<std::size_t>(hu + 32768)];
    }
    HuConverter::Tissue operator()(float hu) const { return converter_.at(static_cast<double>(hu)); }

private:
    HuConverter const& converter_;
    std::vector<HuConverter::Tissue> table_;
};

template <class Value>
void convert_rest(Volume<Value> const& hu, HuConverter const& converter, VoxelWorld& world,
                  Warnings& warnings) {
    auto const& calibration = converter.calibration();
    TissueLookup const tissue_of(converter);
    Oddities refused, high;
    for (std::size_t v = 0; v < hu.values.size(); ++v) {
        if (world.material[v] != not_set) {
            continue;
        }
        double const value = static_cast<double>(hu.values[v]);
        if (!converter.accepts(value)) {
            refused.note(v, value);
            continue;
        }
        if (calibration.warn_above_hu && value > *calibration.warn_above_hu) {
            high.note(v, value);
        }
        auto const tissue = tissue_of(hu.values[v]);
        world.material[v] = tissue.material;
        world.density_g_per_cm3[v] = static_cast<float>(tissue.density_g_per_cm3);
    }
    if (refused.count > 0) {
        refuse(fmt::format("{} voxels have HU outside calibration '{}', up to {} HU", refused.count,
                           calibration.name, refused.farthest_hu),
               fmt::format("it holds {} to {} HU and does not clamp; the first is {}", calibration.least_hu,
                           calibration.most_hu, shown_place(hu.grid, refused.first)),
               "override the structure that holds them, or choose a calibration that reaches so far");
    }
    if (high.count > 0) {
        warnings.add(fmt::format("{} voxels are above {} HU, up to {} HU", high.count,
                                 *calibration.warn_above_hu, high.farthest_hu),
                     fmt::format("metal or teeth are not in calibration '{}' (bone is used); the first is {}",
                                 calibration.name, shown_place(hu.grid, high.first)),
                     "override implants with their material and density");
    }
}

template <class Value>
VoxelWorld tissue_on_ct_grid(Volume<Value> const& hu, HuConverter const& converter,
                             std::vector<WorldOverride> const& overrides, Warnings& warnings) {
    VoxelWorld world;
    world.grid = hu.grid;
    world.materials = converter.materials();
    world.material.assign(hu.grid.voxels(), not_set);
    world.density_g_per_cm3.assign(hu.grid.voxels(), 0.0f);
    // Overrides first, so that HU below them (metal, artifacts) need not be in the calibration
    for (auto const& override : overrides) {
        apply_override(override, hu.grid, converter, world);
    }
    convert_rest(hu, converter, world, warnings);
    return world;
}

/// Box overlap of one target voxel with the source: weights per axis of the source.
struct Overlaps {
    std::array<AxisOverlap, 3> of_target_axis;
    AxisMatch match;
};

/// Mass per material over one target voxel; the density is the sum, the material the heaviest.
class MassMixer {
public:
    MassMixer(VoxelWorld const& source, Overlaps const& overlaps, MaterialId air, double air_density)
        : source_(source), overlaps_(overlaps), air_(air), air_density_(air_density),
          mass_(source.materials.size()) {}

    /// Returns the share of the voxel that the source covers.
    double mix(std::array<int, 3> target, MaterialId& material, float& density) {
        std::fill(mass_.begin(), mass_.end(), 0.0);
        double covered = 0;
        auto const span = [&](std::size_t axis) -> std::vector<double> const& {
            return overlaps_.of_target_axis[axis].shares[static_cast<std::size_t>(target[axis])];
        };
        auto const first = [&](std::size_t axis) {
            return overlaps_.of_target_axis[axis].first[static_cast<std::size_t>(target[axis])];
        };
        std::array<int, 3> source_index{};
        auto const& axis_of = overlaps_.match.source_axis;
        for (std::size_t c = 0; c < span(2).size(); ++c) {
            source_index[static_cast<std::size_t>(axis_of[2])] = first(2) + static_cast<int>(c);
            for (std::size_t b = 0; b < span(1).size(); ++b) {
                source_index[static_cast<std::size_t>(axis_of[1])] = first(1) + static_cast<int>(b);
                for (std::size_t a = 0; a < span(0).size(); ++a) {
                    source_index[static_cast<std::size_t>(axis_of[0])] = first(0) + static_cast<int>(a);
                    double const share = span(0)[a] * span(1)[b] * span(2)[c];
                    auto const v = source_.grid.index(source_index[0], source_index[1], source_index[2]);
                    mass_[source_.material[v]] += share * static_cast<double>(source_.density_g_per_cm3[v]);
                    covered += share;
                }
            }
        }
        mass_[air_] += std::max(0.0, 1.0 - covered) * air_density_;
        double total = 0;
        for (double const mass : mass_) {
            total += mass;
        }
        material = static_cast<MaterialId>(std::max_element(mass_.begin(), mass_.end()) - mass_.begin());
        density = static_cast<float>(total);
        return covered;
    }

private:
    VoxelWorld const& source_;
    Overlaps const& overlaps_;
    MaterialId air_;
    double air_density_;
    std::vector<double> mass_;
};

VoxelWorld resampled(VoxelWorld source, Grid const& grid, Warnings& warnings) {
    auto const match = matching_axes(source.grid, grid);
    if (!match) {
        refuse("the dose grid is turned against the CT",
               "mass is conserved only for grids with the same axes",
               "use the CT's orientation for the dose grid");
    }
    Overlaps overlaps{{}, *match};
    for (int axis = 0; axis < 3; ++axis) {
        overlaps.of_target_axis[static_cast<std::size_t>(axis)] = axis_overlap(source.grid, grid, axis);
    }
    Material const& air = MaterialLibrary::shipped().named("air");
    source.materials.push_back(air);
    auto const air_id = static_cast<MaterialId>(source.materials.size() - 1);
    VoxelWorld world;
    world.grid = grid;
    world.materials = source.materials;
    world.material.resize(grid.voxels());
    world.density_g_per_cm3.resize(grid.voxels());
    std::vector<double> covered(static_cast<std::size_t>(grid.size[2]));
    parallel_ranges(covered.size(), 1, [&](std::size_t begin, std::size_t end) {
        MassMixer mixer(source, overlaps, air_id, air.density_g_per_cm3);
        for (std::size_t k = begin; k < end; ++k) {
            for (int j = 0; j < grid.size[1]; ++j) {
                for (int i = 0; i < grid.size[0]; ++i) {
                    auto const v = grid.index(i, j, static_cast<int>(k));
                    covered[k] +=
                        mixer.mix({i, j, static_cast<int>(k)}, world.material[v], world.density_g_per_cm3[v]);
                }
            }
        }
    });
    double share = 0;
    for (double const slice : covered) {
        share += slice / static_cast<double>(grid.voxels());
    }
    if (share < 0.999) {
        warnings.add(fmt::format("{:.1f} % of the dose grid lies outside the CT", 100 * (1 - share)),
                     "it is taken as air", "choose a smaller dose grid if tissue is missing there");
    }
    return world;
}

template <class Value>
VoxelWorld build(Volume<Value> const& hu, Calibration const& calibration,
                 std::vector<WorldOverride> const& overrides, Grid const& grid, Warnings& warnings) {
    if (hu.values.size() != hu.grid.voxels() || hu.values.empty()) {
        refuse("the CT holds no voxels", "there is nothing to convert", "check the CT");
    }
    auto world = tissue_on_ct_grid(hu, HuConverter(calibration), overrides, warnings);
    return grid == hu.grid ? world : resampled(std::move(world), grid, warnings);
}

} // namespace

VoxelWorld make_voxel_world(Volume<std::int16_t> const& hu, Calibration const& calibration,
                            std::vector<WorldOverride> const& overrides, Grid const& grid,
                            Warnings& warnings) {
    return build(hu, calibration, overrides, grid, warnings);
}

VoxelWorld make_voxel_world(Volume<float> const& hu, Calibration const& calibration,
                            std::vector<WorldOverride> const& overrides, Grid const& grid,
                            Warnings& warnings) {
    return build(hu, calibration, overrides, grid, warnings);
}

VoxelWorld make_material_world(Volume<MaterialId> const& index, std::vector<Material> materials) {
    VoxelWorld world;
    world.grid = index.grid;
    world.material = index.values;
    world.density_g_per_cm3.reserve(index.values.size());
    for (MaterialId const id : index.values) {
        if (id >= materials.size()) {
            refuse(fmt::format("material {} in a voxel", id),
                   fmt::format("the list holds {} materials, numbered from 0", materials.size()),
                   "correct the index or add the material");
        }
        world.density_g_per_cm3.push_back(static_cast<float>(materials[id].density_g_per_cm3));
    }
    world.materials = std::move(materials);
    return world;
}

} // namespace beamwright
