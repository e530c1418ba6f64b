#include "core/parallel.hpp"
#include <algorithm>
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>

namespace beamwright {

ThreadLimit::ThreadLimit(int threads)
    : control_(threads > 0 ? new tbb::global_control(tbb::global_control::max_allowed_parallelism,
                                                     static_cast<std::size_t>(threads))
                           : nullptr) {}
ThreadLimit::~ThreadLimit() { delete static_cast<tbb::global_control*>(control_); }

void parallel_ranges(std::size_t count, std::size_t grain,
                     std::function<void(std::size_t, std::size_t)> const& body) {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, std::max<std::size_t>(grain, 1)),
                      [&](auto const& range) { body(range.begin(), range.end()); });
}

int parallel_threads() {
    auto const allowed = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    return static_cast<int>(
        std::min<std::size_t>(allowed, static_cast<std::size_t>(tbb::info::default_concurrency())));
}

} // namespace beamwright
