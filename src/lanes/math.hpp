/// \file  math.hpp — elementary functions for kernels: the same bits on every processor
/// \how   docs/methods/lane_math.md; coefficients from tools/fit_lane_math.py
/// \fits  double; each function states its range and its largest error, measured against long double
/// \not   infinities, NaN and subnormal numbers, unless said
/// \proof tests/lanes/math_test.cpp
#pragma once
#include "lanes/kernel.hpp"
#include <bit>
#include <cmath>
#include <cstdint>

namespace beamwright {
inline namespace BW_TARGET {

/// Correctly rounded on every processor (IEEE 754).
BW_KERNEL double sqrt(double x) { return __builtin_sqrt(x); }
BW_KERNEL double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }

/// x = 2^exponent * (1 + f), 1 + f between sqrt(1/2) and sqrt(2). \pre x positive and normal
struct SplitNumber {
    double exponent;
    double f;
};
BW_KERNEL SplitNumber split_near_one(double x) {
    constexpr std::uint64_t root_half = 0x3FE6A09E667F3BCDu;
    std::uint64_t const shifted = std::bit_cast<std::uint64_t>(x) - root_half;
    auto const exponent = static_cast<std::int64_t>(shifted) >> 52;
    std::uint64_t const fraction = (shifted & 0x000FFFFFFFFFFFFFu) + root_half;
    return {static_cast<double>(exponent), std::bit_cast<double>(fraction) - 1.0};
}

/// ln 2 in two parts; the first has 32 significant bits, so that a multiple by an exponent is exact.
inline constexpr double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;

/// Natural logarithm of positive normal x. Error below 0.9 ulp.
BW_KERNEL double log(double x) {
    auto const [exponent, f] = split_near_one(x);
    // log(1 + f) = 2 atanh(s) = 2s + s R(s^2) with s = f / (2 + f); 2s = f - s f
    double const s = f / (2.0 + f);
    double const z = s * s, w = z * z;
    double const even = fma(fma(fma(0x1.2b58f4c8d5f63p-3, w, 0x1.7462b5152e8a6p-3), w, 0x1.2492492df26cep-2),
                            w, 0x1.5555555555558p-1);
    double const odd = fma(fma(0x1.39fe52a20dc69p-3, w, 0x1.c71c62e40b94ep-3), w, 0x1.99999999952d8p-2);
    double const rest = z * fma(odd, z, even);
    return fma(exponent, ln2_high, f - fma(s, f - rest, -exponent * ln2_low));
}

/// Nearest whole number as a double and in the low bits of a pattern; for |x| below 2^51.
struct Rounded {
    double number;
    std::uint64_t pattern;
};
BW_KERNEL Rounded rounded(double x) {
    constexpr double shift = 0x1.8p52; // the last bit of a sum with it is worth one
    double const sum = x + shift;
    return {sum - shift, std::bit_cast<std::uint64_t>(sum)};
}

/// e^(x + x_low) for an x_low below 1e-12; range as exp.
template <bool has_low> BW_KERNEL double exp_sum(double x, double x_low) {
    constexpr double least = -708.0, most = 709.0;
    double const inside = select(x < least, least, select(x > most, most, x));
    auto const [k, pattern] = rounded(inside * 0x1.71547652b82fep+0);
    // r = x - k ln 2 in two parts, then e^r = 1 + r + r^2 q(r)
    double const high = fma(-k, ln2_high, inside);
    double const r = fma(-k, ln2_low, high);
    double r_low = fma(-k, ln2_low, high - r);
    if constexpr (has_low) {
        r_low = fma(x_low, fma(fma(fma(r, 1.0 / 6.0, 0.5), r, 1.0), r, 1.0), r_low); // e^r x_low
    }
    double const w = r * r;
    double const even =
        fma(fma(fma(fma(0x1.28917e2c43a66p-22, w, 0x1.a019b9133a48ap-16), w, 0x1.6c16c1788a49bp-10), w,
                0x1.5555555553d67p-5),
            w, 0x1.0000000000001p-1);
    double const odd =
        fma(fma(fma(fma(0x1.af38a0d2d9620p-26, w, 0x1.71de0db21e27fp-19), w, 0x1.a01a01a7c327ap-13), w,
                0x1.11111111109b4p-7),
            w, 0x1.5555555555556p-3);
    double const q = fma(odd, r, even);
    double const near_one = 1.0 + (r + fma(w, q, r_low));
    double const power = std::bit_cast<double>((pattern + 1023u) << 52);
    double const result = near_one * power;
    return select(x < least, 0.0, select(x > most, HUGE_VAL, result));
}

/// e^x, -708 <= x <= 709; 0 below, infinity above. Error below 1 ulp.
BW_KERNEL double exp(double x) { return exp_sum<false>(x, 0.0); }

struct SinCos {
    double sine, cosine;
};

/// Sine and cosine of r + r_low, |r| <= pi/4, turned by `quarters` quarter turns (low two bits).
BW_KERNEL SinCos sincos_reduced(double r, double r_low, std::uint64_t quarters) {
    double const z = r * r, w = z * z;
    double const sin_even =
        fma(fma(-0x1.ae600af9dc879p-26, w, -0x1.a01a019e83a45p-13), w, -0x1.5555555555555p-3);
    double const sin_odd = fma(fma(0x1.5e0b16c88dccap-33, w, 0x1.71de37968191ep-19), w, 0x1.1111111110bb2p-7);
    double const sine = r + fma(r * z, fma(sin_odd, z, sin_even), r_low);
    double const cos_even =
        fma(fma(0x1.1eeb68e4cd852p-29, w, 0x1.a01a019f4eaccp-16), w, 0x1.5555555555555p-5);
    double const cos_odd =
        fma(fma(-0x1.907da036ba5cfp-37, w, -0x1.27e4fa17d5c9dp-22), w, -0x1.6c16c16c16967p-10);
    double const half = 0.5 * z, most = 1.0 - half;
    double const cosine = most + ((1.0 - most - half) + fma(w, fma(cos_odd, z, cos_even), -r * r_low));
    bool const swapped = (quarters & 1) != 0;
    auto const signed_by = [](double value, std::uint64_t bit) {
        return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) ^ ((bit & 2) << 62));
    };
    return {signed_by(select(swapped, cosine, sine), quarters),
            signed_by(select(swapped, sine, cosine), quarters + 1)};
}

