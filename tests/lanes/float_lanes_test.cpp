// Lanes of single precision: every width has the same bits, errors against long double, random words as scalar ones.
#include "float_lanes_probe.hpp"
#include "lanes/constants.hpp"
#include "lanes/random.hpp"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace beamwright {
namespace {

constexpr int widths[] = {1, 8, 16};

class FloatLanes : public ::testing::Test {
protected:
    void SetUp() override {
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
            __builtin_cpu_supports("aes")) {
            return;
        }
#endif
        GTEST_SKIP() << "this processor has no AVX2";
    }
    test::FloatLanesProbe probe = test::float_lanes_probe();
    RandomStream random{StreamKey{.seed = 11}};

    /// Positive normal numbers of 2^low to 2^high, even in the logarithm.
    std::vector<float> numbers(int count, double low, double high) {
        std::vector<float> x(static_cast<std::size_t>(count));
        for (auto& value : x) {
            value = static_cast<float>(std::exp2(low + (high - low) * random.uniform()));
        }
        return x;
    }
};

/// Distance in units of the last place of the exact value.
double ulps(float got, long double exact) {
    auto const nearest = static_cast<float>(exact);
    double const ulp =
        std::nextafter(std::fabs(nearest), std::numeric_limits<float>::infinity()) - std::fabs(nearest);
    return static_cast<double>(std::fabs(static_cast<long double>(got) - exact)) / ulp;
}

TEST_F(FloatLanes, logarithms_are_within_one_ulp) {
    struct Octaves {
        double low, high;
    };
    for (Octaves const& of : {Octaves{-120, 120}, Octaves{-0.6, 0.6}, Octaves{-0.001, 0.001}}) {
        auto const x = numbers(160'000, of.low, of.high);
        std::vector<float> out(x.size());
        probe.log(8, x.data(), out.data(), static_cast<int>(x.size()));
        double worst = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            worst = std::max(worst, ulps(out[i], std::log(static_cast<long double>(x[i]))));
        }
        RecordProperty("worst_ulps", std::to_string(worst));
        EXPECT_LT(worst, 1.0) << of.low << ".." << of.high;
    }
}

TEST_F(FloatLanes, sines_and_cosines_of_turns) {
    std::vector<float> u(160'000);
    for (auto& value : u) {
        value = static_cast<float>(random.uniform());
    }
    std::vector<float> sine(u.size()), cosine(u.size());
    probe.sine(8, u.data(), sine.data(), static_cast<int>(u.size()));
    probe.cosine(8, u.data(), cosine.data(), static_cast<int>(u.size()));
    double worst = 0, off_circle = 0;
    for (std::size_t i = 0; i < u.size(); ++i) {
        long double const angle = 2 * 3.14159265358979323846264338L * static_cast<long double>(u[i]);
        worst = std::max({worst, static_cast<double>(std::fabs(sine[i] - std::sin(angle))),
                          static_cast<double>(std::fabs(cosine[i] - std::cos(angle)))});
        off_circle =
            std::max(off_circle, std::fabs(double(sine[i]) * sine[i] + double(cosine[i]) * cosine[i] - 1));
    }
    // Half an ulp of the result (3e-8), of the reduced angle (3e-8) and of two products (3e-8): 1.2e-7 holds all
    EXPECT_LT(worst, 1.2e-7);
    EXPECT_LT(off_circle, 2.0e-7);
}

TEST_F(FloatLanes, whole_and_half_turns_are_exact) {
    std::vector<float> u(16, 0.25f);
    std::vector<float> sine(16), cosine(16);
    u[1] = 0.5f;
    u[2] = 0.75f;
    u[3] = 1.0f;
    probe.sine(8, u.data(), sine.data(), 16);
    probe.cosine(8, u.data(), cosine.data(), 16);
    EXPECT_EQ(sine[0], 1.0f);
    EXPECT_EQ(cosine[0], 0.0f);
    EXPECT_EQ(sine[1], 0.0f);
    EXPECT_EQ(cosine[1], -1.0f);
    EXPECT_EQ(sine[2], -1.0f);
    EXPECT_EQ(cosine[3], 1.0f);
}

TEST_F(FloatLanes, every_width_has_the_same_bits_as_scalar_arithmetic) {
    constexpr int count = 16'000;
    auto const x = numbers(count, -20, 20), y = numbers(count, -20, 20);
    for (int const width : widths) {
        std::vector<float> out(5 * count);
        probe.arithmetic(width, x.data(), y.data(), out.data(), count);
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(out[i], (x[i] + y[i]) * x[i] - y[i] / x[i]);
            ASSERT_EQ(out[count + i], std::fma(x[i], y[i], x[i]));
            ASSERT_EQ(out[2 * count + i], std::sqrt(x[i]));
            ASSERT_EQ(out[3 * count + i], std::min(x[i], y[i]));
            ASSERT_EQ(out[4 * count + i], std::max(x[i], y[i]));
        }
    }
}

