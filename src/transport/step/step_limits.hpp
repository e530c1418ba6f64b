/// \file  step_limits.hpp — how long the stretches are and when a particle ends
/// \how   docs/methods/transport.md section 3
/// \fits  the results do not depend on these in the mean (tests/transport/range_test.cpp)
/// \not   physics
/// \proof tests/transport/range_test.cpp
#pragma once
#include <cstdint>

namespace beamwright {

/// How Coulomb scattering is calculated.
enum class PhysicsMode : std::uint8_t {
    full, ///< soft Gaussian part and single hard events: the default
    fast  ///< differential Moliere scattering power, Gaussian
};

/// What a test may switch off.
struct StepSwitches {
    bool nuclear = true, straggling = true, scattering = true;
};

/// A stretch never gains energy: bound of the relative straggling, times at most 1.2 in heavy matter. With the usual
/// stretches it is out of reach (5 sigma); it is met on the last tenths of a millimeter of slow secondaries.
inline constexpr double least_straggling = -0.8;

struct StepLimits {
    double straggling_share = 0.15; ///< of the residual range per straggling stretch
    double scattering_share = 0.15; ///< of the residual range per scattering step
    double most_g_per_cm2 = 2.0;    ///< greatest stretch of both
    double floor_g_per_cm2 = 0.01;  ///< least stretch, unless that is over half of the residual range
    double cut_mm = 0.1;            ///< a residual path below this stays in a voxel that it cannot leave,
                                    ///< below a fifth of it anywhere
    double least_range = 8e-4;      ///< water range of 0.5 MeV, g/cm2: the same
    std::int64_t most_steps = 4'000'000;
};

} // namespace beamwright
