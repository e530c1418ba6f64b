#include "float_lanes_probe.hpp"
#include "lanes/highway/lane_math.hpp"
#include "lanes/highway/lane_random.hpp"

namespace beamwright::test {
namespace {

static_assert(HWY_TARGET == HWY_AVX2);

template <int N, class F> void each(float const* x, float* out, int count, F f) {
    for (int i = 0; i < count; i += N) {
        f(FloatLanes<N>::load(x + i)).store(out + i);
    }
}

/// Calls f with the width as a constant.
template <class F> void at_width(int width, F f) {
    switch (width) {
    case 1:
        return f(std::integral_constant<int, 1>{});
    case 8:
        return f(std::integral_constant<int, 8>{});
    default:
        return f(std::integral_constant<int, 16>{});
    }
}

void log_of(int width, float const* x, float* out, int count) {
    at_width(width, [&](auto n) { each<n>(x, out, count, [](auto v) { return log(v); }); });
}
void sine_of(int width, float const* x, float* out, int count) {
    at_width(width, [&](auto n) { each<n>(x, out, count, [](auto v) { return sincos_turns(v).sine; }); });
}
void cosine_of(int width, float const* x, float* out, int count) {
    at_width(width, [&](auto n) { each<n>(x, out, count, [](auto v) { return sincos_turns(v).cosine; }); });
}

void arithmetic_of(int width, float const* x, float const* y, float* out, int count) {
    at_width(width, [&](auto n) {
        for (int i = 0; i < count; i += n) {
            auto const a = FloatLanes<n>::load(x + i), b = FloatLanes<n>::load(y + i);
            ((a + b) * a - b / a).store(out + i);
            fma(a, b, a).store(out + count + i);
            sqrt(a).store(out + 2 * count + i);
            least_of(a, b).store(out + 3 * count + i);
            greatest_of(a, b).store(out + 4 * count + i);
        }
    });
}

void philox_of(int width, std::uint32_t const* counter, std::array<std::uint32_t, 2> key,
               std::uint32_t* out) {
    at_width(width, [&](auto n) {
        for (int i = 0; i < 16; i += n) {
            PhiloxLanes<n> block;
            for (int word = 0; word < 4; ++word) {
                block.word[word] = WordLanes<n>::load(counter + word * 16 + i);
            }
            auto const drawn = philox(block, key);
            for (int word = 0; word < 4; ++word) {
                drawn.word[word].store(out + word * 16 + i);
            }
        }
    });
}

void uniforms_of(int width, std::uint32_t const* words, float* out, int count) {
    at_width(width, [&](auto n) {
        for (int i = 0; i < count; i += n) {
            auto const word = WordLanes<n>::load(words + i);
            auto const pair = uniform_pair(word);
            uniform(word).store(out + i);
            pair.first.store(out + count + i);
            pair.second.store(out + 2 * count + i);
        }
    });
}

void rows_of(int width, float const* table, std::int32_t const* index, float* out) {
    at_width(width, [&](auto n) {
        for (int i = 0; i < 16; i += n) {
            float as_float[16];
            for (int lane = 0; lane < n;
                 ++lane) { // whole numbers below 2^23: exact, and the low bits of a shifted sum
                as_float[lane] = static_cast<float>(index[i + lane]) + 0x1.8p23f;
            }
            auto const at = pattern_of(FloatLanes<n>::load(as_float)) & IntLanes<n>(0x003FFFFF);
            auto const eight = gather_eight<n>(table, at);
            for (int column = 0; column < 8; ++column) {
                eight.of[column].store(out + column * 16 + i);
            }
        }
    });
}

} // namespace

FloatLanesProbe float_lanes_probe() {
    return {log_of, sine_of, cosine_of, arithmetic_of, philox_of, uniforms_of, rows_of};
}

} // namespace beamwright::test
