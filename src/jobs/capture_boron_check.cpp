#include "jobs/capture_boron_check.hpp"
#include "casefolder/structures_file.hpp"
#include "geometry/interpolate.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr double least_ratio = 0.1; ///< tissue holds some tenths of the blood's boron at least, tumors more
constexpr double must_be_covered = 0.95, whole = 0.999;

Vec3<double> center_mm(Grid const& grid, std::size_t v) {
    auto const nx = static_cast<std::size_t>(grid.size[0]), ny = static_cast<std::size_t>(grid.size[1]);
    std::size_t const i = v % nx, j = v / nx % ny, k = v / (nx * ny);
    return grid.to_patient({static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)});
}

/// Of the voxels of one tissue in the body.
struct MapOfTissue {
    double voxels = 0, covered = 0, ratio = 0;
    double share() const { return covered / voxels; }
    double mean_ratio() const { return ratio / voxels; }
};

std::vector<MapOfTissue> by_tissue(CaptureSetup const& setup, Volume<float> const& ratio, Grid const& cover) {
    std::vector<MapOfTissue> found(setup.tissues.size());
    for (std::size_t v = 0; v < ratio.values.size(); ++v) {
        if (setup.body.values[v] >= 0.5F) {
            auto& tissue = found[setup.tissue_index[v]];
            tissue.voxels += 1;
            tissue.covered += within_faces(cover, cover.to_index(center_mm(ratio.grid, v))) ? 1 : 0;
            tissue.ratio += static_cast<double>(ratio.values[v]);
        }
    }
    return found;
}

/// Its boron decides the time, or whether the tumor gets its dose.
bool decides(CaptureSetup const& setup, std::string const& structure) {
    auto const& plan = setup.plan;
    auto const* const target = target_of(setup.patient);
    return structure == plan.tumor_tissue || (target != nullptr && structure == target->name) ||
           std::any_of(plan.limits.begin(), plan.limits.end(),
                       [&](CaptureLimit const& limit) { return limit.structure == structure; });
}

void check_cover(CaptureSetup const& setup, std::string const& structure, double share, Warnings& warnings) {
    auto const problem = fmt::format("boron map '{}' covers {:.1f} % of '{}'", setup.plan.boron_map->file,
                                     100 * share, structure);
    if (share < must_be_covered && decides(setup, structure)) {
        refuse(problem,
               "it is limited, or the target; boron that the map does not show would count as none and "
               "make the irradiation too long",
               "export a larger map, or state boron_to_blood of this structure");
    }
    if (share < whole) {
        warnings.add(problem, "boron beyond the map is taken as 0",
                     "state boron_to_blood of this structure, or export a larger map");
    }
}

/// Limited structures that the plan does not list are part of elsewhere.
void check_unlisted(CaptureSetup const& setup, Grid const& cover, Warnings& warnings) {
    auto const& patient = setup.patient;
    for (auto const& limit : setup.plan.limits) {
        auto const& listed = setup.plan.structures;
        if (std::any_of(listed.begin(), listed.end(), [&](CaptureStructure const& structure) {
                return structure.structure == limit.structure;
            })) {
            continue;
        }
        Warnings said; // when the limits themselves are read
        auto const& structure = structure_named(patient.structures, limit.structure);
        auto const inside = dense_mask(structure, patient.grid, patient.stack_options, said);
        check_cover(setup, structure.name, covered_share(inside, cover), warnings);
    }
}

} // namespace

double covered_share(Volume<float> const& mask, Grid const& cover) {
    double inside = 0, all = 0;
    for (std::size_t v = 0; v < mask.values.size(); ++v) {
        if (mask.values[v] >= 0.5F) {
            inside += within_faces(cover, cover.to_index(center_mm(mask.grid, v))) ? 1 : 0;
            all += 1;
        }
    }
    return all > 0 ? inside / all : 0;
}

void check_map(CaptureSetup const& setup, Volume<float> const& ratio, Grid const& cover, Warnings& warnings) {
    auto const& file = setup.plan.boron_map->file;
    float most = 0;
    for (std::size_t v = 0; v < ratio.values.size(); ++v) {
        most = setup.body.values[v] >= 0.5F ? std::max(most, ratio.values[v]) : most;
    }
    if (static_cast<double>(most) < least_ratio) {
        refuse(
            fmt::format("boron map '{}' reaches {:.3g} times the level in blood in the body", file, most),
            "compounds leave some tenths of it in every tissue and more in tumors; with too little boron the "
            "irradiation would be too long",
            "check unit, calibration and blood of the map; of a PET, weight and injected activity");
    }
    if (!setup.plan.elsewhere.boron_to_blood) {
        check_unlisted(setup, cover, warnings);
    }
    auto const found = by_tissue(setup, ratio, cover);
    for (std::size_t s = 0; s < setup.plan.structures.size(); ++s) {
        auto const& structure = setup.plan.structures[s];
        auto const& tissue = found[s + 1];
        if (structure.boron_to_blood || !(tissue.voxels > 0)) {
            continue;
        }
        check_cover(setup, structure.structure, tissue.share(), warnings);
        if (tissue.share() >= must_be_covered && tissue.mean_ratio() < least_ratio) {
            warnings.add(fmt::format("boron map '{}' gives '{}' {:.2g} of the boron in blood", file,
                                     structure.structure, tissue.mean_ratio()),
                         "compounds leave some tenths of it in every tissue",
                         "look at the map there; if it is right, nothing has to be done");
        }
    }
}

} // namespace beamwright
