/// Energy and fluence per plane and ring of a spot by species: the tally, and what it says (docs/methods/species.md).
#pragma once
#include "transport/schedule/spot.hpp"
#include "transport/tally/batch_tally.hpp"
#include <algorithm>

namespace beamwright {

class PlaneSpecies {
public:
    PlaneSpecies(std::size_t planes, std::size_t rings)
        : planes_(planes), rings_(rings), sums_(planes * rings * cells, rings * cells) {}
    SpeciesScoreView view() { return {.sums = sums_.running()}; }
    /// Adds the running batch to the sums.
    void fold(double per_MeV) {
        std::fill_n(sums_.rows(), planes_, std::uint8_t{1});
        sums_.fold(per_MeV);
    }
    /// Parts of the energy in one ring of some planes, by DoseSpecies; zeros where there is none.
    std::array<double, dose_species_count> shares(std::vector<std::size_t> const& planes,
                                                  std::size_t ring) const {
        std::array<double, dose_species_count> energy{};
        double all = 0;
        for (auto const k : planes) {
            for (std::size_t which = 0; which < energy.size(); ++which) {
                energy[which] += at(k, ring, which);
                all += at(k, ring, which);
            }
        }
        for (auto& one : energy) {
            one = all > 0 ? one / all : 0;
        }
        return energy;
    }
    /// Per primary of `histories`.
    std::vector<SpotSpecies> result(double step_mm, double histories) const {
        constexpr double mm_per_cm = 10;
        std::vector<SpotSpecies> all;
        for (std::size_t which = 0; which < dose_species_count; ++which) {
            SpotSpecies one{static_cast<DoseSpecies>(which), {}, {}};
            bool const has_fluence = which < fluence_species_count;
            for (std::size_t k = 0; k < planes_; ++k) {
                double energy = 0, path = 0;
                for (std::size_t ring = 0; ring < rings_; ++ring) {
                    energy += at(k, ring, which);
                    path += has_fluence ? at(k, ring, dose_species_count + which) : 0.0;
                }
                one.MeV_per_mm.push_back(energy / (histories * step_mm));
                if (has_fluence) {
                    one.fluence.push_back(mm_per_cm * path / (histories * step_mm));
                }
            }
            all.push_back(std::move(one));
        }
        return all;
    }

private:
    static constexpr std::size_t cells = SpeciesScoreView::cells;
    double at(std::size_t k, std::size_t ring, std::size_t cell) const {
        return sums_.sum()[(k * rings_ + ring) * cells + cell];
    }
    std::size_t planes_, rings_;
    BatchTally sums_;
};

} // namespace beamwright
