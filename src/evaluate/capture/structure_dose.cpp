#include "evaluate/capture/structure_dose.hpp"
#include "core/contracts.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace beamwright {

std::string name_of(DoseKind kind) {
    return kind == DoseKind::weighted ? "weighted dose" : "photon-isoeffective dose";
}

StructureVoxels structure_voxels(std::string name, Grid const& grid, StructureMask const& mask) {
    StructureVoxels voxels{std::move(name), {}, {}, grid.voxel_cm3(), 0};
    std::size_t n = 0;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            bool open = false;
            for (int i = 0; i < mask.size[0]; ++i, ++n) {
                if (!(mask.weight[n] > 0)) {
                    open = false;
                    continue;
                }
                if (!open) {
                    voxels.runs.push_back({{mask.first[0] + i, mask.first[1] + j, mask.first[2] + k}, 0});
                    open = true;
                }
                ++voxels.runs.back().length;
                voxels.weight.push_back(mask.weight[n]);
            }
        }
    }
    if (voxels.weight.empty()) {
        refuse(fmt::format("structure '{}' has no voxel on the dose grid", voxels.name),
               "its dose cannot be said", "check that the dose grid covers it, or leave it out");
    }
    voxels.whole_voxels = std::accumulate(voxels.weight.begin(), voxels.weight.end(), 0.0);
    return voxels;
}

std::vector<float> structure_doses(CaptureMap const& map, StructureVoxels const& structure, DoseKind kind,
                                   std::vector<ReadyTissue> const& ready) {
    auto const rates = map.view();
    std::vector<float> doses;
    doses.reserve(structure.weight.size());
    for (auto const& run : structure.runs) {
        std::size_t const first = map.grid().index(run.first[0], run.first[1], run.first[2]);
        for (std::size_t v = first; v < first + static_cast<std::size_t>(run.length); ++v) {
            auto const& tissue = ready[rates.tissue[v]];
            PerComponent<float> const rate{rates.boron[v], rates.nitrogen[v], rates.fast[v], rates.photon[v]};
            if (kind == DoseKind::weighted) {
                doses.push_back(dot(tissue.weight, rate));
                continue;
            }
            doses.push_back(photon_isoeffective_dose_Gy(
                tissue.isoeffective, {tissue.scale.boron * rate.boron, tissue.scale.nitrogen * rate.nitrogen,
                                      tissue.scale.fast * rate.fast, tissue.scale.photon * rate.photon}));
        }
    }
    return doses;
}

double mean_dose_Gy(std::span<float const> dose_Gy, StructureVoxels const& structure) {
    double sum = 0, weights = 0;
    for (std::size_t v = 0; v < dose_Gy.size(); ++v) {
        sum += static_cast<double>(structure.weight[v]) * dose_Gy[v];
        weights += structure.weight[v];
    }
    return sum / weights;
}

double most_dose_Gy(std::span<float const> dose_Gy) {
    return *std::max_element(dose_Gy.begin(), dose_Gy.end());
}
double least_dose_Gy(std::span<float const> dose_Gy) {
    return *std::min_element(dose_Gy.begin(), dose_Gy.end());
}

namespace {

/// Least dose of the hottest voxels that together hold `volume` (in voxels): a histogram finds the
/// neighbourhood, then the doses of one of its bins are sorted, so that the answer is exact.
double hottest(std::span<float const> dose_Gy, std::vector<float> const& weight, double volume) {
    constexpr std::size_t bins = 2048;
    double const most = most_dose_Gy(dose_Gy);
    if (!(most > 0)) {
        return 0;
    }
    auto const per_Gy = static_cast<float>(bins / most);
    auto const bin_of = [&](float dose) {
        return std::min(static_cast<std::size_t>(std::max(dose, 0.0F) * per_Gy), bins - 1);
    };
    std::array<double, bins> held{};
    for (std::size_t v = 0; v < dose_Gy.size(); ++v) {
        held[bin_of(dose_Gy[v])] += weight[v];
    }
    double above = 0;
    std::size_t bin = bins;
    while (bin-- > 1 && above + held[bin] < volume) {
        above += held[bin];
    }
    std::vector<std::pair<float, float>> near;
    for (std::size_t v = 0; v < dose_Gy.size(); ++v) {
        if (bin_of(dose_Gy[v]) == bin) {
            near.emplace_back(dose_Gy[v], weight[v]);
        }
    }
    std::sort(near.begin(), near.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
    for (auto const& [dose, share] : near) {
        above += share;
        if (above >= volume * (1 - 1e-9)) {
            return dose;
        }
    }
    return near.empty() ? 0 : near.back().first;
}

} // namespace

std::optional<double> dose_at_cm3_Gy(std::span<float const> dose_Gy, StructureVoxels const& structure,
                                     double cm3) {
    if (cm3 > structure.volume_cm3() * (1 + 1e-9)) {
        return std::nullopt;
    }
    return hottest(dose_Gy, structure.weight, cm3 / structure.voxel_cm3);
}

double dose_at_percent_Gy(std::span<float const> dose_Gy, StructureVoxels const& structure, double percent) {
    return hottest(dose_Gy, structure.weight, 0.01 * percent * structure.whole_voxels);
}

namespace {

// Bins follow the bit pattern of a positive float: equal steps within an octave
constexpr std::uint32_t bits_per_octave = 11, pattern_shift = 23 - bits_per_octave;
constexpr float least_binned_Gy = 0x1p-12F, most_binned_Gy = 0x1p12F;
constexpr std::uint32_t first_pattern = std::bit_cast<std::uint32_t>(least_binned_Gy) >> pattern_shift;
constexpr std::uint32_t last_pattern = std::bit_cast<std::uint32_t>(most_binned_Gy) >> pattern_shift;

/// Dose at the lower edge of a bin.
double edge_Gy(std::size_t bin) {
    return std::bit_cast<float>((static_cast<std::uint32_t>(bin) + first_pattern) << pattern_shift);
}

} // namespace

DoseHistogram::DoseHistogram(std::span<float const> dose_Gy, StructureVoxels const& structure)
    : held_(last_pattern - first_pattern + 1, 0.0) {
    float most = 0, least = dose_Gy.empty() ? 0 : dose_Gy.front();
    double sum = 0;
    for (std::size_t v = 0; v < dose_Gy.size(); ++v) {
        float const dose = dose_Gy[v], weight = structure.weight[v];
        most = dose > most ? dose : most;
        least = dose < least ? dose : least;
        sum += static_cast<double>(weight) * dose;
        float const binned = dose < least_binned_Gy  ? least_binned_Gy
                             : dose > most_binned_Gy ? most_binned_Gy
                                                     : dose;
        held_[(std::bit_cast<std::uint32_t>(binned) >> pattern_shift) - first_pattern] += weight;
    }
    mean_Gy_ = sum / structure.whole_voxels;
    most_Gy_ = most;
    least_Gy_ = least;
}

double DoseHistogram::dose_at_Gy(double voxels) const {
    double above = 0;
    for (std::size_t bin = held_.size(); bin-- > 0;) {
        if (held_[bin] > 0 && above + held_[bin] >= voxels * (1 - 1e-9)) {
            double const share = (voxels - above) / held_[bin];
            double const dose = edge_Gy(bin + 1) - share * (edge_Gy(bin + 1) - edge_Gy(bin));
            return std::clamp(dose, least_Gy_, most_Gy_);
        }
        above += held_[bin];
    }
    return least_Gy_;
}

} // namespace beamwright
