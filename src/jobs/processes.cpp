#include "jobs/processes.hpp"
#include "transport/schedule/processes.hpp"
#include <chrono>
#include <thread>

namespace beamwright {

void join_processes() { processes::join(); }
void leave_processes() { processes::leave(); }
bool is_first_process() { return processes::is_first(); }
std::int64_t from_first_process(std::int64_t value) { return processes::from_first(value); }
int process_count() { return processes::count(); }

void wait_for_first(double seconds) {
    if (processes::count() > 1) {
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    }
}

void abort_processes(int exit_code, double seconds) {
    if (processes::count() > 1) {
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        processes::abort(exit_code);
    }
}

} // namespace beamwright
