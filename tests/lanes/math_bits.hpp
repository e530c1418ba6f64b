/// One number made of the bits of many results, for comparing builds of the same functions.
#pragma once
#include "lanes/random.hpp"

namespace beamwright {
inline namespace BW_TARGET {

BW_KERNEL std::uint64_t math_bits(int n) {
    std::uint64_t hash = 1469598103934665603u; // FNV-1a
    auto const add = [&hash](double value) {
        hash = (hash ^ std::bit_cast<std::uint64_t>(value)) * 1099511628211u;
    };
    RandomStream random{{.seed = 3}};
    for (int i = 0; i < n; ++i) {
        double const u = random.uniform();
        SinCos const wave = sincos(1e4 * u), turn = sincos_turns(u);
        auto const normal = random.gaussian_pair();
        for (double const value :
             {log(u), exp(100 * (u - 0.5)), wave.sine, wave.cosine, turn.sine, turn.cosine, pow(u, 3.3),
              cbrt(u), log10(u), normal.first, normal.second}) {
            add(value);
        }
    }
    return hash;
}

} // namespace BW_TARGET
} // namespace beamwright
