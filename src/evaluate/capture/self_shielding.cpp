#include "evaluate/capture/self_shielding.hpp"
#include "core/refusal.hpp"
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr double thermal_eV = 0.0253; // 2200 m/s; absorption of all tissues goes with 1/v
/// Diffusion coefficient of thermal neutrons in water at 22 C, 35,700 cm2/s (Beckurts and Wirtz 1964), over 2200 m/s:
/// with the absorption at 2200 m/s its ratio is the square of the diffusion length.
constexpr double diffusion_over_speed_cm = 35700.0 / 220000.0;

/// Share of the infinite tissue's change that a ball makes in its middle: 1 - (1 + r/L) exp(-r/L).
double ball_share(double volume_cm3, double diffusion_length_cm) {
    constexpr double pi = 3.141592653589793;
    double const reach = std::cbrt(3 * volume_cm3 / (4 * pi)) / diffusion_length_cm;
    return 1 - (1 + reach) * std::exp(-reach);
}

/// low^(1 - s) high^s; 0 where either is 0.
double between_levels(float low, float high, double s) {
    return low > 0 && high > 0 ? std::exp((1 - s) * std::log(static_cast<double>(low)) +
                                          s * std::log(static_cast<double>(high)))
                               : (1 - s) * low + s * high;
}

using Part = std::vector<float> CaptureRates::*;
constexpr std::array<Part, capture_component_count> parts{
    &CaptureRates::boron_Gy_per_min_per_ppm, &CaptureRates::nitrogen_Gy_per_min,
    &CaptureRates::fast_Gy_per_min, &CaptureRates::photon_Gy_per_min};

/// Slope of the result by one of the two rates, first order.
double slope(float result, float of, double share) { return of > 0 ? share * result / of : share; }

void add_covariance(CaptureRates const& from, CaptureRates const& result, double share,
                    std::vector<ComponentCovariance<float>>& sum) {
    for (std::size_t v = 0; v < sum.size(); ++v) {
        std::array<double, capture_component_count> slopes{};
        for (std::size_t c = 0; c < slopes.size(); ++c) {
            slopes[c] = slope((result.*parts[c])[v], (from.*parts[c])[v], share);
        }
        std::size_t at = 0;
        for (std::size_t a = 0; a < slopes.size(); ++a) {
            for (std::size_t b = a; b < slopes.size(); ++b, ++at) {
                sum[v].upper[at] += static_cast<float>(slopes[a] * slopes[b] *
                                                       static_cast<double>(from.covariance[v].upper[at]));
            }
        }
    }
}

} // namespace

BoronAbsorption boron_absorption(NeutronMaterialsView const& view, std::uint32_t material) {
    return {neutron_material_at(view, material, thermal_eV).absorbed_cm2_per_g,
            neutron_boron_at(view, thermal_eV).absorbed_cm2_per_g};
}

double flux_change(BoronAbsorption const& absorption, ShieldedPlace const& place) {
    auto const at = [&](double ppm) {
        return absorption.tissue_cm2_per_g + absorption.per_ppm_cm2_per_g * ppm;
    };
    double const around = at(place.around_calculated_ppm) / at(place.around_wanted_ppm) - 1;
    if (!(place.volume_cm3 > 0)) {
        return around;
    }
    // What the structure has more than its surroundings, then and now, each as a ball
    auto const depression = [&](double around_ppm, double inside_ppm) {
        double const length_cm = std::sqrt(diffusion_over_speed_cm / at(around_ppm)); // of tissue of 1 g/cm3
        double const more = at(inside_ppm) / at(around_ppm) - 1;
        return 1 / (1 + more * ball_share(place.volume_cm3, length_cm)); // a very large ball: infinite tissue
    };
    return (1 + around) * depression(place.around_wanted_ppm, place.inside_wanted_ppm) /
               depression(place.around_calculated_ppm, place.inside_calculated_ppm) -
           1;
}

SelfShielding self_shielding(NeutronMaterialsView const& view, std::uint32_t material, double calculated_ppm,
                             double wanted_ppm) {
    if (!(calculated_ppm >= 0) || !(wanted_ppm >= 0)) {
        refuse(fmt::format("boron levels of {} and {} ppm", calculated_ppm, wanted_ppm),
               "a level is 0 ppm or more", "state the mean boron of the tissue");
    }
    SelfShielding made;
    made.relative_change =
        flux_change(boron_absorption(view, material), {calculated_ppm, wanted_ppm, 0, 0, 0});
    made.new_run_advised = std::abs(made.relative_change) > most_self_shielding_error;
    made.text = fmt::format(
        "calculated with {:.3g} ppm, evaluated with {:.3g} ppm: thermal flux deep in the tissue {:+.1f} %{}",
        calculated_ppm, wanted_ppm, 100 * made.relative_change,
        made.new_run_advised ? "; calculate again at the new level" : "");
    return made;
}

CaptureRates rates_at_level(RatesOfLevel const& low, RatesOfLevel const& high, double wanted_ppm) {
    if (!(high.ppm > low.ppm) || !(wanted_ppm >= low.ppm && wanted_ppm <= high.ppm)) {
        refuse(fmt::format("{} ppm from calculations at {} and {} ppm", wanted_ppm, low.ppm, high.ppm),
               "rates are interpolated between two levels, never beyond",
               "calculate at a level on the other side");
    }
    auto const &a = *low.rates, &b = *high.rates;
    std::size_t const voxels = a.grid.voxels();
    double const s = (wanted_ppm - low.ppm) / (high.ppm - low.ppm);
    CaptureRates made;
    made.grid = a.grid;
    for (auto const part : parts) {
        if (!(a.grid == b.grid) || (a.*part).size() != voxels || (b.*part).size() != voxels) {
            refuse("the two calculations are on different grids", "rates are interpolated voxel by voxel",
                   "calculate both on one grid");
        }
        (made.*part).resize(voxels);
        for (std::size_t v = 0; v < voxels; ++v) {
            (made.*part)[v] = static_cast<float>(between_levels((a.*part)[v], (b.*part)[v], s));
        }
    }
    if (a.covariance.size() == voxels && b.covariance.size() == voxels) {
        made.covariance.assign(voxels, {});
        add_covariance(a, made, 1 - s, made.covariance);
        add_covariance(b, made, s, made.covariance);
    }
    return made;
}

} // namespace beamwright
