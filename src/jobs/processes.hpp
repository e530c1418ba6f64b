/// What a front end needs to know of the processes that a launcher (mpirun, srun) started.
#pragma once

namespace beamwright {

/// \throws Refusal under a launcher that cannot be joined.
void join_processes();
void leave_processes();
/// Lets the first process say why all of them end, and end them. Returns at once for a single process.
void wait_for_first(double seconds);
/// Ends all of them `seconds` from now, for a process that cannot go on.
void abort_processes(int exit_code, double seconds);
bool is_first_process();
int process_count();

} // namespace beamwright
