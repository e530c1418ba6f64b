/// \file  lane_math.hpp — elementary functions of single-precision lanes: the same bits at every width
/// \how   docs/methods/simd_lanes.md section 2; the reductions of lanes/math.hpp, shorter polynomials
/// \fits  each function states its range and its largest error, measured against long double
/// \not   infinities, NaN and subnormal numbers
/// \proof tests/lanes/float_lanes_test.cpp
#pragma once
#include "lanes/highway/float_lanes.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// One number of a lane.
BW_KERNEL float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

/// Natural logarithm of positive normal x. Error below 1 ulp.
template <int N> BW_KERNEL FloatLanes<N> log(FloatLanes<N> x) {
    // x = 2^exponent (1 + f), 1 + f between sqrt(1/2) and sqrt(2)
    constexpr std::int32_t root_half = 0x3F3504F3;
    IntLanes<N> const shifted = pattern_of(x) - IntLanes<N>(root_half);
    FloatLanes<N> const exponent = to_float(shifted.template shifted_right<23>());
    FloatLanes<N> const f =
        from_pattern((shifted & IntLanes<N>(0x007FFFFF)) + IntLanes<N>(root_half)) - FloatLanes<N>(1);
    // log(1 + f) = 2 atanh(s) = f - s (f - R(s^2)) with s = f / (2 + f)
    FloatLanes<N> const s = f / (FloatLanes<N>(2) + f), z = s * s;
    FloatLanes<N> const rest = z * fma(fma(fma(FloatLanes<N>(0.23330467), z, FloatLanes<N>(0.28550821)), z,
                                           FloatLanes<N>(0.40000122)),
                                       z, FloatLanes<N>(0.66666667));
    // ln 2 in two parts; the first has 15 bits, so that its multiples are exact
    constexpr double two_high = 0x1.62e4p-1, two_low = 0x1.7f7d1cf79abcap-20;
    return fma(exponent, FloatLanes<N>(two_high), f - fma(s, f - rest, -(exponent * FloatLanes<N>(two_low))));
}

template <int N> struct LaneSinCos { FloatLanes<N> sine, cosine; };

/// Sine and cosine of 2 pi u, |u| <= 2^20. Error below 1.2e-7.
template <int N> BW_KERNEL LaneSinCos<N> sincos_turns(FloatLanes<N> u) {
    using Float = FloatLanes<N>;
    // u = n/4 + t, r = 2 pi t within pi/4
    constexpr double shift = 0x1.8p23; // the last bit of a sum with it is worth one
    Float const sum = fma(u, Float(4), Float(shift)), n = sum - Float(shift);
    IntLanes<N> const quarters = pattern_of(sum);
    Float const r = fma(Float(-0.25), n, u) * Float(0x1.921fb54442d18p+2), z = r * r;
    Float const sine = fma(r * z,
                           fma(fma(fma(Float(2.7249926e-6), z, Float(-1.9840087e-4)), z, Float(8.3333319e-3)),
                               z, Float(-1.0 / 6.0)),
                           r);
    Float const cosine =
        fma(z * z, fma(fma(Float(2.4547942e-5), z, Float(-1.3888303e-3)), z, Float(4.1666665e-2)),
            fma(Float(-0.5), z, Float(1)));
    // An odd quarter swaps them, quarters 2 and 3 turn the sine's sign, 1 and 2 the cosine's
    auto const odd = Float(0.5) < to_float(quarters & IntLanes<N>(1));
    IntLanes<N> const sine_sign = (quarters & IntLanes<N>(2)).template shifted_left<30>();
    IntLanes<N> const cosine_sign =
        ((quarters + IntLanes<N>(1)) & IntLanes<N>(2)).template shifted_left<30>();
    return {from_pattern(pattern_of(select(odd, cosine, sine)) ^ sine_sign),
            from_pattern(pattern_of(select(odd, sine, cosine)) ^ cosine_sign)};
}

} // namespace BW_TARGET
} // namespace beamwright
