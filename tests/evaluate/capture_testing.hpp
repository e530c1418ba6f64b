/// A small case for the tests of capture evaluation.
#pragma once
#include "evaluate/capture/capture_map.hpp"
#include <cmath>

namespace beamwright::test {

/// 24 x 20 x 16 voxels of 5 mm; rates fall along x and differ a little everywhere.
struct CaptureCase {
    Grid grid;
    StructureMask brain{{2, 2, 2}, {18, 14, 12}, std::vector<float>(std::size_t{18} * 14 * 12, 1.0F), 0};
    StructureMask tumor{{10, 8, 6}, {4, 4, 4}, std::vector<float>(64, 0.75F), 0};
    std::vector<CaptureTissue> tissues;
    CaptureRates rates;
    std::vector<std::uint8_t> index;
    Volume<float> ratio;

    CaptureCase() {
        grid.size = {24, 20, 16};
        grid.spacing_mm = {5, 5, 5};
        auto const weights = find_capture_weights("bpa_common");
        auto const parameters = find_isoeffective_set("transcribed_2026");
        tissues = {{"elsewhere", weights_of(weights, "skin"), parameters_of(parameters, "mucosa")},
                   {"brain", weights_of(weights, "brain"), parameters_of(parameters, "brain")},
                   {"GTV", weights_of(weights, "tumor"), parameters_of(parameters, "glioblastoma_U87")}};
        index = tissue_indices(grid, {{1, &brain}, {2, &tumor}});
        ratio = Volume<float>(grid, 1.0F);
        rates.grid = grid;
        for (std::size_t v = 0; v < grid.voxels(); ++v) {
            ratio.values[v] = index[v] == 2 ? 3.5F : 1.0F;
            auto const fall = static_cast<float>(std::exp(-0.08 * static_cast<double>(v % 24)) *
                                                 (1 + 0.1 * std::sin(0.7 * static_cast<double>(v / 24))));
            rates.boron_Gy_per_min_per_ppm.push_back(0.004F * fall);
            rates.nitrogen_Gy_per_min.push_back(0.01F * fall);
            rates.fast_Gy_per_min.push_back(0.02F * fall * fall);
            rates.photon_Gy_per_min.push_back(0.07F * std::sqrt(fall));
        }
    }
    CaptureMap map() const { return {rates, ratio, tissues, index}; }
};

} // namespace beamwright::test
