#include "tables/proton_scattering.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

/// Where the base ratio of a material is taken; its change with energy is in the nodes.
constexpr double typical_MeV = 100.0;
/// Below this energy soft scattering is held: the tracks end at 0.5 MeV.
constexpr double least_MeV = 0.05;

/// Alias table (Walker 1977): `weights` shared out to equal slots, each with at most two owners.
void fill_slots(HardSlot* slots, std::vector<double> const& weights, std::uint32_t first) {
    std::vector<double> left(weights);
    double sum = 0;
    for (auto const weight : weights) {
        sum += weight;
    }
    for (auto& weight : left) {
        weight *= hard_slots / sum;
    }
    for (int slot = 0; slot < hard_slots; ++slot) {
        // The least that is left takes the slot, the most fills it up. A slot may be filled by one alone
        auto const has = [](double weight) { return weight > 1e-9; };
        std::size_t least = left.size(), most = 0;
        for (std::size_t i = 0; i < left.size(); ++i) {
            if (has(left[i]) && (least == left.size() || left[i] < left[least])) {
                least = i;
            }
            most = left[i] > left[most] ? i : most;
        }
        least = least == left.size() ? most : least;
        double const kept = std::min(left[least], 1.0);
        slots[slot] = {static_cast<float>(kept), first + static_cast<std::uint32_t>(least),
                       first + static_cast<std::uint32_t>(most)};
        left[least] -= kept;
        left[most] -= 1.0 - kept;
    }
}

} // namespace

ProtonScatteringTables::ProtonScatteringTables(std::vector<Material> const& materials,
                                               ProtonMaterialsView const& protons, double free_path_g_per_cm2,
                                               bool point_nuclei)
    : hard_cm2_per_g_(1 / free_path_g_per_cm2) {
    Material const water_material{"water", 1.0, {{1, 0.111894}, {8, 0.888106}}, 0};
    SingleScattering const water(water_material, point_nuclei);
    build_water(water, protons);
    for (auto const& material : materials) {
        if (material.mass_fractions.size() > hard_slots) {
            refuse(
                fmt::format("material '{}' has {} elements", material.name, material.mass_fractions.size()),
                fmt::format("the scattering tables hold {} per material", hard_slots),
                "leave out the traces");
        }
        add_material(SingleScattering(material, point_nuclei), water);
    }
}

/// Integral of the soft scattering power over range, from the greatest range down.
void ProtonScatteringTables::build_water(SingleScattering const& water, ProtonMaterialsView const& protons) {
    constexpr std::array<double, 3> places = {0.112701665379258, 0.5, 0.887298334620742}; // Gauss-Legendre
    constexpr std::array<double, 3> weights = {5.0 / 18, 8.0 / 18, 5.0 / 18};
    auto const power = [&](double range) {
        double const energy_MeV = std::max(least_MeV, water_energy_MeV(protons, range));
        return water.below(water.cut(energy_MeV, hard_cm2_per_g_), energy_MeV).variance_cm2_per_g;
    };
    cells_.resize(ProtonRangeGrid::cells);
    double beyond = 0;
    for (int i = ProtonRangeGrid::cells - 1; i >= 0; --i) {
        double const from = ProtonRangeGrid::node(i), width = ProtonRangeGrid::node(i + 1) - from;
        double grown = 0;
        for (std::size_t k = 0; k < places.size(); ++k) {
            grown += width * weights[k] * power(from + width * places[k]);
        }
        // Cubic with both values and both slopes
        double const left = beyond + grown, left_slope = -width * power(from),
                     right_slope = -width * power(from + width);
        auto& c = cells_[static_cast<std::size_t>(i)].variance;
        c[0] = left;
        c[1] = left_slope;
        c[2] = -3 * grown - 2 * left_slope - right_slope;
        c[3] = 2 * grown + left_slope + right_slope;
        beyond = left;
    }
}

void ProtonScatteringTables::add_material(SingleScattering const& law, SingleScattering const& water) {
    auto const soft = [&](SingleScattering const& of, double energy_MeV) {
        return of.below(of.cut(energy_MeV, hard_cm2_per_g_), energy_MeV);
    };
    double const base =
        soft(law, typical_MeV).variance_cm2_per_g / soft(water, typical_MeV).variance_cm2_per_g;
    base_ratios_.push_back(base);
    for (int node = 0; node < StoppingRatioGrid::nodes; ++node) {
        double const energy_MeV = std::max(least_MeV, StoppingRatioGrid::node(node));
        SoftMoments const here = soft(law, energy_MeV);
        double const variance = here.variance_cm2_per_g;
        double const ratio = variance / soft(water, energy_MeV).variance_cm2_per_g / base;
        // Two-point mixture of variances: excess of the mean square of w is 2 kappa variance^2
        double const kurtosis = here.square_cm2_per_g / (2 * variance * variance) * base;
        nodes_.push_back({static_cast<float>(ratio), static_cast<float>(kurtosis)});
    }
    HardMaterial hard;
    hard.cut_MeV2 = law.strength_MeV2_cm2_per_g() / hard_cm2_per_g_;
    std::vector<double> weights;
    auto const first = static_cast<std::uint32_t>(elements_.size());
    for (auto const& element : law.elements()) {
        weights.push_back(element.strength_MeV2_cm2_per_g);
        elements_.push_back({element.form_per_MeV2, static_cast<std::uint32_t>(element.Z - 1)});
    }
    fill_slots(hard.slots, weights, first);
    materials_.push_back(hard);
}

ProtonScatteringView ProtonScatteringTables::view() const {
    return {cells_.data(), nodes_.data(), materials_.data(), elements_.data(), hard_cm2_per_g_};
}

} // namespace beamwright
