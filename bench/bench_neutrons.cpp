// How fast and how large neutron runs are. Says it; judges nothing.
//   bench_neutrons head [histories]      4 mm Snyder head, all components and flux groups, correlations; one thread
//   bench_neutrons memory [edge_voxels]  a port with photons on a cube of so many voxels along each edge (256)
#include "core/parallel.hpp"
#include "jobs/physics_check/neutron_worlds.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

using namespace beamwright;

/// VmHWM: the most memory that this process has held.
double peak_GiB() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        if (word == "VmHWM:") {
            double kibibytes = 0;
            status >> kibibytes;
            return kibibytes / 1024 / 1024;
        }
    }
    return 0;
}

void show(char const* what, NeutronResult const& result) {
    std::printf("%s: %lld source neutrons, %.2f CPU s, %.0f per CPU second; %.1f tentative and %.1f real "
                "collisions, %.2f photons with %.1f steps; peak memory %.2f GiB\n",
                what, static_cast<long long>(result.histories), result.cpu_s,
                static_cast<double>(result.histories) / result.cpu_s, result.tentative_per_history,
                result.collisions_per_history, result.photons_per_history, result.photon_steps_per_history,
                peak_GiB());
}

void head(std::int64_t histories) {
    auto const world = physics_check::snyder_voxels(4);
    auto port = physics_check::generic_beam();
    port.drawn.clear(); // as it is
    port.prepare();
    auto request = physics_check::neutron_request(world, port, physics_check::port_above(150));
    request.tables = tables_for(request);
    request.options.threads = 1;
    request.options.stop.histories = histories;
    for (bool const correlation : {false, true}) {
        request.options.correlation = correlation;
        Warnings warnings;
        show(correlation ? "head with correlations" : "head", calculate_neutron_dose(request, warnings));
    }
}

void memory(int edge) {
    auto const world =
        physics_check::neutron_box({edge, edge, edge}, {1, 1, 1}, physics_check::neutron_material("brain"));
    auto port = physics_check::generic_beam();
    PortBin photons;
    photons.low_eV = 1e5;
    photons.high_eV = 2e6;
    photons.particle = PortParticle::photon;
    port.bins.push_back(photons);
    port.shares.push_back(0.1);
    port.drawn.push_back(0.1);
    port.prepare();
    auto request = physics_check::neutron_request(world, port, physics_check::port_above(0.5 * edge + 50));
    request.boron_ppm.assign(world.grid.voxels(), 20.0F);
    request.options.correlation = true;
    request.options.stop.histories = 20'000;
    request.options.batch_histories = 5'000;
    std::printf("world and boron: %.2f GiB\n", peak_GiB());
    Warnings warnings;
    auto const result = calculate_neutron_dose(request, warnings);
    show("memory", result);
}

} // namespace

int main(int count, char** words) {
    std::string const what = count > 1 ? words[1] : "head";
    double const number = count > 2 ? std::atof(words[2]) : 0;
    try {
        if (what == "memory") {
            memory(number > 0 ? static_cast<int>(number) : 256);
        } else {
            head(number > 0 ? static_cast<std::int64_t>(number) : 200'000);
        }
    } catch (Refusal const& refusal) {
        std::fprintf(stderr, "%s: %s; %s\n", refusal.problem.c_str(), refusal.why.c_str(),
                     refusal.what_to_do.c_str());
        return 1;
    }
    return 0;
}
