/// \file  random.hpp — counter-based random streams: any number of any history, without the ones before it
/// \how   docs/methods/random_streams.md; Philox 4x32-10, Salmon et al. 2011 (SC'11)
/// \fits  2^64 histories per beam, 2^31 particles per history, 2^32 blocks of four numbers per particle
/// \not   cryptography
/// \proof tests/lanes/random_test.cpp (known answers of the Random123 distribution)
#pragma once
#include "lanes/math.hpp"
#include <array>
#include <cstdint>

namespace beamwright {

/// Names a stream. Two different keys give independent streams.
struct StreamKey {
    std::uint32_t seed = 0;
    std::uint32_t beam = 0;
    std::uint64_t history = 0;
    std::uint32_t particle = 0;
};

inline namespace BW_TARGET {

/// One block of Philox 4x32 with ten rounds.
BW_KERNEL std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                              std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        std::uint64_t const a = std::uint64_t{0xD2511F53u} * counter[0];
        std::uint64_t const b = std::uint64_t{0xCD9E8D57u} * counter[2];
        counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
                   static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
        key[0] += 0x9E3779B9u;
        key[1] += 0xBB67AE85u;
    }
    return counter;
}

/// The numbers of one particle, in order.
class RandomStream {
public:
    BW_KERNEL explicit RandomStream(StreamKey key)
        : counter_{0, key.particle, static_cast<std::uint32_t>(key.history),
                   static_cast<std::uint32_t>(key.history >> 32)},
          key_{key.seed, key.beam} {}

    BW_KERNEL std::uint32_t next_u32() {
        if (used_ == 4) {
            block_ = philox(counter_, key_);
            ++counter_[0];
            used_ = 0;
        }
        return block_[static_cast<unsigned>(used_++)];
    }
    /// In the open interval (0, 1), 32 bits: never 0, never 1.
    BW_KERNEL double uniform() { return (next_u32() + 0.5) * 0x1p-32; }

    struct Pair {
        double first, second;
    };
    /// Two independent standard normal numbers (Box and Muller 1958); cut at 6.7 sigma by the 32-bit uniform.
    BW_KERNEL Pair gaussian_pair() {
        double const radius = sqrt(-2.0 * log(uniform()));
        SinCos const turn = sincos_turns(uniform());
        return {radius * turn.cosine, radius * turn.sine};
    }

private:
    std::array<std::uint32_t, 4> counter_;
    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 4> block_{};
    int used_ = 4;
};

} // namespace BW_TARGET
} // namespace beamwright
