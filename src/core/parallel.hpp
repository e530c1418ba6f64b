/// Parallel loops over ranges (oneTBB behind the door). Results must not depend on the number of threads.
#pragma once
#include <cstddef>
#include <functional>

namespace beamwright {

/// Limits the threads of all parallel loops while it lives; 0 means all cores.
class ThreadLimit {
public:
    explicit ThreadLimit(int threads);
    ~ThreadLimit();
    ThreadLimit(ThreadLimit const&) = delete;
    ThreadLimit& operator=(ThreadLimit const&) = delete;

private:
    void* control_;
};

/// Calls body(first, last) on disjoint pieces that cover [0, count), each about `grain` long.
void parallel_ranges(std::size_t count, std::size_t grain,
                     std::function<void(std::size_t first, std::size_t last)> const& body);

/// Threads that a parallel loop would use now.
int parallel_threads();

} // namespace beamwright
