#include "transport/engine/lane_tables.hpp"
#include <algorithm>

namespace beamwright {

namespace {

using EnergyGrid = OctaveGrid<lane_energy_lowest, lane_energy_highest, lane_energy_bits>;
using LaneRangeGrid = OctaveGrid<lane_range_lowest, lane_range_highest, lane_range_bits>;

/// The cubic through values and slopes (per cell) at both ends.
void set_cubic(float* c, double from, double to, double from_slope, double to_slope) {
    double const rise = to - from;
    c[0] = static_cast<float>(from);
    c[1] = static_cast<float>(from_slope);
    c[2] = static_cast<float>(3 * rise - 2 * from_slope - to_slope);
    c[3] = static_cast<float>(from_slope + to_slope - 2 * rise);
}

/// Energy, spread and soft scattering at a range, and their slopes along it.
struct AtRange {
    double energy, stopping, spread, spread_slope, soft, soft_slope;
};

AtRange at_range(StepTablesView const& tables, double range) {
    bool const full = tables.mode == PhysicsMode::full;
    auto const energy = [&](double r) { return water_energy_MeV(tables.materials, r); };
    auto const spread = [&](double r) { return water_at(tables.materials, energy(r)).spread_g2_per_cm4; };
    auto const soft = [&](double r) { return full ? soft_variance_beyond(tables.scattering, r) : 0.0; };
    double const h = 2e-4 * range; // all are smooth: the error of the slope is of order 1e-8
    auto const slope = [&](auto const& of) { return (of(range + h) - of(range - h)) / (2 * h); };
    return {energy(range), slope(energy), spread(range), slope(spread), soft(range), slope(soft)};
}

/// The greatest nuclear cross section of any material from the least energy that a plan can come to.
float greatest_between(StepTablesView const& tables, double node_MeV) {
    // The nearest node serves: energies within half a step of it, with a point of the grid on both sides
    double const high = node_MeV * (1 + 0.5 / (1 << lane_energy_bits)) + nuclear_grid_step_MeV;
    double const low = node_MeV < lane_any_energy_MeV ? 0 : lane_least_energy_left * node_MeV * 0.98;
    auto const point = [](double energy_MeV) {
        return std::clamp(static_cast<int>(energy_MeV / nuclear_grid_step_MeV), 0, nuclear_grid_points - 1);
    };
    float greatest = 1e-6f;
    for (std::uint32_t id = 0; id < tables.nuclear.material_count; ++id) {
        float const* const row =
            tables.nuclear.total_cm2_per_g + static_cast<std::size_t>(id) * nuclear_grid_points;
        greatest = std::max(greatest, *std::max_element(row + point(low), row + point(high) + 1));
    }
    return 1.0001f * greatest;
}

} // namespace

LaneTables::LaneTables(StepTablesView const& tables) {
    // Nodes just inside the ends of the double grid, where it would clamp
    auto const node = [](int i) {
        double const r = LaneRangeGrid::node(i);
        return i == 0 ? r * 1.001 : (i == lane_range_cells ? r * 0.999 : r);
    };
    auto from = at_range(tables, node(0));
    for (int i = 0; i < lane_range_cells; ++i) {
        auto const to = at_range(tables, node(i + 1));
        double const width = LaneRangeGrid::node(i + 1) - LaneRangeGrid::node(i);
        LaneRangeCell cell;
        set_cubic(cell.energy_MeV, from.energy, to.energy, from.stopping * width, to.stopping * width);
        set_cubic(cell.spread_g2_per_cm4, from.spread, to.spread, from.spread_slope * width,
                  to.spread_slope * width);
        cells_.push_back(cell);
        LaneStepCell step_cell{};
        std::copy_n(cell.energy_MeV, 4, step_cell.energy_MeV);
        set_cubic(step_cell.soft_variance, from.soft, to.soft, from.soft_slope * width,
                  to.soft_slope * width);
        step_cells_.push_back(step_cell);
        from = to;
    }
    auto const count = tables.materials.material_count;
    for (int i = 0; i < lane_energy_nodes; ++i) {
        for (std::uint32_t id = 0; id < count; ++id) {
            double const energy_MeV = EnergyGrid::node(i);
            double const ratio = stopping_ratio(tables.materials, id, energy_MeV);
            loss_.push_back({static_cast<float>(ratio),
                             static_cast<float>(ratio * tables.ratios[id].straggling_ratio),
                             static_cast<float>(tables.ratios[id].scattering_ratio),
                             static_cast<float>(1 / tables.ratios[id].scattering_ratio)});
            if (tables.mode == PhysicsMode::full) {
                auto const soft = soft_against_water(tables.scattering, id, energy_MeV);
                soft_.push_back(
                    {static_cast<float>(soft.ratio), static_cast<float>(soft.kurtosis_g_per_cm2)});
            }
        }
    }
    for (std::uint32_t id = 0; id < count; ++id) {
        scattering_ratio_.push_back(static_cast<float>(tables.ratios[id].scattering_ratio));
    }
    add_hard_events(tables);
    for (int i = 0; i < lane_energy_nodes; ++i) {
        majorant_.push_back(tables.on.nuclear ? greatest_between(tables, EnergyGrid::node(i)) : 1.0f);
    }
}

void LaneTables::add_hard_events(StepTablesView const& tables) {
    hard_cm2_per_g_ = static_cast<float>(tables.scattering.hard_cm2_per_g);
    if (!(hard_cm2_per_g_ > 0)) {
        return;
    }
    for (std::uint32_t id = 0; id < tables.materials.material_count; ++id) {
        HardMaterial const& material = tables.scattering.materials[id];
        hard_cut_.push_back(static_cast<float>(material.cut_MeV2));
        for (HardSlot const& slot : material.slots) {
            auto const form = [&](std::uint32_t element) {
                return static_cast<float>(tables.scattering.elements[element].form_per_MeV2);
            };
            hard_slots_.push_back({slot.keep, form(slot.own), form(slot.other)});
        }
    }
}

LaneTablesView LaneTables::view() const {
    return {.cells = cells_.data(),
            .step_cells = step_cells_.data(),
            .loss = loss_.data(),
            .soft = soft_.data(),
            .scattering_ratio = scattering_ratio_.data(),
            .majorant = majorant_.data(),
            .hard_slots = hard_slots_.data(),
            .hard_cut_MeV2 = hard_cut_.data(),
            .hard_cm2_per_g = hard_cm2_per_g_,
            .material_count = static_cast<std::uint32_t>(scattering_ratio_.size())};
}

} // namespace beamwright
