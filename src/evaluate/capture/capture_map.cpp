#include "evaluate/capture/capture_map.hpp"
#include "core/parallel.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr std::size_t grain = 65536;

void check_rates(std::vector<float> const& rates, std::size_t voxels, char const* component) {
    if (rates.size() != voxels) {
        refuse(fmt::format("the {} dose rate has {} voxels, its grid {}", component, rates.size(), voxels),
               "components of one calculation share one grid", "hand over the components of one result");
    }
    auto const bad =
        std::find_if(rates.begin(), rates.end(), [](float rate) { return !(rate >= 0) || std::isinf(rate); });
    if (bad != rates.end()) {
        refuse(fmt::format("the {} dose rate of voxel {} is {}", component, bad - rates.begin(), *bad),
               "a dose rate is a finite number, 0 or above",
               "calculate the dose again, or name the right file");
    }
}

/// Calls body(tissue, first, last) for stretches of one tissue.
template <class Body> void over_tissues(std::vector<std::uint8_t> const& tissue, Body const& body) {
    parallel_ranges(tissue.size(), grain, [&](std::size_t first, std::size_t last) {
        while (first < last) {
            auto const kind = tissue[first];
            std::size_t end = first + 1;
            while (end < last && tissue[end] == kind) {
                ++end;
            }
            body(kind, first, end);
            first = end;
        }
    });
}

[[gnu::always_inline]] inline void weigh(CaptureMap::View const& rates, PerComponent<float> const weight,
                                         std::size_t first, std::size_t last, float* __restrict out) {
    for (std::size_t v = first; v < last; ++v) {
        out[v] = weight.boron * rates.boron[v] + weight.nitrogen * rates.nitrogen[v] +
                 weight.fast * rates.fast[v] + weight.photon * rates.photon[v];
    }
}

[[gnu::always_inline]] inline void isoeffective(CaptureMap::View const& rates, ReadyTissue const tissue,
                                                std::size_t first, std::size_t last, float* __restrict out) {
    for (std::size_t v = first; v < last; ++v) {
        PerComponent<float> const dose{
            tissue.scale.boron * rates.boron[v], tissue.scale.nitrogen * rates.nitrogen[v],
            tissue.scale.fast * rates.fast[v], tissue.scale.photon * rates.photon[v]};
        out[v] = photon_isoeffective_dose_Gy(tissue.isoeffective, dose);
    }
}

/// Both doses, or one of them; a short stretch at a time, so that the second finds its rates in the nearest cache.
[[gnu::always_inline]] inline void both(CaptureMap::View const& rates, ReadyTissue const& tissue,
                                        std::size_t first, std::size_t last, float* weighted,
                                        float* isoeffective_Gy) {
    constexpr std::size_t stretch = 1024;
    for (std::size_t from = first; from < last; from += stretch) {
        std::size_t const to = std::min(last, from + stretch);
        if (weighted != nullptr) {
            weigh(rates, tissue.weight, from, to, weighted);
        }
        if (isoeffective_Gy != nullptr) {
            isoeffective(rates, tissue, from, to, isoeffective_Gy);
        }
    }
}

// The same operations on eight voxels at once where the processor can: same bits (no fused multiply-add in either).
#if defined(__x86_64__)
[[gnu::target("avx2")]] void both_wide(CaptureMap::View const& rates, ReadyTissue const& tissue,
                                       std::size_t first, std::size_t last, float* weighted,
                                       float* isoeffective_Gy) {
    both(rates, tissue, first, last, weighted, isoeffective_Gy);
}
bool wide() {
    static bool const has_avx2 = __builtin_cpu_supports("avx2") != 0;
    return has_avx2;
}
#endif

void doses_of(CaptureMap::View const& rates, ReadyTissue const& tissue, std::size_t first, std::size_t last,
              float* weighted, float* isoeffective_Gy) {
#if defined(__x86_64__)
    if (wide()) {
        both_wide(rates, tissue, first, last, weighted, isoeffective_Gy);
        return;
    }
#endif
    both(rates, tissue, first, last, weighted, isoeffective_Gy);
}

/// A volume on `grid` in the memory of an older one; its values are not cleared.
Volume<float> reshaped(Volume<float> old, Grid const& grid) {
    old.grid = grid;
    old.values.resize(grid.voxels());
    return old;
}

