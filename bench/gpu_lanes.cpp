// How many of a GPU's 32 lanes work, worked out on the host: histories are followed one by one, the steps of each track are
// counted, and 32 neighbours at a time are laid side by side as a warp would run them (docs/methods/gpu.md).
#include "tables/material_library.hpp"
#include "transport/engine/beam_line.hpp"
#include "transport/engine/history_source.hpp"
#include "transport/engine/transport_tables.hpp"
#include "water_pencil.hpp"
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <vector>

namespace {

using namespace beamwright;

/// Steps of each track of a history, in the order in which they are followed.
struct TrackSteps {
    std::vector<int>* tracks = nullptr;
    double* last_MeV = nullptr;

    template <class Walk> std::int64_t add(Walk const&, double, double) const { return 0; }
    template <class Walk> std::int64_t recoil(Walk const&, double, double) const { return 0; }
    template <class Walk> std::int64_t lose(Walk const&, PathLoss const& loss) const {
        if (tracks->empty() || loss.from_MeV != *last_MeV) {
            tracks->push_back(0);
        }
        ++tracks->back();
        *last_MeV = loss.to_MeV;
        return 0;
    }
    template <class Walk> void stop_helium(Walk const&, double, double, double) const {}
    template <class Walk> void enter(Walk const&, bool) const {}
};

struct Shares {
    double work = 0, by_track = 0, by_queue = 0;
};

/// One warp: 32 lanes, each with its histories. `by_track`: all lanes wait for the longest of their k-th tracks, history by
/// history, as the kernel does. `by_queue`: a lane takes its next track as soon as all lanes have ended the last one.
void lay_side_by_side(std::vector<std::vector<int>> const& histories, Shares& shares) {
    constexpr std::size_t lanes = 32;
    for (std::size_t first = 0; first + lanes <= histories.size(); first += lanes) {
        std::size_t most = 0;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            most = std::max(most, histories[first + lane].size());
        }
        for (std::size_t k = 0; k < most; ++k) {
            int longest = 0;
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                auto const& tracks = histories[first + lane];
                int const steps = k < tracks.size() ? tracks[k] : 0;
                longest = std::max(longest, steps);
                shares.work += steps;
            }
            shares.by_track += 32.0 * longest;
        }
    }
    std::vector<std::vector<int>> queues(lanes);
    for (std::size_t i = 0; i < histories.size(); ++i) {
        auto& queue = queues[i % lanes];
        queue.insert(queue.end(), histories[i].begin(), histories[i].end());
    }
    std::size_t most = 0;
    for (auto const& queue : queues) {
        most = std::max(most, queue.size());
    }
    for (std::size_t k = 0; k < most; ++k) {
        int longest = 0;
        for (auto const& queue : queues) {
            longest = std::max(longest, k < queue.size() ? queue[k] : 0);
        }
        shares.by_queue += 32.0 * longest;
    }
}

void measure(double energy_MeV, double edge_mm, int count) {
    Grid grid;
    int const across = static_cast<int>(120 / edge_mm), deep = static_cast<int>(330 / edge_mm);
    grid.size = {across, across, deep};
    grid.spacing_mm = {edge_mm, edge_mm, edge_mm};
    grid.origin_mm = {-0.5 * (across - 1) * edge_mm, -0.5 * (across - 1) * edge_mm, 0.5 * edge_mm};
    std::vector<Material> const materials = {MaterialLibrary::shipped().named("water"),
                                             MaterialLibrary::shipped().named("air")};
    TransportTables const tables(materials, WaterStopping::icru90);
    auto const beam = bench::pencil(energy_MeV);
    HistorySource const source(beam, 20'000, 1, 250.0);
    Warnings warnings;
    BeamLine const line(beam, grid, {}, 1, warnings);
    std::vector<std::uint16_t> const material(static_cast<std::size_t>(deep), 0);
    std::vector<float> const density(static_cast<std::size_t>(deep), 1.0F);

    std::vector<int> tracks;
    double last_MeV = 0;
    HistoryRunner<PlaneMedia, TrackSteps> const runner{.source = source.view(),
                                                       .line = line.view(),
                                                       .physics = {tables.view(edge_mm)},
                                                       .media = {{material.data(), density.data()}},
                                                       .score = {&tracks, &last_MeV},
                                                       .per_MeV = 1e6};
    TrackStack stack;
    std::vector<std::vector<int>> histories;
    double all_steps = 0, all_tracks = 0, deepest = 0;
    for (int history = 0; history < count; ++history) {
        tracks.clear();
        last_MeV = -1;
        TrackBook book;
        runner(history, stack, book);
        histories.push_back(tracks);
        all_tracks += static_cast<double>(tracks.size());
        all_steps += static_cast<double>(book.steps);
        deepest = std::max(deepest, static_cast<double>(book.secondaries));
    }
    Shares shares;
    lay_side_by_side(histories, shares);
    fmt::print("| {:g} | {:g} | {:.0f} | {:.2f} | {:.0f} | {:.0f} % | {:.0f} % |\n", energy_MeV, edge_mm,
               all_steps / count, all_tracks / count, deepest, 100 * shares.work / shares.by_track,
               100 * shares.work / shares.by_queue);
}

} // namespace

int main(int argc, char** argv) {
    int const count = argc > 1 ? std::atoi(argv[1]) : 32'000;
    fmt::print("| MeV | mm | steps | tracks | most products | lanes at work | with a queue of tracks |\n"
               "|---|---|---|---|---|---|---|\n");
    for (double const energy_MeV : {100.0, 150.0, 200.0}) {
        for (double const edge_mm : {1.0, 2.0}) {
            measure(energy_MeV, edge_mm, count);
        }
    }
}
