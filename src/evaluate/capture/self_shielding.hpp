/// What another boron level does to the neutrons themselves. docs/methods/self_shielding.md
#pragma once
#include "evaluate/capture/capture_map.hpp"
#include "tables/neutron_material_view.hpp"
#include <string>

namespace beamwright {

/// Above this a new calculation is advised.
inline constexpr double most_self_shielding_error = 0.02;

struct SelfShielding {
    double relative_change = 0; ///< of the thermal flux, deep in the tissue
    bool new_run_advised = false;
    std::string text; ///< for output and report
};

/// What takes thermal neutrons away, at 2200 m/s: a tissue, and each ppm of B-10 in it.
struct BoronAbsorption {
    double tissue_cm2_per_g = 0, per_ppm_cm2_per_g = 0;
};
BoronAbsorption boron_absorption(NeutronMaterialsView const& view, std::uint32_t material);

/// A place in the patient: its boron in the transport and now, in tissue all around (mean by thermal flux) and in a
/// structure of this volume.
struct ShieldedPlace {
    double around_calculated_ppm = 0, around_wanted_ppm = 0;
    double inside_calculated_ppm = 0, inside_wanted_ppm = 0;
    double volume_cm3 = 0; ///< 0: no structure, the tissue around alone
};
/// Relative change of the thermal flux in the middle of the place, first order: what the tissue around makes, as in
/// infinite tissue, and what the structure has more than that, as a ball of its volume. docs/methods/self_shielding.md
double flux_change(BoronAbsorption const& absorption, ShieldedPlace const& place);

/// First-order estimate from one calculation: change of the thermal flux in an infinite tissue (material of
/// the view) when its mean boron goes from the calculated to the wanted level. Near the surface the change is
/// smaller.
/// \throws Refusal for negative levels
SelfShielding self_shielding(NeutronMaterialsView const& view, std::uint32_t material, double calculated_ppm,
                             double wanted_ppm);

/// Rates of one boron level (blood or mean; the same measure for all three).
struct RatesOfLevel {
    CaptureRates const* rates = nullptr;
    double ppm = 0;
};
/// Rates at another level from two calculations: every rate goes exponentially with the level, voxel by
/// voxel. Levels beyond both are refused; covariances follow to first order where both have them.
CaptureRates rates_at_level(RatesOfLevel const& low, RatesOfLevel const& high, double wanted_ppm);

} // namespace beamwright