/// Sine and cosine of x in radians, |x| <= 1e5. Error below 1 ulp.
BW_KERNEL SinCos sincos(double x) {
    auto const [n, pattern] = rounded(x * 0x1.45f306dc9c883p-1);
    // x - n pi/2 with pi/2 in three parts
    double const first = fma(-n, 0x1.921fb54442d18p+0, x);
    double const part = n * 0x1.1a62633145c07p-54, part_low = fma(n, 0x1.1a62633145c07p-54, -part);
    double const r = first - part, back = r - first;
    double const lost = (first - (r - back)) - (part + back); // r + lost = first - part exactly
    double const r_low = lost - fma(n, -0x1.f1976b7ed8fbcp-110, part_low);
    return sincos_reduced(r, r_low, pattern);
}

/// Sine and cosine of 2 pi u, u in turns, |u| <= 2^50: no reduction error. Error below 1 ulp.
BW_KERNEL SinCos sincos_turns(double u) {
    auto const [n, pattern] = rounded(4.0 * u);
    double const turns = fma(-0.25, n, u);
    double const r = turns * 0x1.921fb54442d18p+2;
    double const r_low = fma(turns, 0x1.921fb54442d18p+2, -r) + turns * 0x1.1a62633145c07p-52;
    return sincos_reduced(r, r_low, pattern);
}

/// x^y for positive normal x and |y ln x| <= 700. Error below 1 ulp for |y ln x| <= 40, 2 ulp to 300, 4 ulp
/// beyond.
BW_KERNEL double pow(double x, double y) {
    auto const [exponent, f] = split_near_one(x);
    // s = f / (2 + f) in two parts
    double const below = 2.0 + f, below_low = f - (below - 2.0);
    double const s = f / below;
    double const s_low = fma(-s, below_low, fma(-s, below, f)) / below;
    double const z = s * s, w = z * z;
    double const even =
        fma(fma(fma(fma(0x1.ab83b15497320p-4, w, 0x1.1110b8c856d25p-3), w, 0x1.745d17437dda5p-3), w,
                0x1.2492492492486p-2),
            w, 0x1.5555555555555p-1);
    double const odd =
        fma(fma(fma(fma(0x1.bedc792bacafdp-4, w, 0x1.e2029886fadb8p-4), w, 0x1.3b13b261341c9p-3), w,
                0x1.c71c71c71f25dp-3),
            w, 0x1.999999999999ap-2);
    // s^3 P(z) in two parts
    double const P = fma(odd, z, even), cube = s * z;
    double const cube_low = fma(s, z, -cube) + s * fma(s, s, -z) + 3.0 * z * s_low;
    double const rest = cube * P, rest_low = fma(cube, P, -rest) + cube_low * P;
    // log x = high + low: the large parts added exactly, then the small ones
    double const main = fma(exponent, ln2_high, 2.0 * s);
    double const main_low = fma(exponent, ln2_high, -main) + 2.0 * s;
    double const sum = main + rest, sum_low = (main - sum) + rest;
    double const tail = main_low + sum_low + fma(exponent, ln2_low, fma(2.0, s_low, rest_low));
    double const high = sum + tail, low = (sum - high) + tail;
    double const product = y * high;
    return exp_sum<true>(product, fma(y, high, -product) + y * low);
}

/// Logarithm to base 10 of positive normal x. Error below 2 ulp.
BW_KERNEL double log10(double x) {
    double const natural = log(x);
    return fma(natural, 0x1.bcb7b1526e50ep-2, natural * 0x1.95355baaafad3p-57);
}

/// Cube root of normal x of either sign, or 0. Error below 0.7 ulp.
BW_KERNEL double cbrt(double x) {
    constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;
    std::uint64_t const pattern = std::bit_cast<std::uint64_t>(x), sign = pattern & sign_bit;
    double const size = std::bit_cast<double>(pattern ^ sign);
    // A third of the exponent bits is within 4 % of the root; two steps of Halley's cubic iteration finish it
    double root = std::bit_cast<double>((pattern ^ sign) / 3 + 0x2A9F7893782DA1CEu);
    for (int i = 0; i < 2; ++i) {
        double const cube = root * root * root;
        root = root * fma(2.0, size, cube) / fma(2.0, cube, size);
    }
    // One Newton step with the cube in two parts
    double const square = root * root, square_low = fma(root, root, -square);
    double const cube = square * root, cube_low = fma(square, root, -cube) + square_low * root;
    root = root - ((cube - size) + cube_low) / (3.0 * square);
    double const result = std::bit_cast<double>(std::bit_cast<std::uint64_t>(root) | sign);
    return select(size > 0.0, result, x);
}

} // namespace BW_TARGET
} // namespace beamwright
