#include "evaluate/dvh/dvh.hpp"
#include "evaluate/dvh/collector.hpp"
#include <algorithm>
#include <cmath>
#include <limits>

namespace beamwright {

Dvh::Dvh(std::vector<DoseVolume> steps) : steps_(std::move(steps)) {
    std::erase_if(steps_, [](DoseVolume const& step) { return !(step.volume_cm3 > 0.0); });
    std::stable_sort(steps_.begin(), steps_.end(),
                     [](DoseVolume const& a, DoseVolume const& b) { return a.dose_Gy < b.dose_Gy; });
    if (steps_.empty()) {
        return;
    }
    at_least_cm3_.resize(steps_.size());
    double dose_volume = 0.0;
    for (std::size_t n = steps_.size(); n-- > 0;) {
        volume_cm3_ += steps_[n].volume_cm3;
        dose_volume += steps_[n].dose_Gy * steps_[n].volume_cm3;
        at_least_cm3_[n] = volume_cm3_;
    }
    mean_Gy_ = dose_volume / volume_cm3_;
    min_Gy_ = steps_.front().dose_Gy;
    max_Gy_ = steps_.back().dose_Gy;
}

double Dvh::dose_at_percent(double percent) const {
    BW_EXPECT(percent >= 0.0 && percent <= 100.0);
    if (empty()) {
        return 0.0;
    }
    if (percent <= 0.0) {
        return max_Gy_;
    }
    if (percent >= 100.0) {
        return min_Gy_;
    }
    return *dose_at_cm3(percent / 100.0 * volume_cm3_);
}

std::optional<double> Dvh::dose_at_cm3(double cm3) const {
    constexpr double rounding = 1.0 + 1e-9;
    if (empty() || !(cm3 >= 0.0) || cm3 > volume_cm3_ * rounding) {
        return std::nullopt;
    }
    if (cm3 <= 0.0) {
        return max_Gy_;
    }
    // The coolest step that the hottest cm3 still need (at_least falls from front to back)
    auto const first_less = std::partition_point(at_least_cm3_.begin(), at_least_cm3_.end(),
                                                 [&](double at_least) { return at_least * rounding >= cm3; });
    auto const n = std::max<std::ptrdiff_t>(first_less - at_least_cm3_.begin() - 1, 0);
    return steps_[static_cast<std::size_t>(n)].dose_Gy;
}

double Dvh::volume_cm3_at(double dose_Gy) const {
    auto const first = std::partition_point(steps_.begin(), steps_.end(),
                                            [&](DoseVolume const& step) { return step.dose_Gy < dose_Gy; });
    return first == steps_.end() ? 0.0 : at_least_cm3_[static_cast<std::size_t>(first - steps_.begin())];
}

double Dvh::volume_percent_at(double dose_Gy) const {
    return empty() ? 0.0 : 100.0 * volume_cm3_at(dose_Gy) / volume_cm3_;
}

std::vector<std::pair<double, double>> Dvh::cumulative(double step_Gy) const {
    BW_EXPECT(step_Gy > 0.0);
    std::vector<std::pair<double, double>> points;
    if (empty()) {
        return points;
    }
    for (int n = 0;; ++n) {
        points.emplace_back(n * step_Gy, volume_percent_at(n * step_Gy));
        if (n * step_Gy > max_Gy_) {
            return points;
        }
    }
}

std::vector<std::pair<double, double>> Dvh::differential(double step_Gy) const {
    BW_EXPECT(step_Gy > 0.0);
    std::vector<std::pair<double, double>> bins;
    if (empty()) {
        return bins;
    }
    auto const first = static_cast<long>(std::floor(std::min(0.0, min_Gy_) / step_Gy));
    auto const last = static_cast<long>(std::floor(max_Gy_ / step_Gy));
    for (auto n = first; n <= last; ++n) {
        double const low = static_cast<double>(n) * step_Gy, high = static_cast<double>(n + 1) * step_Gy;
        bins.emplace_back(low, volume_cm3_at(low) - volume_cm3_at(high));
    }
    return bins;
}

DvhCollector::DvhCollector(double least_Gy, double most_Gy)
    : least_Gy_(least_Gy), bins_per_Gy_(most_Gy > least_Gy ? (bin_count - 1) / (most_Gy - least_Gy) : 0.0),
      min_Gy_(std::numeric_limits<double>::infinity()), max_Gy_(-std::numeric_limits<double>::infinity()) {}

void DvhCollector::start_binning() {
    bins_.resize(bin_count);
    for (auto const& pair : pairs_) {
        add_to_bin(pair.dose_Gy, pair.volume_cm3);
    }
    pairs_ = {};
}

Dvh DvhCollector::finished() {
    if (bins_.empty()) {
        return Dvh(std::move(pairs_));
    }
    std::vector<DoseVolume> steps;
    for (auto const& bin : bins_) {
        if (bin.volume_cm3 > 0.0) {
            steps.push_back({bin.dose_volume / bin.volume_cm3, bin.volume_cm3});
        }
    }
    Dvh dvh(std::move(steps));
    dvh.min_Gy_ = min_Gy_;
    dvh.max_Gy_ = max_Gy_;
    return dvh;
}

} // namespace beamwright
