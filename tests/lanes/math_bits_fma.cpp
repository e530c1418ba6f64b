// Compiled for processors with AVX2 and FMA (see CMakeLists.txt), under its own target name.
#include "math_bits.hpp"

namespace beamwright {
std::uint64_t math_bits_with_fma(int n);
std::uint64_t math_bits_with_fma(int n) { return math_bits(n); }
} // namespace beamwright
