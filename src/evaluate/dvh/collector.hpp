/// Collects (dose, volume) pairs: exact for small structures, very fine bins with exact means for large ones.
#pragma once
#include "evaluate/dvh/dvh.hpp"
#include <vector>

namespace beamwright {

/// Up to 200,000 pairs are kept as they are; beyond, pairs fall into 2^17 bins between 0 and the highest dose, and each
/// bin stands at the mean of its doses: a dose read from the curve is off by at most 8e-6 of the highest dose.
class DvhCollector {
public:
    DvhCollector(double least_Gy, double most_Gy);
    void add(double dose_Gy, double volume_cm3) {
        min_Gy_ = dose_Gy < min_Gy_ ? dose_Gy : min_Gy_;
        max_Gy_ = dose_Gy > max_Gy_ ? dose_Gy : max_Gy_;
        if (bins_.empty()) {
            pairs_.push_back({dose_Gy, volume_cm3});
            if (pairs_.size() > most_pairs) {
                start_binning();
            }
        } else {
            add_to_bin(dose_Gy, volume_cm3);
        }
    }
    Dvh finished();

private:
    static constexpr std::size_t most_pairs = 200'000, bin_count = std::size_t{1} << 17;
    struct Bin {
        double volume_cm3 = 0, dose_volume = 0;
    };
    void start_binning();
    void add_to_bin(double dose_Gy, double volume_cm3) {
        auto& bin = bins_[static_cast<std::size_t>((dose_Gy - least_Gy_) * bins_per_Gy_)];
        bin.volume_cm3 += volume_cm3;
        bin.dose_volume += dose_Gy * volume_cm3;
    }
    double least_Gy_, bins_per_Gy_;
    double min_Gy_, max_Gy_;
    std::vector<DoseVolume> pairs_;
    std::vector<Bin> bins_;
};

} // namespace beamwright
