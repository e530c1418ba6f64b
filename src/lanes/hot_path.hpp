/// \file  hot_path.hpp — mark for the few functions of the step loop that must not become calls
/// \how   docs/methods/performance.md: a second caller (helium) turned them into calls that pass eleven numbers through memory, 15 %
/// \fits  functions that every voxel or every scattering step goes through
/// \not   everything else: BW_KERNEL
/// \proof bench/bench_transport.cpp; the bits do not depend on it
#pragma once
#include "lanes/kernel.hpp"

#if defined(__CUDACC__)
#define BW_HOT_PATH BW_KERNEL
#else
#define BW_HOT_PATH [[gnu::always_inline]] BW_KERNEL
#endif
