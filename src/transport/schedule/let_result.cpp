// LET volumes from the tallies of a finished run: docs/methods/let.md eq. 4-6.
#include "core/parallel.hpp"
#include "transport/schedule/dose_run.hpp"
#include <cmath>

namespace beamwright {

namespace {

constexpr double keV_per_um_per_MeV_cm2_per_g = 0.1; // at 1 g/cm3

/// The three tallies and two cross sums of a beam, and the weight of its protons.
struct LetSums {
    BatchTally const& energy;
    BatchTally const& energy_stopping;
    BatchTally const& path;
    CrossSum const& with_stopping;
    CrossSum const& with_path;
    double weight;
};

std::vector<LetSums> sums_of(RunState const& state, std::vector<double> const& protons) {
    std::vector<LetSums> all;
    for (std::size_t b = 0; b < state.beams.size(); ++b) {
        auto const& beam = state.beams[b];
        auto const first = beam.tallies.size() - 3;
        all.push_back({beam.tallies[first], beam.tallies[first + 1], beam.tallies[first + 2], beam.crosses[0],
                       beam.crosses[1], protons[b] / static_cast<double>(beam.histories_per_batch)});
    }
    return all;
}

} // namespace

LetVolumes make_let(VoxelWorld const& world, RunState const& state, std::vector<double> const& protons) {
    LetVolumes let;
    if (state.beams.empty() || state.beams.front().crosses.empty()) {
        return let;
    }
    auto const beams = sums_of(state, protons);
    for (auto* volume : {&let.dose_averaged_keV_per_um, &let.dose_averaged_sigma_rel,
                         &let.track_averaged_keV_per_um, &let.track_averaged_sigma_rel}) {
        *volume = Volume<float>(world.grid);
    }
    parallel_ranges(world.grid.voxels(), 4096, [&](std::size_t first, std::size_t last) {
        for (std::size_t voxel = first; voxel < last; ++voxel) {
            double energy = 0, energy_stopping = 0, path = 0;
            for (auto const& beam : beams) {
                energy += beam.weight * beam.energy.sum()[voxel];
                energy_stopping += beam.weight * beam.energy_stopping.sum()[voxel];
                path += beam.weight * beam.path.sum()[voxel];
            }
            if (!(energy > 0) || !(path > 0)) {
                continue;
            }
            double const dose_averaged = energy_stopping / energy, inverse_track = path / energy;
            double dose_variance = 0, track_variance = 0;
            for (auto const& beam : beams) {
                double const weight_2 = beam.weight * beam.weight;
                dose_variance +=
                    weight_2 * residual_variance(beam.energy_stopping, beam.energy, beam.with_stopping,
                                                 dose_averaged, voxel, state.batches);
                track_variance += weight_2 * residual_variance(beam.path, beam.energy, beam.with_path,
                                                               inverse_track, voxel, state.batches);
            }
            constexpr double unit = LetScoreView::most_stopping_MeV_cm2_per_g * keV_per_um_per_MeV_cm2_per_g;
            let.dose_averaged_keV_per_um.values[voxel] = static_cast<float>(unit * dose_averaged);
            let.dose_averaged_sigma_rel.values[voxel] =
                static_cast<float>(std::sqrt(dose_variance) / energy_stopping);
            let.track_averaged_keV_per_um.values[voxel] =
                static_cast<float>(keV_per_um_per_MeV_cm2_per_g / inverse_track);
            let.track_averaged_sigma_rel.values[voxel] = static_cast<float>(std::sqrt(track_variance) / path);
        }
    });
    return let;
}

} // namespace beamwright
