// The lane engine beside the double-precision one: runs of different seeds, whose numbers must have the same means.
#pragma once
#include "transport/engine/run_histories.hpp"
#include "worlds.hpp"
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <map>

namespace beamwright::test {

class LanesHere : public ::testing::Test {
protected:
    void SetUp() override {
        if (!runs_here(LaneTarget::avx2)) {
            GTEST_SKIP() << "this processor or build has no AVX2 lanes";
        }
    }
};

/// Named numbers of one run.
using Numbers = std::map<std::string, double>;
inline constexpr int runs = 16;

/// Runs of different seeds on both engines; every number must have the same mean: Welch's t below 8.5 with about 30
/// degrees of freedom, a chance of 2e-9 each, of 1e-7 for all numbers of this file. Where a bound is given, the
/// difference must lie below that share, too.
inline void expect_same_means(std::function<Numbers(LaneTarget, std::uint32_t seed)> const& run,
                              std::map<std::string, double> const& most_share) {
    std::map<std::string, std::array<std::vector<double>, 2>> all;
    for (std::uint32_t seed = 0; seed < runs; ++seed) {
        for (auto const target : {LaneTarget::scalar, LaneTarget::avx2}) {
            // The engines share the source's numbers: other seeds keep them independent
            auto const own = 1000 + 2 * seed + (target == LaneTarget::avx2 ? 1 : 0);
            for (auto const& [name, value] : run(target, own)) {
                all[name][target == LaneTarget::avx2 ? 1 : 0].push_back(value);
            }
        }
    }
    for (auto const& [name, values] : all) {
        double mean[2], variance[2];
        for (int side = 0; side < 2; ++side) {
            double sum = 0, square = 0;
            for (auto const value : values[static_cast<std::size_t>(side)]) {
                sum += value;
            }
            mean[side] = sum / runs;
            for (auto const value : values[static_cast<std::size_t>(side)]) {
                square += (value - mean[side]) * (value - mean[side]);
            }
            variance[side] = square / (runs * (runs - 1));
        }
        double const sigma = std::sqrt(variance[0] + variance[1]);
        EXPECT_LT(std::fabs(mean[1] - mean[0]), 8.5 * sigma + 1e-9)
            << name << ": scalar " << mean[0] << ", lanes " << mean[1] << ", sigma " << sigma;
        auto const bound = most_share.find(name);
        if (bound != most_share.end()) {
            // The bound must see what it claims to see: sigma below a third of it
            EXPECT_LT(sigma, bound->second * mean[0] / 3) << name;
            EXPECT_LT(std::fabs(mean[1] - mean[0]), bound->second * mean[0]) << name << " sigma " << sigma;
        }
        ::testing::Test::RecordProperty(name, std::to_string((mean[1] - mean[0]) / (sigma + 1e-300)));
    }
}

} // namespace beamwright::test
