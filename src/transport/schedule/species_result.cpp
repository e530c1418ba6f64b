// Dose and fluence by species from the tally of a finished run: docs/methods/species.md
#include "core/parallel.hpp"
#include "lanes/constants.hpp"
#include "transport/schedule/dose_run.hpp"

namespace beamwright {

std::vector<SpeciesVolumes> make_species(DoseRequest const& request, RunState const& state,
                                         std::vector<double> const& protons) {
    std::vector<SpeciesVolumes> all;
    if (!request.options.species) {
        return all;
    }
    auto const& world = *request.world;
    for (int which = 0; which < dose_species_count; ++which) {
        SpeciesVolumes one{static_cast<DoseSpecies>(which), Volume<float>(world.grid), {}};
        if (which < fluence_species_count) {
            one.fluence_per_cm2 = Volume<float>(world.grid);
        }
        all.push_back(std::move(one));
    }
    auto const place = static_cast<std::size_t>(request.options.dose_to_water ? 2 : 1);
    double const voxel_cm3 = world.grid.voxel_cm3();
    parallel_ranges(world.grid.voxels(), 4096, [&](std::size_t first, std::size_t last) {
        for (std::size_t voxel = first; voxel < last; ++voxel) {
            std::array<double, SpeciesScoreView::cells> sums{};
            for (std::size_t b = 0; b < state.beams.size(); ++b) {
                auto const& beam = state.beams[b];
                double const weight =
                    protons[b] / static_cast<double>(beam.histories_per_batch * state.batches);
                auto const tally = beam.tallies[place].sum().subspan(voxel * sums.size(), sums.size());
                for (std::size_t cell = 0; cell < sums.size(); ++cell) {
                    sums[cell] += weight * tally[cell];
                }
            }
            double const mass_g = static_cast<double>(world.density_g_per_cm3[voxel]) * voxel_cm3;
            for (std::size_t which = 0; which < all.size(); ++which) {
                all[which].dose_Gy.values[voxel] =
                    static_cast<float>(constants::Gy_per_MeV_per_g * sums[which] / mass_g);
                if (which < fluence_species_count) {
                    all[which].fluence_per_cm2.values[voxel] =
                        static_cast<float>(sums[dose_species_count + which] / voxel_cm3);
                }
            }
        }
    });
    return all;
}

} // namespace beamwright
