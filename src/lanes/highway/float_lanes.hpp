/// \file  float_lanes.hpp — N single-precision numbers that go through one formula together
/// \how   docs/methods/simd_lanes.md section 1; Highway in its static mode (docs/design/2026-11-simd.md)
/// \fits  N = 1, 8, 16: every lane has the bits that the others' number and the width cannot change
/// \not   double; run-time choice of the processor (transport/engine/dispatch.cpp)
/// \proof tests/lanes/float_lanes_test.cpp
#pragma once
#include "lanes/kernel.hpp"
#include <array>
#include <cstdint>
#include <hwy/highway.h>

namespace beamwright {
inline namespace BW_TARGET {

namespace hn = hwy::HWY_NAMESPACE;

/// How N lanes lie in registers: `parts` registers of `width` lanes.
template <int N> struct LaneShape {
    static constexpr int widest = static_cast<int>(HWY_LANES(float));
    static constexpr int width = N < widest ? N : widest;
    static constexpr int parts = N / width;
    static_assert(parts * width == N);
    using Float = hn::FixedTag<float, width>;
    using Int = hn::FixedTag<std::int32_t, width>;
    using Word = hn::FixedTag<std::uint32_t, width>;
};

/// What a comparison answers, per lane.
template <int N> struct LaneMask {
    using Shape = LaneShape<N>;
    hn::Mask<typename Shape::Float> part[Shape::parts];

    BW_KERNEL friend LaneMask operator&&(LaneMask a, LaneMask b) {
        LaneMask r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::And(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend LaneMask operator||(LaneMask a, LaneMask b) {
        LaneMask r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Or(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend LaneMask operator!(LaneMask a) {
        LaneMask r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Not(a.part[i]);
        }
        return r;
    }
    /// In any lane. Only to pass over work that no lane needs: a result must not depend on its neighbors.
    BW_KERNEL bool any() const {
        bool found = false;
        for (int i = 0; i < Shape::parts; ++i) {
            found = found || !hn::AllFalse(typename Shape::Float(), part[i]);
        }
        return found;
    }
};

/// Signed 32-bit integers, for table indices and exponents.
template <int N> struct IntLanes {
    using Shape = LaneShape<N>;
    hn::Vec<typename Shape::Int> part[Shape::parts];

    IntLanes() = default;
    BW_KERNEL IntLanes(std::int32_t x) {
        for (int i = 0; i < Shape::parts; ++i) {
            part[i] = hn::Set(typename Shape::Int{}, x);
        }
    }
    BW_KERNEL friend IntLanes operator+(IntLanes a, IntLanes b) {
        IntLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Add(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend IntLanes operator-(IntLanes a, IntLanes b) {
        IntLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Sub(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend IntLanes operator&(IntLanes a, IntLanes b) {
        IntLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::And(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend IntLanes operator|(IntLanes a, IntLanes b) {
        IntLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Or(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend IntLanes operator^(IntLanes a, IntLanes b) {
        IntLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Xor(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend IntLanes operator*(IntLanes a, IntLanes b) {
        IntLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Mul(a.part[i], b.part[i]);
        }
        return r;
    }
    template <int bits> BW_KERNEL IntLanes shifted_left() const {
        IntLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::ShiftLeft<bits>(part[i]);
        }
        return r;
    }
    /// Keeps the sign.
    template <int bits> BW_KERNEL IntLanes shifted_right() const {
        IntLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::ShiftRight<bits>(part[i]);
        }
        return r;
    }
    BW_KERNEL static IntLanes load(std::int32_t const* from) {
        IntLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::LoadU(typename Shape::Int{}, from + i * Shape::width);
        }
        return r;
    }
    BW_KERNEL void store(std::int32_t* to) const {
        for (int i = 0; i < Shape::parts; ++i) {
            hn::StoreU(part[i], typename Shape::Int{}, to + i * Shape::width);
        }
    }
};

/// The numbers. Arithmetic is that of IEEE 754, rounded to nearest; fma is fused.
template <int N> struct FloatLanes {
    using Shape = LaneShape<N>;
    using Tag = typename Shape::Float;
    hn::Vec<Tag> part[Shape::parts];

    FloatLanes() = default;
    BW_KERNEL FloatLanes(double x) {
        for (int i = 0; i < Shape::parts; ++i) {
            part[i] = hn::Set(Tag{}, static_cast<float>(x));
        }
    }
    BW_KERNEL static FloatLanes load(float const* from) {
        FloatLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::LoadU(Tag{}, from + i * Shape::width);
        }
        return r;
    }
    BW_KERNEL void store(float* to) const {
        for (int i = 0; i < Shape::parts; ++i) {
            hn::StoreU(part[i], Tag{}, to + i * Shape::width);
        }
    }

    BW_KERNEL friend FloatLanes operator+(FloatLanes a, FloatLanes b) {
        FloatLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Add(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend FloatLanes operator-(FloatLanes a, FloatLanes b) {
        FloatLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Sub(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend FloatLanes operator-(FloatLanes a) {
        FloatLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Neg(a.part[i]);
        }
        return r;
    }
    BW_KERNEL friend FloatLanes operator*(FloatLanes a, FloatLanes b) {
        FloatLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Mul(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend FloatLanes operator/(FloatLanes a, FloatLanes b) {
        FloatLanes r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Div(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend LaneMask<N> operator<(FloatLanes a, FloatLanes b) {
        LaneMask<N> r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Lt(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend LaneMask<N> operator<=(FloatLanes a, FloatLanes b) {
        LaneMask<N> r;
        for (int i = 0; i < Shape::parts; ++i) {
            r.part[i] = hn::Le(a.part[i], b.part[i]);
        }
        return r;
    }
    BW_KERNEL friend LaneMask<N> operator>(FloatLanes a, FloatLanes b) { return b < a; }
    BW_KERNEL friend LaneMask<N> operator>=(FloatLanes a, FloatLanes b) { return b <= a; }
};

template <int N> BW_KERNEL FloatLanes<N> select(LaneMask<N> mask, FloatLanes<N> yes, FloatLanes<N> no) {
    FloatLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        r.part[i] = hn::IfThenElse(mask.part[i], yes.part[i], no.part[i]);
    }
    return r;
}
template <int N> BW_KERNEL FloatLanes<N> fma(FloatLanes<N> a, FloatLanes<N> b, FloatLanes<N> c) {
    FloatLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
#if HWY_TARGET == HWY_SCALAR
        // Highway's own rounds the product here
        r.part[i] =
            hn::Set(typename LaneShape<N>::Float{},
                    __builtin_fmaf(hn::GetLane(a.part[i]), hn::GetLane(b.part[i]), hn::GetLane(c.part[i])));
#else
        r.part[i] = hn::MulAdd(a.part[i], b.part[i], c.part[i]);
#endif
    }
    return r;
}
template <int N> BW_KERNEL FloatLanes<N> sqrt(FloatLanes<N> x) {
    FloatLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        r.part[i] = hn::Sqrt(x.part[i]);
    }
    return r;
}
/// The smaller, the greater; of a number and NaN the second.
template <int N> BW_KERNEL FloatLanes<N> least_of(FloatLanes<N> a, FloatLanes<N> b) {
    return select(a < b, a, b);
}
template <int N> BW_KERNEL FloatLanes<N> greatest_of(FloatLanes<N> a, FloatLanes<N> b) {
    return select(a > b, a, b);
}

/// The bit pattern, and back.
template <int N> BW_KERNEL IntLanes<N> pattern_of(FloatLanes<N> x) {
    IntLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        r.part[i] = hn::BitCast(typename LaneShape<N>::Int{}, x.part[i]);
    }
    return r;
}
template <int N> BW_KERNEL FloatLanes<N> from_pattern(IntLanes<N> x) {
    FloatLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        r.part[i] = hn::BitCast(typename LaneShape<N>::Float{}, x.part[i]);
    }
    return r;
}
template <int N> BW_KERNEL FloatLanes<N> to_float(IntLanes<N> x) {
    FloatLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        r.part[i] = hn::ConvertTo(typename LaneShape<N>::Float{}, x.part[i]);
    }
    return r;
}
/// Cut to a whole number; within 2^31.
template <int N> BW_KERNEL IntLanes<N> to_int(FloatLanes<N> x) {
    IntLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        r.part[i] = hn::ConvertTo(typename LaneShape<N>::Int{}, x.part[i]);
    }
    return r;
}

/// table[index] per lane.
template <int N> BW_KERNEL FloatLanes<N> gather(float const* table, IntLanes<N> index) {
    FloatLanes<N> r;
    for (int i = 0; i < LaneShape<N>::parts; ++i) {
        if constexpr (LaneShape<N>::width == 1) { // Highway would read a whole register's indices, of junk
            r.part[i] = hn::Set(typename LaneShape<N>::Float{}, table[hn::GetLane(index.part[i])]);
        } else {
            r.part[i] = hn::GatherIndex(typename LaneShape<N>::Float{}, table, index.part[i]);
        }
    }
    return r;
}

/// Eight numbers that stand side by side in a table, of N places.
template <int N> struct EightLanes { FloatLanes<N> of[8]; };

#if HWY_TARGET != HWY_SCALAR
/// Registers of eight: whole rows are read and turned.
template <int N> BW_KERNEL void turn_rows(float const* table, IntLanes<N> index, EightLanes<N>& out) {
    using Shape = LaneShape<N>;
    hn::FixedTag<float, 8> const d;
    hn::FixedTag<double, 4> const pairs;
    alignas(64) std::int32_t at[N];
    index.store(at);
    for (int part = 0; part < Shape::parts; ++part) {
        hn::Vec<decltype(d)> row[8], two[8], four[8];
        for (int i = 0; i < 8; ++i) {
            row[i] = hn::LoadU(d, table + at[part * 8 + i]);
        }
        // Lanes of two rows, of four, of eight
        for (int i = 0; i < 8; i += 2) {
            two[i] = hn::InterleaveLower(d, row[i], row[i + 1]);
            two[i + 1] = hn::InterleaveUpper(d, row[i], row[i + 1]);
        }
        for (int half = 0; half < 8; half += 4) {
            for (int i = 0; i < 2; ++i) {
                auto const low = hn::BitCast(pairs, two[half + i]);
                auto const high = hn::BitCast(pairs, two[half + i + 2]);
                four[half + 2 * i] = hn::BitCast(d, hn::InterleaveLower(pairs, low, high));
                four[half + 2 * i + 1] = hn::BitCast(d, hn::InterleaveUpper(pairs, low, high));
            }
        }
        for (int i = 0; i < 4; ++i) {
            out.of[i].part[part] = hn::ConcatLowerLower(d, four[i + 4], four[i]);
            out.of[i + 4].part[part] = hn::ConcatUpperUpper(d, four[i + 4], four[i]);
        }
    }
}
#endif

/// table[index + 0 .. 7] per lane, with registers of eight in a tenth of the time of eight gathers.
template <int N> BW_KERNEL EightLanes<N> gather_eight(float const* table, IntLanes<N> index) {
    EightLanes<N> out;
#if HWY_TARGET != HWY_SCALAR
    if constexpr (LaneShape<N>::width == 8) {
        turn_rows(table, index, out);
        return out;
    }
#endif
    for (int c = 0; c < 8; ++c) {
        out.of[c] = gather(table + c, index);
    }
    return out;
}

} // namespace BW_TARGET
} // namespace beamwright
