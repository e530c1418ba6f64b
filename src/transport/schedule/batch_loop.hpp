/// Runs batches until a stop rule is met: time, progress, checkpoints, processes. Both engines share it.
#pragma once
#include "core/parallel.hpp"
#include "core/progress.hpp"
#include "transport/schedule/checkpoint.hpp"
#include "transport/schedule/processes.hpp"
#include "transport/schedule/run_state.hpp"
#include "transport/schedule/stop_rules.hpp"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

namespace beamwright {

/// What an engine does for the loop.
class BatchJob {
public:
    virtual ~BatchJob() = default;
    /// All histories of one batch into the state; false if cancelled (then the batch leaves no trace).
    virtual bool run_batch() = 0;
    /// In the first process, after the first batch of all. \throws Refusal
    virtual void check_first_batch() const = 0;
    /// Mean relative standard deviation by the rule.
    virtual double measured_uncertainty(UncertaintyRule const& rule) const = 0;
    /// Before the state is read: for a checkpoint, an uncertainty, the result.
    virtual void bring_state() {}
};

struct BatchOptions {
    StopRules stop;
    std::filesystem::path checkpoint; ///< empty = none
    double checkpoint_every_s = 60;
    ProgressCallback progress;
    std::atomic<bool> const* cancelled = nullptr;
    bool is_cancelled() const { return cancelled != nullptr && cancelled->load(std::memory_order_relaxed); }
};

class BatchLoop {
public:
    /// Checks that all processes calculate the same.
    BatchLoop(BatchOptions options, CheckpointIdentity identity, RunState& state);
    /// Goes on from the checkpoint, if there is one. The state has its sizes. \throws Refusal
    void resume();
    /// \throws Interrupted when cancelled; the checkpoint, if one is named, is written first.
    StopReason run(BatchJob& job);

    bool resumed() const { return resumed_; }
    std::int64_t histories() const;

private:
    std::optional<StopReason> stop_after_batch(BatchJob& job);
    std::optional<StopReason> reason_to_stop(BatchJob& job);
    void save(BatchJob& job);
    void tell_progress() const;
    double wall_s() const;

    BatchOptions options_;
    CheckpointIdentity identity_;
    RunState& state_;
    double measured_ = 0; ///< mean relative uncertainty at the last look
    double start_cpu_s_ = 0, earlier_cpu_s_ = 0, earlier_wall_s_ = 0;
    std::chrono::steady_clock::time_point start_, last_save_;
    bool resumed_ = false;
};

/// This process's histories of a batch of `all`, over its threads: run(first, last, book). Not all of them if cancelled.
template <class Book, class Run>
Book run_share(std::int64_t batch, std::int64_t all, std::size_t chunk, BatchOptions const& options,
               Run run) {
    auto const begin = all * processes::rank() / processes::count();
    auto const end = all * (processes::rank() + 1) / processes::count();
    auto const first = batch * all + begin;
    // Some pieces per thread, however few histories there are
    auto const share = static_cast<std::size_t>((end - begin) / (std::int64_t{4} * parallel_threads()));
    auto const piece = std::max<std::size_t>(std::min(chunk, std::max<std::size_t>(share, 64)), 1);
    Book book;
    std::mutex book_door;
    parallel_ranges(static_cast<std::size_t>(end - begin), piece, [&](std::size_t from, std::size_t to) {
        Book own;
        for (std::size_t at = from; at < to && !options.is_cancelled(); at += piece) {
            auto const last = std::min(at + piece, to);
            run(first + static_cast<std::int64_t>(at), first + static_cast<std::int64_t>(last), own);
        }
        std::lock_guard const lock(book_door);
        book.add(own);
    });
    return book;
}

/// Batches after which the uncertainty is looked at: 10, 11, 12, ... growing by 15 %. Depends on nothing
/// else.
bool is_looked_at(std::int64_t batch);

} // namespace beamwright
