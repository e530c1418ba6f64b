/// The neutron library, loaded once, and a mean with its standard deviation.
#pragma once
#include "lanes/random.hpp"
#include "tables/neutron_library.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace beamwright::test {

inline NeutronLibrary const& neutron_library() {
    static NeutronLibrary const loaded;
    return loaded;
}

inline NeutronReaction const& reaction_of(char const* nuclide, int mt) {
    NeutronView const v = neutron_library().view();
    NeutronNuclide const& n = v.nuclides[neutron_library().nuclide(nuclide)];
    for (std::uint32_t i = 0; i < n.reaction_count; ++i) {
        if (v.reactions[n.first_reaction + i].mt == mt) {
            return v.reactions[n.first_reaction + i];
        }
    }
    throw std::runtime_error("no such reaction");
}
inline NeutronNuclide const& nuclide_of(char const* nuclide) {
    return neutron_library().view().nuclides[neutron_library().nuclide(nuclide)];
}

/// Weighted sum of independent values; `deviations` says how many standard deviations the mean is from a number.
class Mean {
public:
    void add(double value, double weight = 1.0) {
        double const v = value * weight;
        ++count_;
        sum_ += v;
        squares_ += v * v;
        weights_ += weight;
    }
    double mean() const { return sum_ / weights_; }
    double sigma() const {
        double const n = count_, average = sum_ / n;
        return std::sqrt(std::max(squares_ / n - average * average, 0.0) / n) * n / weights_;
    }
    double deviations(double expected) const { return (mean() - expected) / sigma(); }

private:
    double count_ = 0, sum_ = 0, squares_ = 0, weights_ = 0;
};

} // namespace beamwright::test
