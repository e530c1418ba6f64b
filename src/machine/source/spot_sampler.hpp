/// \file  spot_sampler.hpp — draws protons of a spot from its optics
/// \how   docs/methods/source_optics.md eq. 1-5
/// \fits  angles below 0.1 rad; energy spread below 20 % of the mean
/// \not   nozzle air, range shifters (transport does those)
/// \proof tests/machine/spot_sampler_test.cpp
#pragma once
#include "lanes/random.hpp"
#include "machine/source/spot_source_view.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Draws one proton of a spot. Takes exactly seven 32-bit numbers of the stream, whatever the optics.
struct SpotSampler {
    SpotSourceView source;

    /// Energies below this share of the mean are raised to it: five standard deviations at the widest allowed
    /// spread.
    static constexpr double least_energy_share = 0.01;

    template <class Random> BW_KERNEL SourceProton operator()(int aim_index, Random& random) const {
        SpotAim const aim = source.aims[aim_index];
        SpotOptics const& optics = source.optics[aim.optics];

        // Which of the two Gaussians
        bool const first = random.uniform() < optics.first_weight;
        SpotAxis const& x_axis = first ? optics.first_x : optics.second_x;
        SpotAxis const& y_axis = first ? optics.first_y : optics.second_y;

        // Position and slope of both axes, each pair correlated
        auto const x = random.gaussian_pair();
        auto const y = random.gaussian_pair();
        auto const energy = random.gaussian_pair();
        double const slope_x = x_axis.slope_along * x.first + x_axis.slope_across * x.second;
        double const slope_y = y_axis.slope_along * y.first + y_axis.slope_across * y.second;

        // The central ray runs from the virtual source through the aim; the spot rides on it
        double const steer_x = aim.x_mm * source.inverse_virtual_source_x_per_mm;
        double const steer_y = aim.y_mm * source.inverse_virtual_source_y_per_mm;
        SourceProton proton;
        proton.position_mm = {aim.x_mm - steer_x * source.source_plane_z_mm + x_axis.sigma_mm * x.first,
                              aim.y_mm - steer_y * source.source_plane_z_mm + y_axis.sigma_mm * y.first,
                              source.source_plane_z_mm};
        proton.direction = normalized(Vec3<double>{steer_x + slope_x, steer_y + slope_y, -1.0});

        double const energy_MeV = optics.mean_energy_MeV + optics.energy_sigma_MeV * energy.first;
        double const least_MeV = least_energy_share * optics.mean_energy_MeV;
        proton.energy_MeV = select(energy_MeV > least_MeV, energy_MeV, least_MeV);
        return proton;
    }
};

} // namespace BW_TARGET
} // namespace beamwright
