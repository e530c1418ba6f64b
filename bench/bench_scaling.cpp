// One run of the proton engine in a process of its own, for bench/scaling.py: time and peak memory against voxels, spots,
// histories and threads. Water, 150 MeV and below, dose per voxel; prints one JSON object.
#include "core/hash.hpp"
#include "core/refusal.hpp"
#include "tables/material_library.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/calculate_dose.hpp"
#include "transport/schedule/memory_plan.hpp"
#include "transport/schedule/processes.hpp"
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <string_view>
#include <sys/resource.h>

namespace {

using namespace beamwright;

constexpr double box_mm = 240;

VoxelWorld water_box(double voxels) {
    VoxelWorld world;
    int const n = static_cast<int>(std::lround(std::cbrt(voxels)));
    double const edge_mm = box_mm / n;
    world.grid.size = {n, n, n};
    world.grid.spacing_mm = {edge_mm, edge_mm, edge_mm};
    world.grid.origin_mm = {-0.5 * (n - 1) * edge_mm, -0.5 * (n - 1) * edge_mm, 0.5 * edge_mm};
    world.materials = {MaterialLibrary::shipped().named("water")};
    world.material.assign(world.grid.voxels(), 0);
    world.density_g_per_cm3.assign(world.grid.voxels(), 1.0f);
    return world;
}

/// Layers of 70 to 150 MeV, each with its spots on a square of 100 mm.
BeamSource beam_of(int spots) {
    BeamSource beam;
    beam.number = 1;
    beam.name = "square";
    beam.gantry_to_patient.rotation = {{1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    beam.air_before_patient = false;
    int const layers = spots == 1 ? 1 : std::min(40, spots);
    for (int layer = 0; layer < layers; ++layer) {
        EnergyOptics optics;
        optics.nominal_energy_MeV = optics.mean_energy_MeV = 150.0 - 2.0 * layer;
        optics.gaussians.push_back({1.0, {.sigma_mm = 4}, {.sigma_mm = 4}});
        beam.optics.push_back(optics);
    }
    for (int spot = 0; spot < spots; ++spot) {
        int const layer = spot % layers, place = spot / layers, in_layer = (spots + layers - 1) / layers;
        int const side = std::max(1, static_cast<int>(std::ceil(std::sqrt(in_layer))));
        int const column = place % side, row = place / side;
        double const step_mm = 100.0 / side;
        beam.elements.push_back({.optics = layer,
                                 .x_mm = spots == 1 ? 0 : -50 + (column + 0.5) * step_mm,
                                 .y_mm = spots == 1 ? 0 : -50 + (row + 0.5) * step_mm,
                                 .protons = 1e6});
    }
    return beam;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void run(std::map<std::string, std::string> const& given) {
    auto const number = [&](char const* name, double usual) {
        auto const found = given.find(name);
        return found == given.end() ? usual : std::atof(found->second.c_str());
    };
    auto const world = water_box(number("voxels", 1e6));
    DoseRequest request;
    request.world = &world;
    request.beams = {beam_of(static_cast<int>(number("spots", 1)))};
    auto& options = request.options;
    options.stop.histories = static_cast<std::int64_t>(number("histories", 40'000));
    options.threads = static_cast<int>(number("threads", 1));
    options.memory_limit_bytes = static_cast<std::size_t>(number("limit", 0));
    options.batch_histories = static_cast<std::int64_t>(number("batch", 0));
    options.keep_beams = number("keep_beams", 1) > 0;
    options.inputs_hash = "scaling";
    if (given.contains("checkpoint")) {
        options.checkpoint = given.at("checkpoint");
    }
    auto const start = std::chrono::steady_clock::now();
    request.tables = std::make_shared<TransportTables>(materials_of(request), WaterStopping::icru90);
    Warnings warnings;
    auto const result = calculate_dose(request, warnings);
    double const all_s = seconds_since(start);
    if (!processes::is_first()) {
        return;
    }
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    auto const seconds = [](timeval const& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    auto const& dose = result.total.to_medium_Gy.values;
    std::string_view const bytes(reinterpret_cast<char const*>(dose.data()), dose.size() * sizeof(float));
    fmt::print("{{\"voxels\": {}, \"edge_mm\": {:.3g}, \"spots\": {}, \"histories\": {}, \"batches\": {}, "
               "\"threads\": {}, \"processes\": {}, \"planned_MiB\": {:.0f}, \"peak_MiB\": {:.0f}, "
               "\"loop_cpu_s\": {:.2f}, "
               "\"loop_wall_s\": {:.2f}, \"all_cpu_s\": {:.2f}, \"all_wall_s\": {:.2f}, \"steps\": {:.0f}, "
               "\"resumed\": {}, \"sha256\": \"{}\"}}\n",
               world.grid.voxels(), world.grid.spacing_mm.x, request.beams[0].elements.size(),
               result.histories, result.batches, options.threads, processes::count(),
               static_cast<double>(MemoryPlan{.voxels = world.grid.voxels()}.bytes()) / 1048576.0,
               static_cast<double>(used.ru_maxrss) / 1024.0, result.cpu_s, result.wall_s,
               seconds(used.ru_utime) + seconds(used.ru_stime), all_s, result.steps_per_history,
               result.resumed, sha256_of(bytes));
}

} // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> given;
    for (int i = 1; i < argc; ++i) {
        std::string const word = argv[i];
        auto const equals = word.find('=');
        given[word.substr(0, equals)] = equals == std::string::npos ? "1" : word.substr(equals + 1);
    }
    try {
        processes::join();
        run(given);
        processes::leave();
    } catch (Refusal const& refusal) {
        fmt::print("{{\"refused\": \"{}; {}; {}\"}}\n", refusal.problem, refusal.why, refusal.what_to_do);
    }
    return 0;
}