TEST_F(FloatLanes, every_width_has_the_same_bits_in_functions) {
    auto const x = numbers(16'000, -30, 30);
    auto const count = static_cast<int>(x.size());
    for (auto const function : {probe.log, probe.sine, probe.cosine}) {
        std::vector<float> one(x.size()), other(x.size());
        function(1, x.data(), one.data(), count);
        for (int const width : {8, 16}) {
            function(width, x.data(), other.data(), count);
            EXPECT_EQ(one, other);
        }
    }
}

TEST_F(FloatLanes, philox_words_are_those_of_the_scalar_stream) {
    std::uint32_t counter[64], out[64];
    for (auto& word : counter) {
        word = random.next_u32();
    }
    std::array<std::uint32_t, 2> const key{random.next_u32(), random.next_u32()};
    for (int const width : widths) {
        probe.philox(width, counter, key, out);
        for (std::size_t lane = 0; lane < 16; ++lane) {
            auto const scalar =
                philox({counter[lane], counter[16 + lane], counter[32 + lane], counter[48 + lane]}, key);
            for (std::size_t word = 0; word < 4; ++word) {
                EXPECT_EQ(out[word * 16 + lane], scalar[word]);
            }
        }
    }
}

TEST_F(FloatLanes, uniforms_lie_in_their_interval_and_keep_small_numbers) {
    std::vector<std::uint32_t> words(1600);
    for (auto& word : words) {
        word = random.next_u32();
    }
    words[0] = 0;
    words[1] = 1;
    words[2] = 0xFFFFFFFFu;
    words[3] = 0x00010000u;
    std::vector<float> out(3 * words.size());
    for (int const width : widths) {
        probe.uniforms(width, words.data(), out.data(), static_cast<int>(words.size()));
        for (std::size_t i = 0; i < words.size(); ++i) {
            double const exact = (words[i] + 0.5) * 0x1p-32;
            ASSERT_NEAR(out[i], exact, 1.2e-7 * exact); // two roundings of 2^-24
            ASSERT_GT(out[i], 0.0f);
            ASSERT_LE(out[i], 1.0f);
            ASSERT_EQ(out[words.size() + i], static_cast<float>(((words[i] & 0xFFFFu) + 0.5) / 65536));
            ASSERT_EQ(out[2 * words.size() + i], static_cast<float>(((words[i] >> 16) + 0.5) / 65536));
        }
    }
}

TEST_F(FloatLanes, rows_of_a_table_are_turned_into_columns) {
    std::vector<float> table(800);
    for (std::size_t i = 0; i < table.size(); ++i) {
        table[i] = static_cast<float>(i);
    }
    std::int32_t index[16];
    for (auto& at : index) {
        at = 8 * static_cast<std::int32_t>(random.next_u32() % 100);
    }
    float out[128];
    for (int const width : widths) {
        probe.rows(width, table.data(), index, out);
        for (int column = 0; column < 8; ++column) {
            for (int lane = 0; lane < 16; ++lane) {
                EXPECT_EQ(out[column * 16 + lane], static_cast<float>(index[lane] + column));
            }
        }
    }
}

} // namespace
} // namespace beamwright
