#include "transport/tally/fixed_point.hpp"
#include "core/contracts.hpp"
#include <cmath>

namespace beamwright {

FixedPoint fixed_point_for(std::int64_t histories, double most_MeV) {
    BW_EXPECT(histories > 0 && most_MeV > 0);
    int exponent = 0;
    // 2^63 units hold histories * most_MeV with a factor of four to spare
    std::frexp(static_cast<double>(histories) * most_MeV * 4.0, &exponent);
    BW_ENSURE(exponent <= 36); // units of 2^-27 MeV = 7e-9 MeV or finer
    return {std::ldexp(1.0, 63 - exponent)};
}

} // namespace beamwright
