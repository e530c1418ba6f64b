#include "jobs/capture_trust.hpp"
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr double worth_a_warning_percent = 5;

/// One voxel's components: dose, its standard deviation, its part in the weighted dose.
struct VoxelComponents {
    std::array<double, capture_component_count> dose_Gy, sigma_Gy, weighted_Gy;
};

VoxelComponents components_at(TrustMaps const& maps, std::size_t v) {
    auto const& c = maps.components;
    auto const& weight = maps.tissues[maps.tissue_index[v]].weights.weight;
    VoxelComponents voxel{
        {c.boron_Gy.values[v], c.nitrogen_Gy.values[v], c.fast_Gy.values[v], c.photon_Gy.values[v]}, {}, {}};
    std::array<double, capture_component_count> const weights{weight.boron, weight.nitrogen, weight.fast,
                                                              weight.photon};
    for (std::size_t i = 0; i < capture_component_count; ++i) {
        voxel.sigma_Gy[i] = maps.sigmas[i].values[v];
        voxel.weighted_Gy[i] = weights[i] * voxel.dose_Gy[i];
    }
    return voxel;
}

/// None of it can come, however many particles do: no boron there, or no nitrogen where neutrons score.
std::array<bool, capture_component_count> absent_at(TrustMaps const& maps, VoxelComponents const& voxel,
                                                    std::size_t v) {
    auto const& [boron, nitrogen, fast, photon] = voxel.dose_Gy;
    return {maps.boron_ratio.values[v] == 0, nitrogen == 0 && (boron > 0 || fast > 0), false, false};
}

} // namespace

UncertainShares uncertain_shares(StructureVoxels const& structure, TrustMaps const& maps) {
    UncertainShares shares{structure.name, {}, 0};
    std::size_t n = 0;
    for (auto const& run : structure.runs) {
        std::size_t const first = maps.grid.index(run.first[0], run.first[1], run.first[2]);
        for (std::size_t v = first; v < first + static_cast<std::size_t>(run.length); ++v, ++n) {
            if (!(maps.body.values[v] > 0)) {
                continue; // gets no dose
            }
            double const percent = 100.0 * structure.weight[n] / structure.whole_voxels;
            auto const voxel = components_at(maps, v);
            auto const absent = absent_at(maps, voxel, v);
            double total = 0;
            for (double const part : voxel.weighted_Gy) {
                total += part;
            }
            bool touches_total = !(total > 0); // nothing came at all
            for (std::size_t c = 0; c < capture_component_count; ++c) {
                // Sigma of zero: no particle came, or one batch alone, which knows no uncertainty
                double const sigma_Gy = voxel.sigma_Gy[c];
                bool const known =
                    absent[c] || (sigma_Gy > 0 && sigma_Gy <= trusted_relative_sigma * voxel.dose_Gy[c]);
                shares.component_percent[c] += known ? 0.0 : percent;
                touches_total |= !known && voxel.weighted_Gy[c] > notable_dose_share * total;
            }
            shares.weighted_percent += touches_total ? percent : 0.0;
        }
    }
    return shares;
}

void add_trust(CaptureSetup const& setup, CaptureValues& values, Warnings& warnings) {
    auto const& grid = setup.patient.grid;
    TrustMaps const maps{grid,
                         setup.body,
                         setup.boron_ratio,
                         setup.tissues,
                         setup.tissue_index,
                         values.components,
                         values.component_sigmas};
    for (std::size_t s = 0; s < setup.masks.size(); ++s) {
        auto const& name = setup.plan.structures[s].structure;
        auto const shares = uncertain_shares(structure_voxels(name, grid, setup.masks[s]), maps);
        values.uncertain.push_back(shares);
        if (shares.weighted_percent > worth_a_warning_percent) {
            warnings.add(
                fmt::format("too few particles for part of '{}'", shares.structure),
                fmt::format("in {:.0f} % of its volume a component that makes more than {:.0f} % of the "
                            "weighted dose is known to worse than {:.0f} %: there intervals made of its "
                            "stated uncertainty may be too narrow",
                            shares.weighted_percent, 100 * notable_dose_share, 100 * trusted_relative_sigma),
                "follow more histories before reading doses of single voxels there");
        }
    }
}

Json trust_json(UncertainShares const& shares) {
    Json json{{"structure", shares.structure}, {"weighted", shares.weighted_percent}};
    for (std::size_t c = 0; c < capture_component_count; ++c) {
        json[capture_component_names[c]] = shares.component_percent[c];
    }
    return json;
}

} // namespace beamwright
