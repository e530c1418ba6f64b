/// \file  kernel_body.hpp — what one GPU thread does: takes history numbers and follows them; folds one voxel
/// \how   docs/methods/gpu.md; the physics is that of transport/step/history.hpp
/// \fits  dose per voxel, to medium and water, and LET; several batches side by side
/// \not   launches, copies, memory (device.hpp, device_batches.hpp)
/// \proof tests/transport/cuda_test.cpp
#pragma once
#include "transport/step/history.hpp"
#include <limits>

namespace beamwright {

/// One beam, several batches in flight, each with tallies of its own. Plain data; pointers are the device's.
struct DeviceWork {
    HistorySourceView source;
    BeamLineView line;
    StepTablesView tables;
    VoxelMediaView media;
    DoseScoreView dose;             ///< tallies of the first batch in flight
    std::int64_t tally_stride = 0;  ///< from the tallies of one batch to those of the next
    std::int64_t row_stride = 0;    ///< the same for marks of rows
    std::int64_t first_history = 0; ///< the first of the first batch in flight
    std::int64_t histories = 0;     ///< of all batches in flight
    std::int64_t* taken = nullptr;  ///< how many of them threads have taken
    TrackBook* books = nullptr;     ///< one per batch
    double per_MeV = 1;
};

/// A batch of one beam, ready to be folded. Quantities lie one after another, `voxels` each.
struct FoldWork {
    std::int64_t* running = nullptr;
    std::uint8_t const* row_used = nullptr;
    double* sum = nullptr;
    double* square = nullptr;
    double* cross = nullptr; ///< with LET: energy x (energy x stopping), energy x path
    std::int64_t voxels = 0, row_length = 1;
    int quantities = 1;
    int let_first = 0; ///< the quantity energy of LET; used with `cross`
    double per_MeV = 1;
};

inline namespace BW_TARGET {

/// The next number nobody has.
BW_KERNEL std::int64_t shared_take(std::int64_t* counter) {
#if defined(__CUDA_ARCH__)
    return static_cast<std::int64_t>(atomicAdd(reinterpret_cast<unsigned long long*>(counter), 1ULL));
#else
    return __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
#endif
}

/// Adds a history's book to that of its batch.
BW_KERNEL void shared_add(TrackBook* all, TrackBook const& book) {
    for (unsigned term = 0; term < energy_term_count; ++term) {
        shared_add(&all->energy[term], book.energy[term]);
    }
    for (unsigned kind = 0; kind < rare_count; ++kind) {
        if (book.rare[kind] != 0) {
            shared_add(&all->rare[kind], book.rare[kind]);
        }
    }
    shared_add(&all->steps, book.steps);
    shared_add(&all->nuclear_events, book.nuclear_events);
    shared_add(&all->nonelastic_events, book.nonelastic_events);
    shared_add(&all->primary_nonelastic_events, book.primary_nonelastic_events);
    shared_add(&all->secondaries, book.secondaries);
}

/// The tallies of the batch that stands `batch` places behind the first.
BW_KERNEL DoseScoreView of_batch(DeviceWork const& work, std::int64_t batch) {
    std::int64_t const shift = batch * work.tally_stride;
    DoseScoreView dose = work.dose;
    dose.medium += shift;
    dose.water = dose.water != nullptr ? dose.water + shift : nullptr;
    dose.row_used += batch * work.row_stride;
    if (dose.let.particles != LetParticles::none) {
        dose.let.energy += shift;
        dose.let.energy_stopping += shift;
        dose.let.path += shift;
    }
    return dose;
}

/// What a thread does between the first history and the last. Which thread follows which history, and when,
/// has no effect: random numbers go by the history, sums are integers.
struct DeviceHistories {
    DeviceWork const& work;

    /// The history with this place among those in flight.
    BW_KERNEL void follow(std::int64_t place, TrackStack& stack) const {
        std::int64_t const batch = place / work.source.batch_histories;
        HistoryRunner<VoxelMedia, DoseScore> const runner{.source = work.source,
                                                          .line = work.line,
                                                          .physics = {work.tables},
                                                          .media = {work.media},
                                                          .score = {of_batch(work, batch)},
                                                          .per_MeV = work.per_MeV};
        TrackBook book;
        runner(work.first_history + place, stack, book);
        shared_add(work.books + batch, book);
    }

    /// Takes histories until none is left, or `most` of them; false once none is left.
    BW_KERNEL bool operator()(TrackStack& stack,
                              std::int64_t most = std::numeric_limits<std::int64_t>::max()) const {
        for (std::int64_t done = 0; done < most; ++done) {
            std::int64_t const place = shared_take(work.taken);
            if (place >= work.histories) {
                return false;
            }
            follow(place, stack);
        }
        return true;
    }
};

/// Adds a voxel's running batch to the sums and clears it; the order of operations is that of BatchTally and CrossSum.
BW_KERNEL void fold_voxel(FoldWork const& work, std::int64_t voxel) {
    if (work.row_used[voxel / work.row_length] == 0) {
        return;
    }
    if (work.cross != nullptr) {
        std::int64_t const* const let = work.running + work.let_first * work.voxels + voxel;
        double const energy = static_cast<double>(let[0]) / work.per_MeV;
        work.cross[voxel] += energy * (static_cast<double>(let[work.voxels]) / work.per_MeV);
        work.cross[work.voxels + voxel] +=
            energy * (static_cast<double>(let[2 * work.voxels]) / work.per_MeV);
    }
    for (std::int64_t quantity = 0; quantity < work.quantities; ++quantity) {
        std::int64_t const at = quantity * work.voxels + voxel;
        double const value = static_cast<double>(work.running[at]) / work.per_MeV;
        work.running[at] = 0;
        work.sum[at] += value;
        work.square[at] += value * value;
    }
}

} // namespace BW_TARGET
} // namespace beamwright
