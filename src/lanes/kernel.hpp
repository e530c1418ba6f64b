/// \file  kernel.hpp — marks for code that a lane, a CPU core or a GPU thread runs alike
/// \how   docs/design/2026-11-kernel-safe-code.md
/// \fits  every kernel-safe header (see docs/map.md)
/// \not   host-only code
/// \proof tests/lanes/math_test.cpp, tools/check_house, test cuda_headers
#pragma once

#if defined(__CUDACC__)
#define BW_KERNEL __host__ __device__ inline
#else
#define BW_KERNEL inline
#endif

/// The instruction set this file is being compiled for is a namespace, so that no two targets share a symbol.
#ifndef BW_TARGET
#define BW_TARGET scalar
#endif

namespace beamwright {
inline namespace BW_TARGET {

/// The choice that lanes make instead of a branch.
template <class Real> BW_KERNEL Real select(bool condition, Real yes, Real no) {
    return condition ? yes : no;
}

} // namespace BW_TARGET
} // namespace beamwright
