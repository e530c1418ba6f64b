// Throughput of the CUDA device beside the scalar loop: pencil of sigma 3 mm in a water box, all physics, dose per voxel.
// The first batches are compared bit by bit. Needs a device.
#include "core/refusal.hpp"
#include "tables/material_library.hpp"
#include "transport/cuda/cuda_device.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/calculate_dose.hpp"
#include "water_pencil.hpp"
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace {

using namespace beamwright;

struct Row {
    double energy_MeV, edge_mm, primaries_per_s;
    bool equal;
};

Row measure(std::shared_ptr<Device> const& device, double energy_MeV, double edge_mm) {
    auto const world = bench::water_box(edge_mm);
    auto const beam = bench::pencil(energy_MeV);
    DoseRequest request;
    request.world = &world;
    request.beams = {beam};
    request.options.stop.histories = 200'000;
    request.tables = std::make_shared<TransportTables>(materials_of(request), WaterStopping::icru90);
    Warnings warnings;
    auto const here = calculate_dose(request, warnings);
    request.device = device;
    auto const there = calculate_dose(request, warnings);
    bool const equal = here.total.to_medium_Gy.values == there.total.to_medium_Gy.values &&
                       here.total.to_medium_sigma_Gy.values == there.total.to_medium_sigma_Gy.values;
    double best = 0;
    for (int repeat = 0; repeat < 3; ++repeat) {
        request.options.stop.histories = 20'000'000;
        ++request.options.seed;
        auto const result = calculate_dose(request, warnings);
        best = std::max(best, static_cast<double>(result.histories) / result.wall_s);
    }
    return {energy_MeV, edge_mm, best, equal};
}

} // namespace

int main() {
    try {
        auto const device = open_cuda_device();
        std::string rows;
        for (double const energy_MeV : {150.0, 100.0, 200.0}) {
            for (double const edge_mm : {1.0, 2.0}) {
                auto const row = measure(device, energy_MeV, edge_mm);
                rows += fmt::format(
                    "{}{{\"MeV\": {:g}, \"mm\": {:g}, \"target\": \"cuda\", \"primaries_per_s\": "
                    "{:.4g}, \"equal\": {}}}",
                    rows.empty() ? "" : ",\n  ", row.energy_MeV, row.edge_mm, row.primaries_per_s, row.equal);
            }
        }
        fmt::print("{{\"device\": \"{}\", \"threads\": {}, \"rows\": [\n  {}]}}\n", device->name(),
                   device->threads(), rows);
    } catch (Refusal const& refusal) {
        fmt::print(stderr, "{}\n  {}\n  {}\n", refusal.problem, refusal.why, refusal.what_to_do);
        return 1;
    }
    return 0;
}
