/// What a front end needs to know of the processes that a launcher (mpirun, srun) started.
#pragma once
#include <cstdint>

namespace beamwright {

/// \throws Refusal under a launcher that cannot be joined.
void join_processes();
void leave_processes();
/// Lets the first process say why all of them end, and end them. Returns at once for a single process.
void wait_for_first(double seconds);
/// Ends all of them `seconds` from now, for a process that cannot go on.
void abort_processes(int exit_code, double seconds);
bool is_first_process();
/// A number that the first process knows, for all of them; a collective call.
std::int64_t from_first_process(std::int64_t value);
int process_count();

} // namespace beamwright
