#include "transport/engine/transport_tables.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>

namespace beamwright {

namespace {

std::vector<Material> with_water(std::vector<Material> materials) {
    materials.push_back(MaterialLibrary::shipped().named("water"));
    return materials;
}

} // namespace

TransportTables::TransportTables(std::vector<Material> const& materials, WaterStopping water_stopping,
                                 bool nuclear)
    : with_water_(with_water(materials)), protons_(with_water_, water_stopping), let_(protons_.view()),
      scattering_(with_water_, protons_.view()) {
    if (nuclear) {
        nuclear_.emplace(with_water_);
    }
    auto const tables = protons_.view();
    ProtonMaterial const& water = tables.materials[materials.size()];
    // The ratio of straggling varies by less than 1 % with energy; it is taken where most of it is gathered
    constexpr double typical_MeV = 100.0;
    for (std::uint32_t id = 0; id < with_water_.size(); ++id) {
        ProtonMaterial const& material = tables.materials[id];
        double const electrons = material.electron_ratio / water.electron_ratio;
        double const straggling_ratio = std::sqrt(electrons / stopping_ratio(tables, id, typical_MeV));
        fast_ratios_.push_back({.scattering_ratio = material.inverse_scattering_length_cm2_per_g /
                                                    water.inverse_scattering_length_cm2_per_g,
                                .straggling_ratio = straggling_ratio});
        full_ratios_.push_back(
            {.scattering_ratio = scattering_.base_ratio(id), .straggling_ratio = straggling_ratio});
    }
}

void TransportTables::add_memory(TableMemory& memory) const {
    protons_.add_memory(memory);
    let_.add_memory(memory);
    scattering_.add_memory(memory);
    if (nuclear_) {
        nuclear_->add_memory(memory);
    }
    add_blocks(memory, full_ratios_, fast_ratios_);
}

StepTablesView TransportTables::view(double least_edge_mm, StepLimits limits, StepSwitches on,
                                     PhysicsMode mode) const {
    StepTablesView view;
    view.materials = protons_.view();
    if (nuclear_) {
        view.nuclear = nuclear_->view();
    }
    view.scattering = scattering_.view();
    view.mode = mode;
    if (mode == PhysicsMode::fast || !on.scattering) {
        view.scattering.hard_cm2_per_g = 0;
    }
    view.ratios = mode == PhysicsMode::full ? full_ratios_.data() : fast_ratios_.data();
    view.helium_range = let_.view().helium_range;
    view.water = static_cast<std::uint32_t>(with_water_.size() - 1);
    view.limits = limits;
    view.limits.cut_mm = 0.1 * least_edge_mm;
    view.limits.floor_g_per_cm2 = std::clamp(0.03 * least_edge_mm, 0.001, 0.02);
    view.limits.least_range = water_range_g_per_cm2(view.materials, 0.5);
    view.on = on;
    view.on.nuclear = on.nuclear && nuclear_.has_value();
    return view;
}

} // namespace beamwright
