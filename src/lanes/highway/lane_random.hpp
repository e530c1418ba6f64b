/// \file  lane_random.hpp — Philox blocks of many streams at once
/// \how   docs/methods/random_streams.md section 2; the words are those of lanes/random.hpp
/// \fits  one counter per lane, one key for all
/// \not   single numbers in order (lanes/random.hpp)
/// \proof tests/lanes/float_lanes_test.cpp
#pragma once
#include "lanes/highway/float_lanes.hpp"
#include "lanes/random.hpp"

namespace beamwright {
inline namespace BW_TARGET {

/// Unsigned 32-bit words.
template <int N> struct WordLanes {
    using Shape = LaneShape<N>;
    using Tag = typename Shape::Word;
    hn::Vec<Tag> part[Shape::parts];

    BW_KERNEL static WordLanes load(std::uint32_t const* from) {
        WordLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::LoadU(Tag{}, from + i * Shape::width);
        }
        return r;
    }
    BW_KERNEL void store(std::uint32_t* to) const {
        for (int i = 0; i < Shape::parts; ++i) {
            hn::StoreU(part[i], Tag{}, to + i * Shape::width);
        }
    }
};

/// Plus one in the lanes of the mask.
template <int N> BW_KERNEL WordLanes<N> counted_where(LaneMask<N> mask, WordLanes<N> count) {
    using Shape = LaneShape<N>;
    WordLanes<N> r;
    for (int i = 0; i < Shape::parts; ++i) {
        auto const all_bits = hn::VecFromMask(typename Shape::Float{}, mask.part[i]); // -1
        r.part[i] = hn::Sub(count.part[i], hn::BitCast(typename Shape::Word{}, all_bits));
    }
    return r;
}

/// Four words of N streams.
template <int N> struct PhiloxLanes { WordLanes<N> word[4]; };

/// High and low half of a product with a constant.
template <class Vector> struct WideProduct { Vector high, low; };
template <int width, class Vector> BW_KERNEL WideProduct<Vector> times(Vector a, std::uint32_t constant) {
    hn::FixedTag<std::uint32_t, width> const words;
    if constexpr (width == 1) {
        std::uint64_t const product = std::uint64_t{hn::GetLane(a)} * constant;
        return {hn::Set(words, static_cast<std::uint32_t>(product >> 32)),
                hn::Set(words, static_cast<std::uint32_t>(product))};
    } else {
        hn::FixedTag<std::uint64_t, width / 2> const longs;
        auto const factor = hn::Set(words, constant);
        auto const even = hn::MulEven(a, factor);
        auto const odd = hn::MulEven(hn::BitCast(words, hn::ShiftRight<32>(hn::BitCast(longs, a))), factor);
        return {hn::OddEven(hn::BitCast(words, odd), hn::BitCast(words, hn::ShiftRight<32>(even))),
                hn::OddEven(hn::BitCast(words, hn::ShiftLeft<32>(odd)), hn::BitCast(words, even))};
    }
}

/// One block of Philox 4x32 with ten rounds per lane; the counter is (block, particle, history low, high).
template <int N>
BW_KERNEL PhiloxLanes<N> philox(PhiloxLanes<N> const& counter, std::array<std::uint32_t, 2> key) {
    using Shape = LaneShape<N>;
    typename Shape::Word const words;
    PhiloxLanes<N> out;
    for (int i = 0; i < Shape::parts; ++i) {
        auto c0 = counter.word[0].part[i], c1 = counter.word[1].part[i];
        auto c2 = counter.word[2].part[i], c3 = counter.word[3].part[i];
        std::uint32_t key_0 = key[0], key_1 = key[1];
        for (int round = 0; round < 10; ++round) {
            auto const a = times<Shape::width>(c0, 0xD2511F53u);
            auto const b = times<Shape::width>(c2, 0xCD9E8D57u);
            c0 = hn::Xor(hn::Xor(b.high, c1), hn::Set(words, key_0));
            c2 = hn::Xor(hn::Xor(a.high, c3), hn::Set(words, key_1));
            c1 = b.low;
            c3 = a.low;
            key_0 += 0x9E3779B9u;
            key_1 += 0xBB67AE85u;
        }
        out.word[0].part[i] = c0;
        out.word[1].part[i] = c1;
        out.word[2].part[i] = c2;
        out.word[3].part[i] = c3;
    }
    return out;
}

/// Low and high 16 bits as whole numbers; exact.
template <int N> BW_KERNEL FloatLanes<N> low_half(WordLanes<N> word) {
    FloatLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        auto const low = hn::And(word.part[i], hn::Set(typename LaneShape<N>::Word{}, 0xFFFFu));
        r.part[i] =
            hn::ConvertTo(typename LaneShape<N>::Float{}, hn::BitCast(typename LaneShape<N>::Int{}, low));
    }
    return r;
}
template <int N> BW_KERNEL FloatLanes<N> high_half(WordLanes<N> word) {
    FloatLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        auto const high = hn::ShiftRight<16>(word.part[i]);
        r.part[i] =
            hn::ConvertTo(typename LaneShape<N>::Float{}, hn::BitCast(typename LaneShape<N>::Int{}, high));
    }
    return r;
}

/// In (0, 1]: (word + 1/2) / 2^32 rounded to single precision; small ones keep all their bits.
template <int N> BW_KERNEL FloatLanes<N> uniform(WordLanes<N> word) {
    FloatLanes<N> const near = (low_half(word) + FloatLanes<N>(0.5)) * FloatLanes<N>(0x1p-32);
    return fma(high_half(word), FloatLanes<N>(0x1p-16), near);
}
/// A word split into its first bit and a uniform of the others.
template <int N> struct BitAndUniform {
    LaneMask<N> bit;
    FloatLanes<N> uniform;
};
template <int N> BW_KERNEL BitAndUniform<N> bit_and_uniform(WordLanes<N> word) {
    WordLanes<N> rest;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        rest.part[i] = hn::ShiftLeft<1>(word.part[i]);
    }
    return {high_half(word) < FloatLanes<N>(0x1p15), uniform(rest)};
}
/// Two coarse uniforms of 16 bits from one word, in (0, 1).
template <int N> struct UniformPair { FloatLanes<N> first, second; };
template <int N> BW_KERNEL UniformPair<N> uniform_pair(WordLanes<N> word) {
    FloatLanes<N> const half(0.5), scale(0x1p-16);
    return {(low_half(word) + half) * scale, (high_half(word) + half) * scale};
}

} // namespace BW_TARGET
} // namespace beamwright
