#include "transport/schedule/spot_let.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

namespace {

constexpr double keV_per_um_per_MeV_cm2_per_g = 0.1; // at 1 g/cm3

} // namespace

PlaneLet::PlaneLet(std::size_t planes, std::size_t rings)
    : planes_(planes), rings_(rings), energy_(planes * rings, rings), energy_stopping_(planes * rings, rings),
      path_(planes * rings, rings), with_stopping_(planes * rings), with_path_(planes * rings) {}

LetScoreView PlaneLet::view(LetView const& table, LetParticles particles) {
    return {.energy = energy_.running(),
            .energy_stopping = energy_stopping_.running(),
            .path = path_.running(),
            .table = table,
            .particles = particles};
}

void PlaneLet::fold(double per_MeV) {
    for (auto* const tally : {&energy_, &energy_stopping_, &path_}) {
        std::fill_n(tally->rows(), planes_, std::uint8_t{1});
    }
    with_stopping_.fold(energy_, energy_stopping_, per_MeV);
    with_path_.fold(energy_, path_, per_MeV);
    for (auto* const tally : {&energy_, &energy_stopping_, &path_}) {
        tally->fold(per_MeV);
    }
}

/// Sum of `above` over that of the energy, places [first, last).
PlaneLet::Ratio PlaneLet::ratio(BatchTally const& above, CrossSum const& cross, std::size_t first,
                                std::size_t last, std::int64_t batches) const {
    double sum = 0, energy = 0, variance = 0;
    for (auto at = first; at < last; ++at) {
        sum += above.sum()[at];
        energy += energy_.sum()[at];
    }
    if (!(energy > 0) || !(sum > 0)) {
        return {};
    }
    for (auto at = first; at < last; ++at) {
        variance += residual_variance(above, energy_, cross, sum / energy, at, batches);
    }
    return {sum / energy, std::sqrt(variance) / energy};
}

std::vector<SpotLet> PlaneLet::points(double step_mm, std::int64_t batches) const {
    constexpr double dose_unit = LetScoreView::most_stopping_MeV_cm2_per_g * keV_per_um_per_MeV_cm2_per_g;
    std::vector<SpotLet> points;
    for (std::size_t k = 0; k < planes_; ++k) {
        // Ring 0 lies inside the first edge: empty where that is 0
        auto const first = k * rings_, last = first + rings_;
        auto const plane = ratio(energy_stopping_, with_stopping_, first, last, batches);
        auto const axis = ratio(energy_stopping_, with_stopping_, first, first + 2, batches);
        auto const track = ratio(path_, with_path_, first, last, batches); // 1 / LETt
        double const track_averaged = track.value > 0 ? keV_per_um_per_MeV_cm2_per_g / track.value : 0.0;
        points.push_back(
            {.depth_mm = (static_cast<double>(k) + 0.5) * step_mm,
             .dose_averaged = dose_unit * plane.value,
             .dose_averaged_sigma = dose_unit * plane.sigma,
             .track_averaged = track_averaged,
             .track_averaged_sigma = track.value > 0 ? track_averaged * track.sigma / track.value : 0.0,
             .axis_dose_averaged = dose_unit * axis.value,
             .axis_dose_averaged_sigma = dose_unit * axis.sigma});
    }
    return points;
}

} // namespace beamwright
