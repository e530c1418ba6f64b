#include "math_bits.hpp"
#include <gtest/gtest.h>

namespace beamwright {
#if defined(__x86_64__)
std::uint64_t math_bits_with_fma(int n);
#endif
namespace {

TEST(LaneMath, gives_the_same_bits_with_and_without_the_fma_instruction) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("fma") || !__builtin_cpu_supports("avx2")) {
        GTEST_SKIP() << "this processor has no FMA";
    }
    EXPECT_EQ(math_bits(100'000), math_bits_with_fma(100'000));
#endif
}

TEST(LaneMath, gives_the_bits_of_every_other_machine) {
    // Made on an AMD EPYC with GCC 12; any IEEE 754 processor and any compiler must give them
    EXPECT_EQ(math_bits(1000), 5688643446123600364u);
}

} // namespace
} // namespace beamwright
