/// Small worlds and beams for the tests of transport.
#pragma once
#include "tables/material_library.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/calculate_dose.hpp"
#include "transport/schedule/plain_worlds.hpp"
#include <map>
#include <memory>

namespace beamwright::test {

/// A box of one material by name.
inline VoxelWorld box_of(std::string const& material, std::array<int, 3> size, Vec3<double> edge_mm,
                         double density = 0) {
    return plain_box(size, edge_mm, {MaterialLibrary::shipped().named(material)}, density);
}

inline BeamSource pencil(double energy_MeV, double sigma_mm = 3, double before_mm = 10) {
    return plain_pencil(energy_MeV, sigma_mm, before_mm);
}

inline DoseRequest request_for(VoxelWorld const& world, BeamSource const& beam, std::int64_t histories,
                               std::int64_t batch = 1000) {
    DoseRequest request;
    request.world = &world;
    request.beams = {beam};
    request.options.stop.histories = histories;
    request.options.batch_histories = batch;
    request.options.seed = 20261122;
    return request;
}

/// Runs it with tables that are made once per list of materials: most of a small run would be their making.
inline DoseResult calculate(DoseRequest request, Warnings& warnings) {
    static std::map<std::vector<std::string>, std::shared_ptr<TransportTables const>> made;
    std::vector<std::string> names;
    for (auto const& material : materials_of(request)) {
        names.push_back(material.name);
    }
    auto& tables = made[names];
    if (!tables) {
        tables = std::make_shared<TransportTables>(materials_of(request), request.options.water_stopping);
    }
    request.tables = tables;
    return calculate_dose(request, warnings);
}
inline DoseResult calculate(DoseRequest const& request) {
    Warnings warnings;
    return calculate(request, warnings);
}

/// Sum of dose times mass over the grid per source proton, MeV.
inline double deposited_MeV(DoseResult const& result) {
    return result.energy.deposited / static_cast<double>(result.histories);
}

} // namespace beamwright::test
