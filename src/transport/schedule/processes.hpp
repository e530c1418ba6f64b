/// The processes of one calculation: started together by mpirun or srun, they share the histories of each batch.
/// One door to MPI; without a launcher there is one process and nothing here costs anything.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace beamwright::processes {

/// Joins the other processes of the launcher that started this one. \throws Refusal under a launcher that cannot be
/// joined.
void join();
/// To be called before the program ends; waits for the others.
void leave();
/// Ends all processes at once with this exit code. Returns only where there is one process.
void abort(int exit_code);

int rank(); ///< 0 is the first: it alone holds sums, decides when to stop, and writes
int count();
inline bool is_first() { return rank() == 0; }

/// Collective calls: all processes make the same ones in the same order.
bool any(bool mine);
std::int64_t from_first(std::int64_t value);
/// Element by element to the first process; the others keep what they have.
void sum_to_first(std::span<std::int64_t> values);
/// The same for rows of equal length of which few are used: rows unused everywhere are not sent.
void sum_rows_to_first(std::span<std::int64_t> values, std::span<std::uint8_t> row_used);
/// \throws Refusal where this process has another text than the first.
void require_same(std::string const& what, std::string const& text);

} // namespace beamwright::processes
