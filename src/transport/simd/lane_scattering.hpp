/// Deflections of N tracks: the soft part of physics/proton/full_scattering.hpp and the differential Moliere law of
/// physics/proton/scattering.hpp in lanes.
#pragma once
#include "lanes/constants.hpp"
#include "lanes/highway/lane_math.hpp"
#include "lanes/highway/lane_random.hpp"
#include "lanes/vec3.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// A scattering step: its length in the measure of the scattering budget, the water ranges where it begins and ends,
/// and there the soft variance beyond (full) or the energy per proton mass (fast).
template <int N> struct LaneScatteringStep { FloatLanes<N> length, begin, begin_value, end, end_value; };

/// Soft deflection over a step, 1 - cos(theta): docs/methods/proton_scattering.md, as FullScattering::soft and turn_soft.
/// `ratio` and `kurtosis` are those of the material.
template <int N>
BW_KERNEL FloatLanes<N> lane_soft_deflection(LaneScatteringStep<N> const& step, FloatLanes<N> ratio,
                                             FloatLanes<N> kurtosis, FloatLanes<N> mass_ratio,
                                             WordLanes<N> word) {
    using Float = FloatLanes<N>;
    Float const water = step.end_value - step.begin_value;
    Float const lost = greatest_of(step.begin - step.end, Float(1e-12));
    Float const variance = water * step.length * ratio / (lost * mass_ratio * mass_ratio);
    Float const spread = sqrt(least_of(kurtosis / greatest_of(step.length, Float(1e-12)), Float(0.8)));
    auto const [wide, polar] = bit_and_uniform(word);
    return -variance * (Float(1) + select(wide, spread, -spread)) * log(polar);
}

/// Variance of the deflection in one plane (docs/methods/proton_scattering.md eq. 1-8), as Scattering::angle_variance.
template <int N>
BW_KERNEL FloatLanes<N> lane_moliere_variance(LaneScatteringStep<N> const& step, FloatLanes<N> entry_pv_MeV,
                                              FloatLanes<N> mass_ratio, double per_mass) {
    using Float = FloatLanes<N>;
    Float const rest_MeV = mass_ratio * Float(constants::proton_MeV);
    auto const pv_of = [&](Float energy) {
        return energy * (energy + Float(2) * rest_MeV) / (energy + rest_MeV);
    };
    Float const begin_MeV = step.begin_value * mass_ratio, end_MeV = step.end_value * mass_ratio;
    Float const pv = pv_of(begin_MeV), end_pv = pv_of(greatest_of(end_MeV, Float(0.1) * begin_MeV));
    Float const product = pv * end_pv;
    constexpr double log10_e = 0.434294481903251827651;
    Float const lg_pv = Float(0.5 * log10_e) * log(product);
    // Mean over the step of ln(1 - (pv/p1v1)^2)
    auto const lost = [&](Float share) { return (Float(1) - share) * (Float(1) + share); };
    Float const from = greatest_of(lost(pv / entry_pv_MeV), Float(1e-15));
    Float const to = greatest_of(lost(end_pv / entry_pv_MeV), from);
    Float const log_from = log(from), log_to = log(to), width = to - from;
    auto const thin = width < Float(1e-3) * to;
    Float const integral = (to * log_to - from * log_from) / select(thin, Float(1), width) - Float(1);
    Float const lg_lost = Float(log10_e) * select(thin, Float(0.5) * (log_from + log_to), integral);
    Float const factor =
        fma(Float(0.2320), lg_pv, Float(0.5244)) + fma(Float(-0.0098), lg_pv, Float(0.1975)) * lg_lost;
    constexpr double kinetic_constant_MeV = 15.0;
    Float const variance =
        Float(kinetic_constant_MeV * kinetic_constant_MeV * per_mass) * step.length * factor / product;
    return greatest_of(variance, Float(0));
}

/// A unit vector turned by 1 - cos(theta) = below_one; small angles keep their relative precision.
template <int N>
BW_KERNEL Vec3<FloatLanes<N>> turned_by(Vec3<FloatLanes<N>> direction, FloatLanes<N> below_one,
                                        FloatLanes<N> cos_phi, FloatLanes<N> sin_phi) {
    using Float = FloatLanes<N>;
    Float const sign = select(direction.z < Float(0), Float(-1), Float(1));
    Float const a = Float(-1) / (sign + direction.z);
    Float const b = direction.x * direction.y * a;
    Vec3<Float> const u{Float(1) + sign * direction.x * direction.x * a, sign * b, -sign * direction.x};
    Vec3<Float> const v{b, sign + direction.y * direction.y * a, -direction.y};
    Float const sine = sqrt(below_one * (Float(2) - below_one));
    Vec3<Float> const to = sine * cos_phi * u + sine * sin_phi * v + (Float(1) - below_one) * direction;
    return normalized(to);
}

} // namespace BW_TARGET
} // namespace beamwright