template <class To> PerComponent<To> converted(PerComponent<double> const& from) {
    return {static_cast<To>(from.boron), static_cast<To>(from.nitrogen), static_cast<To>(from.fast),
            static_cast<To>(from.photon)};
}

RepairFactors<float> single(RepairFactors<double> const& from) {
    return {static_cast<float>(from.boron_boron), static_cast<float>(from.boron_steady),
            static_cast<float>(from.steady_steady)};
}

void check_irradiation(Irradiation const& irradiation) {
    if (!(irradiation.minutes > 0) || !(irradiation.minutes <= 1e5)) {
        refuse(fmt::format("the irradiation lasts {} min", irradiation.minutes),
               "doses are those of one irradiation of known duration", "state its minutes, above 0");
    }
    double const ppm_min = irradiation.blood_ppm_min();
    if (!(ppm_min >= 0) || !std::isfinite(ppm_min)) {
        refuse(fmt::format("the blood level sums to {} ppm min over the irradiation", ppm_min),
               "the level must stay at or above 0 from beginning to end",
               "check the fit of the blood samples");
    }
}

} // namespace

std::vector<std::uint8_t> tissue_indices(Grid const& grid, std::vector<TissueShare> const& shares) {
    std::vector<std::uint8_t> index(grid.voxels(), 0);
    for (auto const& share : shares) {
        auto const& mask = *share.inside;
        for (int k = 0; k < mask.size[2]; ++k) {
            for (int j = 0; j < mask.size[1]; ++j) {
                for (int i = 0; i < mask.size[0]; ++i) {
                    int const x = mask.first[0] + i, y = mask.first[1] + j, z = mask.first[2] + k;
                    if (mask.at(x, y, z) >= 0.5F) {
                        index[grid.index(x, y, z)] = share.tissue;
                    }
                }
            }
        }
    }
    return index;
}

std::vector<ReadyTissue> ready_tissues(std::vector<CaptureTissue> const& tissues,
                                       Irradiation const& irradiation) {
    check_irradiation(irradiation);
    std::vector<ReadyTissue> ready;
    double const minutes = irradiation.minutes, ppm_min = irradiation.blood_ppm_min();
    for (auto const& tissue : tissues) {
        auto const& weight = tissue.weights.weight;
        auto const exact = isoeffective_tissue(tissue.isoeffective, irradiation);
        ReadyTissue one;
        one.scale = converted<float>({ppm_min, minutes, minutes, minutes});
        one.weight = converted<float>({weight.boron * ppm_min, weight.nitrogen * minutes,
                                       weight.fast * minutes, weight.photon * minutes});
        one.isoeffective = {converted<float>(exact.alpha_per_Gy),
                            converted<float>(exact.root_beta_per_Gy),
                            static_cast<float>(exact.fast_share_photon),
                            static_cast<float>(exact.fast_share_capture),
                            single(exact.fast),
                            single(exact.slow),
                            static_cast<float>(exact.reference_beta_per_Gy2)};
        ready.push_back(one);
    }
    return ready;
}

CaptureMap::CaptureMap(CaptureRates rates, Volume<float> const& boron_ratio,
                       std::vector<CaptureTissue> tissues, std::vector<std::uint8_t> tissue_index)
    : grid_(rates.grid), nitrogen_(std::move(rates.nitrogen_Gy_per_min)),
      fast_(std::move(rates.fast_Gy_per_min)), photon_(std::move(rates.photon_Gy_per_min)),
      boron_per_ppm_(std::move(rates.boron_Gy_per_min_per_ppm)), ratio_(boron_ratio.values),
      covariance_(std::move(rates.covariance)), tissues_(std::move(tissues)),
      tissue_(std::move(tissue_index)) {
    std::size_t const voxels = grid_.voxels();
    check_rates(boron_per_ppm_, voxels, "boron");
    check_rates(nitrogen_, voxels, "nitrogen");
    check_rates(fast_, voxels, "fast");
    check_rates(photon_, voxels, "photon");
    check_rates(ratio_, voxels, "boron ratio, taken as a");
    if (tissue_.size() != voxels || (!covariance_.empty() && covariance_.size() != voxels)) {
        refuse("tissue map or covariances are on another grid than the dose rates",
               fmt::format("{} tissue indices and {} covariances for {} voxels", tissue_.size(),
                           covariance_.size(), voxels),
               "make them on the grid of the dose");
    }
    auto const most = tissue_.empty() ? std::uint8_t{0} : *std::max_element(tissue_.begin(), tissue_.end());
    if (tissues_.empty() || most >= tissues_.size()) {
        refuse(fmt::format("a voxel has tissue number {}, the list has {} tissues", most, tissues_.size()),
               "every voxel needs parameters of both dose models", "list a tissue for each number");
    }
    boron_.resize(voxels);
    for (std::size_t v = 0; v < voxels; ++v) {
        boron_[v] = boron_per_ppm_[v] * ratio_[v];
    }
}

