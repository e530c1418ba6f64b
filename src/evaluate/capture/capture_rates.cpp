#include "evaluate/capture/capture_rates.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

constexpr double seconds_per_min = 60;

void check_grid(Grid const& grid, Volume<float> const* volume, char const* what) {
    if (volume == nullptr || !(volume->grid == grid) || volume->values.size() != grid.voxels()) {
        refuse(fmt::format("the {} is missing or on another grid", what),
               "the components of one calculation share one grid", "hand over the components of one result");
    }
}

std::vector<float> scaled(Volume<float> const& volume, double factor) {
    std::vector<float> out(volume.values.size());
    std::transform(volume.values.begin(), volume.values.end(), out.begin(),
                   [&](float value) { return static_cast<float>(factor * static_cast<double>(value)); });
    return out;
}

/// Factor first, then the square: variances per source particle are near the smallest float.
float variance(ComponentVolume const& component, std::size_t voxel, double factor) {
    double const sigma = factor * static_cast<double>(component.sigma->values[voxel]);
    return static_cast<float>(sigma * sigma);
}

bool has_errors(SourceComponents const& from) {
    bool known = from.boron_per_ppm.sigma != nullptr && from.nitrogen.sigma != nullptr &&
                 from.fast.sigma != nullptr && from.photon_induced.sigma != nullptr &&
                 (from.photon_beam.value == nullptr || from.photon_beam.sigma != nullptr);
    for (auto const* pair : from.correlation) {
        known = known && pair != nullptr;
    }
    return known;
}

std::vector<ComponentCovariance<float>> covariances(SourceComponents const& from, Grid const& grid,
                                                    double factor) {
    for (auto const* volume : from.correlation) {
        check_grid(grid, volume, "correlation of two components");
    }
    for (auto const* component : {&from.boron_per_ppm, &from.nitrogen, &from.fast, &from.photon_induced}) {
        check_grid(grid, component->sigma, "uncertainty of a component");
    }
    std::vector<ComponentCovariance<float>> out(grid.voxels());
    std::array<ComponentVolume const*, 4> const parts = {&from.boron_per_ppm, &from.nitrogen, &from.fast,
                                                         &from.photon_induced};
    // Factor first, then the product, like the variances
    auto const pair = [&](std::size_t a, std::size_t b, std::size_t which, std::size_t voxel) {
        double const of_a = factor * static_cast<double>(parts[a]->sigma->values[voxel]);
        double const of_b = factor * static_cast<double>(parts[b]->sigma->values[voxel]);
        return static_cast<float>(static_cast<double>(from.correlation[which]->values[voxel]) * of_a * of_b);
    };
    for (std::size_t v = 0; v < out.size(); ++v) {
        float photon = variance(from.photon_induced, v, factor);
        photon += from.photon_beam.value != nullptr ? variance(from.photon_beam, v, factor) : 0.0F;
        out[v].upper = {variance(from.boron_per_ppm, v, factor),
                        pair(0, 1, 0, v),
                        pair(0, 2, 1, v),
                        pair(0, 3, 2, v),
                        variance(from.nitrogen, v, factor),
                        pair(1, 2, 3, v),
                        pair(1, 3, 4, v),
                        variance(from.fast, v, factor),
                        pair(2, 3, 5, v),
                        photon};
    }
    return out;
}

void add(std::vector<float>& sum, std::vector<float> const& part, double share) {
    for (std::size_t v = 0; v < sum.size(); ++v) {
        sum[v] = static_cast<float>(static_cast<double>(sum[v]) + share * static_cast<double>(part[v]));
    }
}

} // namespace

CaptureRates capture_rates(SourceComponents const& components, double particles_per_s) {
    if (!(particles_per_s > 0) || !std::isfinite(particles_per_s)) {
        refuse(fmt::format("the port sends out {} particles per second", particles_per_s),
               "dose rates are doses per particle times this", "check the strength of the port");
    }
    check_grid(components.boron_per_ppm.value != nullptr ? components.boron_per_ppm.value->grid : Grid{},
               components.boron_per_ppm.value, "boron dose");
    auto const& grid = components.boron_per_ppm.value->grid;
    check_grid(grid, components.nitrogen.value, "nitrogen dose");
    check_grid(grid, components.fast.value, "fast dose");
    check_grid(grid, components.photon_induced.value, "photon dose");
    double const factor = seconds_per_min * particles_per_s;
    CaptureRates rates;
    rates.grid = grid;
    rates.boron_Gy_per_min_per_ppm = scaled(*components.boron_per_ppm.value, factor);
    rates.nitrogen_Gy_per_min = scaled(*components.nitrogen.value, factor);
    rates.fast_Gy_per_min = scaled(*components.fast.value, factor);
    rates.photon_Gy_per_min = scaled(*components.photon_induced.value, factor);
    if (components.photon_beam.value != nullptr) {
        check_grid(grid, components.photon_beam.value, "dose of beam photons");
        add(rates.photon_Gy_per_min, components.photon_beam.value->values, factor);
    }
    if (has_errors(components)) {
        rates.covariance = covariances(components, grid, factor);
    }
    return rates;
}

CaptureRates summed_rates(std::vector<CaptureRates> const& fields, std::vector<double> const& shares) {
    if (fields.empty() || fields.size() != shares.size()) {
        refuse(fmt::format("{} fields with {} shares", fields.size(), shares.size()),
               "each field has a share of the time", "state one share per field");
    }
    CaptureRates sum;
    sum.grid = fields[0].grid;
    std::size_t const voxels = sum.grid.voxels();
    sum.boron_Gy_per_min_per_ppm.assign(voxels, 0.0F);
    sum.nitrogen_Gy_per_min = sum.fast_Gy_per_min = sum.photon_Gy_per_min = sum.boron_Gy_per_min_per_ppm;
    bool const errors = std::all_of(fields.begin(), fields.end(),
                                    [&](auto const& field) { return field.covariance.size() == voxels; });
    sum.covariance.assign(errors ? voxels : 0, {});
    for (std::size_t f = 0; f < fields.size(); ++f) {
        auto const& field = fields[f];
        if (!(field.grid == sum.grid) || field.boron_Gy_per_min_per_ppm.size() != voxels ||
            !(shares[f] >= 0)) {
            refuse(fmt::format("field {} is on another grid, or its share is {}", f + 1, shares[f]),
                   "doses of fields are summed voxel by voxel", "calculate all fields on one grid");
        }
        add(sum.boron_Gy_per_min_per_ppm, field.boron_Gy_per_min_per_ppm, shares[f]);
        add(sum.nitrogen_Gy_per_min, field.nitrogen_Gy_per_min, shares[f]);
        add(sum.fast_Gy_per_min, field.fast_Gy_per_min, shares[f]);
        add(sum.photon_Gy_per_min, field.photon_Gy_per_min, shares[f]);
        for (std::size_t v = 0; v < sum.covariance.size(); ++v) {
            for (std::size_t i = 0; i < capture_covariance_count; ++i) {
                sum.covariance[v].upper[i] +=
                    static_cast<float>(shares[f] * shares[f]) * field.covariance[v].upper[i];
            }
        }
    }
    return sum;
}

} // namespace beamwright
