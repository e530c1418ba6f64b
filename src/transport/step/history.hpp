/// \file  history.hpp — one source proton and all that it makes
/// \how   docs/methods/transport.md section 1
/// \fits  any world and score of media.hpp and score_view.hpp
/// \not   threads, batches
/// \proof tests/transport/engine_test.cpp
#pragma once
#include "machine/source/spot_sampler.hpp"
#include "transport/step/follow.hpp"
#include "transport/step/score_view.hpp"

namespace beamwright {

/// Where the protons of a beam come from. Batches repeat: history h is number h mod batch of its batch.
struct HistorySourceView {
    SpotSourceView spots;
    double const* cumulative_weight = nullptr; ///< of the spots in walking order, last is 1
    std::int32_t const* spot_of_order = nullptr;
    std::int64_t batch_histories = 1;
    std::uint32_t seed = 0, beam = 0;
};

inline namespace BW_TARGET {

/// The spot of a history: stratified, so that each batch has every spot by its weight. Depends on the case
/// and the history number alone.
BW_KERNEL int spot_of_history(HistorySourceView const& source, std::int64_t history, double uniform) {
    auto const in_batch = static_cast<double>(history % source.batch_histories);
    double const at = (in_batch + uniform) / static_cast<double>(source.batch_histories);
    int low = 0, high = source.spots.aim_count - 1;
    while (low < high) {
        int const middle = low + (high - low) / 2;
        bool const below = source.cumulative_weight[middle] < at;
        low = below ? middle + 1 : low;
        high = below ? high : middle;
    }
    return source.spot_of_order[low];
}

/// Runs histories; Media and Score are those of the grid.
template <class Media, class Score> struct HistoryRunner {
    HistorySourceView source;
    BeamLineView line;
    StepPhysics physics;
    Media media;
    Score score;
    double per_MeV = 1;

    BW_KERNEL void operator()(std::int64_t history, TrackStack& stack, TrackBook& book) const {
        StreamKey key{source.seed, source.beam, static_cast<std::uint64_t>(history), 0};
        RandomStream random(key);

        // Which spot, and a proton of it
        int const spot = spot_of_history(source, history, random.uniform());
        SourceProton const proton = SpotSampler{source.spots}(spot, random);
        Track track{.position_mm = proton.position_mm,
                    .direction = proton.direction,
                    .energy_MeV = proton.energy_MeV,
                    .primary = true};
        if (!(track.energy_MeV <= physics.most_MeV)) {
            ++book.rare[static_cast<unsigned>(Rare::energy_clamped)];
            track.energy_MeV = physics.most_MeV;
        }
        put(EnergyTerm::source, track.energy_MeV, book);

        // Follow it, then what it made, the last made first
        stack.count = 0;
        follow(track, random, stack, book);
        while (stack.count > 0) {
            Track secondary = stack.pop();
            ++key.particle;
            RandomStream own(key);
            follow(secondary, own, stack, book);
        }
    }

private:
    BW_KERNEL void put(EnergyTerm term, double energy_MeV, TrackBook& book) const {
        book.energy[static_cast<unsigned>(term)] += fixed_point(energy_MeV, per_MeV);
    }

    BW_KERNEL void follow(Track& track, RandomStream& random, TrackStack& stack, TrackBook& book) const {
        StepBudgets budgets;
        physics.begin(track, budgets, random);

        // Through the beam line to the grid
        if (!track.in_grid) {
            LayerWalk walk(line);
            walk.start(track.position_mm, track.direction);
            Follower<LayerWalk, LayerMedia, NoScore> const in_line(physics, LayerMedia{}, NoScore{per_MeV},
                                                                   EnergyTerm::outside_grid, per_MeV);
            if (in_line(track, walk, budgets, random, stack, book) != TrackEnd::left) {
                return;
            }
            if (!walk.at_grid()) {
                return escape(track, book);
            }
            track.position_mm = line.to_grid * track.position_mm + line.to_grid_shift_mm;
            track.direction = line.to_grid * track.direction;
            track.in_grid = true;
        }

        // Through the grid
        VoxelWalk<double> walk(line.grid);
        walk.start(track.position_mm, track.direction);
        Follower<VoxelWalk<double>, Media, Score> const in_grid(physics, media, score, EnergyTerm::deposited,
                                                                per_MeV);
        if (in_grid(track, walk, budgets, random, stack, book) == TrackEnd::left) {
            escape(track, book);
        }
    }

    BW_KERNEL void escape(Track const& track, TrackBook& book) const {
        put(EnergyTerm::escaped_charged, track.energy_MeV * hydrogen_scale(track.species).energy_scale, book);
    }
};

} // namespace BW_TARGET
} // namespace beamwright
