#include "patient/boron.hpp"
#include "geometry/interpolate.hpp"
#include "geometry/resample.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr double most_ratio = 100;

void check_ratio(std::string const& where, double ratio) {
    if (!(ratio >= 0 && ratio <= most_ratio)) {
        refuse(fmt::format("the tissue-to-blood ratio of {} is {}", where, ratio),
               fmt::format("ratios of boron compounds lie between 0 and {}", most_ratio),
               "state ppm in the tissue over ppm in blood");
    }
}

bool fits(Grid const& grid, StructureMask const& mask) {
    for (std::size_t a = 0; a < 3; ++a) {
        if (mask.first[a] < 0 || mask.first[a] + mask.size[a] > grid.size[a]) {
            return false;
        }
    }
    return true;
}

/// Calls body(voxel, weight) for the voxels of a mask.
template <class Body> void over_mask(Grid const& grid, StructureMask const& mask, Body const& body) {
    std::size_t n = 0;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i, ++n) {
                body(grid.index(mask.first[0] + i, mask.first[1] + j, mask.first[2] + k), mask.weight[n]);
            }
        }
    }
}

bool coarser(Grid const& grid, Grid const& than) { return grid.voxel_cm3() > 1.001 * than.voxel_cm3(); }

/// Whether some voxel center of `grid` lies beyond the faces of `cover`: its eight corners tell.
bool sticks_out(Grid const& grid, Grid const& cover) {
    for (int corner = 0; corner < 8; ++corner) {
        Vec3<double> const ijk{(corner & 1) != 0 ? grid.size[0] - 1.0 : 0.0,
                               (corner & 2) != 0 ? grid.size[1] - 1.0 : 0.0,
                               (corner & 4) != 0 ? grid.size[2] - 1.0 : 0.0};
        if (!within_faces(cover, cover.to_index(grid.to_patient(ijk)))) {
            return true;
        }
    }
    return false;
}

} // namespace

Volume<float> boron_ratio_map(Grid const& grid, double elsewhere, std::vector<BoronRatio> const& ratios) {
    check_ratio("tissue without a value of its own", elsewhere);
    Volume<float> map(grid, static_cast<float>(elsewhere));
    for (auto const& ratio : ratios) {
        check_ratio("'" + ratio.structure + "'", ratio.tissue_to_blood);
        if (ratio.inside == nullptr || !fits(grid, *ratio.inside)) {
            refuse(fmt::format("the mask of '{}' is missing or on another grid", ratio.structure),
                   "boron is laid out on the grid of the dose", "make the mask on that grid");
        }
        over_mask(grid, *ratio.inside, [&](std::size_t voxel, float weight) {
            if (weight >= 0.5F) {
                map.values[voxel] = static_cast<float>(ratio.tissue_to_blood);
            }
        });
    }
    return map;
}

std::vector<float> boron_ppm(Volume<float> const& ratio, double blood_ppm) {
    std::vector<float> ppm(ratio.values.size());
    for (std::size_t v = 0; v < ppm.size(); ++v) {
        ppm[v] = static_cast<float>(blood_ppm * static_cast<double>(ratio.values[v]));
    }
    return ppm;
}

Volume<float> boron_ratio_of_ppm(Volume<float> ppm, double blood_ppm) {
    if (!(blood_ppm > 0)) {
        refuse(fmt::format("a boron map is taken relative to {} ppm in blood", blood_ppm),
               "its course in time follows the blood", "state the level in blood that belongs to the map");
    }
    for (float& value : ppm.values) {
        value = static_cast<float>(static_cast<double>(value) / blood_ppm);
    }
    return ppm;
}

double ppm_per_SUV_of_blood(double blood_ppm, double blood_SUV) {
    if (!(blood_ppm > 0) || !(blood_SUV > 0)) {
        refuse(fmt::format("{} ppm and SUV {} in blood give no calibration of the PET", blood_ppm, blood_SUV),
               "both must be above 0", "measure both, or state ppm per SUV");
    }
    return blood_ppm / blood_SUV;
}

Volume<float> pet_boron_ppm(Volume<float> const& suv, PetBoron const& how, Grid const& grid,
                            Warnings& warnings) {
    if (!(how.ppm_per_SUV > 0) || !std::isfinite(how.ppm_per_SUV)) {
        refuse(fmt::format("{} ppm per SUV", how.ppm_per_SUV),
               "the PET shows uptake, not boron; the factor turns one into the other",
               "state a factor above 0, from a calibration or from a blood sample");
    }
    std::size_t negative = 0;
    Volume<float> ppm(suv.grid);
    for (std::size_t v = 0; v < suv.values.size(); ++v) {
        if (!std::isfinite(suv.values[v])) {
            refuse(fmt::format("the PET holds {} in voxel {}", suv.values[v], v), "uptake is a finite number",
                   "export the PET again");
        }
        bool const below = suv.values[v] < how.negative_limit;
        negative += below ? 1 : 0;
        ppm.values[v] = below ? 0.0F : static_cast<float>(how.ppm_per_SUV * suv.values[v]);
    }
    if (negative > 0) {
        warnings.add(fmt::format("{} voxels of the PET are below SUV {:g} and count as 0", negative,
                                 how.negative_limit),
                     "noise of the reconstruction", "look at the PET if there are many");
    }
    if (sticks_out(grid, suv.grid)) {
        warnings.add("the PET does not cover the whole dose grid", "boron beyond it is taken as 0",
                     "check that the PET covers the field, or crop the dose grid");
    }
    bool const mean = coarser(grid, suv.grid) && matching_axes(suv.grid, grid).has_value();
    return mean ? resample_conservative(ppm, grid, 0.0F) : resample_linear(ppm, grid, 0.0F);
}

double mean_ppm(Volume<float> const& ppm, StructureMask const& inside) {
    double sum = 0, weights = 0;
    over_mask(ppm.grid, inside, [&](std::size_t voxel, float weight) {
        sum += static_cast<double>(weight) * ppm.values[voxel];
        weights += weight;
    });
    return weights > 0 ? sum / weights : 0;
}

} // namespace beamwright
