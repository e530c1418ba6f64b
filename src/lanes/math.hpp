/// \file  math.hpp — elementary functions for kernels
/// \how   docs/methods/lane_math.md
/// \fits  double (reference)
/// \not   arguments outside the documented ranges
/// \proof tests/lanes/math_test.cpp
#pragma once
#include "lanes/kernel.hpp"
#include <cmath>

namespace beamwright {
inline namespace BW_TARGET {

BW_KERNEL double sqrt(double x) { return __builtin_sqrt(x); }
BW_KERNEL double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
BW_KERNEL double log(double x) { return std::log(x); }
BW_KERNEL double exp(double x) { return std::exp(x); }
struct SinCos {
    double sine, cosine;
};
BW_KERNEL SinCos sincos(double x) { return {std::sin(x), std::cos(x)}; }
BW_KERNEL double pow(double x, double y) { return std::pow(x, y); }

} // namespace BW_TARGET
} // namespace beamwright
