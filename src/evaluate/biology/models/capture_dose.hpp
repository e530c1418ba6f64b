/// \file  capture_dose.hpp — the four dose components of neutron capture and their weighted sum
/// \how   docs/methods/capture_biology.md eq. 1-3
/// \fits  any doses; weights of one tissue
/// \not   where the components come from (transport), repair in time (photon_isoeffective.hpp)
/// \proof tests/evaluate/capture_dose_test.cpp
#pragma once
#include "lanes/math.hpp"
#include <array>
#include <cstddef>

namespace beamwright {

/// Order of the components in arrays, files and covariances.
inline constexpr std::size_t boron_component = 0, nitrogen_component = 1, fast_component = 2,
                             photon_component = 3;
inline constexpr std::size_t capture_component_count = 4;

/// One number per component: doses, dose rates, weights or slopes. `nitrogen` is N-14(n,p), `fast` every
/// other charged particle set free by a neutron, `photon` beam and induced photons together.
template <class Real> struct PerComponent { Real boron{}, nitrogen{}, fast{}, photon{}; };

/// Symmetric 4 x 4 matrix in ten numbers: the upper triangle, row by row (boron, nitrogen, fast, photon).
inline constexpr std::size_t capture_covariance_count = 10;
template <class Real> struct ComponentCovariance { std::array<Real, capture_covariance_count> upper{}; };

inline namespace BW_TARGET {

template <class Real> BW_KERNEL Real dot(PerComponent<Real> const& a, PerComponent<Real> const& b) {
    return a.boron * b.boron + a.nitrogen * b.nitrogen + a.fast * b.fast + a.photon * b.photon;
}

/// Variance of a quantity with these slopes, all correlations taken along: slopes^T covariance slopes.
template <class Real>
BW_KERNEL Real variance_of(PerComponent<Real> const& slopes, ComponentCovariance<Real> const& covariance) {
    auto const& c = covariance.upper;
    Real const squares = slopes.boron * slopes.boron * c[0] + slopes.nitrogen * slopes.nitrogen * c[4] +
                         slopes.fast * slopes.fast * c[7] + slopes.photon * slopes.photon * c[9];
    Real const crossed = slopes.boron * (slopes.nitrogen * c[1] + slopes.fast * c[2] + slopes.photon * c[3]) +
                         slopes.nitrogen * (slopes.fast * c[5] + slopes.photon * c[6]) +
                         slopes.fast * slopes.photon * c[8];
    Real const variance = squares + Real{2} * crossed;
    return variance > Real{0} ? variance : Real{0}; // rounding of nearly cancelling terms
}

} // namespace BW_TARGET
} // namespace beamwright