Volume<float> CaptureMap::weighted_dose_Gy(Irradiation const& irradiation, Volume<float> reuse) const {
    auto const ready = ready_tissues(tissues_, irradiation);
    auto dose = reshaped(std::move(reuse), grid_);
    over_tissues(tissue_, [&](std::uint8_t kind, std::size_t first, std::size_t last) {
        doses_of(view(), ready[kind], first, last, dose.values.data(), nullptr);
    });
    return dose;
}

Volume<float> CaptureMap::isoeffective_dose_Gy(Irradiation const& irradiation, Volume<float> reuse) const {
    auto const ready = ready_tissues(tissues_, irradiation);
    auto dose = reshaped(std::move(reuse), grid_);
    over_tissues(tissue_, [&](std::uint8_t kind, std::size_t first, std::size_t last) {
        doses_of(view(), ready[kind], first, last, nullptr, dose.values.data());
    });
    return dose;
}

CaptureDoses CaptureMap::doses(Irradiation const& irradiation, CaptureDoses reuse) const {
    auto const ready = ready_tissues(tissues_, irradiation);
    CaptureDoses made{reshaped(std::move(reuse.weighted_Gy), grid_),
                      reshaped(std::move(reuse.isoeffective_Gy), grid_)};
    over_tissues(tissue_, [&](std::uint8_t kind, std::size_t first, std::size_t last) {
        doses_of(view(), ready[kind], first, last, made.weighted_Gy.values.data(),
                 made.isoeffective_Gy.values.data());
    });
    return made;
}

ComponentDoses CaptureMap::components(Irradiation const& irradiation) const {
    check_irradiation(irradiation);
    auto const minutes = static_cast<float>(irradiation.minutes);
    auto const ppm_min = static_cast<float>(irradiation.blood_ppm_min());
    auto const scaled = [&](std::vector<float> const& rate, float factor) {
        Volume<float> dose(grid_);
        std::transform(rate.begin(), rate.end(), dose.values.begin(), [&](float r) { return factor * r; });
        return dose;
    };
    return {scaled(boron_, ppm_min), scaled(nitrogen_, minutes), scaled(fast_, minutes),
            scaled(photon_, minutes)};
}

CaptureSigmas CaptureMap::sigmas(Irradiation const& irradiation) const {
    if (covariance_.empty()) {
        refuse("the dose rates carry no covariances",
               "components of one calculation are correlated; adding their errors in "
               "quadrature would be wrong",
               "calculate the dose with the covariances of its components");
    }
    auto const ready = ready_tissues(tissues_, irradiation);
    CaptureSigmas made{Volume<float>(grid_), Volume<float>(grid_)};
    over_tissues(tissue_, [&](std::uint8_t kind, std::size_t first, std::size_t last) {
        auto const& tissue = ready[kind];
        for (std::size_t v = first; v < last; ++v) {
            // Slopes by dose times dose per rate; the boron rate is that of 1 ppm in the tissue
            auto weight = tissue.weight;
            weight.boron *= ratio_[v];
            PerComponent<float> const scale{tissue.scale.boron * ratio_[v], tissue.scale.nitrogen,
                                            tissue.scale.fast, tissue.scale.photon};
            PerComponent<float> const dose{scale.boron * boron_per_ppm_[v], scale.nitrogen * nitrogen_[v],
                                           scale.fast * fast_[v], scale.photon * photon_[v]};
            auto slopes = photon_isoeffective_slopes(tissue.isoeffective, dose);
            slopes = {slopes.boron * scale.boron, slopes.nitrogen * scale.nitrogen, slopes.fast * scale.fast,
                      slopes.photon * scale.photon};
            made.weighted_Gy.values[v] = std::sqrt(variance_of(weight, covariance_[v]));
            made.isoeffective_Gy.values[v] = std::sqrt(variance_of(slopes, covariance_[v]));
        }
    });
    return made;
}

} // namespace beamwright
