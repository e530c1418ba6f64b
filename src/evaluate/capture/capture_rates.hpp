/// Dose rates of a port from the components of a calculation per source particle.
#pragma once
#include "evaluate/capture/capture_map.hpp"
#include <array>

namespace beamwright {

/// One component per source particle: dose and, where known, one standard deviation, in Gy (boron: Gy per
/// ppm).
struct ComponentVolume {
    Volume<float> const* value = nullptr;
    Volume<float> const* sigma = nullptr; ///< may be null
};

/// As transport delivers them; beam photons may be absent.
struct SourceComponents {
    ComponentVolume boron_per_ppm, nitrogen, fast, photon_induced, photon_beam;
    /// Correlations, -1 to 1: boron-nitrogen, boron-fast, boron-photon, nitrogen-fast, nitrogen-photon,
    /// fast-photon (induced; beam photons come from other histories). All six or none.
    std::array<Volume<float> const*, 6> correlation{};
};

/// Rates per minute where the port sends out so many source particles in a second. Covariances are filled
/// where all standard deviations and correlations are there. \throws Refusal for grids that differ or a
/// strength that is not positive
CaptureRates capture_rates(SourceComponents const& components, double particles_per_s);

/// Mean rates of several fields that share the time (shares sum to 1 for a mean), all on one grid. Given one
/// after the other, they see different blood levels: then evaluate them one by one. Statistics of different
/// calculations are independent. \throws Refusal for grids that differ or an empty list
CaptureRates summed_rates(std::vector<CaptureRates> const& fields, std::vector<double> const& shares);

} // namespace beamwright
