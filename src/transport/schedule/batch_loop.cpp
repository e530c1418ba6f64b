#include "transport/schedule/batch_loop.hpp"
#include "core/refusal.hpp"
#include "core/run_record.hpp"
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace beamwright {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

bool is_looked_at(std::int64_t batch) {
    std::int64_t next = 10;
    while (next < batch) {
        next = std::max(next + 1, next * 23 / 20);
    }
    return next == batch;
}

BatchLoop::BatchLoop(BatchOptions options, CheckpointIdentity identity, RunState& state)
    : options_(std::move(options)), identity_(std::move(identity)), state_(state) {
    processes::require_same("set of inputs, version or engine",
                            fmt::format("{} {} {} {}", identity_.version, identity_.target, identity_.physics,
                                        identity_.inputs_hash));
}

void BatchLoop::resume() {
    bool const has_checkpoint = !options_.checkpoint.empty() && std::filesystem::exists(options_.checkpoint);
    if (has_checkpoint && processes::is_first()) {
        read_checkpoint(options_.checkpoint, identity_, state_);
        resumed_ = true;
    }
    state_.batches = processes::from_first(state_.batches);
    earlier_cpu_s_ = state_.cpu_s;
    earlier_wall_s_ = state_.wall_s;
}

std::int64_t BatchLoop::histories() const {
    std::int64_t histories = 0;
    for (auto const& beam : state_.beams) {
        histories += beam.histories_per_batch * state_.batches;
    }
    return histories;
}

double BatchLoop::wall_s() const { return earlier_wall_s_ + seconds_since(start_); }

void BatchLoop::save(BatchJob& job) {
    if (options_.checkpoint.empty() || !processes::is_first()) {
        return;
    }
    job.bring_state();
    state_.cpu_s = earlier_cpu_s_ + process_cpu_s() - start_cpu_s_;
    state_.wall_s = wall_s();
    write_checkpoint(options_.checkpoint, identity_, state_);
    last_save_ = std::chrono::steady_clock::now();
}

void BatchLoop::tell_progress() const {
    auto const& stop = options_.stop;
    if (!options_.progress || !processes::is_first()) {
        return;
    }
    double done = 0;
    if (stop.histories) {
        done = static_cast<double>(histories()) / static_cast<double>(*stop.histories);
    }
    if (stop.time_s) {
        done = std::max(done, wall_s() / *stop.time_s);
    }
    if (stop.uncertainty && measured_ > 0) {
        double const ratio = stop.uncertainty->target / measured_;
        done = std::max(done, ratio * ratio);
    }
    auto text = fmt::format("{:.3g} histories", static_cast<double>(histories()));
    if (measured_ > 0) {
        text += fmt::format(", uncertainty {:.2f} %", 100 * measured_);
    }
    options_.progress(std::min(done, 1.0), text);
}

/// The first process decides for all.
std::optional<StopReason> BatchLoop::stop_after_batch(BatchJob& job) {
    constexpr std::int64_t goes_on = -1;
    auto const mine = processes::is_first() ? reason_to_stop(job) : std::nullopt;
    auto const code = processes::from_first(mine ? static_cast<std::int64_t>(*mine) : goes_on);
    return code == goes_on ? std::nullopt : std::optional(static_cast<StopReason>(code));
}

std::optional<StopReason> BatchLoop::reason_to_stop(BatchJob& job) {
    auto const& stop = options_.stop;
    if (stop.uncertainty && is_looked_at(state_.batches)) {
        job.bring_state();
        measured_ = job.measured_uncertainty(*stop.uncertainty);
        if (measured_ <= stop.uncertainty->target) {
            return StopReason::uncertainty;
        }
    }
    if (stop.histories && histories() >= *stop.histories) {
        return StopReason::histories;
    }
    if (stop.time_s && wall_s() >= *stop.time_s) {
        return StopReason::time;
    }
    return std::nullopt;
}

StopReason BatchLoop::run(BatchJob& job) {
    start_ = last_save_ = std::chrono::steady_clock::now();
    start_cpu_s_ = process_cpu_s();
    std::optional<StopReason> stopped;
    if (state_.batches > 0) {
        stopped = stop_after_batch(job);
    }
    while (!stopped) {
        if (!job.run_batch()) {
            save(job);
            throw Interrupted(fmt::format(
                "stopped after {} whole batches; {}", state_.batches,
                options_.checkpoint.empty()
                    ? std::string("no checkpoint was asked for, so a new run starts from the beginning")
                    : "the same command goes on from the checkpoint " + options_.checkpoint.string()));
        }
        if (state_.batches == 1 && processes::is_first()) {
            job.check_first_batch();
        }
        stopped = stop_after_batch(job);
        bool const due = seconds_since(last_save_) >= options_.checkpoint_every_s;
        if (!stopped && due) {
            save(job);
        }
        tell_progress();
    }
    save(job);
    std::array<std::int64_t, 1> cpu_us = {std::llround(1e6 * (process_cpu_s() - start_cpu_s_))};
    processes::sum_to_first(cpu_us);
    state_.cpu_s = earlier_cpu_s_ + 1e-6 * static_cast<double>(cpu_us[0]);
    state_.wall_s = wall_s();
    return *stopped;
}

} // namespace beamwright
