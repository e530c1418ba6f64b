// The functions of lanes/highway over arrays, compiled with AVX2 for the test that asks the processor first.
#pragma once
#include <array>
#include <cstdint>

namespace beamwright::test {

/// Counts are multiples of 16; width is 1, 8 or 16.
struct FloatLanesProbe {
    void (*log)(int width, float const* x, float* out, int count);
    void (*sine)(int width, float const* turns, float* out, int count);
    void (*cosine)(int width, float const* turns, float* out, int count);
    /// (x + y) * x - y / x, fma(x, y, x), sqrt(x), the smaller, the greater: five arrays one after the other
    void (*arithmetic)(int width, float const* x, float const* y, float* out, int count);
    /// 16 counters as [word][lane]; 4 words per lane come back the same way
    void (*philox)(int width, std::uint32_t const* counter, std::array<std::uint32_t, 2> key,
                   std::uint32_t* out);
    /// uniform, then the two halves of uniform_pair: three arrays one after the other
    void (*uniforms)(int width, std::uint32_t const* words, float* out, int count);
    /// Rows of eight as gather_eight gives them: [column][lane], 16 lanes
    void (*rows)(int width, float const* table, std::int32_t const* index, float* out);
};

FloatLanesProbe float_lanes_probe();

} // namespace beamwright::test
